"""Who stands where on every issue, when: positions, red lines, texts, the deal."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from sim.ensemble.runner import Run
from sim.prose import counted, listing, percent
from sim.scenario.schema import Issue, nearest_text, point_text
from sim.scenario.tracks import limited_titles
from sim.views.run_data import (
    Calendar,
    agreed_day,
    calendar,
    colors_of,
    day_text,
    days,
    decision,
    group_name,
    history,
    is_certain,
    is_crowd,
    is_group,
    kept,
    last_day,
    once,
    red_lines,
    short,
    signatories,
    signed_days,
    signed_words,
    stage_title,
    together,
)
from sim.views.view import View, foot_line

Array = NDArray[np.floating]

SINGLE = 20
"""Single worlds shown around the central one: the first, which are drawn like all others."""
FEW, SOME = 4, 6
"""Least and most issues shown large."""
SAME = 0.005
"""Scale units within which two lines are one."""
OFTEN = 0.05
"""Share of the failures from which an issue is shown large."""


@dataclass(frozen=True)
class RedLine:
    """A red line: nothing above it is signed, or below, where it binds.

    Attributes
    ----------
    stated : bool or None
        Whether the side has said so itself; otherwise the coder believes it. None where the
        scenario does not tell these apart.
    conditional : bool
        Whether it holds only while other terms meet a condition.
    binds : bool
        Whether it is a limit at the end of the central world: a line binds by chance, and may give
        way to another of its side.
    """

    at: float
    above: bool
    stated: bool | None = None
    conditional: bool = False
    binds: bool = True


@dataclass(frozen=True)
class Stand:
    """Where an actor, or several that stand together, stands on an issue by round.

    Attributes
    ----------
    actors : list of str
    name : str
    color : str
    signs : bool
        Whether the issue needs its signature.
    central : ndarray, shape (rounds,)
    worlds : ndarray, shape (worlds, rounds)
        Single worlds; none where the stand is one of many.
    lines : list of RedLine
    """

    actors: list[str]
    name: str
    color: str
    signs: bool
    central: Array
    worlds: Array
    lines: list[RedLine]


@dataclass(frozen=True)
class IssuePanel:
    """An issue: who stands where, the mediator's texts, and what was agreed.

    Attributes
    ----------
    decides : bool
        Whether it is one of those on which a deal hangs.
    status : str
        What became of it in the central world.
    texts : ndarray, shape (texts, 2)
        Day and place of the texts tabled.
    deal : tuple of float or None
        Day and place of what the central world agreed.
    real : tuple of float or None
        Day and place of what was signed in truth, where the scenario tells it.
    """

    key: str
    issue: Issue
    decides: bool
    status: str
    stands: list[Stand]
    texts: Array
    deal: tuple[float, float] | None
    real: tuple[float, float] | None = None

    @property
    def words(self) -> str:
        """The panel in a sentence or two."""
        courses = " ".join(course(self.issue, stand) for stand in self.stands)
        text = f"{self.issue.title}: {self.status}. {courses}"
        if self.real:
            text += f" Signed in truth: {point_text(self.issue, self.real[1], quoted=True)}."
        return text


@dataclass(frozen=True)
class InForce:
    """When a limited agreement is in force in the central world, and how often elsewhere.

    Attributes
    ----------
    spans : list of (float, float)
        Days from and to; empty where it never is.
    ever : float
        Share of all worlds that ever sign it.
    """

    key: str
    title: str
    spans: list[tuple[float, float]]
    ever: float


@dataclass(frozen=True)
class ConvergenceView(View):
    """Panels in the scenario's order.

    Attributes
    ----------
    calendar : Calendar
    days : ndarray
        Of every round up to ``end``, the last day worth showing.
    signed : dict of float to str
        Day → which stages the central world signs on it, and whether a vote fails.
    actors : list of (str, str)
        Names and colours of those drawn one by one; none where they are too many.
    single : int
        Single worlds shown.
    """

    calendar: Calendar
    days: Array
    end: float
    signed: dict[float, str]
    actors: list[tuple[str, str]]
    single: int
    panels: list[IssuePanel]
    limited: list[InForce]

    @property
    def words(self) -> list[str]:
        beside = [f"{x.title}: signed in {percent(x.ever)} of all worlds." for x in self.limited]
        return [*(panel.words for panel in self.panels), *beside]

    def lines(self) -> Iterable[RedLine]:
        """All red lines."""
        return (line for p in self.panels for stand in p.stands for line in stand.lines)


@once
def convergence_view(run: Run) -> ConvergenceView:
    """Positions of the central world and of single ones, issue by issue."""
    scenario, end = run.scenario, last_day(run)
    shown = days(run)[days(run) <= end]
    large = deciding(run)
    crowd = is_crowd(run)
    panels = [_panel(run, issue, len(shown), issue in large) for issue in scenario.issues]
    drawn = {a for p in panels for stand in p.stands for a in stand.actors}
    single = min(SINGLE, run.traced.sizes["traced"]) if _with_singles(run) else 0
    text = "Where each side stands"
    if not is_certain(run):
        text += " in the central world, in which every uncertain number is at its median"
    text += f", with {counted(single, 'single world')} as thin lines" if single else ""
    text += ". Each scale runs between the two ends of the dispute."
    if len(large) < len(panels):
        text += " Large: the issues that decide it."
    if any(not line.binds for p in panels for stand in p.stands for line in stand.lines):
        text += " Faint: red lines that do not bind there."
    if (outcome := scenario.outcome) is not None:
        when = f"something was signed on {day_text(outcome.signed)}" if outcome.signed else ""
        text += f" In truth {when or 'no such text was signed in these days'}."
    if crowd:
        text += " Thicker lines: more sides that stand together."
    actors = [(short(run, a), colors_of(run)[a]) for a in signatories(run) if a in drawn]
    return ConvergenceView(
        foot_line(run), headline(run), text, calendar(run), shown, end,
        signed_words(run), [] if crowd else actors, single, panels,
        in_force(run),
    )  # fmt: skip


def _with_singles(run: Run) -> bool:
    return not is_crowd(run) and not is_certain(run)


def deciding(run: Run) -> list[str]:
    """Issues on which a deal hangs: those that block, then those furthest apart at the start."""
    issues = list(run.scenario.issues)
    summary = run.summary
    blocks = {i: summary.stuck_on.get(i, 0.0) + summary.no_common_ground.get(i, 0.0)
              for i in issues}  # fmt: skip
    apart = {i: float(np.ptp(_starts(run, i))) if len(_starts(run, i)) else 0.0 for i in issues}
    ranked = sorted(issues, key=lambda i: (-round(blocks[i], 3), -apart[i], issues.index(i)))
    often = min(max(sum(blocks[i] >= OFTEN for i in issues), FEW), SOME)
    return ranked[: often + often % 2]  # two side by side


def _starts(run: Run, issue: str) -> Array:
    i, keys = list(run.scenario.issues).index(issue), signatories(run)
    return run.central.offer.values[0, [keys.index(a) for a in holders(run, issue)], i]


def holders(run: Run, issue: str) -> list[str]:
    """Signatories with a position of their own on an issue; others' offers mean nothing there."""
    actors = run.scenario.actors
    return [
        a
        for a in signatories(run)
        if (p := actors[a].positions.get(issue)) is not None and p.salience.median > 0
    ]


