"""How objects of the API show themselves: figures, tables, pages."""

from __future__ import annotations

import html
import io
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure


def chart(charts: Mapping[str, Any], name: str, of: Any) -> Figure | None:
    """A chart by its name; None where there is nothing to show."""
    if name not in charts:
        raise ValueError(f"there is no chart '{name}'; choose from {', '.join(charts)}")
    figure = charts[name](of)
    return None if figure is None else shown(figure)


def shown(figure: Figure) -> Figure:
    """The figure, which a notebook shows whether or not it has loaded pyplot."""

    def png() -> bytes:
        out = io.BytesIO()
        figure.savefig(out, format="png", dpi=80)
        return out.getvalue()

    vars(figure)["_repr_png_"] = png
    return figure


def table(text: str) -> pd.DataFrame:
    import pandas as pd

    return pd.read_csv(io.StringIO(text))


def markup(title: str, text: str, rows: pd.DataFrame) -> str:
    shown = rows.to_html(float_format=lambda x: f"{x:.3g}", border=0, max_rows=20)
    return f"<h4>{html.escape(title)}</h4><p>{html.escape(text)}</p>{shown}"


def report(write: Callable[[Any, Path], None], of: Any, path: str | Path) -> Path:
    """Write a page, in a folder that is made where there is none."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    write(of, path)
    return path
