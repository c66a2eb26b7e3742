"""``python -m sim import``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sim.commands.errors import fail


def import_(
    path: Annotated[
        Path,
        typer.Argument(
            metavar="PATH",
            help="CSV of scored articles, positions, KTAB or DECIDE; a folder of GENIUS, GeniusWeb "
            "or NegMAS files; a zip of these.",
        ),
    ],
    out: Annotated[
        Path | None,
        typer.Option(help="Scenario to write; absent: named after PATH, here."),
    ] = None,
    threshold: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=NUMBER", help="Mean score from which NAME accepts a draft."),
    ] = None,
    preset: Annotated[
        list[str] | None,
        typer.Option(metavar='"NAME=1 2 5"', help="A named draft to weigh; may be repeated."),
    ] = None,
    protocol: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="How a group decides: compromise, median, exchange or challenge.",
            show_default="compromise",
        ),
    ] = None,
    profiles: Annotated[
        str | None,
        typer.Option(metavar="NAME,NAME", help="Which of several profiles of a domain negotiate."),
    ] = None,
    title: Annotated[str | None, typer.Option(help="Title of the scenario.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace a file that exists.")] = False,
    survey: Annotated[
        bool,
        typer.Option(
            "--survey", help="Write nothing; say how much of what lies below PATH is read."
        ),
    ] = False,
) -> None:
    """Make a scenario of other people's coding.

    Its format is recognised by what is inside.
    """
    from sim.commands.importing import import_file, named_values
    from sim.commands.terminal.importing import tell, tell_survey
    from sim.importing import Wishes

    if survey:
        if not path.is_dir():
            fail(f"{path}: there is no such folder to survey")
        tell_survey(path)
        return
    wishes = Wishes(
        title,
        named_values("--threshold", threshold or []),
        named_values("--preset", preset or []),
        protocol,
        profiles,
    )
    try:
        done = import_file(path, out, wishes, force)
    except OSError as error:
        fail(f"{error.filename or out}: cannot be written: {error.strerror}")
    tell(done)