def _panel(run: Run, issue: str, shown: int, decides: bool) -> IssuePanel:
    spec, central = run.scenario.issues[issue], run.central
    i = list(run.scenario.issues).index(issue)
    stage = next(n for n, s in enumerate(run.scenario.stages) if issue in s.issues)
    mine = central.text_stage.values == stage
    when = central.text_round.values[mine] * float(run.scenario.war.round_days)
    texts = np.column_stack([when, central.text.values[mine, i]])
    day, point = agreed_day(run, issue), float(central.agreed.values[i])
    deal = None if day is None or math.isnan(point) else (day, point)
    stands = _stands(run, issue, shown, decides)
    real = _signed_in_truth(run, issue)
    return IssuePanel(issue, spec, decides, status(run, issue), stands, texts, deal, real)


def _signed_in_truth(run: Run, issue: str) -> tuple[float, float] | None:
    """Day, at most the last one shown, and place."""
    known = run.scenario.outcome
    if known is None or not known.signed or issue not in known.terms:
        return None
    day = (known.signed - run.scenario.war.start_date).days
    return min(float(day), last_day(run)), known.terms[issue].at.median


def _stands(run: Run, issue: str, shown: int, decides: bool) -> list[Stand]:
    keys, i = signatories(run), list(run.scenario.issues).index(issue)
    offers = run.central.offer.values[:shown, :, i]
    every = kept(run, "offer of single worlds",
                 lambda: run.traced.offer.isel(traced=slice(SINGLE)).values)  # fmt: skip
    every = every[: None if decides and _with_singles(run) else 0, :shown, :, i]
    found = []
    for actors in together(run, holders(run, issue),
                           lambda a: np.round(offers[:, keys.index(a)], 3).tobytes()):  # fmt: skip
        a = keys.index(actors[0])
        lines = [line for actor in actors for line in lines_of(run, actor, issue)]
        signs = any(run.scenario.actors[actor].signs_on(issue) for actor in actors)
        found.append(
            Stand(actors, group_name(run, actors), colors_of(run)[actors[0]],
                  signs, offers[:, a], every[:, :, a], _each_once(lines))
        )  # fmt: skip
    return found


def lines_of(run: Run, actor: str, issue: str) -> list[RedLine]:
    """Red lines of an actor: at the end of the central world, or where it says that they are."""
    position = run.scenario.actors[actor].positions.get(issue)
    at_end = {above: float(line[-1]) for line, above in red_lines(run, actor, issue)}
    at_end = {above: at for above, at in at_end.items() if at != float(above)}  # has not given way
    if position is None or not run.scenario.actors[actor].signs_on(issue):
        return [RedLine(at, above) for above, at in at_end.items()]
    low, high = position.limits or (None, None)
    drawn = [RedLine(one.median, end) for end, one in ((True, high), (False, low)) if one]
    drawn += [RedLine(one.at.median, position.upward, one.stated) for one in position.lines]
    drawn = _with_what_holds([x for x in drawn if x.at != float(x.above)], at_end)
    above = drawn[0].above if drawn else position.upward
    # those that hold only while other terms meet a condition
    return drawn + [RedLine(x.limit.median, above, conditional=True) for x in position.conditional]


