"""``python -m sim solve``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from sim.commands import options as opt
from sim.commands.errors import fail, known_format, writing


def solve(
    file: opt.Scenario,
    out: opt.Out = Path("out"),
    run_: Annotated[
        Path | None,
        typer.Option(
            "--run",
            metavar="RESULT.NC",
            help="Saved run whose deals are drawn, too; default: that in the scenario's folder.",
        ),
    ] = None,
    set_: opt.Set = None,
    format_: opt.Format = "png",
    plots: opt.Plots = True,
    json_: opt.Json = False,
    quiet: opt.Quiet = False,
) -> None:
    """Is there a deal to be had? Pareto frontier, Nash and others.

    Of the central world on day 0, or of listed options.
    """
    known_format(format_)
    from sim.commands.solving import solve_job
    from sim.scenario import load_any

    overrides = tuple(set_ or ())
    loaded = load_any(file, overrides)

    try:
        with writing(out):
            solved = solve_job(loaded, overrides, out, run_, format_ if plots else None)
    except ValueError as error:
        fail(str(error))
    if json_:
        from sim.files import json_text

        sys.stdout.write(json_text(solved.content))
    elif not quiet:
        from sim.commands.terminal.solve import tell

        tell(solved, file, overrides)
