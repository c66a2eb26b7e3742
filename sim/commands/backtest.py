"""``python -m sim backtest``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from sim.commands import options as opt
from sim.commands.errors import told


def backtest(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="Folder with positions.csv and outcomes.csv.")
    ],
    min_actors: Annotated[int, typer.Option(min=1, help="Leave out smaller issues.")] = 3,
    seed: opt.Seed = 1,
    bootstrap: Annotated[int, typer.Option(min=100, help="Draws for the intervals.")] = 10_000,
    out: Annotated[
        Path | None, typer.Option(help="Folder for the results.", show_default="out/backtest-DIR")
    ] = None,
    json_: opt.Json = False,
) -> None:
    """Test models of group decisions against real outcomes."""
    from sim.commands.backtesting import tell, write
    from sim.commands.work import Work
    from sim.files import json_text
    from sim.studies.backtest.evaluate import backtest as evaluate
    from sim.studies.backtest.folder import load_folder

    loaded = load_folder(folder, min_actors)
    result = evaluate(loaded, seed, bootstrap)
    work = Work(out or Path("out") / f"backtest-{loaded.name}")
    with told(work):
        content = write(result, folder, work)
    if json_:
        sys.stdout.write(json_text(content))
    else:
        tell(result, work)
