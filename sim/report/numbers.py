"""The numbers of a scenario that no table of their own tells."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel

from sim.prose import listing
from sim.report.actors import RESTS
from sim.report.tables import Cell, Rows, Table, filled, rests
from sim.report.words import number_words, time_words
from sim.scenario.distributions import Number
from sim.scenario.fields import Sourced
from sim.scenario.schema import Deadline, Scenario
from sim.scenario.titles import title_of
from sim.scenario.yaml_source import Path_
from sim.views.run_data import day_text

ELSEWHERE = re.compile(
    r"(sources|spread|ask|articles|outcome|agenda)\."
    r"|(tracks\.\w+\.)?issues\.\w+\.no_deal"
    r"|actors\.\w+\.positions\.\w+\.(ideal|salience|limits?|line\.\d\.at|softening|curvature)\b"
    r"|actors\.\w+\.positions\.\w+\.conditional\."
    r"|actors\.\w+\.(levers|tactic|acceptability|communication)\."
    r"|actors\.\w+\.(power|patience|leave_after|foresight_months)$"
    r"|actors\.\w+\.mediation\.(first_round|every|attachment|tilt|error)$"
    r"|war\.(cost|drift|beliefs)\."
    r"|ratification\.\w+\.(threshold|required|swing|days|polls|when)\b"
    r"|ratification\.\w+\.positions\.\w+\.(ideal|salience|line\.\d\.at)$"
    r"|durability\.(years|shift|deterrence|balance)\b"
)
"""Paths of what tables of their own, or the report's other sections, tell."""


def other_numbers(scenario: Scenario) -> Iterator[Table]:
    """Every number that the file gives and no other table tells, with what it rests on."""
    rows: Rows = [_deadline(scenario, scenario.deadline)] if scenario.deadline else []
    beside: Rows = []
    before = None
    for path, number, part in _given(scenario, (), None):
        where = ".".join(map(str, path))
        if ELSEWHERE.match(where):
            continue
        words = time_words(number) if number.unit else number_words(number)
        words = f"with probability {words}" if path[-1] == "binds" else words
        on = "as above" if part is not None and part is before else rests(part) if part else ""
        (beside if path[0] == "tracks" else rows).append([title_of(where, scenario), words, on])
        before = part
    head = ["What", "Assumed", RESTS]
    tables = (
        filled("Numbers of limited agreements", head, beside),
        filled("Other numbers", head, rows),
    )
    return (table for table in tables if table)


def _deadline(scenario: Scenario, said: Deadline) -> list[str | Cell]:
    known = said.known_to
    names = listing([scenario.actors[key].short for key in known if known != "all"])
    to = "all" if known == "all" else names or "nobody"
    after = "go on" if said.after == "go_on" else "end"
    text = f"{day_text(scenario.date_of(said.at))}; known to {to}; the talks {after} after it"
    return ["Deadline", text, rests(said)]


def _given(
    node: Any, path: Path_, part: Sourced | None
) -> Iterator[tuple[Path_, Number, Sourced | None]]:
    """Numbers that a file gives, each with its place and what says what it rests on."""
    part = node if isinstance(node, Sourced) and (node.judgement or node.source) else part
    if isinstance(node, Number):
        yield path, node, part
    elif isinstance(node, int | float) and not isinstance(node, bool):
        yield path, Number("fixed", (float(node),)), part
    inside: dict[Any, Any] = {}
    if isinstance(node, BaseModel):
        extra = node.model_extra or {}
        inside = {key: getattr(node, key) for key in type(node).model_fields} | extra
        inside = {key: value for key, value in inside.items() if key in node.model_fields_set}
    elif isinstance(node, dict | list | tuple):
        inside = node if isinstance(node, dict) else dict(enumerate(node))
    for key, value in inside.items():
        yield from _given(value, (*path, key), part)
