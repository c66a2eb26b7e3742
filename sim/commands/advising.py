"""Advice and the parts of a mediation from the command line: the steps and their files."""

from __future__ import annotations

from pathlib import Path

from sim.commands.progress import progress_bar
from sim.ensemble.opening import open_executor
from sim.files import json_text, write_text
from sim.prose import percent, span_words
from sim.scenario.loading import Loaded, load_scenario
from sim.studies.advise.advice import UNSEEN, Advice, Judged, advise
from sim.studies.advise.judging import MEASURES, Judge
from sim.studies.advise.mediation import Mediated, mediated
from sim.studies.advise.published import others
from sim.studies.advise.words import TITLES
from sim.studies.advise.written import plan_file

TRIALS = "trials"


class Job:
    """What both have: a scenario, worlds that are kept, files in ``out/<scenario>``.

    Attributes
    ----------
    folder : Path
    written : list of str
        Names of the files finished so far.
    cpu : float
        Seconds of processor time that the worlds took.
    """

    def __init__(self, loaded: Loaded, worlds: int, seed: int, out: Path) -> None:
        self.loaded, self.worlds, self.seed = loaded, worlds, seed
        self.folder = out / loaded.scenario.name
        self.written: list[str] = []
        self.cpu = 0.0

    def what_is_missing(self) -> str:
        """After an interrupt."""
        return f"Worlds run so far are in {self.folder / TRIALS}; the same command goes on there."


class MediationJob(Job):
    """Measures the parts of a mediation and writes ``mediation.json``."""

    def run(self, workers: int | None, cluster: str | None, show_progress: bool) -> Mediated:
        """All of it; what goes wrong is raised."""
        with progress_bar(show_progress) as progress, open_executor(workers, cluster) as executor:
            judge = Judge(self.worlds, self.seed, executor, self.folder / TRIALS)
            found = mediated(self.loaded, judge, progress)
        self.cpu = judge.cpu
        self.folder.mkdir(parents=True, exist_ok=True)
        write_text(self.folder / "mediation.json", json_text(found.to_json()))
        self.written.append("mediation.json")
        return found


class AdviseJob(Job):
    """Searches for plans, judges them, and writes ``advice.json`` and a scenario for each plan."""

    def __init__(
        self,
        file: str,
        loaded: Loaded,
        overrides: tuple[str, ...],
        against: tuple[str, ...],
        size: int,
        generations: int,
        shown: int,
        search_worlds: int,
        worlds: int,
        seed: int,
        minutes: float,
        out: Path,
    ) -> None:
        super().__init__(loaded, worlds, seed, out)
        self.file, self.overrides, self.against = file, overrides, against
        self.size, self.generations, self.shown = size, generations, shown
        self.search_worlds = search_worlds
        self.minutes, self.kept = minutes, 0

    def run(self, workers: int | None, cluster: str | None, show_progress: bool) -> Advice:
        """All of it; what goes wrong is raised."""
        original = load_scenario(self.file)  # now: files may change during a long search
        known = others(self.loaded, self.against, self.overrides)
        trials = self.folder / TRIALS
        with progress_bar(show_progress) as progress, open_executor(workers, cluster) as executor:
            searching = Judge(self.search_worlds, self.seed, executor, trials)
            judging = Judge(self.worlds, self.seed + UNSEEN, executor, trials)
            size = (self.size, self.generations, self.shown)
            found, plans = advise(
                self.loaded, known, searching, judging, *size, progress, self.minutes
            )
        self.cpu, self.kept = searching.cpu + judging.cpu, searching.kept + judging.kept
        self.folder.mkdir(parents=True, exist_ok=True)
        for judged, plan in zip(found.plans, plans, strict=True):
            path = self.folder / f"{judged.key}.yaml"
            text = plan_file(
                original, plan, path, judged.title, judged.what, figures(judged, found)
            )
            write_text(path, text)
            self.written.append(path.name)
        for old in self.folder.glob(f"{found.scenario}_plan_*.yaml"):
            if old.name not in self.written:
                old.unlink()
        write_text(self.folder / "advice.json", json_text(found.to_json()))
        self.written.append("advice.json")
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
