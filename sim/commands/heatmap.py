"""``python -m sim heatmap``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sim.commands.errors import fail, known_format, writing


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
    """Draw two varied parameters of a sweep against the odds or another measure."""
    suffix = format_ or (out.suffix[1:].lower() if out is not None and out.suffix else "png")
    known_format(suffix)
    from sim.plots.drawing import save
    from sim.plots.heatmap import heatmap as paint
    from sim.scenario import ScenarioError
    from sim.studies.sweep.results import read_sweep
    from sim.views.heatmap import heatmap_view

    target = out or folder / f"heatmap-{of.replace(':', '-')}"
    if target.suffix[1:].lower() != suffix:
        target = target.with_name(f"{target.name}.{suffix}")
    try:
        view = heatmap_view(read_sweep(folder), of, x, y, at or ())
    except ScenarioError as error:
        fail(str(error))
    with writing(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        save(paint(view), target)
    print(f"Written to {target}")
