"""Advice and the parts of a mediation from the command line: the steps and their files."""

from __future__ import annotations

from pathlib import Path

from sim.commands.work import Work, at_work
from sim.files import json_text
from sim.prose import percent, span_words
from sim.scenario.loading import Loaded, load_scenario
from sim.studies.advise.advice import UNSEEN, Advice, Judged, advise
from sim.studies.advise.judging import MEASURES, Judge
from sim.studies.advise.mediation import Mediated, mediated
from sim.studies.advise.published import others
from sim.studies.advise.words import TITLES
from sim.studies.advise.written import plan_file

TRIALS = "trials"


class Job(Work):
    """What both have: a scenario, worlds that are kept, files in ``out/<scenario>``.

    Attributes
    ----------
    cpu : float
        Seconds of processor time that the worlds took.
    """

    def __init__(self, loaded: Loaded, worlds: int, seed: int, out: Path) -> None:
        super().__init__(out / loaded.scenario.name)
        self.loaded, self.worlds, self.seed = loaded, worlds, seed
        self.cpu = 0.0

    def what_is_missing(self) -> str:
        """After an interrupt."""
        return f"Worlds run so far are in {self.folder / TRIALS}; the same command goes on there."


class MediationJob(Job):
    """Measures the parts of a mediation and writes ``mediation.json``."""

    def run(self, workers: int | None, cluster: str | None, show_progress: bool) -> Mediated:
        """All of it; what goes wrong is raised."""
        with at_work(workers, cluster, show_progress) as (executor, progress):
            judge = Judge(self.worlds, self.seed, executor, self.folder / TRIALS)
            found = mediated(self.loaded, judge, progress)
        self.cpu = judge.cpu
        self.write("mediation.json", json_text(found.to_json()))
        return found


class AdviseJob(Job):
    """Searches for plans, judges them, and writes ``advice.json`` and a scenario for each plan.

    Parameters
    ----------
    asked : tuple of int
        Plans of a generation, generations, plans shown.
    searched : (int, float)
        Worlds of the search, and minutes that it may take.
    """

    def __init__(
        self,
        file: str,
        loaded: Loaded,
        overrides: tuple[str, ...],
        against: tuple[str, ...],
        asked: tuple[int, int, int],
        searched: tuple[int, float],
        worlds: int,
        seed: int,
        out: Path,
    ) -> None:
        super().__init__(loaded, worlds, seed, out)
        self.file, self.overrides, self.against = file, overrides, against
        self.asked, self.searched, self.kept = asked, searched, 0

    def run(self, workers: int | None, cluster: str | None, show_progress: bool) -> Advice:
        """All of it; what goes wrong is raised."""
        original = load_scenario(self.file)  # now: files may change during a long search
        known = others(self.loaded, self.against, self.overrides)
        trials, (worlds, minutes) = self.folder / TRIALS, self.searched
        with at_work(workers, cluster, show_progress) as (executor, progress):
            searching = Judge(worlds, self.seed, executor, trials)
            judging = Judge(self.worlds, self.seed + UNSEEN, executor, trials)
            judges = (searching, judging)
            found, plans = advise(self.loaded, known, *judges, *self.asked, progress, minutes)
        self.cpu, self.kept = searching.cpu + judging.cpu, searching.kept + judging.kept
        for one, plan in zip(found.plans, plans, strict=True):
            path, about = self.folder / f"{one.key}.yaml", figures(one, found)
            self.write(path.name, plan_file(original, plan, path, one.title, one.what, about))
        for old in self.folder.glob(f"{found.scenario}_plan_*.yaml"):
            if old.name not in self.written:
                old.unlink()
        self.write("advice.json", json_text(found.to_json()))
        return found


def figures(judged: Judged, found: Advice) -> str:
    """What a plan's file says of itself at its top."""
    lines = [
        f"Found by `advise {found.scenario}`; judged in {found.worlds:,} worlds of seed "
        f"{found.judged_seed}, in which nothing was searched:"
    ]
    for measure in MEASURES:
        value = judged.values[measure]
        if measure in judged.intervals:
            share = judged.intervals[measure]
            lines.append(f"  {TITLES[measure]}: {percent(value, share)} ({span_words(share)})")
        else:
            lines.append(f"  {TITLES[measure]}: {value:.4f} of utility ({judged.worst_off})")
    return "\n".join([*lines, found.note])
