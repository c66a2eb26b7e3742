"""``python -m sim calibrate`` and ``python -m sim score``."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.commands import options as opt
from sim.commands.errors import told
from sim.commands.work import Work, at_work
from sim.files import csv_text, json_text

if TYPE_CHECKING:
    from sim.ensemble.executors import Executor
    from sim.ensemble.runner import Progress

CasesArgument = Annotated[
    Path | None,
    typer.Argument(metavar="DIR", help="Folder of cases with `outcome:`.", show_default="shipped"),
]
CaseWorldsOption = Annotated[int, typer.Option(min=200, help="Worlds of each case.")]
OUT, KEPT = Path("out") / "calibration", "worlds"
"""Folder of the results, and the one in it of the worlds run so far."""


@contextmanager
def _at_work(
    work: Work, workers: int | None, cluster: str | None, show: bool
) -> Iterator[tuple[Executor, Progress]]:
    """Where worlds run and who is told; what goes wrong is one sentence."""
    from sim.ensemble.executors import ExecutorError
    from sim.ensemble.runner import RunError
    from sim.scenario import ScenarioError

    with (
        told(work, ScenarioError, ExecutorError, RunError),
        at_work(workers, cluster, show, 64) as tools,
    ):
        yield tools


def calibrate(
    cases: CasesArgument = None,
    worlds: CaseWorldsOption = 20_000,
    rows: Annotated[int, typer.Option(min=16, help="Rows of the table that comes out.")] = 256,
    out: opt.Kept = OUT,
    workers: opt.Workers = None,
    cluster: opt.Cluster = None,
    json_: opt.Json = False,
    quiet: opt.Quiet = False,
) -> None:
    """Learn the engine parameters from past negotiations."""
    from sim.studies.calibrate.folder import calibration, calibration_json
    from sim.studies.calibrate.words import told_calibration

    work = Work(out, KEPT)
    with _at_work(work, workers, cluster, not (quiet or json_)) as (executor, progress):
        made = calibration(cases, worlds, rows, executor, progress, out / KEPT)
        content = calibration_json(made)
        work.write("calibration.json", made.table.model_dump_json() + "\n")
        work.write("parameters.json", json_text(content))
    if json_:
        sys.stdout.write(json_text(content))
    elif not quiet:
        print(told_calibration(made, out))


def score(
    cases: CasesArgument = None,
    worlds: CaseWorldsOption = 20_000,
    out: opt.Kept = OUT,
    workers: opt.Workers = None,
    cluster: opt.Cluster = None,
    json_: opt.Json = False,
    quiet: opt.Quiet = False,
) -> None:
    """Score the odds on past negotiations, each left out in turn."""
    from sim.plots import save
    from sim.plots.reliability import reliability_figure
    from sim.studies.calibrate.folder import forecast_rows, scored, scores_json
    from sim.studies.calibrate.words import told_scores

    work = Work(out, KEPT)
    with _at_work(work, workers, cluster, not (quiet or json_)) as (executor, progress):
        made = scored(cases, worlds, executor, progress, out / KEPT)
        content = scores_json(made)
        work.write("scores.json", json_text(content))
        work.write("forecasts.csv", csv_text(forecast_rows(made)))
        work.write("reliability.png", partial(save, reliability_figure(made.reliability)))
    if json_:
        sys.stdout.write(json_text(content))
    elif not quiet:
        print(told_scores(made, out))
