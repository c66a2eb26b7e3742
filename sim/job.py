"""One run from the command line: the steps, their files, and what is missing if it stops."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from sim.progress import progress_bar
from sim.runner import Run, run_scenario, write_results, write_rounds, write_summary
from sim.scenario import Loaded


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
    ) -> None:
        self.loaded, self.worlds, self.seed, self.overrides = loaded, worlds, seed, overrides
        self.folder = out / loaded.scenario.name
        self.chart_format = chart_format
        self.written: list[str] = []

    def run(self, show_progress: bool) -> Run:
        """All steps; raises what goes wrong after leaving the finished files in place."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with progress_bar(show_progress) as progress:
            finished = run_scenario(
                self.loaded,
                self.worlds,
                self.seed,
                self.overrides,
                lambda done, total: progress("worlds", done, total),
            )
            steps = self._steps(finished)
            for number, (name, write) in enumerate(steps):
                progress(name, number, len(steps))
                write(self.folder / name)
                self.written.append(name)
            progress("done", len(steps), len(steps))
        return finished

    def _steps(self, run: Run) -> list[tuple[str, Callable[[Path], None]]]:
        steps: list[tuple[str, Callable[[Path], None]]] = [
            ("summary.json", partial(write_summary, run)),
            ("rounds.csv", partial(write_rounds, run)),
            ("result.nc", partial(write_results, run)),
        ]
        if self.chart_format is not None:
            from sim.plots import draw

            steps += [(f"{name}.{self.chart_format}", partial(draw, run, name)) for name in CHARTS]
        return steps

    def names(self) -> list[str]:
        """Files that a complete run writes."""
        charts = [] if self.chart_format is None else [f"{c}.{self.chart_format}" for c in CHARTS]
        return ["summary.json", "rounds.csv", "result.nc", *charts]

    def what_is_missing(self) -> str:
        """What was finished and what was not, in one sentence."""
        missing = [name for name in self.names() if name not in self.written]
        done = ", ".join(self.written) or "nothing"
        return f"Finished in {self.folder}: {done}; missing: {', '.join(missing) or 'nothing'}."


CHARTS = ("convergence", "outcome", "package", "utility", "pressure")
