"""What was drawn, told: whose it is, what sort of number, and its values in words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from scipy.special import ndtr

from sim.prose import clause, counted, percent
from sim.scenario.fields import Wish
from sim.scenario.schema import Issue, Scenario, nearest_text
from sim.scenario.titles import AS_CODED, TIMES, title_of

THEMES = {
    r"tracks\.": "limited agreements",
    r"actors\..+\.(limit|limits|line|conditional)\b|actors\..+\.flexibility": "red lines",
    r"actors\..+\.(ideal|salience|softening|deferred)": "aims and weights",
    r"actors\..+\.(patience|leave_after)": "patience",
    r"actors\..+\.levers\.": "levers",
    r"actors\..+\.(mediation|acceptability|communication)": "mediation",
    r"war\.|issues\.": "the war",
    r"agenda\.": "the agenda",
    r"ratification\.": "ratification",
    r"durability\.": "after a deal",
    r"plan\.": "the plan as published",
}
"""Sort of a number by its path; the first that fits."""
OTHER = "judgements of the model"
_SCALE = re.compile(
    r"((actors|ratification)\.[^.]+\.positions|tracks\.(?P<track>[^.]+)\.positions\.[^.]+)"
    r"\.(?P<position>[^.]+)"
    r"\.(ideal|limit|limits\.[01]|line(\.\d)?\.at|conditional\.\d+\.limit)"
    r"|(tracks\.(?P<beside>[^.]+)\.)?issues\.(?P<issue>[^.]+)\.no_deal"
    r"|(actors|agenda)\..+\.(when|terms)\.(?P<bound>[^.]+)\.at_(least|most)"
    r"|(plan|actors\.[^.]+\.mediation\.text)\.(?P<text>[^.]+)"
)
_ROUNDS = re.compile(r"\.(patience|leave_after|delay)$")
_NORMAL = re.compile(r"\.flexibility$|\.draw$|\.error\..+|\.positions\..+\.error$")
_YES_NO = re.compile(r"\.binds$")
_LINE = re.compile(
    r"(actors|tracks)\..+\.(limit|limits\.[01]|line(\.\d)?\.at|conditional\.\d+\.limit)$"
)


_WHOSE_LINE = re.compile(
    r"(actors\.(?P<actor>[^.]+)\.positions|tracks\.[^.]+\.positions\.(?P<delegate>[^.]+))"
    r"\.[^.]+\.(limit|limits|line|conditional)\b.*"
)


@dataclass(frozen=True)
class Input:
    """An uncertain number.

    Attributes
    ----------
    path : str
        As after ``--set``, where the scenario has it.
    title : str
    actor : str
        Key of the actor whose it is; empty where it is nobody's.
    theme : str
        Sort of number, in plain words.
    """

    path: str
    title: str
    actor: str
    theme: str


def input_of(path: str, scenario: Scenario) -> Input:
    """What a path of the experiments table is about."""
    theme = next((t for known, t in THEMES.items() if re.match(known, path)), OTHER)
    theme = scenario.war.told(theme)
    parts = path.split(".")
    actor = ""
    if parts[0] == "actors":
        actor = parts[1]
    elif parts[0] == "tracks" and parts[2:3] == ["positions"]:
        actor = parts[3]
    elif parts[:2] in (["war", "cost"], ["war", "beliefs"]) and len(parts) > 2:
        actor = parts[2]
    title = title_of(path, scenario).removesuffix(TIMES)
    return Input(path, title, actor if actor in scenario.actors else "", theme)


def drawn_together(path: str, paths: Sequence[str], scenario: Scenario) -> list[str]:
    """Of the numbers that are drawn, those that a number is drawn together with.

    A side's red lines share its flexibility, and whether they bind hangs on the engine's chance for
    lines of their kind, too. The engine's settings are drawn as one row of the calibration.
    """
    if path.startswith("engine."):
        return [other for other in paths if other.startswith("engine.") and other != path]
    whose = _WHOSE_LINE.fullmatch(path)
    wanted = [f"actors.{whose['actor'] or whose['delegate']}.flexibility"] if whose else []
    if is_yes_no(path):
        wish, (form, *number, _) = _wish(path, scenario)
        line = wish.line[int(number[0]) if number else 0] if form == "line" else None
        if line is None or line.binds is None:
            wanted.append(f"engine.{line.kind if line else 'believed'}_binds")
    return [other for other in wanted if other in paths]


def held_words(path: str) -> str:
    """What is held the same where a number is low and where it is high."""
    return "other settings" if path.startswith("engine.") else "the side's flexibility"


def issue_of(path: str, scenario: Scenario) -> Issue | None:
    """The issue on whose scale a number lies; None for other numbers."""
    found = _SCALE.fullmatch(path)
    if found is None:
        return None
    track = scenario.tracks.get(found["track"] or found["beside"] or "")
    known = scenario.issues | track.issues if track else scenario.issues
    return known.get(next(filter(None, found.group("position", "issue", "bound", "text"))))


def scale_words(path: str, value: float, scenario: Scenario) -> str:
    """The text of a scale that is nearest to a value on it; empty for other numbers."""
    issue = issue_of(path, scenario)
    return nearest_text(issue, value) if issue else ""


def value_words(path: str, value: float, scenario: Scenario) -> str:
    """A value of a number, in the words of its scale where it has one."""
    if text := scale_words(path, value, scenario):
        return f"{value:.2f} (“{text}”)"
    if is_yes_no(path):
        return "yes" if value > 0.5 else "no"
    if _NORMAL.search(path):
        share = float(ndtr(value))
        return (
            f"the lowest {percent(share)}" if share < 0.5 else f"the highest {percent(1 - share)}"
        )
    if _ROUNDS.search(path):
        return counted(round(value), "day")
    if re.search(r"credibility|acceptability|factor|communication|_binds$", path):
        return percent(value)
    if title_of(path, scenario).endswith(TIMES):
        return f"{value:.2f} {AS_CODED}"
    return f"{value:.3g}"


def ends_words(path: str, low: float, high: float, scenario: Scenario) -> tuple[str, str]:
    """Where a number is at most one value, and where it is at least another, as two clauses.

    They always read differently, also where one text of a scale is nearest to both values. Of a
    red line the softer end is told, and the harder one.
    """
    if is_yes_no(path):
        return "if it can be crossed at a price", "if it is absolute"
    if _NORMAL.search(path):
        return "in the lowest third", "in the highest third"
    below, above = (value_words(path, value, scenario) for value in (low, high))
    texts = [scale_words(path, value, scenario) for value in (low, high)]
    if not texts[0]:
        return f"where it is at most {below}", f"where it is at least {above}"
    if same := texts[0] == texts[1]:
        below, above = f"{low:.2f}", f"{high:.2f}"
    clauses = [f"at {below} or less", f"at {above} or more"]
    if is_line(path):
        soft, hard = ("softer", "harder")
        ends = (hard, soft) if softer_above(path, scenario) else (soft, hard)
        clauses = [f"where it is {end}, {at}" for end, at in zip(ends, clauses, strict=True)]
    if same:
        clauses[1] += f" (nearest to both: “{texts[0]}”)"
    return clauses[0], clauses[1]


def is_yes_no(path: str) -> bool:
    """Whether a number says whether a red line is absolute."""
    return bool(_YES_NO.search(path))


def is_line(path: str) -> bool:
    """Whether a number is where a red line lies."""
    return bool(_LINE.fullmatch(path))


def softer_above(path: str, scenario: Scenario) -> bool:
    """Whether a red line is softer where it lies higher."""
    wish, what = _wish(path, scenario)
    return what[1] == "1" if what[0] == "limits" else wish.upward


def _wish(path: str, scenario: Scenario) -> tuple[Wish, list[str]]:
    """The wish that a number of a red line belongs to, and the rest of its path."""
    head, key, _, *rest = path.split(".")
    if head == "tracks":
        who, issue, *what = rest
        return scenario.tracks[key].positions[who][issue], what
    issue, *what = rest
    holder = scenario.actors if head == "actors" else scenario.ratification
    return holder[key].positions[issue], what


def _part_drawn(above: float, below: float) -> str:
    """Which of the draws lie between two quantiles.

    Examples
    --------
    >>> _part_drawn(0.71, 1.0)
    'among the highest 29 % drawn'
    >>> _part_drawn(0.71, 0.985)
    'among the highest 29 % drawn, but not among the highest 1.5 %'
    >>> _part_drawn(0.2, 0.7)
    'neither among the lowest 20 % drawn nor among the highest 30 %'
    """
    lowest, highest = percent(below), percent(1.0 - above)
    if above > 0.5 or below == 1.0:
        but = f", but not among the highest {percent(1.0 - below)}" if below < 1.0 else ""
        return f"among the highest {highest} drawn{but}"
    if below < 0.5 or above == 0.0:
        but = f", but not among the lowest {percent(above)}" if above > 0.0 else ""
        return f"among the lowest {lowest} drawn{but}"
    return (
        f"neither among the lowest {percent(above)} drawn nor among the highest "
        f"{percent(1.0 - below)}"
    )


def condition_words(path: str, low: float, high: float, scenario: Scenario) -> str:
    """A number within bounds, as a clause: ``Putin's patience is at most 210 days``."""
    title = title_of(path, scenario).removesuffix(TIMES)
    if path.startswith("engine."):  # of nobody, so that it begins with no name
        title = clause(title)
    if _NORMAL.search(path):
        return f"{title} is {_part_drawn(float(ndtr(low)), float(ndtr(high)))}"
    if is_yes_no(path):
        return (
            f"{title.partition(':')[0]} {'is absolute' if low > 0 else 'can be crossed at a price'}"
        )
    at_least = "" if low == float("-inf") else value_words(path, low, scenario)
    at_most = "" if high == float("inf") else value_words(path, high, scenario)
    if at_least and at_most:
        return f"{title} lies between {at_least} and {at_most}"
    if is_line(path):
        softer = softer_above(path, scenario) == bool(at_least)
        return f"{title} is {'no harder' if softer else 'no softer'} than {at_least or at_most}"
    return f"{title} is {'at least' if at_least else 'at most'} {at_least or at_most}"
