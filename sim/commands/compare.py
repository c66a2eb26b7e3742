"""``python -m sim compare``."""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from sim.commands import options as opt
from sim.commands.errors import known_format, say_left_out, stop, told


def compare(
    files: Annotated[
        list[str],
        typer.Argument(
            metavar="FILE...",
            help="Scenario files, names of some in scenarios/, or saved results (out/NAME).",
        ),
    ],
    worlds: opt.Worlds = 1000,
    seed: opt.Seed = 1,
    baseline: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Compare with this one; else baseline, else the first."),
    ] = None,
    out: opt.Out = Path("out/compare"),
    set_: opt.Set = None,
    calibration: opt.Calibration = None,
    format_: opt.Format = "png",
    plots: opt.Plots = True,
    report: opt.Report = False,
    json_: opt.Json = False,
    quiet: opt.Quiet = False,
    full: opt.Full = False,
    workers: opt.Workers = None,
    cluster: opt.Cluster = None,
    jobs: Annotated[int | None, typer.Option(min=1, hidden=True, help="Old name.")] = None,
) -> None:
    """Compare scenarios side by side, world by world with a baseline."""
    known_format(format_)

    import gc

    from sim.ensemble.executors import get_ready

    if len(files) > 1 and cluster is None:
        get_ready(workers or jobs)
    from sim.commands.comparing import CompareJob
    from sim.studies.compare.comparison import compare as compared

    gc.disable()
    asked = partial(
        compared,
        files,
        worlds,
        seed,
        baseline,
        opt.overrides(set_, calibration),
        workers or jobs,
        cluster,
    )
    job = CompareJob(asked, out, format_ if plots else None, report, workers)
    with told(job):
        comparison = job.run(show_progress=not (quiet or json_))
    if json_:
        from sim.studies.compare.tables import compare_json

        sys.stdout.write(compare_json(comparison))
    elif not quiet:
        from sim.commands.terminal.compare import tell
        from sim.commands.terminal.paper import Paper
        from sim.studies.compare.short import short_words

        if full:
            tell(comparison, job)
        else:
            Paper().lines(short_words(comparison, job.folder, job.written))
    say_left_out(comparison.failed)
    if comparison.missing:
        stop(job)
    if comparison.failed:
        raise SystemExit(1)
