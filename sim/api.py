"""What ``import sim`` offers: scenarios, runs and studies as objects. ``docs/api.md`` shows it.

It assembles what other packages do, and is imported when one of its names is first used.
"""

from __future__ import annotations

import html
import io
import json
import shutil
import weakref
from collections.abc import Iterable, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING, Any

from sim.commands.work import progress_bar
from sim.engine import citations as rests_on
from sim.engine.citations import Citation
from sim.engine.conformance import ProtocolConformance, TacticConformance
from sim.engine.draws import Draws
from sim.engine.model import PeaceTalks
from sim.engine.protocols import Protocol
from sim.ensemble import runner
from sim.ensemble.opening import open_executor
from sim.formulas.tactics import Parameter, Tactic, View
from sim.prose import counted, did_you_mean
from sim.registry import PROTOCOLS, TACTICS
from sim.scenario import Loaded, LoadedDiscrete, ScenarioError, load_any, load_data
from sim.scenario.errors import file_error
from sim.scenario.overrides import read_changes
from sim.words.checked import contents

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd
    import xarray as xr
    from matplotlib.figure import Figure

    from sim.results.summary import Summary
    from sim.studies.compare import comparison
    from sim.studies.explain import findings
    from sim.studies.solve.subject import Subject
    from sim.studies.sweep.results import SweepResults

__all__ = [
    "Citation",
    "Comparison",
    "Explanation",
    "Parameter",
    "Protocol",
    "ProtocolConformance",
    "Run",
    "Scenario",
    "ScenarioError",
    "Solution",
    "Sweep",
    "Tactic",
    "TacticConformance",
    "View",
    "citations",
    "compare",
    "load",
    "model",
    "open",
    "protocol",
    "solve",
    "sweep",
    "tactic",
]

protocol = PROTOCOLS.register
tactic = TACTICS.register


@dataclass(frozen=True, eq=False, repr=False)
class Scenario:
    """A checked scenario. Nothing changes it: :meth:`with_` gives another one.

    Attributes
    ----------
    loaded : Loaded or LoadedDiscrete
        What the packages below work with; the latter has listed options.
    """

    loaded: Loaded | LoadedDiscrete

    @property
    def name(self) -> str:
        return str(self.loaded.raw["name"])

    @property
    def title(self) -> str:
        return str(self.loaded.raw["title"])

    @property
    def scaled(self) -> Loaded:
        """Itself, as what can be run; an error where its options are listed."""
        if isinstance(self.loaded, Loaded):
            return self.loaded
        raise file_error(
            self.loaded.files[-1], "is a scenario with listed options", "it can be solved only"
        )

    def with_(self, changes: Mapping[str, Any]) -> Scenario:
        """The scenario with other assumptions, as ``{"war.cost.putin": 0.03}``; checked."""
        return Scenario(self.scaled.with_(changes))

    def check(self) -> str:
        """What it holds, in a sentence; a scenario that is wrong cannot be had at all."""
        return contents(self.loaded)

    def run(
        self,
        worlds: int = 1000,
        seed: int = 1,
        workers: int | None = None,
        progress: bool | runner.Progress = True,
    ) -> Run:
        """Run it in so many worlds.

        Parameters
        ----------
        worlds, seed : int
            Size and seed of the ensemble.
        workers : int, optional
            Processes; by default one per core, where there is enough to do. The results do not
            depend on it.
        progress : bool or callable
            Called with (what is being done, how much is done, how much there is); True shows a bar
            on a terminal.
        """
        chunks = len(runner.chunk_tasks(worlds))
        workers = _workers(workers, [self])
        with open_executor(workers, None, chunks) as executor, _told(progress) as tell:
            done = runner.run_scenario(self.scaled, worlds, seed, (), tell, executor=executor)
        return Run(self, done)

    def solve(self) -> Solution:
        """See :func:`solve`."""
        return solve(self)

    def __repr__(self) -> str:
        return f"<Scenario {self.name}: {self.check()}>"


