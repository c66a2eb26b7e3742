"""Scenarios, their runs, and why these end as they do."""

from __future__ import annotations

import html
import json
import warnings
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.api import showing
from sim.api.edge import at_the_edge, whole
from sim.commands.work import progress_bar
from sim.ensemble import runner
from sim.ensemble.executors import open_executor
from sim.prose import counted, did_you_mean, percent
from sim.registry import PROTOCOLS, TACTICS
from sim.scenario import Loaded, LoadedDiscrete, load_any
from sim.scenario.errors import file_error
from sim.scenario.overrides import read_changes
from sim.words.checked import contents
from sim.words.shares import bare_odds

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr
    from matplotlib.figure import Figure

    from sim.api.studies import Solution
    from sim.results.summary import Summary
    from sim.studies.explain import findings


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

    @at_the_edge
    def with_(self, changes: Mapping[str, Any]) -> Scenario:
        """The scenario with other assumptions, as ``{"war.cost.putin": 0.03}``; checked."""
        return Scenario(self.scaled.with_(changes))

    def check(self) -> str:
        """What it holds, in a sentence; a scenario that is wrong cannot be had at all."""
        return contents(self.loaded)

    @at_the_edge
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

        Raises
        ------
        ValueError
            If a number is none that makes sense.
        """
        whole(1, worlds=worlds)
        whole(0, seed=seed)
        chunks = len(runner.chunk_tasks(worlds))
        workers = workers_for(workers, [self])
        with open_executor(workers, None, chunks) as executor, telling(progress) as tell:
            done = runner.run_scenario(self.scaled, worlds, seed, (), tell, executor=executor)
        if done.failures:
            from sim.studies.compare.comparison import failure_notes

            warnings.warn(failure_notes(self.name, done)[0], stacklevel=3)
        return Run(self, done)

    def solve(self) -> Solution:
        """See :func:`sim.solve`."""
        from sim.api.studies import solve

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

    @at_the_edge
    def plot(self, chart: str = "convergence") -> Figure | None:
        """A chart by its name, as of the files of the command; None where nothing is to show.

        Runs of a comparison keep no rounds: of them ``outcome``, ``package`` and ``afterwards``.
        """
        from sim.plots import FIGURES

        return showing.chart(FIGURES, chart, self.result)

    @at_the_edge
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
            If the scenario has no such actor, or the goal is no share.
        ScenarioError
            If a group decides and all are bound, so that nothing can fail.
        """
        from sim.studies.explain.explanation import explain

        loaded, seed = self.scenario.scaled, self.summary.seed
        if actor is not None and actor not in loaded.scenario.actors:
            fix = did_you_mean(actor, loaded.scenario.actors, "there is")
            raise ValueError(f"there is no actor '{actor}'; {fix}")
        if not 0.0 < goal <= 1.0:
            raise ValueError(f"goal={goal!r} should be a share above 0 and at most 1")
        workers = workers_for(workers, [self.scenario])
        with open_executor(workers, None) as executor, telling(progress) as tell:
            found = explain(loaded, self.result, executor, seed, actor, tell, goal)
        return Explanation(self, found)

    @at_the_edge
    def report(self, path: str | Path) -> Path:
        """Write the report, one HTML file that needs no network."""
        from sim.report import run_report

        _ = self.result.traced  # else nothing is written
        return showing.report(run_report, self.result, path)

    @at_the_edge
    def save(self, folder: str | Path) -> Path:
        """Write ``summary.json``, ``rounds.csv`` and ``result.nc`` to a folder; :func:`open` reads.

        The charts are left to :meth:`plot`.
        """
        _ = self.result.traced  # else nothing is written
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
            f"<Run of {self.scenario.name}: {counted(summary.worlds, 'world')}, "
            f"seed {summary.seed}, {bare_odds(share, summary.worlds)} settle>"
        )

    def _repr_html_(self) -> str:
        import pandas as pd

        shares = pd.Series(self.summary.outcomes, name="share of worlds").to_frame()
        return showing.markup(self.scenario.title, self.answer, shares)


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

        return showing.shown(explained(explain_view(self.run.result, self.found)))

    def __str__(self) -> str:
        return "\n\n".join("\n".join([title, *told]) for title, told in self.sections.items())

    def __repr__(self) -> str:
        found = self.found
        tried = "".join(
            f"; of fresh worlds {percent(one.before)} settle without it, "
            f"{percent(one.confirmed)} with it"
            for one in found.changes[:1]
        )
        return (
            f"<Explanation of {self.run.scenario.name}: "
            f"{bare_odds(found.settled, found.worlds)} settle, "
            f"{counted(len(self.found.changes), 'change')} found{tried}>"
        )

    def _repr_html_(self) -> str:
        parts = [
            f"<h4>{html.escape(title)}</h4><p>{'<br>'.join(map(html.escape, told))}</p>"
            for title, told in self.sections.items()
        ]
        return "".join(parts)


Given = Scenario | str | Path | Mapping[str, Any]
"""Whatever :func:`load` takes, or what it has given."""


@at_the_edge
def load(given: Given) -> Scenario:
    """A scenario from a file, the name of a shipped one, or plain data; always checked.

    Raises
    ------
    ScenarioError
        With every problem found.
    TypeError
        If it is something else.
    """
    if isinstance(given, Scenario):
        return given
    if not isinstance(given, str | Path | Mapping):
        raise TypeError(
            f"give a scenario, its name, its path or its data, not {type(given).__name__}"
        )
    return Scenario(load_any(given))


def run_of(result: runner.Run) -> Run:
    """A run whose scenario is known by what its results say."""
    said = json.loads(result.ensemble.attrs["scenario_json"])
    return Run(load(said | {"name": result.scenario.name}), result)


def workers_for(wanted: int | None, scenarios: Iterable[Scenario | Run]) -> int | None:
    """This process alone where others would not find a protocol or tactic that is used."""
    if wanted is not None:
        whole(1, workers=wanted)
    for one in scenarios:
        if isinstance(one, Scenario):
            spec = one.scaled.scenario
            tactics = {actor.tactic.name for actor in spec.actors.values()}
            known = PROTOCOLS.found_elsewhere(spec.protocol.name)
            if not (known and all(map(TACTICS.found_elsewhere, tactics))):
                return 1
    return wanted


@contextmanager
def telling(progress: bool | runner.Progress) -> Iterator[runner.Progress]:
    """What is told how far the work is."""
    if callable(progress):
        yield progress
        return
    with progress_bar(progress) as tell:
        yield tell
