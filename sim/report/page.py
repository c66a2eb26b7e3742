"""From a template to one HTML file: escaped, self-contained, the same bytes for the same run."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from sim.files import written_whole
from sim.report.tables import Cell

_PERCENT = re.compile(r"(?<=\d) %")
TEMPLATES = Path(__file__).with_name("templates")


@cache
def environment() -> Environment:
    """Templates with everything escaped that a scenario says."""
    loader = PackageLoader("sim.report", "templates")
    found = Environment(
        loader=loader,
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=tied,
    )
    found.filters["cell"] = lambda value: value if isinstance(value, Cell) else Cell(str(value))
    return found


def tied(value: Any) -> Any:
    """A number stays with its per-cent sign; what is not a plain text stays as it is."""
    return _PERCENT.sub("\N{NO-BREAK SPACE}%", value) if type(value) is str else value


def render(template: str, context: dict[str, Any]) -> str:
    """The page as text.

    Remarks
    -------
    There is no script in it, and its Content Security Policy allows none, no connection and no
    image: charts are elements of the page.
    """
    policy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
    style = (TEMPLATES / "report.css").read_text("utf-8")
    return environment().get_template(template).render(**context, style=style, policy=policy)


def write_page(template: str, context: dict[str, Any], path: Path) -> None:
    """Write the page, whole or not at all."""
    text = render(template, context)
    with written_whole(path) as temporary:
        temporary.write_text(text, encoding="utf-8", newline="\n")
