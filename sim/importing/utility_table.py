"""Tables for the expected-utility model: Actor, Capability, Position, Salience; one issue.

Positions are on a scale of their own; saliences are shares or percentages, which the largest tells.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from sim.formulas.groups.group import percent_scale
from sim.importing import Imported, Wishes
from sim.importing.group_coding import CodedIssue, CodedPosition, GroupCoding, group_scenario
from sim.importing.table import header_words, read_table

COLUMNS = ("actor", "capability", "position", "salience")
SAME = {"capabilities": "capability", "power": "capability", "influence": "capability"}
ANY = 1e9


def begins(lines: Sequence[str]) -> bool:
    """Whether the first line of a text is the header of such a table."""
    words = header_words(lines[0])
    return set(COLUMNS) <= {SAME.get(word, word) for word in words} and "issue" not in words


def read(path: Path, wishes: Wishes) -> Imported:
    """The scenario that a table makes; see :func:`sim.importing.read`."""
    table = read_table(path, SAME)
    rows = table.rows if table.has(COLUMNS) else []
    points = [table.number(row, "position", -ANY, ANY) for row in rows]
    weights = [table.number(row, "salience", 0.0, 100.0) for row in rows]
    unit = 100.0 if max((s for s in weights if s is not None), default=0.0) > 1.0 else 1.0
    known = [x for x in points if x is not None]
    low, high = percent_scale(known) or (min(known, default=0.0), max(known, default=1.0))
    if rows and low == high:
        table.problem(1, "position", f"everybody is at {low:g}, which makes no scale")
    label = path.stem.replace("_", " ")
    positions = []
    for row, x, s in zip(rows, points, weights, strict=True):
        actor = row.cells["actor"]
        power = table.number(row, "capability", 0.0)
        if not actor:
            table.problem(row.line, "actor", "is empty", "every actor needs a name")
        elif x is not None and s is not None and power is not None:
            positions.append(CodedPosition(actor, label, x, s, power, row.line, unit))
    notes = [f"The scale is {low:g} to {high:g}; saliences are read as shares of {unit:g}."]
    coding = GroupCoding(
        table,
        "a table for the expected-utility model",
        {p.actor: p.actor for p in positions},
        {label: CodedIssue(label, label, low, high)},
        positions,
        notes=notes,
    )
    return group_scenario(coding, wishes)
