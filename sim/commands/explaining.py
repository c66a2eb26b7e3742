"""One explanation from the command line: run, explain, write the files."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from sim.commands.errors import fail
from sim.commands.running import REPORT
from sim.commands.work import Work
from sim.ensemble.executors import Executor
from sim.ensemble.runner import Job, Progress, Run, run_job
from sim.files import csv_text, json_text
from sim.report.explained import file_of, put_into_report
from sim.studies.advise.published import rivals
from sim.studies.explain.explanation import explain
from sim.studies.explain.findings import Explanation
from sim.studies.explain.sobol import group_indices
from sim.studies.explain.words import full_words


@dataclass(frozen=True)
class Explained:
    """What was found, and what is said of it.

    Attributes
    ----------
    text : str
        ``explain.json``.
    full : list of (str, bool)
        All that is told: lines, and whether each is a heading.
    """

    found: Explanation
    text: str
    full: list[tuple[str, bool]]


def explained(
    file: str,
    job: Job,
    actor: str | None,
    odds: float,
    base: int,
    chart_format: str | None,
    work: Work,
    executor: Executor,
    progress: Progress,
) -> Explained:
    """Run a scenario, explain it, and write the files.

    Parameters
    ----------
    base : int
        Worlds of the design for Sobol' indices; none of 0.
    """
    run = run_job(job, executor, progress)
    found = explain(job.loaded, run, executor, job.seed, actor, progress, odds)
    content, groups = found.rounded().to_json(), []
    if base:
        progress("Sobol' indices", 0, 1)
        groups = group_indices(job.loaded.scenario, run.ensemble, job.seed, base)
        content["sobol"] = [one.to_json() for one in groups]
    scenario = job.loaded.scenario
    full = full_words(found, scenario, file, job.overrides, groups, rivals(scenario))
    text, mine = json_text(content), f"_{actor}" if actor else ""
    work.write(file_of(actor), text)
    work.write(f"explain{mine}.txt", "".join(f"{line}\n" for line, _ in full))
    work.write(f"reasons{mine}.csv", csv_text(_reasons(found), "\r\n"))
    if chart_format is not None:
        work.write(f"explain{mine}.{chart_format}", partial(_draw, run, found))
    if put_into_report(run, work.folder / REPORT):
        work.written.append(REPORT)
    return Explained(found, text, full)


def base_worlds(design: str) -> int:
    """The number in ``sobol:N``; the library that works the indices out has to be there."""
    name, _, number = design.partition(":")
    if name != "sobol" or not number.isdecimal() or not 16 <= int(number) <= 100_000:
        fail(f"--design {design}: is written sobol:N with N from 16, for example sobol:256")
    if importlib.util.find_spec("SALib") is None:
        fail("--design: needs SALib, which is not installed: pip install SALib")
    return int(number)


def _reasons(found: Explanation) -> Iterator[list[Any]]:
    """One row per failed world and set: what would have to go for a deal, least first."""
    yield ["world", "rank", "things", "without"]
    for one in found.reasons:
        for rank, words in enumerate(one.sets, 1):
            yield [one.world, rank, len(words), " + ".join(words)]
        if not one.sets:
            yield [one.world, 1, "", "more than three things"]


def _draw(run: Run, found: Explanation, path: Path) -> None:
    from sim.plots import painted
    from sim.plots.explain import explained
    from sim.views.explain import explain_view

    painted(explained, explain_view(run, found)).save(path)
