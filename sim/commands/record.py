"""``python -m sim record``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sim.commands.errors import cannot_write


def record(
    out: Annotated[
        Path, typer.Option(help="Picture to write: png, svg or pdf.", metavar="FILE")
    ] = Path("out") / "record.png",
) -> None:
    """Show how long past agreements held, how the model fits, and the base rates of talks."""
    from rich.console import Console
    from rich.table import Table

    from sim.plots import save
    from sim.plots.holding import holding_figure
    from sim.scenario.record import HORIZONS, talks
    from sim.views.holding import SPANS, holding_view, share_words

    view = holding_view()
    console = Console(highlight=False, markup=False)
    told = [day for day in SPANS if SPANS[day] not in ("3 months", "2 years")]
    table = Table("Agreements that hold", "", *(SPANS[day] for day in told), box=None)
    for kind in view.kinds:
        at = [kind.of.days.index(day) if day in kind.of.days else None for day in told]
        past, model = (
            ["" if n is None else share_words(shares[n], spans[n]) for n in at]
            for shares, spans in (
                (kind.of.shares, kind.of.intervals),
                (kind.model, kind.allowed),
            )
        )
        table.add_row(f"{kind.title}, n = {kind.of.n}", "record", *past)
        table.add_row("", "model", *model)
    console.print(table)
    console.print()
    table = Table("Talks that ended in an agreement", "n", *HORIZONS.values(), "", box=None)
    for key, some in talks().items():
        rates = [share_words(rate.share, rate.interval) for rate in some.rates]
        table.add_row(f"{some.cases} ({key})", f"{some.n:,}", *rates, some.source.short)
    console.print(table)
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        save(holding_figure(view), out)
    except OSError as error:
        cannot_write(error, out)
    console.print(f"\nWritten to {out}")
