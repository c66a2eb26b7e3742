"""Scenarios side by side, at many combinations of assumptions, and solved."""

from __future__ import annotations

import shutil
import warnings
import weakref
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING, Any

from sim.api import showing
from sim.api.edge import at_the_edge, whole
from sim.api.runs import Given, Run, Scenario, load, run_of, telling, workers_for
from sim.ensemble import runner
from sim.ensemble.runner import RunError
from sim.prose import SaidError, counted
from sim.scenario import LoadedDiscrete

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    from sim.studies.compare import comparison
    from sim.studies.solve.subject import Subject
    from sim.studies.sweep.results import SweepResults


@dataclass(frozen=True, eq=False, repr=False)
class Comparison:
    """Scenarios side by side, world by world.

    Attributes
    ----------
    result : sim.studies.compare.comparison.Comparison
        What the packages below work with.
    """

    result: comparison.Comparison

    @property
    def runs(self) -> dict[str, Run]:
        """The runs by the names of their scenarios, which are distinct here."""
        return {run.scenario.name: run_of(run) for run in self.result.runs}

    @property
    def measures(self) -> pd.DataFrame:
        """Every number of every scenario, as in ``compare.csv``."""
        from sim.studies.compare.tables import compare_csv

        return showing.table(compare_csv(self.result))

    @property
    def differences(self) -> pd.DataFrame:
        """Differences from the baseline with 95 % intervals, as in ``differences.csv``."""
        from sim.studies.compare.tables import differences_csv

        return showing.table(differences_csv(self.result))

    @at_the_edge
    def plot(self, chart: str = "odds") -> Figure | None:
        """A chart by its name; None where there is nothing to show."""
        from sim.plots.comparison import FIGURES

        return showing.chart(FIGURES, chart, self.result)

    @at_the_edge
    def report(self, path: str | Path) -> Path:
        """Write the report, one HTML file that needs no network."""
        from sim.report import compare_report

        return showing.report(compare_report, self.result, path)

    def __repr__(self) -> str:
        base, failed = self.result.baseline, ", ".join(self.result.failed)
        names = [run.scenario.name for run in self.result.runs]
        others = ", ".join(name for name in names if name != base)
        said = f"{others} with {base}" if others else f"{base} alone"
        if failed:
            said += f"; left out, as it failed: {failed}"
        elif not others:
            said += ": name more scenarios to compare it with"
        return f"<Comparison of {said}>"

    def _repr_html_(self) -> str:
        from sim.studies.compare.words import told

        return showing.markup(repr(self)[1:-1], " ".join(told(self.result)), self.differences)


@at_the_edge
def compare(
    given: Iterable[Given | Run],
    worlds: int = 1000,
    seed: int = 1,
    baseline: str | None = None,
    workers: int | None = None,
    progress: bool | runner.Progress = True,
) -> Comparison:
    """Run scenarios in the same worlds and compare each with one of them.

    Parameters
    ----------
    given : iterable
        Scenarios, whatever :func:`load` takes, or runs, which are taken as they are.
    worlds, seed, workers, progress
        As for :meth:`Scenario.run`.
    baseline : str, optional
        Name of the scenario to compare with; otherwise ``baseline``, otherwise the first.

    Raises
    ------
    SaidError
        If all fail, or the baseline does, or there is none of that name. Others that fail are
        left out, with a warning of each.
    """
    from sim.studies.compare.comparison import compare as compare_
    from sim.studies.compare.comparison import failure_notes

    whole(1, worlds=worlds)
    whole(0, seed=seed)
    things = [one if isinstance(one, Run) else load(one) for one in _several(given)]
    if not things:
        raise ValueError("there is nothing to compare: give scenarios or runs")
    entries = [one.result if isinstance(one, Run) else one.scaled for one in things]
    workers = workers_for(workers, things)
    with telling(progress) as tell:
        found = compare_(entries, worlds, seed, baseline, workers=workers, progress=tell)
    if baseline in found.failed:
        raise SaidError(f"the baseline {baseline} has no results: {found.failed[baseline]}")
    for name, why in found.failed.items():
        warnings.warn(f"{name} is left out: {why}", stacklevel=3)
    for said in (said for run in found.runs for said in failure_notes(run.scenario.name, run)):
        warnings.warn(said, stacklevel=3)
    return Comparison(found)


@dataclass(frozen=True, eq=False, repr=False)
class Sweep:
    """A scenario at many combinations of assumptions.

    Attributes
    ----------
    result : sim.studies.sweep.results.SweepResults
        What the packages below work with.
    """

    result: SweepResults

    def __getstate__(self) -> dict[str, Any]:
        """With its worlds, as its folder may have gone when it is read again."""
        return {"result": replace(self.result, data=self.result.data.compute())}

    @property
    def cells(self) -> pd.DataFrame:
        """One row per combination: values, and every measure with its two intervals.

        ``_low`` and ``_high`` are of sampling (95 %), ``_range_low`` and ``_range_high`` over what
        past talks allow (10–90 %).
        """
        from sim.studies.sweep.table import cells_csv, rows

        found = rows(self.result, range(len(self.result.labels)))
        return showing.table(cells_csv([found[n] for n in sorted(found)]))

    @property
    def effects(self) -> pd.DataFrame:
        """What each parameter does from end to end, as ``effects`` in ``sweep.json``."""
        import pandas as pd

        from sim.studies.sweep.effects import effects, told_measures
        from sim.studies.sweep.table import effect_entry

        found = [e for m in told_measures(self.result) for e in effects(self.result, m)]
        return pd.DataFrame(map(effect_entry, found))

    @at_the_edge
    def plot(self, of: str = "settlement", x: str | None = None, y: str | None = None) -> Figure:
        """The heatmap of a measure by one or two parameters."""
        from sim.plots.heatmap import heatmap
        from sim.views.heatmap import heatmap_view

        return showing.shown(heatmap(heatmap_view(self.result, of, x, y)))

    def __repr__(self) -> str:
        paths = ", ".join(p.path for p in self.result.header.parameters)
        without = int((~self.result.complete).sum())
        left_out = f", {without} of them without results" if without else ""
        return f"<Sweep over {paths}: {counted(len(self.result.labels), 'cell')}{left_out}>"

    def _repr_html_(self) -> str:
        return showing.markup(repr(self)[1:-1], "", self.effects)


