"""What averaging hides: the articles of scored drafts that would pass or not, by rule."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sim.plots.data import counted
from sim.report.tables import Cell, Table
from sim.runner import Run
from sim.story import percent

Entry = dict[str, Any]


def articles_of(run: Run) -> Entry | None:
    """The block of a scenario that was imported from a table of scored drafts."""
    found = run.summary.get("articles")
    return found if found else None


def articles_words(run: Run, found: Entry) -> list[str]:
    """How many drafts everybody accepts, and how many with vetoes."""
    drafts = _count(found.get("drafts"))
    words = [f"{_count(found.get('passing'))} of {drafts} drafts reach every side’s threshold."]
    thresholds = found.get("thresholds") or {}
    if thresholds:
        parts = [f"{_name(run, k)} {_number(v)}" for k, v in thresholds.items()]
        words.append(f"Thresholds: {', '.join(parts)}.")
    vetoes = found.get("passing_with_vetoes")
    if vetoes is not None:
        words.append(f"With every side’s vetoes on single articles {_count(vetoes)} are left.")
    return words


def presets_table(run: Run, found: Entry) -> Table | None:
    """Ready-made packages: what they contain and whom they satisfy."""
    rows: list[list[str | Cell]] = []
    for name, preset in (found.get("presets") or {}).items():
        passes = preset.get("passes") or {}
        scores = [
            f"{_name(run, a)} {_number(s)}{'' if passes.get(a, True) else ' (below its threshold)'}"
            for a, s in (preset.get("scores") or {}).items()
        ]
        rows.append(
            [
                str(name),
                Cell(counted(len(preset.get("articles") or []), "article"),
                     (_listed(preset.get("articles")),)),
                Cell("", scores),
                "yes" if preset.get("passing") else "no",
            ]
        )  # fmt: skip
    if not rows:
        return None
    return Table("Packages by rule", ["Rule", "Articles", "Satisfaction", "All accept"], rows)


def sizes_table(found: Entry) -> Table | None:
    """The best package of each size by the Nash product."""
    rows: list[list[str | Cell]] = [
        [
            counted(int(entry["size"]), "article"),
            Cell("", [str(t) for t in entry.get("titles") or entry.get("articles") or []]),
            "—" if entry.get("nash") is None else f"{entry['nash']:.3f}",
        ]
        for entry in found.get("best_by_size") or []
    ]
    if not rows:
        return None
    return Table("The best package of each size", ["Size", "Articles", "Nash product"], rows)


def hidden_table(run: Run, found: Entry) -> Table | None:
    """Articles that a side rejects and that still stand in drafts whose average it accepts."""
    rows: list[list[str | Cell]] = []
    for actor, entries in (found.get("hides") or {}).items():
        for entry in entries:
            share = entry.get("share")
            rows.append(
                [
                    _name(run, actor),
                    Cell(str(entry.get("title") or entry.get("article"))),
                    _number(entry.get("satisfaction")),
                    f"{_count(entry.get('passing_drafts'))}"
                    + ("" if share is None else f" ({percent(share)})"),
                ]
            )
    if not rows:
        return None
    head = ["Side", "Article it rejects", "Its satisfaction", "In so many passing drafts"]
    return Table("What averaging hides", head, rows)


def _name(run: Run, key: str) -> str:
    actor = run.scenario.actors.get(key)
    return actor.short if actor else str(key)


def _number(value: Any) -> str:
    return "—" if value is None else f"{value:.3g}" if isinstance(value, float) else str(value)


def _count(value: Any) -> str:
    return "—" if value is None else f"{value:,}" if isinstance(value, int | float) else str(value)


def _listed(items: Iterable[Any] | None) -> str:
    return ", ".join(str(i) for i in items or [])