@dataclass(frozen=True, eq=False, repr=False)
class Run:
    """A finished run.

    Attributes
    ----------
    scenario : Scenario
    result : sim.ensemble.runner.Run
        What the packages below work with.
    """

    scenario: Scenario
    result: runner.Run

    @property
    def summary(self) -> Summary:
        """What ``summary.json`` holds, as attributes; its ``to_json()`` gives plain dicts."""
        return self.result.summary

    @property
    def dataset(self) -> xr.Dataset:
        """All worlds, labelled."""
        return self.result.ensemble

    @property
    def central(self) -> xr.Dataset:
        """The central world: every uncertain number at its median."""
        return self.result.central

    @property
    def experiments(self) -> pd.DataFrame:
        """What was drawn: one row per world, one column per uncertain number."""
        from sim.results.experiments import experiments

        return experiments(self.dataset)

    @property
    def outcomes(self) -> pd.DataFrame:
        """What came of it: one row per world."""
        from sim.results.experiments import outcomes_table

        return outcomes_table(self.dataset)

    @property
    def answer(self) -> str:
        """The headline question answered in one sentence."""
        from sim.words.story import answer

        return answer(self.result.scenario, self.summary)

    def plot(self, chart: str = "convergence") -> Figure | None:
        """A chart by its name, as of the files of the command; None where nothing is to show."""
        from sim.plots import FIGURES

        return _chart(FIGURES, chart, self.result)

    def explain(
        self,
        actor: str | None = None,
        goal: float = 0.5,
        workers: int | None = None,
        progress: bool | runner.Progress = True,
    ) -> Explanation:
        """Why it ends as it does, and the cheapest change that would turn failed worlds into deals.

        Parameters
        ----------
        actor : str, optional
            Look for what this actor alone could change, and nothing else.
        goal : float
            Share of the failed worlds that a change is to turn into settlements.
        workers, progress
            As in :meth:`Scenario.run`.

        Raises
        ------
        ValueError
            If the scenario has no such actor.
        """
        from sim.studies.explain.explanation import explain

        loaded, seed = self.scenario.scaled, self.summary.seed
        if actor is not None and actor not in loaded.scenario.actors:
            fix = did_you_mean(actor, loaded.scenario.actors, "there is")
            raise ValueError(f"there is no actor '{actor}'; {fix}")
        workers = _workers(workers, [self.scenario])
        with open_executor(workers, None) as executor, _told(progress) as tell:
            found = explain(loaded, self.result, executor, seed, actor, tell, goal)
        return Explanation(self, found)

    def report(self, path: str | Path) -> Path:
        """Write the report, one HTML file that needs no network."""
        from sim.report import run_report

        run_report(self.result, Path(path))
        return Path(path)

    def save(self, folder: str | Path) -> Path:
        """Write ``summary.json``, ``rounds.csv`` and ``result.nc`` to a folder; :func:`open` reads.

        The charts are left to :meth:`plot`.
        """
        folder = Path(folder)
        folder.mkdir(parents=True, exist_ok=True)
        runner.write_summary(self.result, folder / "summary.json")
        runner.write_rounds(self.result, folder / "rounds.csv")
        runner.write_results(self.result, folder / "result.nc")
        return folder

    def __repr__(self) -> str:
        summary = self.summary
        share = summary.outcomes["settlement"]
        return (
            f"<Run of {self.scenario.name}: {summary.worlds:,} worlds, seed {summary.seed}, "
            f"{share:.0%} settle>"
        )

    def _repr_html_(self) -> str:
        import pandas as pd

        shares = pd.Series(self.summary.outcomes, name="share of worlds").to_frame()
        return _html(self.scenario.title, self.answer, shares)


@dataclass(frozen=True, eq=False, repr=False)
class Explanation:
    """Why a run ends as it does, and what would change it.

    Attributes
    ----------
    run : Run
    found : sim.studies.explain.findings.Explanation
        What ``explain.json`` holds, as attributes.
    """

    run: Run
    found: findings.Explanation

    @property
    def sections(self) -> dict[str, list[str]]:
        """What is found, in sentences by their headings, as on the command line."""
        from sim.studies.explain.words import answer_words, sections

        scenario, overrides = self.run.result.scenario, self.run.summary.provenance.overrides
        told, beside = sections(self.found, scenario, self.run.scenario.name, overrides)
        parts = {one.title: one.lines for one in [*told, *beside]}
        return {"The answer": answer_words(self.found, scenario), **parts}

    @property
    def changed(self) -> list[Scenario]:
        """The scenario with each of the cheapest changes found, to be run or compared."""
        loaded = self.run.scenario.scaled
        changes = [read_changes(one.set)[0] for one in self.found.changes]
        return [Scenario(loaded.with_({c.key: c.value for c in one})) for one in changes]

    def plot(self) -> Figure:
        """What decides it, under which conditions, what stands in the way, the cheapest change."""
        from sim.plots.explain import explained
        from sim.views.explain import explain_view

        return _shown(explained(explain_view(self.run.result, self.found)))

    def __str__(self) -> str:
        return "\n\n".join("\n".join([title, *told]) for title, told in self.sections.items())

    def __repr__(self) -> str:
        after = "".join(f", {one.confirmed:.0%} after it" for one in self.found.changes[:1])
        return (
            f"<Explanation of {self.run.scenario.name}: {self.found.settled:.0%} settle, "
            f"{counted(len(self.found.changes), 'change')} found{after}>"
        )

    def _repr_html_(self) -> str:
        parts = [
            f"<h4>{html.escape(title)}</h4><p>{'<br>'.join(map(html.escape, told))}</p>"
            for title, told in self.sections.items()
        ]
        return "".join(parts)


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
        return {run.scenario.name: _run(run) for run in self.result.runs}

    @property
    def measures(self) -> pd.DataFrame:
        """Every number of every scenario, as in ``compare.csv``."""
        from sim.studies.compare.tables import compare_csv

        return _table(compare_csv(self.result))

    @property
    def differences(self) -> pd.DataFrame:
        """Differences from the baseline with 95 % intervals, as in ``differences.csv``."""
        from sim.studies.compare.tables import differences_csv

        return _table(differences_csv(self.result))

    def plot(self, chart: str = "odds") -> Figure | None:
        """A chart by its name; None where there is nothing to show."""
        from sim.plots.comparison import FIGURES

        return _chart(FIGURES, chart, self.result)

    def report(self, path: str | Path) -> Path:
        """Write the report, one HTML file that needs no network."""
        from sim.report import compare_report

        compare_report(self.result, Path(path))
        return Path(path)

    def __repr__(self) -> str:
        others = [name for name in self.runs if name != self.result.baseline]
        return f"<Comparison of {', '.join(others)} with {self.result.baseline}>"

    def _repr_html_(self) -> str:
        from sim.studies.compare.words import told

        return _html(repr(self)[1:-1], " ".join(told(self.result)), self.differences)


