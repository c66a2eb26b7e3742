"""``python -m sim advise`` and ``python -m sim mediation``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from sim.commands import options as opt
from sim.commands.errors import load_scaled, told
from sim.commands.work import Work, at_work
from sim.files import json_text

NO_MEDIATOR = "no mediator"
TRIALS = "trials"
"""Folder of the worlds run so far."""


def advise(
    file: opt.Scenario,
    against: Annotated[
        list[str] | None,
        typer.Option(
            metavar="FILE",
            help="Published plan to compare with; may be repeated.",
            show_default="those of the library about the same war",
        ),
    ] = None,
    plans: Annotated[int, typer.Option(min=4, help="Plans of a generation.")] = 20,
    generations: Annotated[int, typer.Option(min=0, help="Generations after the first.")] = 9,
    shown: Annotated[int, typer.Option(min=1, max=20, help="Plans judged and written.")] = 5,
    search_worlds: Annotated[
        int, typer.Option(min=20, help="Worlds in which each plan is tried in the search.")
    ] = 250,
    worlds: Annotated[int, typer.Option(min=50, help="Other worlds in which it is judged.")] = 1500,
    seed: opt.Seed = 1,
    minutes: Annotated[
        float, typer.Option(min=0, help="After which no further generation is begun.")
    ] = 6.0,
    out: opt.Kept = Path("out"),
    set_: opt.Set = None,
    calibration: opt.Calibration = None,
    json_: opt.Json = False,
    quiet: opt.Quiet = False,
    workers: opt.Workers = None,
    cluster: opt.Cluster = None,
) -> None:
    """Seek a better plan by the mediator's own means."""
    overrides = opt.overrides(set_, calibration)
    loaded = load_scaled(file, overrides, NO_MEDIATOR)
    from sim.commands.advising import advised

    about = (file, loaded, overrides, tuple(against or ()))
    asked, searched, judged = (plans, generations, shown), (search_worlds, minutes), (worlds, seed)
    work = Work(out / loaded.scenario.name, TRIALS)
    with told(work), at_work(workers, cluster, not (quiet or json_)) as tools:
        found, spent = advised(*about, asked, searched, judged, work, *tools)
    if json_:
        sys.stdout.write(json_text(found.to_json()))
    elif not quiet:
        from sim.commands.terminal.advise import tell

        tell(found, loaded.scenario, spent, work)


def mediation(
    file: opt.Scenario,
    worlds: Annotated[int, typer.Option(min=50, help="Worlds of each variant.")] = 1000,
    seed: opt.Seed = 1,
    out: opt.Kept = Path("out"),
    set_: opt.Set = None,
    calibration: opt.Calibration = None,
    json_: opt.Json = False,
    quiet: opt.Quiet = False,
    full: opt.Full = False,
    workers: opt.Workers = None,
    cluster: opt.Cluster = None,
) -> None:
    """What mediator, hosts, levers and order add, each left out."""
    loaded = load_scaled(file, opt.overrides(set_, calibration), NO_MEDIATOR)
    from sim.commands.advising import measured

    work = Work(out / loaded.scenario.name, TRIALS)
    with told(work), at_work(workers, cluster, not (quiet or json_)) as tools:
        found, spent = measured(loaded, worlds, seed, work, *tools)
    if json_:
        sys.stdout.write(json_text(found.to_json()))
    elif not quiet:
        from sim.commands.terminal.advise import tell_mediation

        tell_mediation(found, loaded.scenario, spent, work, full)
