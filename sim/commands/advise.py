"""``python -m sim advise`` and ``python -m sim mediation``."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.commands.errors import fail, load_or_fail, told
from sim.commands.options import (
    JsonOption,
    QuietOption,
    ScenarioArgument,
    SetOption,
    WorkersOption,
)

if TYPE_CHECKING:
    from sim.scenario import Loaded

OutOption = Annotated[
    Path, typer.Option(help="Folder for the results; worlds run before are taken from there.")
]


def _loaded(file: str, overrides: tuple[str, ...]) -> Loaded:
    from sim.scenario import Loaded

    loaded = load_or_fail(file, overrides)
    if not isinstance(loaded, Loaded):
        fail(f"{file}: has listed options and no mediator; `solve` says what can be agreed")
    return loaded


def advise(
    file: ScenarioArgument,
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
    seed: Annotated[int, typer.Option(min=0, help="Seed of the search.")] = 1,
    minutes: Annotated[
        float, typer.Option(min=0, help="After which no further generation is begun.")
    ] = 6.0,
    out: OutOption = Path("out"),
    set_: SetOption = None,
    json_: JsonOption = False,
    quiet: QuietOption = False,
    workers: WorkersOption = None,
) -> None:
    """A better plan by the mediator's own means, beside every published one."""
    overrides = tuple(set_ or ())
    loaded = _loaded(file, overrides)
    from sim.commands.advising import AdviseJob
    from sim.ensemble.executors import ExecutorError
    from sim.scenario import ScenarioError

    asked = (plans, generations, shown, search_worlds, worlds, seed, minutes)
    job = AdviseJob(file, loaded, overrides, tuple(against or ()), *asked, out)
    with told(job, ExecutorError, ScenarioError, RuntimeError):
        found = job.run(workers, show_progress=not (quiet or json_))
    if json_:
        sys.stdout.write(json.dumps(found.to_json(), indent=1, ensure_ascii=False) + "\n")
    elif not quiet:
        from sim.commands.terminal.advise import tell

        tell(found, loaded.scenario, job)


def mediation(
    file: ScenarioArgument,
    worlds: Annotated[int, typer.Option(min=50, help="Worlds of each variant.")] = 1000,
    seed: Annotated[int, typer.Option(min=0, help="Seed of all random draws.")] = 1,
    out: OutOption = Path("out"),
    set_: SetOption = None,
    json_: JsonOption = False,
    quiet: QuietOption = False,
    workers: WorkersOption = None,
) -> None:
    """What the mediator, hosts, each lever and the order add, each switched off in turn."""
    loaded = _loaded(file, tuple(set_ or ()))
    from sim.commands.advising import MediationJob
    from sim.ensemble.executors import ExecutorError

    job = MediationJob(loaded, worlds, seed, out)
    with told(job, ExecutorError, RuntimeError):
        found = job.run(workers, show_progress=not (quiet or json_))
    if json_:
        sys.stdout.write(json.dumps(found.to_json(), indent=1, ensure_ascii=False) + "\n")
    elif not quiet:
        from sim.commands.terminal.advise import tell_mediation

        tell_mediation(found, loaded.scenario, job)