@dataclass(frozen=True, eq=False, repr=False)
class Sweep:
    """A scenario at many combinations of assumptions.

    Attributes
    ----------
    result : sim.studies.sweep.results.SweepResults
        What the packages below work with.
    """

    result: SweepResults

    @property
    def cells(self) -> pd.DataFrame:
        """One row per combination: values, and every measure with its two intervals.

        ``_low`` and ``_high`` are of sampling (95 %), ``_range_low`` and ``_range_high`` over what
        past talks allow (10–90 %).
        """
        from sim.studies.sweep.table import cells_csv, rows

        found = rows(self.result, range(len(self.result.labels)))
        return _table(cells_csv([found[n] for n in sorted(found)]))

    @property
    def effects(self) -> pd.DataFrame:
        """What each parameter does from end to end, as ``effects`` in ``sweep.json``."""
        import pandas as pd

        from sim.studies.sweep.effects import effects, told_measures
        from sim.studies.sweep.table import effect_entry

        found = [e for m in told_measures(self.result) for e in effects(self.result, m)]
        return pd.DataFrame(map(effect_entry, found))

    def plot(self, of: str = "settlement", x: str | None = None, y: str | None = None) -> Figure:
        """The heatmap of a measure by one or two parameters."""
        from sim.plots.heatmap import heatmap
        from sim.views.heatmap import heatmap_view

        return _shown(heatmap(heatmap_view(self.result, of, x, y)))

    def __repr__(self) -> str:
        paths = ", ".join(p.path for p in self.result.header.parameters)
        return f"<Sweep over {paths}: {len(self.result.labels)} cells>"

    def _repr_html_(self) -> str:
        return _html(repr(self)[1:-1], "", self.effects)


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

        return _shown(solution(solution_view(self.subject)))

    def __repr__(self) -> str:
        return f"<Solution of {self.subject.name}: {self.subject.analysis.status}>"

    def _repr_html_(self) -> str:
        return _html(self.subject.title, self.statement, self.points)


Given = Scenario | str | Path | Mapping[str, Any]
"""Whatever :func:`load` takes, or what it has given."""


def load(given: Given) -> Scenario:
    """A scenario from a file, the name of a shipped one, or plain data; always checked.

    Raises
    ------
    ScenarioError
        With every problem found.
    """
    if isinstance(given, Scenario):
        return given
    return Scenario(load_data(given) if isinstance(given, Mapping) else load_any(given))


