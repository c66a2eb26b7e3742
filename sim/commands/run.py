"""One run from the command line: the steps, their files, and what is missing if it stops."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path

from sim.commands.progress import progress_bar
from sim.ensemble.chunks import chunk_tasks
from sim.ensemble.executors import cores, open_executor
from sim.ensemble.runner import (
    IN_MEMORY,
    Progress,
    Run,
    RunError,
    provenance,
    run_scenario,
    write_failures,
    write_results,
    write_rounds,
    write_summary,
)
from sim.scenario import Loaded

CHARTS = ("convergence", "outcome", "package", "utility", "pressure", "afterwards")
REPORT, FAILURES, ENSEMBLE = "report.html", "failures.json", "ensemble.zarr"
DRAWN_BESIDE = ("convergence", "outcome")
"""Charts that a second process draws while this one writes the data and draws the others."""

Step = Callable[[Path], object]


class Job:
    """Runs a scenario and writes its files, each whole or not at all.

    Attributes
    ----------
    folder : Path
        ``out/<scenario>``.
    written : list of str
        Names of the files finished so far.
    """

    def __init__(
        self,
        loaded: Loaded,
        worlds: int,
        seed: int,
        out: Path,
        overrides: tuple[str, ...],
        chart_format: str | None,
        report: bool = False,
        workers: int | None = None,
        cluster: str | None = None,
        store: bool = False,
        overwrite: bool = False,
    ) -> None:
        self.loaded, self.worlds, self.seed, self.overrides = loaded, worlds, seed, overrides
        self.folder = out / loaded.scenario.name
        self.chart_format = chart_format
        self.report = report
        self.workers, self.cluster, self.overwrite = workers or cores(), cluster, overwrite
        self.store = self.folder / ENSEMBLE if store or worlds > IN_MEMORY else None
        self.failed = False
        scenario = loaded.scenario
        looks_ahead = scenario.has_plan or scenario.ratification or scenario.durability
        self.charts = CHARTS if looks_ahead else CHARTS[:-1]
        self.written: list[str] = []

    def run(self, show_progress: bool) -> Run:
        """All steps; raises what goes wrong after leaving the finished files in place."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with progress_bar(show_progress) as progress:
            run = self._simulated(progress)
            steps = self._steps(run)
            beside = Beside({n: steps.pop(n) for n in self._left_to_second()}, self.folder)
            try:
                self._write(steps, progress)
            finally:
                self.written += beside.finished()
            # what the second process did not manage is done here, where errors are seen
            again = self._steps(run)
            self._write({n: w for n, w in again.items() if n not in self.written}, progress)
        self.written.sort(key=self.names().index)
        for old in self._of_earlier_runs():
            old.unlink()
        return run

    def _simulated(self, progress: Progress) -> Run:
        workers = min(self.workers, len(chunk_tasks(self.worlds)))
        with open_executor(workers, self.cluster) as executor:
            try:
                run = run_scenario(
                    self.loaded,
                    self.worlds,
                    self.seed,
                    self.overrides,
                    progress,
                    executor=executor,
                    store=self.store,
                    overwrite=self.overwrite,
                )
            except RunError as error:
                about = provenance(self.loaded, self.seed, self.overrides)
                write_failures(error.failures, about, self.folder / FAILURES)
                raise
        self.failed = bool(run.failures)
        return run

    def _of_earlier_runs(self) -> list[Path]:
        """Files in the folder that a run writes and this one did not (yet)."""
        charts = [f"{chart}.{suffix}" for chart in CHARTS for suffix in ("png", "svg", "pdf")]
        known = [
            self.folder / name
            for name in ("summary.json", "rounds.csv", "result.nc", *charts, REPORT, FAILURES)
        ]
        return [p for p in known if p.name not in self.written and p.exists()]

    def _write(self, steps: dict[str, Step], progress: Progress) -> None:
        for name, write in steps.items():
            progress(name, len(self.written), len(self.names()))
            write(self.folder / name)
            self.written.append(name)

    def _left_to_second(self) -> list[str]:
        """Charts to draw in a second process: none without a second core, or beside threads."""
        if self.chart_format is None or not may_fork():
            return []
        return [f"{chart}.{self.chart_format}" for chart in DRAWN_BESIDE]

    def _steps(self, run: Run) -> dict[str, Step]:
        """Files to write and how."""
        steps: dict[str, Step] = {
            "summary.json": partial(write_summary, run),
            "rounds.csv": partial(write_rounds, run),
            "result.nc": partial(write_results, run),
        }
        if self.chart_format is not None:
            from sim.plots import draw

            steps |= {f"{c}.{self.chart_format}": partial(draw, run, c) for c in self.charts}
        if self.report:
            from sim.report import run_report

            steps[REPORT] = partial(run_report, run)
        if run.failures:
            steps[FAILURES] = partial(write_failures, run.failures, run.ensemble.attrs)
        return steps

    def names(self) -> list[str]:
        """Files that a complete run writes."""
        charts = (
            [] if self.chart_format is None else [f"{c}.{self.chart_format}" for c in self.charts]
        )
        report = [REPORT] if self.report else []
        failures = [FAILURES] if self.failed else []
        return ["summary.json", "rounds.csv", "result.nc", *charts, *report, *failures]

    def what_is_missing(self) -> str:
        """What was finished and what was not, in one sentence."""
        missing = [name for name in self.names() if name not in self.written]
        done = ", ".join(self.written) or "nothing"
        text = f"Finished in {self.folder}: {done}; missing: {', '.join(missing) or 'nothing'}."
        old = ", ".join(p.name for p in self._of_earlier_runs())
        text = f"{text} Of an earlier run: {old}." if old else text
        if self.store is not None and "summary.json" not in self.written and self.store.exists():
            text += (
                f" The worlds run so far are in {self.store.name}: the same command goes on there."
            )
        return text


class Beside:
    """Steps done by a forked copy of this process, which has all the data at hand already."""

    def __init__(self, steps: dict[str, Step], folder: Path) -> None:
        self.process = None
        if steps:
            context = multiprocessing.get_context("fork")
            self.receiver, sender = context.Pipe(duplex=False)
            self.process = context.Process(target=_do, args=(steps, folder, sender), daemon=True)
            self.process.start()
            sender.close()

    def finished(self) -> list[str]:
        """Waits for the process; names of the files it finished."""
        if self.process is None:
            return []
        names = []
        try:
            while True:
                names.append(self.receiver.recv())
        except EOFError:
            self.process.join()
        return names


def _do(steps: dict[str, Step], folder: Path, sender: Connection) -> None:
    # Ctrl-C is for the main process; the chart under way is finished
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for name, write in steps.items():
        try:
            write(folder / name)
        except Exception:
            return  # the main process does it again, where the error is seen
        sender.send(name)


def may_fork() -> bool:
    """Whether there is a second core, and no thread that a fork would leave behind."""
    threads = Path("/proc/self/task")
    return (
        hasattr(os, "sched_getaffinity")
        and len(os.sched_getaffinity(0)) > 1
        and threads.is_dir()
        and len(list(threads.iterdir())) == 1
    )
