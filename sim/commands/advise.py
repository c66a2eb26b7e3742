"""``python -m sim advise`` and ``python -m sim mediation``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from sim.commands import options as opt
from sim.commands.errors import load_scaled, say_left_out, told
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
    from sim.commands.advising import figures, plan_file, spent_words
    from sim.scenario.loading import load_scenario
    from sim.studies.advise.advice import UNSEEN
    from sim.studies.advise.advice import advise as advised
    from sim.studies.advise.judging import Judge
    from sim.studies.advise.published import others

    work = Work(out / loaded.scenario.name, TRIALS)
    with told(work), at_work(workers, cluster, not (quiet or json_)) as (executor, progress):
        original = load_scenario(file)  # now: files may change during a long search
        known, failed = others(loaded, tuple(against or ()), overrides)
        say_left_out(failed)
        searching = Judge(search_worlds, seed, executor, work.kept)
        judging = Judge(worlds, seed + UNSEEN, executor, work.kept)
        asked = (plans, generations, shown)
        found, changed = advised(loaded, known, searching, judging, *asked, progress, minutes)
        for one, plan in zip(found.plans, changed, strict=True):
            path, about = work.folder / f"{one.key}.yaml", figures(one, found)
            work.write(path.name, plan_file(original, plan, path, one.title, one.what, about))
        for old in work.folder.glob(f"{found.scenario}_plan_*.yaml"):
            if old.name not in work.written:
                old.unlink()
        text = json_text(found.to_json())
        work.write("advice.json", text)
    if json_:
        sys.stdout.write(text)
    elif not quiet:
        from sim.commands.terminal.advise import tell

        tell(found, loaded.scenario, spent_words(searching, judging), work)


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
    from sim.commands.advising import spent_words
    from sim.studies.advise.judging import Judge
    from sim.studies.advise.mediation import mediated

    work = Work(out / loaded.scenario.name, TRIALS)
    with told(work), at_work(workers, cluster, not (quiet or json_)) as (executor, progress):
        judge = Judge(worlds, seed, executor, work.kept)
        found = mediated(loaded, judge, progress)
        text = json_text(found.to_json())
        work.write("mediation.json", text)
    if json_:
        sys.stdout.write(text)
    elif not quiet:
        from sim.commands.terminal.advise import tell_mediation

        tell_mediation(found, loaded.scenario, spent_words(judge), work, full)
