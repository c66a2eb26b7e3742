"""``python -m sim compare``."""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from sim.commands.errors import known_format, stop, told
from sim.commands.options import (
    ClusterOption,
    FormatOption,
    JsonOption,
    PlotsOption,
    QuietOption,
    ReportOption,
    SetOption,
    WorkersOption,
)


def compare(
    files: Annotated[
        list[str],
        typer.Argument(
            metavar="FILE...",
            help="Scenario files, names of some in scenarios/, or saved results (out/NAME).",
        ),
    ],
    worlds: Annotated[int, typer.Option(min=1, help="Size of each ensemble.")] = 1000,
    seed: Annotated[int, typer.Option(min=0, help="Seed of all random draws.")] = 1,
    baseline: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Compare with this one; else baseline, else the first."),
    ] = None,
    out: Annotated[Path, typer.Option(help="Folder for the results.")] = Path("out/compare"),
    set_: SetOption = None,
    format_: FormatOption = "png",
    plots: PlotsOption = True,
    report: ReportOption = False,
    json_: JsonOption = False,
    quiet: QuietOption = False,
    workers: WorkersOption = None,
    cluster: ClusterOption = None,
    jobs: Annotated[int | None, typer.Option(min=1, hidden=True, help="Old name.")] = None,
) -> None:
    """Compare scenarios side by side, world by world with a baseline."""
    known_format(format_)

    import gc

    from sim.commands.comparing import CompareJob
    from sim.ensemble.executors import ExecutorError
    from sim.studies.compare.comparison import ComparisonError
    from sim.studies.compare.comparison import compare as compared

    gc.disable()
    asked = partial(
        compared, files, worlds, seed, baseline, tuple(set_ or ()), workers or jobs, cluster
    )
    job = CompareJob(asked, out, format_ if plots else None, report)
    with told(job, ComparisonError, ExecutorError):
        comparison = job.run(show_progress=not (quiet or json_))
    if json_:
        from sim.studies.compare.tables import compare_json

        sys.stdout.write(compare_json(comparison))
    elif not quiet:
        from sim.commands.terminal.compare import tell_comparison

        tell_comparison(comparison, job.folder, job.written)
    for given, error_text in comparison.failed.items():
        print(f"{given} is left out:", *error_text.splitlines(), sep="\n  ", file=sys.stderr)
    if comparison.missing:
        stop(job)
    if comparison.failed:
        raise SystemExit(1)
