"""Scenarios of KTAB's spatial model of politics in XML, read as its CSV is.

``<Scenario>`` has a name, ``<Dimensions>`` with a ``<dName>`` each, and actors with name,
description, capability, ``<dCoord>`` per dimension in ``<Position>`` and ``<dSal>`` in
``<Salience>``; both run from 0 to 100.
"""

from __future__ import annotations

from pathlib import Path

from sim.importing import Imported, Wishes
from sim.importing.ktab_csv import FIXED, coded
from sim.importing.table import Row, Table, raise_all
from sim.importing.xml_tree import Element, read_xml
from sim.scenario.errors import Problem


def read(path: Path, wishes: Wishes) -> Imported:
    """The scenario that such a file makes; see :func:`sim.importing.read`."""
    root, problems = read_xml(path)
    raise_all(problems)
    assert root is not None
    dimensions = [d.text or f"Dimension {n}" for n, d in enumerate(root.all("dName"), 1)]
    pairs = [(name, f"{name} salience") for name in dimensions]
    table = Table(path, [*FIXED, *(cell for pair in pairs for cell in pair)], [], "")
    for actor in root.all("Actor"):
        cells, found = _actor(actor, dimensions)
        table.problems.extend(found)
        if not found:
            table.rows.append(Row(actor.line, dict(zip(table.columns, cells, strict=True))))
    if not dimensions:
        table.problems.append(root.problem("names no <dName>"))
    return coded(table, pairs, "a scenario of KTAB", _text(root, "desc") or _text(root, "name"),
                 _text(root, "desc"), wishes)  # fmt: skip


def _text(element: Element, tag: str) -> str:
    return next((child.text for child in element.own(tag)), "")


def _actor(actor: Element, dimensions: list[str]) -> tuple[list[str], list[Problem]]:
    """Cells of the row that an actor makes."""
    numbers = [[e.text for e in actor.all(tag)] for tag in ("dCoord", "dSal")]
    wrong = [
        actor.problem(f"has {len(given)} <{tag}> for {len(dimensions)} dimensions")
        for tag, given in zip(("dCoord", "dSal"), numbers, strict=True)
        if len(given) != len(dimensions)
    ]
    cells = [_text(actor, tag) for tag in ("name", "description", "capability")]
    return cells + [cell for pair in zip(*numbers, strict=False) for cell in pair], wrong