def _with_what_holds(drawn: list[RedLine], at_end: dict[bool, float]) -> list[RedLine]:
    """The lines, of which on each side one holds, and lies where the side's limit is at the end."""
    out = [replace(line, binds=False) for line in drawn]
    for above, at in at_end.items():
        beside = [n for n, line in enumerate(drawn) if line.above == above]
        # lines only give way: it is none that lies farther out
        inner = [n for n in beside if (drawn[n].at - at) * (1 if above else -1) <= SAME]
        if beside:
            n = min(inner or beside, key=lambda n: abs(drawn[n].at - at))
            out[n] = replace(drawn[n], at=at)
    return out


def _each_once(lines: list[RedLine]) -> list[RedLine]:
    """Lines of sides that stand together, without those that bind in the place of another."""
    binding = [line for line in lines if line.binds]

    def is_told(line: RedLine) -> bool:
        return any(x.above == line.above and abs(x.at - line.at) < SAME for x in binding)

    return list(dict.fromkeys(line for line in lines if line.binds or not is_told(line)))


def status(run: Run, issue: str) -> str:
    """What became of the issue in the central world, in one line."""
    spec, point = run.scenario.issues[issue], run.summary.central.agreed[issue]
    day = agreed_day(run, issue)
    if point is not None and day is not None:
        how = "Decided" if is_group(run) else "Agreed"
        when = calendar(run).said("", day)
        return f"{how} {when}: {point_text(spec, point.point)}"
    if float(run.central.red_line_gap.values[list(run.scenario.issues).index(issue)]) > 0:
        return "Not agreed: red lines and conditions miss each other"
    stage = next(s.name for s in run.scenario.stages if issue in s.issues)
    if any((kind, what) == ("signed", stage) for kind, what, _ in history(run)):
        return "Signed, and not in force at the end"
    return "Not agreed"


def course(spec: Issue, stand: Stand) -> str:
    """A way on an issue in one sentence."""
    first, last = float(stand.central[0]), float(stand.central[-1])
    start, end = nearest_text(spec, first), nearest_text(spec, last)
    if start == end:
        text = f"{stand.name}: near “{start}” ({first:.2f} to {last:.2f})"
    else:
        text = f"{stand.name}: from “{start}” ({first:.2f}) to “{end}” ({last:.2f})"
    for words, binds in (
        ("red line at the end", True),
        ("red line that does not bind there", False),
    ):
        bars = [
            f"nothing {'above' if line.above else 'below'} {line.at:.2f}"
            for line in stand.lines
            if not line.conditional and line.binds == binds
        ]
        text += f"; {words}: {listing(bars)}" if bars else ""
    return text + "."


def headline(run: Run) -> str:
    """The finding: what the central world agrees, or on what it stays apart."""
    scenario, central = run.scenario, run.summary.central
    total = len(scenario.issues)
    signed = signed_days(run)
    when = calendar(run).said
    if central.outcome == "settlement" and central.settled_day is not None:
        if is_group(run):
            return decision(run)
        what = f"all {total} issues are" if total > 1 else "the only issue is"
        return f"In the central world {what} agreed {when('by', central.settled_day)}"
    stuck = central.stuck_on
    apart = f"; talks stall on {scenario.issues[stuck].title}" if stuck else ""
    if signed:
        name = max(signed, key=lambda s: signed[s])
        by = when("by", signed[name])
        return f"The central world signs “{stage_title(run, name)}” {by}, not the rest{apart}"
    if central.outcome == "ratification_failed":
        by = when("by", max(day for kind, _, day in history(run) if kind == "signed"))
        votes = len({day for kind, _, day in history(run) if kind == "rejected"})
        if votes > 1:
            return f"The central world signs {votes} texts, the last {by}; none is ratified"
        return f"The central world signs a text {by}, which is not ratified"
    if central.outcome == "breakdown":
        return f"No deal in the central world: talks break down{apart}"
    none = "Limited agreements only" if central.outcome == "limited" else "No deal"
    return f"{none} in the central world within {run.summary.horizon_days} days{apart}"


def in_force(run: Run) -> list[InForce]:
    """All limited agreements of the scenario, in its order."""
    uses, every = run.summary.limited or {}, days(run)
    return [
        InForce(
            key,
            title,
            _spans(run.central.limited_now.sel(limited=key).values, every),
            uses[key].ever,
        )
        for key, title in limited_titles(run.scenario).items()
        if key in uses
    ]


def _spans(now: np.ndarray, every: np.ndarray) -> list[tuple[float, float]]:
    """Stretches of days in which something holds, each to the day on which it no longer does."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], now, [False]])))
    last = len(every) - 1
    return [
        (float(every[start]), float(every[min(end, last)])) for start, end in edges.reshape(-1, 2)
    ]
