"""Codings of group decisions (who wants what, how much it matters, how strong) as scenarios.

What KTAB, DECIDE and tables of positions have in common. Positions are rescaled to 0–1, everything
else is kept as the source has it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sim.engine.protocols.groups import GroupDecision
from sim.importing import Imported, Wishes
from sim.importing.files import PLAIN_NAMES, plain_key
from sim.importing.sourcing import Sourcing
from sim.importing.table import Row, Table, raise_all
from sim.registry import PROTOCOLS
from sim.scenario.errors import Place, Problem

NO_DATE = date(2000, 1, 1)
"""Day 0 of codings that give no date."""
DEFAULT = "compromise"
MODELS = [name for name, kind in PROTOCOLS.items() if issubclass(kind, GroupDecision)]
PERCENT = (0.0, 100.0)
_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_DATE = re.compile(
    r"\b([0-9]{4})-([0-9]{2})-([0-9]{2})\b"
    rf"|\b([0-9]{{1,2}})\.? ({'|'.join(_MONTHS)})[a-z]*\.? ([0-9]{{4}})\b",
    re.I,
)


@dataclass(frozen=True)
class CodedIssue:
    """An issue on a scale of the source, with texts at points of that scale.

    Its key in the scenario is made of ``label``. Without texts points are told as numbers, with the
    unit.
    """

    label: str
    title: str
    low: float
    high: float
    texts: dict[float, str] = field(default_factory=dict)
    unit: str | None = None


@dataclass(frozen=True)
class CodedPosition:
    """What an actor wants on an issue, in numbers of the source.

    Attributes
    ----------
    position : float
        On the issue's scale.
    salience, of : float
        How much it matters, where ``of`` is the most.
    power : float
        In any unit.
    """

    actor: str
    issue: str
    position: float
    salience: float
    power: float
    line: int
    of: float = 1.0

    def words(self, issue: CodedIssue) -> str:
        """The three numbers as the source has them."""
        of = "" if self.of == 1.0 else f" of {self.of:g}"
        return (
            f"position {self.position:.12g} of {issue.low:g} to {issue.high:g}, salience "
            f"{self.salience:.12g}{of}, power {self.power:.12g}"
        )


def coded_position(table: Table, row: Row, x: float | None) -> list[CodedPosition]:
    """A row with the columns actor, issue, salience and power; nothing where a number is wrong."""
    s = table.number(row, "salience", 0.0, 1.0, "divide percentages by 100")
    c = table.number(row, "power", 0.0)
    if x is None or s is None or c is None:
        return []
    return [CodedPosition(row.cells["actor"], row.cells["issue"], x, s, c, row.line)]


@dataclass
class GroupCoding:
    """A coding as a reader found it.

    Attributes
    ----------
    table : Table
        Where it stands, and what is wrong with it.
    kind : str
        The format, in words.
    actors : dict of str to str
        Label → full name.
    issues : dict of str to CodedIssue
    positions : list of CodedPosition
    title : str or None
        As the source has it.
    remarks : str
        Free text of the source, in which a date is looked for.
    notes : list of str
        What the reader has to say.
    """

    table: Table
    kind: str
    actors: dict[str, str]
    issues: dict[str, CodedIssue]
    positions: list[CodedPosition]
    title: str | None = None
    remarks: str = ""
    notes: list[str] = field(default_factory=list)


def group_scenario(coding: GroupCoding, wishes: Wishes) -> Imported:
    """The scenario that a coding makes.

    Raises
    ------
    ScenarioError
        With everything that the reader found wrong, and what only shows in the whole.
    """
    protocol = _protocol(coding, wishes)
    _check(coding)
    raise_all(coding.table.problems)
    path = coding.table.path
    heading = Sourcing(path, (), (0.0, 1.0)).heading
    named = heading if path.stem in PLAIN_NAMES else None
    start, dated = _start(coding, heading)
    notes = [*coding.notes, *_left_out(coding)]
    power, salience, folded = _powers(coding)
    if folded:
        notes.append(
            f"The power of {_some(folded)} differs between issues. A scenario has one per actor: "
            "the largest is kept, and on other issues salience is less in proportion."
        )
    issues = {label: i for label, i in coding.issues.items() if any(
        p.issue == label for p in coding.positions)}  # fmt: skip
    issue_keys = _keys({label: issue.label for label, issue in issues.items()})
    actor_keys = _keys({label: label for label in power})
    raw: dict[str, Any] = {
        "title": wishes.title or coding.title or named or path.stem.replace("_", " "),
        "question": "What would the group decide?",
        "summary": f"Positions, saliences and power as in {path.name} ({coding.kind}), imported. "
        "Nobody can leave the table, nothing is uncertain, and no war goes on.",
        "issues": {issue_keys[label]: _issue(issue) for label, issue in issues.items()},
        "actors": {},
        "status_quo": {
            "start_date": start,
            "judgement": f"Neutral: nothing moves, no costs. {dated}",
        },
        "protocol": {"name": protocol, "salience": "as_written"},
    }
    for label, key in actor_keys.items():
        own = [p for p in coding.positions if p.actor == label]
        raw["actors"][key] = {
            "name": coding.actors[label],
            "label": label,
            "power": power[label],
            "positions": {
                issue_keys[p.issue]: {
                    "ideal": _share(p.position, issues[p.issue]),
                    "salience": salience[p.actor, p.issue],
                    "judgement": f"{path.name}, line {p.line}: {p.words(issues[p.issue])}.",
                }
                for p in own
            },
        }
    head = [
        f"Made by `python -m sim import {path}` from {coding.kind}.",
        "Positions are rescaled to 0-1 from the scale of each issue. Saliences and power compare",
        "between actors, hence `salience: as_written`. What happens without a decision is not",
        "known; `no_deal` is the middle and does not enter group decisions.",
    ]
    return Imported(raw, head, [*notes, dated, f"Decided by the protocol {protocol}."])


# --- checks --------------------------------------------------------------------------------------


def _protocol(coding: GroupCoding, wishes: Wishes) -> str:
    name = wishes.protocol or DEFAULT
    if name not in MODELS:
        fix = f"choose from {', '.join(MODELS)}"
        said = "is no model of group decisions, and the source has no more than these need"
        coding.table.problems.append(Problem(Place("--protocol"), name, said, fix))
    return name


def _check(coding: GroupCoding) -> None:
    """Positions that stand twice, issues on which nobody counts, too few actors."""
    table = coding.table
    first: dict[tuple[str, str], int] = {}
    weight: dict[str, float] = {}
    for p in coding.positions:
        at = first.setdefault((p.actor, p.issue), p.line)
        if at != p.line:
            said = f"'{p.actor}' has a position on '{p.issue}' already (line {at})"
            table.problem(p.line, "actor", said, "keep one of the two")
        weight[p.issue] = weight.get(p.issue, 0.0) + p.salience * p.power
    if table.problems:
        return
    for issue, total in weight.items():
        if total == 0:
            line = next(p.line for p in coding.positions if p.issue == issue)
            table.problem(line, "salience", f"nobody on '{issue}' has both salience and power")
    count = len({p.actor for p in coding.positions if p.salience > 0})
    if count < 2:
        said = f"has {count} actors with a position that matters to them; two or more are needed"
        table.problem(0, "", said)


def _left_out(coding: GroupCoding) -> list[str]:
    """Drop actors to whom nothing matters, and say who and what takes no part."""
    notes = []
    there = {p.actor for p in coding.positions}
    caring = {p.actor for p in coding.positions if p.salience > 0}
    for names, why in (
        ([a for a in coding.actors if a not in there], "no position"),
        ([a for a in coding.actors if a in there - caring], "no salience on any issue"),
        ([i for i in coding.issues if i not in {p.issue for p in coding.positions}],
         "nobody has a position on it"),
    ):  # fmt: skip
        if names:
            notes.append(f"Left out ({why}): {_some(names)}.")
    coding.positions = [p for p in coding.positions if p.actor in caring]
    return notes


# --- parts of the scenario -----------------------------------------------------------------------


def _powers(
    coding: GroupCoding,
) -> tuple[dict[str, float], dict[tuple[str, str], float], list[str]]:
    """One power per actor, saliences that keep salience × power, and whose power differs."""
    power: dict[str, float] = dict.fromkeys(coding.actors, 0.0)
    for p in coding.positions:
        power[p.actor] = max(power[p.actor], p.power)
    power = {a: c for a, c in power.items() if any(p.actor == a for p in coding.positions)}
    salience, folded = {}, []
    for p in coding.positions:
        salience[p.actor, p.issue] = p.salience / p.of
        if p.power != power[p.actor]:
            share = p.salience / p.of * p.power / power[p.actor]
            salience[p.actor, p.issue] = round(share, 12)
            folded.append(p.actor)
    return power, salience, list(dict.fromkeys(folded))


def _issue(issue: CodedIssue) -> dict[str, Any]:
    texts = {p: text or f"{p:g}" for p, text in issue.texts.items()}
    numeric = all(text == f"{p:g}" for p, text in texts.items())
    if not any(issue.texts.values()):
        step = (issue.high - issue.low) / 4
        texts = {p: f"{p:g}" for p in (issue.low + n * step for n in range(5))}
    for end in (issue.low, issue.high):
        texts.setdefault(end, f"{end:g}")
    return {
        "title": issue.title,
        "scale": {_share(p, issue): texts[p] for p in sorted(texts)},
        **({"numeric": [issue.low, issue.high]} if numeric else {}),
        **({"unit": issue.unit} if issue.unit else {}),
        "no_deal": 0.5,
        "judgement": f"Rescaled from {issue.low:g} to {issue.high:g}; no_deal has no source.",
    }


def _share(point: float, issue: CodedIssue) -> float:
    return round((point - issue.low) / (issue.high - issue.low), 12)


def _keys(names: dict[str, str]) -> dict[str, str]:
    """A plain key of its own for each."""
    keys: dict[str, str] = {}
    for label, name in names.items():
        keys[label] = plain_key(name, keys.values())
    return keys


def _start(coding: GroupCoding, heading: str | None) -> tuple[date, str]:
    """The first day named in the source or the heading of SOURCE.md, and where it is from."""
    for text, where in ((coding.remarks, coding.table.path.name), (heading or "", "SOURCE.md")):
        for found in _DATE.finditer(text):
            year, month, day, other_day, word, other_year = found.groups()
            number = int(month) if month else 1 + _MONTHS.index(word[:3].lower())
            try:
                start = date(int(year or other_year), number, int(day or other_day))
            except ValueError:
                continue
            return start, f"Day 0 is {start}, from {where}."
    return (
        NO_DATE,
        f"Day 0 is {NO_DATE}, because the source gives no day; it only dates the charts.",
    )


def _some(names: list[str], most: int = 6) -> str:
    more = len(names) - most
    return ", ".join(names[:most]) + (f" and {more} more" if more > 0 else "")
