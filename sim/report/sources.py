"""What assumptions rest on: judgements marked as such, and sources with safe links."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from sim.report.tables import Cell
from sim.scenario.fields import Sourced, sourced_parts
from sim.scenario.schema import Scenario


def rests(part: Sourced) -> Cell:
    """Judgement in full and sources."""
    return Cell(judged(part.judgement), sources=tuple(part.source))


def judged(text: str | None) -> str:
    """A judgement, marked as such."""
    return f"Judgement: {text}" if text else ""


def cited_sources(scenario: Scenario) -> list[dict[str, Any]]:
    """The sources that something cites; links to the web only."""
    cited = {key for _, part in sourced_parts(scenario) for key in part.source}
    return [
        {"key": key, "title": source.title, "date": source.date, "url": web_link(source.url)}
        for key, source in scenario.sources.items()
        if key in cited
    ]


def web_link(url: str | None) -> str | None:
    """The address if it is one of the web, otherwise nothing.

    Examples
    --------
    >>> web_link("https://example.org/a"), web_link("javascript:alert(1)")
    ('https://example.org/a', None)
    """
    if not url:
        return None
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        return None
    return url.strip() if parts.scheme in ("http", "https") and parts.netloc else None
