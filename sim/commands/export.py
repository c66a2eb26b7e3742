"""``python -m sim export``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from sim.commands import options as opt
from sim.commands.errors import fail, load_or_fail, writing


def export(
    file: opt.Scenario,
    to: Annotated[str, typer.Option(metavar="negmas", help="Format to write.")],
    out: Annotated[Path, typer.Option(help="Folder for the files.")],
    points: Annotated[
        int | None,
        typer.Option(min=2, max=1000, help="Cut continuous issues into so many points."),
    ] = None,
    set_: opt.Set = None,
) -> None:
    """Write a scenario whose options are listed as GENIUS XML, which NegMAS reads."""
    if to not in ("negmas", "genius"):
        fail(f"--to {to}: choose negmas")
    loaded = load_or_fail(file, tuple(set_ or ()))
    from sim.importing.to_genius import write_genius
    from sim.scenario import Loaded

    notes: list[str] = []
    if isinstance(loaded, Loaded):
        from sim.importing.to_listed import listed_form

        try:
            content, notes = listed_form(loaded.scenario, points)
        except ValueError as error:
            fail(f"{file}: {error}")
    else:
        content = loaded.content
        if points is not None:
            notes.append(f"--points {points} is not used: the options are listed.")
    with writing(out):
        written = write_genius(content, out)
    for note in notes:
        print(note, file=sys.stderr)
    print(f"Written to {out}: {', '.join(written)}")
