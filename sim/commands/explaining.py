"""One explanation from the command line: run, explain, write the files."""

from __future__ import annotations

import csv
import importlib.util
import json
from collections.abc import Callable
from functools import partial
from pathlib import Path

from sim.commands.errors import fail
from sim.commands.progress import progress_bar
from sim.commands.running import REPORT
from sim.ensemble.opening import open_executor
from sim.ensemble.runner import Job, Run, run_job
from sim.files import written_whole
from sim.scenario import Loaded
from sim.studies.explain.explanation import explain
from sim.studies.explain.findings import Explanation
from sim.studies.explain.sobol import GroupIndex, group_indices


class ExplainJob:
    """Runs a scenario, explains it, and writes the files to ``out/<scenario>``.

    Attributes
    ----------
    folder : Path
    written : list of str
        Names of the files finished so far.
    sobol : list of GroupIndex
        Where a design was asked for.
    """

    def __init__(
        self,
        file: str,
        loaded: Loaded,
        overrides: tuple[str, ...],
        worlds: int,
        seed: int,
        actor: str | None,
        odds: float,
        base: int,
        out: Path,
        chart_format: str | None,
    ) -> None:
        self.job = Job(loaded, worlds, seed, overrides, traced=0)
        self.file, self.actor, self.odds, self.base = file, actor, odds, base
        self.folder = out / loaded.scenario.name
        self.chart_format = chart_format
        self.written: list[str] = []
        self.sobol: list[GroupIndex] = []

    def run(self, workers: int | None, cluster: str | None, show_progress: bool) -> Explanation:
        """All of it; what goes wrong is raised."""
        job = self.job
        from sim.report.explained import file_of, put_into_report  # drawing is slow to import

        with progress_bar(show_progress) as progress, open_executor(workers, cluster) as executor:
            run = run_job(job, executor, progress)
            found = explain(job.loaded, run, executor, job.seed, self.actor, progress, self.odds)
            if self.base:
                progress("Sobol' indices", 0, 1)
                self.sobol = group_indices(job.loaded.scenario, run.ensemble, job.seed, self.base)
        self.folder.mkdir(parents=True, exist_ok=True)
        mine = f"_{self.actor}" if self.actor else ""
        steps: dict[str, Callable[[Path], object]] = {
            file_of(self.actor): lambda path: path.write_text(self.text(found), encoding="utf-8"),
            f"reasons{mine}.csv": partial(_write_reasons, found),
        }
        if self.chart_format is not None:
            steps[f"explain{mine}.{self.chart_format}"] = partial(_draw, run, found)
        for name, write in steps.items():
            with written_whole(self.folder / name) as temporary:
                write(temporary)
            self.written.append(name)
        if put_into_report(run, self.folder / REPORT):
            self.written.append(REPORT)
        return found

    def text(self, found: Explanation) -> str:
        """``explain.json``."""
        content = found.rounded().to_json()
        if self.sobol:
            content["sobol"] = [one.to_json() for one in self.sobol]
        return json.dumps(content, indent=1, ensure_ascii=False) + "\n"

    def what_is_missing(self) -> str:
        """What was finished, in one sentence."""
        return f"Finished in {self.folder}: {', '.join(self.written) or 'nothing'}."


def base_worlds(design: str) -> int:
    """The number in ``sobol:N``; the library that works the indices out has to be there."""
    name, _, number = design.partition(":")
    if name != "sobol" or not number.isdecimal() or not 16 <= int(number) <= 100_000:
        fail(f"--design {design}: is written sobol:N with N from 16, for example sobol:256")
    if importlib.util.find_spec("SALib") is None:
        fail("--design: needs SALib, which is not installed: pip install SALib")
    return int(number)


def _write_reasons(found: Explanation, path: Path) -> None:
    """One row per failed world and set: what would have to go for a deal, least first."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["world", "rank", "things", "without"])
        for one in found.reasons:
            for rank, words in enumerate(one.sets, 1):
                writer.writerow([one.world, rank, len(words), " + ".join(words)])
            if not one.sets:
                writer.writerow([one.world, 1, "", "more than three things"])


def _draw(run: Run, found: Explanation, path: Path) -> None:
    from sim.plots import save
    from sim.plots.explain import explained
    from sim.views.explain import explain_view

    save(explained(explain_view(run, found)), path)
