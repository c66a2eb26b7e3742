"""The page as one HTML file: its script, its style and its data, and nothing from elsewhere."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined

from sim.files import written_whole
from sim.page.data import Plan, page_text
from sim.results.outcomes import NOTE

STATIC = Path(__file__).with_name("static")
SCRIPTS = (
    "data",
    "weights",
    "model",
    "answer",
    "state",
    "svg",
    "charts",
    "controls",
    "exports",
    "live",
    "main",
)
"""In the order in which they build on each other."""
LARGEST = 1_950_000
"""Bytes that the page may have."""


def script() -> str:
    """All scripts as one, which is a scope of its own."""
    parts = [(STATIC / f"{name}.js").read_text("utf-8") for name in SCRIPTS]
    return '"use strict";\n(() => {\n' + "\n".join(parts) + "})();\n"


def page_html(plans: Sequence[Plan], live: bool = False) -> str:
    """The page as text.

    Parameters
    ----------
    plans : sequence of Plan
        Finished runs of one seed, with distinct names; the first is shown first.
    live : bool
        Whether a server behind it gives exact answers.

    Remarks
    -------
    The Content Security Policy allows this script and this style by their hashes, and no
    connection but, where there is one, to the server that the page came from.
    """
    ours, style = script(), (STATIC / "page.css").read_text("utf-8")
    connect = "connect-src 'self'; " if live else ""
    policy = (
        f"default-src 'none'; script-src {_hash(ours)}; style-src {_hash(style)}; {connect}"
        "img-src data:; base-uri 'none'; form-action 'none'"
    )
    around = len((ours + style).encode()) + 12_000
    templates = Environment(
        loader=PackageLoader("sim.page", "static"), autoescape=True, undefined=StrictUndefined
    )
    return templates.get_template("page.html.j2").render(
        titles=[plan.run.scenario.title for plan in plans],
        note=NOTE,
        policy=policy,
        style=style,
        script=ours,
        data=page_text(plans, LARGEST - around, live=live),
    )


def write_page(plans: Sequence[Plan], path: Path) -> None:
    """Write the page, whole or not at all."""
    text = page_html(plans)
    with written_whole(path) as temporary:
        temporary.write_text(text, encoding="utf-8", newline="\n")


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
