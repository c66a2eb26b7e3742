"""``python -m sim record``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sim.commands.errors import writing

TOLD = (30, 365, 1826, 3653)
"""Days for which the table tells what held; the chart shows more."""


def record(
    out: Annotated[
        Path, typer.Option(help="Picture to write: png, svg or pdf.", metavar="FILE")
    ] = Path("out") / "record.png",
) -> None:
    """How long past agreements held, how often talks ended in one."""
    from rich.console import Console
    from rich.table import Table

    from sim.plots import painted
    from sim.plots.holding import holding_figure
    from sim.scenario.record import HORIZONS, talks
    from sim.views.holding import SPANS, holding_view, share_words

    view = holding_view()
    console = Console(highlight=False, markup=False)
    console.print(
        "Share of agreements that still hold so long after the signature. Record: past ones (95 % "
        "intervals); model: what it draws (95 % of its courses).\n"
    )
    for kind in view.kinds:
        console.print(f"{kind.title} ({kind.count})", style="bold")
        table = Table("", "record", "model", box=None)
        for day in TOLD:
            if day in kind.of.days:
                n = kind.of.days.index(day)
                past = share_words(kind.of.shares[n], kind.of.intervals[n])
                table.add_row(SPANS[day], past, share_words(kind.model[n], kind.allowed[n]))
        console.print(table)
    console.print("\nTalks that ended in an agreement within ...", style="bold")
    table = Table("", "n", *HORIZONS.values(), box=None)
    for column in table.columns[1:]:
        column.no_wrap = True
    for key, some in talks().items():
        rates = [share_words(rate.share, rate.interval) for rate in some.rates]
        table.add_row(f"{key}: {some.cases}, {some.event}", f"{some.n:,}", *rates)
    console.print(table)
    with writing(out):
        out.parent.mkdir(parents=True, exist_ok=True)
        painted(holding_figure, view).save(out)
    console.print(f"\nWritten to {out}", soft_wrap=True)
