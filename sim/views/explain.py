"""What the chart and the report show of an explanation: bars, their words and colours."""

from __future__ import annotations

from dataclasses import dataclass

from sim.ensemble.runner import Run
from sim.formulas.statistics import Interval
from sim.prose import listing, possessive, sentence
from sim.scenario.schema import Scenario
from sim.studies.explain.findings import Driver, Explanation
from sim.studies.explain.inputs import is_yes_no
from sim.studies.explain.words import (
    HELD,
    changed_title,
    counted_words,
    measure_value,
    nothing_words,
    own_words,
    parts_words,
)
from sim.views.colours import actor_colors
from sim.views.view import View, foot_line
from sim.words.shares import FEW, in_worlds, share_of

NOBODY = "#767676"
SHOWN = 12


@dataclass(frozen=True)
class DriverBar:
    """A driver, where it stands, and which way it works."""

    of: Driver
    group: str
    direction: str
    color: str


@dataclass(frozen=True)
class ShareBar:
    """A share of so many worlds; where ``mark`` is above 0, another one to compare it with."""

    title: str
    share: float
    worlds: int
    color: str
    mark: float = 0.0
    interval: Interval | None = None

    @property
    def words(self) -> str:
        return share_of(self.share, self.worlds, self.interval)


@dataclass(frozen=True)
class Panel:
    """Some shares under a title, and a text."""

    key: str
    title: str
    note: str
    bars: list[ShareBar]
    text: str = ""


@dataclass(frozen=True)
class ExplainView(View):
    """All panels.

    Attributes
    ----------
    nothing : str
        What stands in the place of the drivers where there are none.
    chance : float
        Index that the largest of all numbers reaches by chance.
    panels : list of Panel
        Under which conditions, what stands in the way, the cheapest change; those that there are.
    owners : dict of str to str
        Colour → whose it is, of all bars.
    """

    drivers: list[DriverBar]
    hidden: int
    nothing: str
    chance: float
    panels: list[Panel]
    owners: dict[str, str]

    @property
    def words(self) -> list[str]:
        drivers = [f"{bar.of.title}: {bar.direction}" for bar in self.drivers]
        shares = [
            f"{panel.title}: {bar.title}: {bar.words}"
            for panel in self.panels
            for bar in panel.bars
        ]
        return [*drivers, *shares]


def explain_view(run: Run, found: Explanation) -> ExplainView:
    """Bars by group: the group with the strongest driver first."""
    scenario = run.scenario
    colors = actor_colors(scenario)
    shown = found.drivers[:SHOWN]

    def group_of(actor: str, theme: str) -> str:
        return f"{scenario.actors[actor].short}: {theme}" if actor else theme.capitalize()

    groups = list(dict.fromkeys(group_of(d.actor, d.theme) for d in shown))
    bars = [
        DriverBar(
            one,
            group_of(one.actor, one.theme),
            _direction(one, found.measure_key),
            colors.get(one.actor, NOBODY),
        )
        for one in shown
    ]
    bars.sort(key=lambda bar: (groups.index(bar.group), -bar.of.index))
    why = f"{found.why_measure}, what decides is measured by another scale. " * bool(
        found.why_measure
    )
    panels = [panel for panel in _panels(found, scenario, colors) if panel.bars]
    used = {bar.color for bar in bars} | {bar.color for panel in panels for bar in panel.bars}
    owners = {colors[key]: scenario.actors[key].short for key in colors}
    owners[NOBODY] = "of no side alone"
    return ExplainView(
        foot_line(run),
        headline(found, scenario.actors[found.actor].short if found.actor else ""),
        why + (_bars_words(found) if bars else "Shares of worlds; colours tell whose a thing is."),
        bars,
        len(found.drivers) - len(shown),
        nothing_words(found),
        found.chance,
        panels,
        {c: name for c, name in owners.items() if c in used},
    )


def _bars_words(found: Explanation) -> str:
    yes_no = any(is_yes_no(one.path) for one in found.drivers[:SHOWN])
    return (
        f"Bars: by how many points of 100 worlds “{found.measure}” differs, on average, between a "
        "part of a number's range and all worlds (with 95 % interval); right, what it is in the "
        "number's lowest third → in its highest"
        + ("; of a yes or no, where it is no → where it is yes" * yes_no)
        + f"{HELD if any(one.held for one in found.drivers[:SHOWN]) else ''}."
    )


def _direction(one: Driver, key: str) -> str:
    low, high = (measure_value(value, key) for value in (one.when_low, one.when_high))
    return f"no {low} → yes {high}" if is_yes_no(one.path) else f"{low} → {high}"


def _panels(found: Explanation, scenario: Scenario, colors: dict[str, str]) -> list[Panel]:
    rule, met = found.rule, []
    if rule is not None:
        fresh, inside = rule.fresh, rule.fresh.within
        met = [
            ShareBar("Where this is so", fresh.density, inside, NOBODY),
            ShareBar("Elsewhere", fresh.outside, fresh.worlds - inside, NOBODY),
        ]
    every = [one for one in found.obstacles if one.settle >= 0.02][:4] + found.together[:4]
    removed = []
    for one in every:
        owners = {key.partition(":")[2] for key in one.keys}
        color = colors.get(owners.pop(), NOBODY) if len(owners) == 1 else NOBODY
        removed.append(ShareBar(listing(one.what), one.settle, found.counted, color, one.parts))
    now = "As things are (the same share, in these worlds)"
    before = [ShareBar(now, one.before, one.fresh_worlds, NOBODY) for one in found.changes[:1]]
    changed = [
        ShareBar(
            changed_title(one, scenario),
            one.confirmed,
            one.fresh_worlds,
            colors.get(one.who, NOBODY),
            0.0,
            one.confirmed_allowed or one.confirmed_interval,
        )
        for one in found.changes
    ]
    return [
        Panel(
            "rule",
            f"Under which conditions: worlds with {found.case}",
            "",
            met,
            f"{sentence(listing(rule.conditions))}." if rule else "",
        ),
        Panel(
            "obstacles",
            f"What stands in the way{own_words(found, scenario)}: of {counted_words(found)} "
            "these settle without …",
            "black: the most that only some of several bring",
            removed,
        ),
        Panel("changes", "The cheapest change: fresh worlds that settle", "", before + changed),
    ]


def headline(found: Explanation, who: str = "") -> str:
    """What stands in the way most, in a sentence; of an outline what decides most."""
    share = in_worlds(found.settled, found.worlds).partition(" (")[0]
    text = f"{share} settle"
    if not found.searched:
        if not found.drivers:
            return f"{text}; no uncertain number stands out in {found.worlds:,}"
        first = found.drivers[0].title
        if found.why_measure:
            return f"{text}; how far the others are from it hangs most on {first}"
        return f"{text}; it hangs most on {first}"
    best = max([*found.obstacles, *found.together], key=lambda one: one.needed, default=None)
    if best is None or not best.needed:
        own = f" of {possessive(who)} own" if who else ""
        return f"{text}; no one, two or three things{own} alone keep the others from it"
    others = "others" if found.counted < FEW else "of the others"
    share = f"{share_of(best.settle, found.counted)} {others} would"
    if len(best.keys) == 1:
        return f"{text}; without {best.what[0]}, {share}"
    text += f"; without {listing(best.what)} together, {share}"
    return f"{text}, without only some of these {parts_words(best, found.counted)}"
