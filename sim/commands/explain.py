"""``python -m sim explain``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from sim.commands import options as opt
from sim.commands.errors import fail, known_format, load_scaled, told
from sim.commands.work import Work, at_work
from sim.prose import did_you_mean


def explain(
    file: opt.Scenario,
    actor: Annotated[
        str | None,
        typer.Option(metavar="ACTOR", help="What could this actor alone change? As in the file."),
    ] = None,
    design: Annotated[
        str | None,
        typer.Option(
            metavar="sobol:N", help="Sobol' indices of groups of numbers as well, N base worlds."
        ),
    ] = None,
    odds: Annotated[
        float,
        typer.Option(
            min=0.05,
            max=1.0,
            help="Share of the worlds without a settlement that a change is to settle.",
        ),
    ] = 0.5,
    worlds: Annotated[int, typer.Option(min=100, max=20_000, help="Size of the ensemble.")] = 2000,
    seed: opt.Seed = 1,
    out: opt.Out = Path("out"),
    set_: opt.Set = None,
    calibration: opt.Calibration = None,
    format_: opt.Format = "png",
    plots: opt.Plots = True,
    json_: opt.Json = False,
    quiet: opt.Quiet = False,
    full: opt.Full = False,
    workers: opt.Workers = None,
    cluster: opt.Cluster = None,
) -> None:
    """What decides it, what stands in the way, what brings a deal."""
    known_format(format_)
    overrides = opt.overrides(set_, calibration)
    from sim.ensemble.executors import get_ready

    get_ready(workers)
    loaded = load_scaled(file, overrides, "nothing uncertain")
    scenario = loaded.scenario
    if actor is not None and actor not in scenario.actors:
        fix = did_you_mean(actor, scenario.actors, "there is")
        fail(f"--actor {actor}: there is no such actor; {fix}")
    from sim.commands.explaining import base_worlds, explained
    from sim.ensemble.runner import Job
    from sim.studies.explain.explanation import check_applies

    check_applies(loaded)
    base = base_worlds(design) if design else 0
    job = Job(loaded, worlds, seed, overrides, traced=0)
    work, form = Work(out / scenario.name), format_ if plots else None
    with told(work), at_work(workers, cluster, not (quiet or json_)) as tools:
        done = explained(file, job, actor, odds, base, form, work, *tools)
    if json_:
        sys.stdout.write(done.text)
    elif not quiet:
        from sim.commands.terminal.paper import Paper
        from sim.studies.explain.short import short_words

        short = short_words(done.found, scenario, work.folder, work.written)
        Paper().lines(done.full if full else short)
