"""A table of articles with scores of satisfaction per stakeholder, as a scenario of yes/no issues.

The source scores a draft as the mean of the satisfaction with its articles and accepts it from a
threshold t on. A mean of at least t is a sum of (s − t) of at least 0, so the scenario is additive:
an article with s > t is wanted in, any other out, and weighs |s − t|. Nothing chosen is worth
exactly the threshold, and that is what no deal is.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from sim.importing import Imported, Wishes
from sim.importing.sourcing import Sourcing, chosen_presets, chosen_thresholds
from sim.importing.table import Row, Table, header_words, raise_all, read_table
from sim.prose import did_you_mean
from sim.scenario.errors import Place, Problem
from sim.scenario.loading import identifier

LOWEST, HIGHEST = 1.0, 10.0
SCORES = ("satisfaction", "negotiability")
PLAIN = ("article", "group", "title", "conflicts_with")
START = date(2025, 1, 20)
"""Day 0 of all shipped scenarios; the scores have no date, and nothing depends on this one."""
PATIENCE = 52.0
"""Rounds, the default of the format: a year of weeks."""
COLORS = {"ukraine": "#0072B2", "russia": "#D55E00", "usa": "#009E73", "europe": "#CC79A7"}
"""As in the shipped scenarios; others take the next free colour when a chart is drawn."""


@dataclass(frozen=True)
class Article:
    """One row of the table."""

    key: str
    label: str
    title: str
    group: str
    line: int


def begins(lines: Sequence[str]) -> bool:
    """Whether the first line of a text is the header of such a table."""
    words = header_words(lines[0])
    return "article" in words or any(word.endswith("_satisfaction") for word in words)


def read(path: Path, wishes: Wishes) -> Imported:
    """The scenario that a table of articles makes; see :func:`sim.importing.read`."""
    table = read_table(path)
    stakeholders, ignored = _columns(table)
    articles = _articles(table)
    scores = {kind: {s: _scores(table, f"{s}_{kind}") for s in stakeholders} for kind in SCORES}
    conflicts = _conflicts(table, articles)
    # what follows compares names with the table, which must be right first
    raise_all(table.problems)
    sourcing = Sourcing(path, tuple(stakeholders), (LOWEST, HIGHEST))
    thresholds, notes = chosen_thresholds(sourcing, wishes.thresholds)
    labels = {a.label: a.key for a in articles}
    presets = chosen_presets(sourcing, wishes.presets, labels, conflicts)
    keys = [a.key for a in articles]
    raise_all(sourcing.problems + _weightless(path, scores["satisfaction"], thresholds))
    if ignored:
        notes.append(f"Columns that mean nothing here: {', '.join(ignored)}.")
    raw = _scenario(path, wishes.title, sourcing.heading, articles, conflicts)
    raw["actors"] = {
        s: _actor(s, keys, scores["satisfaction"][s], scores["negotiability"][s], thresholds[s])
        for s in stakeholders
    }
    raw["articles"] = {
        "scale": [_plain(LOWEST), _plain(HIGHEST)],
        "thresholds": {s: _plain(t) for s, t in thresholds.items()},
        **{
            kind: {
                s: dict(zip(keys, map(_plain, values), strict=True))
                for s, values in scores[kind].items()
                if values
            }
            for kind in SCORES
        },
    }
    if presets:
        raw["articles"]["presets"] = presets
    head = [
        f"Made by `python -m sim import {path}`.",
        "A position: wanted in where satisfaction is above the threshold, out otherwise; salience",
        "is the distance between them. Nothing chosen, no deal, is worth exactly the threshold.",
        "`articles` keeps the scores as they were; it does not enter the bargaining.",
    ]
    return Imported(raw, head, notes)


# --- the table -----------------------------------------------------------------------------------


def _columns(table: Table) -> tuple[list[str], list[str]]:
    """Stakeholders in the order of their columns, and columns that are ignored."""
    ending = "_satisfaction"
    stakeholders = [c.removesuffix(ending) for c in table.columns if c.endswith(ending)]
    for name in ("article", "title"):
        if name not in table.columns:
            near = get_close_matches(name, table.columns, 1, 0.7)
            fix = f"did you mean that by '{near[0]}'?" if near else "add it"
            table.problem(1, name, "this column is missing", fix)
    if len(stakeholders) < 2:
        said = f"columns NAME_satisfaction: {len(stakeholders)} found, two or more are needed"
        table.problem(1, "header", said, "one for each stakeholder, such as ukraine_satisfaction")
    for name in stakeholders:
        if not re.fullmatch("[a-z][a-z0-9_]*", name):
            fix = "small letters, digits and _, starting with a letter"
            table.problem(1, f"{name}{ending}", f"'{name}' is not a plain name", fix)
    known = [*PLAIN, *(f"{s}_{kind}" for s in stakeholders for kind in SCORES)]
    ignored = []
    for column in table.columns:
        if column and column not in known:
            name, _, last = column.rpartition("_")
            near = get_close_matches(column, PLAIN, 1, 0.8)
            kind = get_close_matches(last, SCORES, 1, 0.8)
            if last in SCORES:
                table.problem(1, column, f"there is no column '{name}{ending}' beside it")
            elif near or kind:
                meant = f"{name}_{kind[0]}" if kind else near[0]
                table.problem(1, column, "unknown column", f"did you mean '{meant}'?")
            else:
                ignored.append(column)
    return stakeholders, ignored


def _articles(table: Table) -> list[Article]:
    if not {"article", "title"} <= set(table.columns):
        return []
    if not table.rows and not table.problems:
        table.problem(1, "", "names columns but holds no article", "add a row for each article")
    found: dict[str, Article] = {}
    titles: dict[str, int] = {}
    for row in table.rows:
        label, title = row.cells["article"], row.cells["title"]
        for column in ("article", "title"):
            if not row.cells[column]:
                table.problem(row.line, column, "is empty", "every article needs one")
        if not label:
            continue
        key = identifier(label, "article")
        if key in found:
            first = found[key].line
            table.problem(row.line, "article", f"'{label}' stands twice (first on line {first})")
            continue
        if title in titles:
            first = titles[title]
            said = f"the title is that of line {first}, too"
            table.problem(row.line, "title", said, "titles tell articles apart in charts")
        elif title:
            titles[title] = row.line
        found[key] = Article(key, label, title, row.cells.get("group", ""), row.line)
    return list(found.values())


def _scores(table: Table, column: str) -> list[float]:
    """Scores of a column, empty where the table has no such column."""
    if column not in table.columns:
        return []
    values = [table.number(row, column, LOWEST, HIGHEST) for row in table.rows]
    return [v for v in values if v is not None]


def _conflicts(table: Table, articles: list[Article]) -> list[tuple[str, str]]:
    """Pairs of articles that exclude each other; one side's word is enough."""
    if "conflicts_with" not in table.columns:
        return []
    keys = {a.label: a.key for a in articles}
    pairs: dict[frozenset[str], tuple[str, str]] = {}
    for row in table.rows:
        own = keys.get(row.cells.get("article", ""))
        for label in _several(row):
            other = keys.get(label)
            if other is None:
                fix = did_you_mean(label, keys, "articles")
                table.problem(row.line, "conflicts_with", f"there is no article '{label}'", fix)
            elif other == own:
                said = f"article {label} cannot exclude itself"
                table.problem(row.line, "conflicts_with", said, "name the other one")
            elif own is not None:
                pairs.setdefault(frozenset((own, other)), (own, other))
    return list(pairs.values())