@at_the_edge
def sweep(
    given: Given | Iterable[Given],
    vary: Mapping[str, Iterable[Any]],
    worlds: int = 1000,
    seed: int = 1,
    design: str = "grid",
    folder: str | Path | None = None,
    workers: int | None = None,
    progress: bool | runner.Progress = True,
    overwrite: bool = False,
) -> Sweep:
    """Run a scenario, or several, at combinations of assumptions.

    Parameters
    ----------
    given : scenario, or iterable of scenarios
        Whatever :func:`load` takes.
    vary : mapping of str to iterable or str
        Dotted key → its values, or in one text what ``--vary`` takes, such as ``"0.5x,1x,2x"``.
    design : str
        ``grid``, or ``sobol:N`` for N points of ranges.
    folder : path, optional
        Where the sweep is kept and goes on from; by default until the object goes.
    worlds, seed, workers, progress
        As for :meth:`Scenario.run`; so many worlds in every cell.
    overwrite : bool
        Begin anew where the folder holds another sweep.

    Raises
    ------
    SaidError
        If something is wrong with what is varied, the folder holds another sweep, or no cell can
        be run. Cells that fail are left out, with a warning.
    """
    from sim.commands.sweeping import SweepJob
    from sim.studies.sweep.plan import make_plan

    whole(1, worlds=worlds)
    whole(0, seed=seed)
    several = [load(one) for one in _several(given)]
    if not several:
        raise ValueError("there is nothing to sweep: give a scenario")
    for path, values in vary.items():
        if isinstance(values, Mapping) or not isinstance(values, Iterable):
            raise TypeError(
                f"vary={{{path!r}: {values!r}}} should have a list of values, such as [1, 2]"
            )
    plan = make_plan(
        [each.scaled for each in several],
        [f"{path}={v}" if isinstance(v, str) else (path, v) for path, v in vary.items()],
        design,
        worlds,
        seed,
    )
    place = Path(folder or mkdtemp(prefix="sweep-"))
    workers = workers_for(workers, several)
    try:
        job = SweepJob(plan, place, None, overwrite)
        with job.executor(workers, None) as executor, telling(progress) as tell:
            swept = job.run(executor, tell)
        if swept.failures and not swept.results.finished.any():
            raise RunError(swept.failures, "No cell")
    except BaseException:
        if folder is None:
            shutil.rmtree(place, ignore_errors=True)
        raise
    if swept.failures:
        warnings.warn(swept.left_out, stacklevel=3)
    found = Sweep(swept.results)
    if folder is None:
        weakref.finalize(found, shutil.rmtree, place, ignore_errors=True)
    return found


@dataclass(frozen=True, eq=False, repr=False)
class Solution:
    """Frontier and solution concepts of a scenario.

    Attributes
    ----------
    subject : sim.studies.solve.subject.Subject
        What the packages below work with.
    """

    subject: Subject

    @property
    def statement(self) -> str:
        """Whether there is anything to agree on, in a sentence or two."""
        from sim.studies.solve.summary import statement

        return statement(self.subject)

    @property
    def points(self) -> pd.DataFrame:
        """Gains of the parties over no deal at every solution, and its terms in words."""
        import pandas as pd

        from sim.studies.solve.summary import point_rows

        return pd.DataFrame(point_rows(self.subject))

    def plot(self) -> Figure:
        """The utility space: frontier and solutions, a panel per pair of parties."""
        from sim.plots.solution import solution
        from sim.views.solution import solution_view

        return showing.shown(solution(solution_view(self.subject)))

    def __repr__(self) -> str:
        return f"<Solution of {self.subject.name}: {self.subject.analysis.status}>"

    def _repr_html_(self) -> str:
        return showing.markup(self.subject.title, self.statement, self.points)


@at_the_edge
def solve(given: Given) -> Solution:
    """Frontier and solution concepts of the central world on day 0, or of listed options."""
    from sim.studies.solve.subject import solve_discrete, solve_scenario

    loaded = load(given).loaded
    if isinstance(loaded, LoadedDiscrete):
        return Solution(solve_discrete(loaded.content))
    return Solution(solve_scenario(loaded.scenario))


def _several(given: Any) -> list[Any]:
    """What is given, in a list; one thing by itself is one."""
    alone = isinstance(given, Scenario | Run | str | Path | Mapping)
    return [given] if alone or not isinstance(given, Iterable) else list(given)
