"""``python -m sim sweep`` and ``python -m sim heatmap``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from sim.commands import options as opt
from sim.commands.errors import known_format, say, told, writing


def sweep(
    files: Annotated[
        list[str],
        typer.Argument(
            metavar="FILE...",
            help="Scenario file, or several, which are then one more varied parameter.",
        ),
    ],
    vary: Annotated[
        list[str] | None,
        typer.Option(
            metavar="PATH=VALUES",
            help="What to vary: 0:1:11 (evenly spaced), 0.2,0.5,0.8, 0.5x,1x,2x (times the "
            "scenario's), words, or 0:1 with Sobol' points; may be repeated.",
        ),
    ] = None,
    design: Annotated[
        str, typer.Option(metavar="grid|sobol:N", help="All combinations, or N Sobol' points.")
    ] = "grid",
    worlds: opt.Worlds = 1000,
    seed: opt.Seed = 1,
    workers: opt.Workers = None,
    cluster: opt.Cluster = None,
    out: Annotated[
        Path | None,
        typer.Option(help="Folder for the results.", show_default="out/sweep-SCENARIO"),
    ] = None,
    overwrite: opt.Overwrite = False,
    rerun: Annotated[bool, typer.Option("--rerun", hidden=True, help="Old name.")] = False,
    set_: opt.Set = None,
    calibration: opt.Calibration = None,
    format_: opt.Format = "png",
    plots: opt.Plots = True,
    json_: opt.Json = False,
    quiet: opt.Quiet = False,
) -> None:
    """Run a scenario over many values of its parameters.

    Goes on where it was interrupted.
    """
    known_format(format_)
    from sim.commands.sweeping import SweepJob
    from sim.commands.terminal.sweep import failure_words, remaining_words, tell_sweep
    from sim.commands.work import Work, progress_bar
    from sim.studies.sweep.plan import make_plan

    talks, changes = not (quiet or json_), opt.overrides(set_, calibration)
    about = (files, vary or [], design, worlds, seed, changes)
    with told(Work(out or Path("out"))):
        with progress_bar(talks) as progress:
            plan = make_plan(*about, lambda done, all_: progress("checking cells", done, all_))
        folder = out or Path("out") / f"sweep-{plan.name}"
        job = SweepJob(plan, folder, format_ if plots else None, overwrite or rerun)
    with told(job):
        if talks:
            say(remaining_words(job) + "\n")
        with job.executor(workers, cluster) as executor, progress_bar(talks) as progress:
            swept = job.run(executor, progress)
    if json_:
        sys.stdout.write(swept.text)
    elif not quiet:
        tell_sweep(swept, job)
    if swept.failures:
        print(failure_words(swept, job.folder), file=sys.stderr)
        raise SystemExit(1)


def heatmap(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder of a sweep.")],
    x: Annotated[
        str | None, typer.Option("--x", metavar="PATH", help="Varied parameter from left to right.")
    ] = None,
    y: Annotated[
        str | None, typer.Option("--y", metavar="PATH", help="Varied parameter from bottom to top.")
    ] = None,
    of: Annotated[
        str,
        typer.Option(
            metavar="MEASURE",
            help="settlement, first_stage, deal_by_day:100, ripeness, gain:ACTOR, "
            "stuck_on:ISSUE and others: see docs/outputs.md.",
        ),
    ] = "settlement",
    at: Annotated[
        list[str] | None,
        typer.Option(metavar="PATH=VALUE", help="Hold a parameter; others are averaged over."),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(help="Picture to write.", show_default="DIR/heatmap-MEASURE.png"),
    ] = None,
    format_: Annotated[
        str | None,
        typer.Option("--format", metavar="png|svg|pdf", help="Format, if --out does not say it."),
    ] = None,
) -> None:
    """Draw two varied parameters of a sweep against a measure."""
    suffix = format_ or (out.suffix[1:].lower() if out is not None and out.suffix else "png")
    known_format(suffix)
    from sim.plots.drawing import painted
    from sim.plots.heatmap import heatmap as paint
    from sim.studies.sweep.results import read_sweep
    from sim.views.heatmap import heatmap_view

    target = out or folder / f"heatmap-{of.replace(':', '-')}"
    if target.suffix[1:].lower() != suffix:
        target = target.with_name(f"{target.name}.{suffix}")
    view = heatmap_view(read_sweep(folder), of, x, y, at or ())
    with writing(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        painted(paint, view).save(target)
    print(f"Written to {target}")
