"""``python -m sim new``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sim.commands.errors import fail


def new(
    name: Annotated[
        Path, typer.Argument(metavar="NAME", help="File to write; .yaml is added where absent.")
    ],
) -> None:
    """Write a commented scenario that runs, to start your own from."""
    from sim.files import write_text
    from sim.scenario.loading import TEMPLATE, identifier

    path = name if name.suffix in (".yaml", ".yml") else name.with_name(f"{name.name}.yaml")
    if identifier(path.stem) != path.stem:
        fail(f"{path.stem}: a name is small letters, digits and _, such as {identifier(path.stem)}")
    if path.exists():
        fail(f"{path} exists already; choose another name")
    try:
        write_text(path, TEMPLATE.read_text(encoding="utf-8").replace(" FILE", f" {path}"))
    except OSError as error:
        fail(f"{path} cannot be written: {error.strerror}")
    print(f"Written to {path}. Next: python -m sim {path}")
