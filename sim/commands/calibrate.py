"""``python -m sim calibrate`` and ``python -m sim score``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from sim.commands import options as opt
from sim.commands.errors import told
from sim.commands.work import Work, at_work
from sim.files import csv_text, json_text

CasesArgument = Annotated[
    Path | None,
    typer.Argument(metavar="DIR", help="Folder of cases with `outcome:`.", show_default="shipped"),
]
CaseWorldsOption = Annotated[int, typer.Option(min=200, help="Worlds of each case.")]
CASES = 64
"""Pieces of work, about: none needs more workers."""
OUT, KEPT = Path("out") / "calibration", "worlds"
"""Folder of the results, and the one in it of the worlds run so far."""


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
    show = not (quiet or json_)
    with told(work), at_work(workers, cluster, show, CASES) as (executor, progress):
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
    from sim.plots import Drawing
    from sim.plots.reliability import reliability_figure, reliability_view
    from sim.studies.calibrate.folder import forecast_rows, scored, scores_json
    from sim.studies.calibrate.words import told_scores

    work = Work(out, KEPT)
    show = not (quiet or json_)
    with told(work), at_work(workers, cluster, show, CASES) as (executor, progress):
        made = scored(cases, worlds, executor, progress, out / KEPT)
        content = scores_json(made)
        work.write("scores.json", json_text(content))
        work.write("forecasts.csv", csv_text(forecast_rows(made)))
        seen = made.reliability
        drawn = Drawing(reliability_view(seen), reliability_figure(seen))
        work.write("reliability.png", drawn.save)
    if json_:
        sys.stdout.write(json_text(content))
    elif not quiet:
        print(told_scores(made, out))