def _several(row: Row) -> list[str]:
    """Labels in a cell, between spaces, commas, semicolons or slashes."""
    return [label for label in re.split(r"[\s,;/]+", row.cells["conflicts_with"]) if label]


def _weightless(
    path: Path, satisfaction: dict[str, list[float]], thresholds: dict[str, float]
) -> list[Problem]:
    """A stakeholder to whom every article is worth exactly its threshold wants nothing."""
    return [
        Problem(
            Place(str(path)),
            f"{name}_satisfaction",
            f"every score is {name}'s threshold {thresholds[name]:g}: nothing matters to it",
            f"give another with --threshold {name}=NUMBER",
        )
        for name, scores in satisfaction.items()
        if name in thresholds and all(s == thresholds[name] for s in scores)
    ]


# --- the scenario --------------------------------------------------------------------------------


def _scenario(
    path: Path,
    title: str | None,
    heading: str | None,
    articles: list[Article],
    conflicts: list[tuple[str, str]],
) -> dict[str, Any]:
    """Everything but the actors."""
    folder = path.resolve().parent.name
    raw: dict[str, Any] = {
        "title": title or f"Articles of agreement: {folder or path.stem}",
        "question": "Could they agree on a draft this week?",
        "summary": "Yes/no articles with scores of satisfaction, imported. Everyone must accept. "
        "Fighting on costs nothing here: the source has no war, only thresholds.",
        "sources": {"TABLE": {"title": f"{heading or folder}; {path.name}"}},
        "issues": {
            a.key: {
                "title": a.title,
                "kind": "options",
                "scale": {0: "Left out", 1: "In the agreement"},
                "no_deal": 0,
            }
            for a in articles
        },
        "status_quo": {
            "start_date": START,
            "judgement": "The scores have no date and no war; the day only dates the charts.",
        },
        "protocol": {"name": "alternating"},
        "spread": {"patience": 0.3},
    }
    if conflicts:
        raw["conflicts"] = [list(pair) for pair in conflicts]
    return raw


def _actor(
    key: str, keys: list[str], satisfaction: list[float], negotiability: list[float], t: float
) -> dict[str, Any]:
    name = key.upper() if len(key) <= 3 else key.replace("_", " ").title()
    patience = PATIENCE
    reason = "no source; a year of weeks"
    if negotiability:
        mean = sum(negotiability) / len(negotiability)
        patience = round(PATIENCE * (LOWEST + HIGHEST) / 2 / mean, 1)
        reason = f"{PATIENCE:g} weeks, less the more negotiable its articles are (mean {mean:.2f})"
    spec: dict[str, Any] = {"name": name}
    if key in COLORS:
        spec["color"] = COLORS[key]
    return spec | {
        "tactic": {"name": "linear"},
        "patience": f"{patience:g}w",
        "judgement": f"The source has no time. It concedes evenly; patience: {reason}.",
        "positions": {
            issue: {
                "ideal": 1 if score > t else 0,
                "salience": _plain(round(abs(score - t), 9)),
                "source": "TABLE",
            }
            for issue, score in zip(keys, satisfaction, strict=True)
        },
    }


def _plain(number: float) -> int | float:
    """A whole number without a decimal point."""
    return int(number) if number == int(number) else number