def open(folder: str | Path) -> Run | Sweep:
    """A saved run or sweep by its folder."""
    from sim.studies.compare.inputs import read_saved
    from sim.studies.sweep.results import STORE, read_sweep

    folder = Path(folder)
    if (folder / STORE).exists():
        return Sweep(read_sweep(folder))
    return _run(read_saved(folder, rounds=True))


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
    """
    from sim.studies.compare.comparison import compare as compare_

    things = [one if isinstance(one, Run) else load(one) for one in given]
    entries = [one.result if isinstance(one, Run) else one.scaled for one in things]
    workers = _workers(workers, things)
    with _told(progress) as tell:
        return Comparison(compare_(entries, worlds, seed, baseline, workers=workers, progress=tell))


def sweep(
    given: Given | Iterable[Given],
    vary: Mapping[str, Sequence[Any] | str],
    worlds: int = 1000,
    seed: int = 1,
    design: str = "grid",
    folder: str | Path | None = None,
    workers: int | None = None,
    progress: bool | runner.Progress = True,
) -> Sweep:
    """Run a scenario, or several, at combinations of assumptions.

    Parameters
    ----------
    given : scenario, or iterable of scenarios
        Whatever :func:`load` takes.
    vary : mapping of str to sequence or str
        Dotted key → its values, or what ``--vary`` takes, such as ``"0.5x,1x,2x"``.
    design : str
        ``grid``, or ``sobol:N`` for N points of ranges.
    folder : path, optional
        Where the sweep is kept and goes on from; by default until the object goes.
    worlds, seed, workers, progress
        As for :meth:`Scenario.run`; so many worlds in every cell.
    """
    from sim.commands.sweeping import SweepJob
    from sim.studies.sweep.plan import make_plan
    from sim.studies.sweep.vary import flow

    one = isinstance(given, Scenario | str | Path | Mapping)
    several = [load(each) for each in ([given] if one else given)]  # type: ignore[union-attr, arg-type]
    values = {k: v if isinstance(v, str) else ",".join(map(flow, v)) for k, v in vary.items()}
    plan = make_plan(
        [each.scaled for each in several],
        [f"{path}={text}" for path, text in values.items()],
        design,
        worlds,
        seed,
    )
    place = Path(folder or mkdtemp(prefix="sweep-"))
    job = SweepJob(plan, place, None)
    with job.executor(_workers(workers, several), None) as executor, _told(progress) as tell:
        found = Sweep(job.run(executor, tell).results)
    if folder is None:
        weakref.finalize(found, shutil.rmtree, place, ignore_errors=True)
    return found


def solve(given: Given) -> Solution:
    """Frontier and solution concepts of the central world on day 0, or of listed options."""
    from sim.studies.solve.subject import solve_discrete, solve_scenario

    loaded = load(given).loaded
    if isinstance(loaded, LoadedDiscrete):
        return Solution(solve_discrete(loaded.content))
    return Solution(solve_scenario(loaded.scenario))


def model(given: Given, worlds: int = 100, seed: int = 1) -> PeaceTalks:
    """The Mesa model of a scenario in at most 2,000 worlds, before the first round."""
    return PeaceTalks(load(given).scaled.scenario, Draws(seed, worlds), trace=True)


def citations(given: Given) -> list[Citation]:
    """The sources of a scenario's protocol, tactics and methods."""
    return rests_on.citations(load(given).scaled.scenario)


def _run(result: runner.Run) -> Run:
    """A run whose scenario is known by what its results say."""
    said = json.loads(result.ensemble.attrs["scenario_json"])
    return Run(load(said | {"name": result.scenario.name}), result)


def _workers(wanted: int | None, scenarios: Iterable[Scenario | Run]) -> int | None:
    """This process alone where others would not find a protocol or tactic that is used."""
    for one in scenarios:
        if isinstance(one, Scenario):
            spec = one.scaled.scenario
            tactics = {actor.tactic.name for actor in spec.actors.values()}
            known = PROTOCOLS.found_elsewhere(spec.protocol.name)
            if not (known and all(map(TACTICS.found_elsewhere, tactics))):
                return 1
    return wanted


@contextmanager
def _told(progress: bool | runner.Progress) -> Iterator[runner.Progress]:
    if callable(progress):
        yield progress
        return
    with progress_bar(progress) as tell:
        yield tell


def _chart(charts: Mapping[str, Any], name: str, of: Any) -> Figure | None:
    """A chart by its name; None where there is nothing to show."""
    if name not in charts:
        raise ValueError(f"there is no chart '{name}'; choose from {', '.join(charts)}")
    figure = charts[name](of)
    return None if figure is None else _shown(figure)


def _shown(figure: Figure) -> Figure:
    """The figure, which a notebook shows whether or not it has loaded pyplot."""

    def png() -> bytes:
        out = io.BytesIO()
        figure.savefig(out, format="png", dpi=80)
        return out.getvalue()

    vars(figure)["_repr_png_"] = png
    return figure


def _table(text: str) -> pd.DataFrame:
    import pandas as pd

    return pd.read_csv(io.StringIO(text))


def _html(title: str, text: str, table: pd.DataFrame) -> str:
    shown = table.to_html(float_format=lambda x: f"{x:.3g}", border=0, max_rows=20)
    return f"<h4>{html.escape(title)}</h4><p>{html.escape(text)}</p>{shown}"
