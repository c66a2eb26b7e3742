"""The run in plain words: the central world's story, and the answer to the question."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice

import numpy as np
import xarray as xr

from sim.prose import counted, listing, percent, sentence, span_words
from sim.results.dataset import date_of
from sim.results.outcomes import OUTCOME_WORDS, REASON_WORDS
from sim.results.summary import Summary
from sim.scenario.fields import Bound
from sim.scenario.record import HORIZONS, past_settings, past_talks
from sim.scenario.schema import Position, Scenario, nearest_text
from sim.words.aftermath import limited_turn
from sim.words.shares import bare_odds, count_of, failed_share, in_worlds, odds_words


@dataclass(frozen=True)
class Event:
    """Something that happened in the central world."""

    day: float
    date: datetime.date
    kind: str
    text: str


def events(scenario: Scenario, central: xr.Dataset) -> list[Event]:
    """What happened in the central world, in order of time."""
    days = scenario.war.round_days
    found = [
        *islice(_moves(scenario, central), FIRST_MOVES),
        *_text_events(scenario, central, days),
        *_lever_events(scenario, central),
        *_turns(scenario, central, days),
    ]
    found.sort(key=lambda e: e[0])
    return [Event(d, date_of(scenario, d), kind, text) for d, kind, text in found]


def _turns(
    scenario: Scenario, central: xr.Dataset, days: float
) -> Iterable[tuple[float, str, str]]:
    """Stages signed, truces broken, sides and envoys that left."""
    titles = {stage.name: stage.shown for stage in scenario.stages}
    for n in range(central.sizes["history"]):
        kind, what = str(central.history_kind.values[n]), str(central.history_what.values[n])
        day = float(central.history_round.values[n]) * days
        if kind == "signed":
            yield day, kind, f"Signed: {titles[what]}"
            continue
        if kind.startswith("limited_"):
            yield day, kind, limited_turn(scenario, kind, what)
            continue
        if kind in ("ratified", "rejected"):
            yield day, kind, _vote_text(scenario, what.split())
            continue
        who = listing(scenario.actors[key].short for key in what.split())
        # in the passive, as a name may be one or many: Putin, the Greek Cypriots
        text = {
            "broken": f"The truce is broken by {who or 'accident'}: back to the start",
            "left": f"The talks are left by {who}",
            "withdrawn": f"The mediation by {who} ends",
        }[kind]
        yield day, kind, text


def _vote_text(scenario: Scenario, objecting: list[str]) -> str:
    """A vote on what was signed, and what follows from it."""
    if not objecting:
        return "What was signed is ratified"
    gates = [scenario.ratification[key] for key in objecting]
    over = any(gate.on_failure == "end_of_talks" for gate in gates)
    then = "the talks end" if over else "its stage is open again"
    return f"Not ratified ({listing(gate.title for gate in gates)}): {then}"


def _lever_events(scenario: Scenario, central: xr.Dataset) -> Iterable[tuple[float, str, str]]:
    """Levers pulled by the last day, and when they take effect."""
    last = scenario.last_day
    for n, key in enumerate(central.lever.values):
        owner, _, lever = str(key).partition(".")
        title, who = scenario.actors[owner].levers[lever].title, scenario.actors[owner].short
        pulled = float(central.lever_pulled_day.values[n])
        effect = float(central.lever_effect_day.values[n])
        if not pulled <= last:
            continue
        if not effect <= last:
            later = ", not in effect by the end"
        elif effect > pulled:
            later = f", in effect from {date_of(scenario, effect):%-d %b %Y}"
        else:
            later = ""
        yield pulled, "lever", f"{who}: {title}{later}"


GIVEN_WAY = 0.05
"""How far a red line may have softened by day 0; further off is another line, or none."""
FIRST_MOVES = 8
"""Moves that the story tells: those on what blocks and the largest, in order of time."""


def moves_words(scenario: Scenario, central: xr.Dataset) -> str:
    """That not all moves are told; empty where they are."""
    moves = sum(1 for _ in _moves(scenario, central))
    if moves <= FIRST_MOVES:
        return ""
    first = "those on what blocks, then " if int(central.stuck_issue) >= 0 else ""
    return f"Of {moves} moves of positions {FIRST_MOVES} are told: {first}the largest."


def _moves(scenario: Scenario, central: xr.Dataset) -> Iterable[tuple[float, str, str]]:
    """Moves of positions, each on the day by which half of it was made.

    First those on the issue that blocks at the end, then the largest.
    """
    offers, days = central.offer.values, central.day.values
    shift = np.abs(offers - offers[0])
    total = shift[-1]
    elsewhere = np.broadcast_to(np.arange(total.shape[1]) != int(central.stuck_issue), total.shape)
    # where issues are yes or no all moves are as long: first those that cost most
    cost = central.conceded.values
    for flat in np.lexsort((-cost.ravel(), -total.ravel(), elsewhere.ravel())):
        a, i = np.unravel_index(flat, total.shape)
        if total[a, i] < 0.1:
            continue
        actor, key = str(central.actor.values[a]), str(central.issue.values[i])
        position = scenario.actors[actor].positions.get(key)
        if position is None or not position.salience.median:
            continue  # it goes with the others there
        issue = scenario.issues[key]
        half = int((shift[:, a, i] >= 0.5 * total[a, i]).argmax())
        before, after = (nearest_text(issue, float(offers[t, a, i])) for t in (0, -1))
        if before != after:
            who = scenario.actors[actor].short
            text = f"A move by {who} on {issue.title}, in the end to “{after}”"
            ends = central.low.values[0, a, i], central.high.values[0, a, i]
            yield (
                float(days[half]),
                "move",
                text + _crossed(position, key, _expected(scenario, central, int(a)), ends),
            )


def _expected(scenario: Scenario, central: xr.Dataset, a: int) -> dict[str, tuple[float, bool]]:
    """Where a side sees every issue at the end, and whether its stage has been on the table."""
    agreed, own = central.agreed.values, central.offer.values[-1, a]
    tabled = {i for s in scenario.stages[: int(central.stages_signed) + 1] for i in s.issues}
    ends = np.where(np.isnan(agreed), own, agreed)
    return {i: (float(ends[n]), i in tabled) for n, i in enumerate(scenario.issues)}


def _crossed(
    position: Position,
    key: str,
    expected: dict[str, tuple[float, bool]],
    binding: tuple[float, float],
) -> str:
    """That a point lies beyond a red line as coded, and how that can be; empty where not."""
    at, tabled = expected[key]
    low, high = position.limits or (None, None)
    for own in position.lines[::-1]:  # that held first counts
        low, high = (low, own.at) if position.upward else (own.at, high)
    for line, sign, end in ((low, -1.0, binding[0]), (high, 1.0, binding[1])):
        if line is None or sign * (at - line.median) <= 0.005:
            continue
        if sign * (end - line.median) > GIVEN_WAY:
            why = "which does not bind here"
        elif looser := [x for x in position.conditional if sign * (at - x.limit.median) <= 0.005]:
            why = "which a conditional one may allow"
            if not tabled:
                why += " once its stage is on the table"
            elif any(_meets(x.when, expected) for x in looser):
                why = "a condition of it being met"
        else:
            why = "which has given way"
        return f", beyond the red line at {line.median:.2f}, {why}"
    return ""


def _meets(when: dict[str, Bound], expected: dict[str, tuple[float, bool]]) -> bool:
    """Whether a condition is met where issues are settled or proposed."""
    sides = [(expected[i], bound.at_least, bound.at_most) for i, bound in when.items()]
    return all(
        tabled
        and (least is None or at >= least.median - 0.005)
        and (most is None or at <= most.median + 0.005)
        for (at, tabled), least, most in sides
    )


def _text_events(
    scenario: Scenario, central: xr.Dataset, days: float
) -> Iterable[tuple[float, str, str]]:
    """Texts tabled; runs of texts refused by the same actors become one line."""
    actors = [str(a) for a in central.actor.values]
    run: tuple[tuple[str, ...], int, float, float] | None = None
    out: list[tuple[float, str, str]] = []

    def close() -> None:
        if run is None:
            return
        refusers, count, first, last = run
        names = listing(scenario.actors[a].short for a in refusers)
        what = "A text is tabled"
        if count > 1:
            what = f"{count} texts are tabled until {date_of(scenario, last):%-d %b %Y}"
        each = "" if count == 1 else " each"
        text = f"{what};{each} refused by {names}"
        out.append((first, "text", text))

    for n in range(central.sizes["text_number"]):
        accepted = central.text_accepted.values[n]
        refusers = tuple(a for a, yes in zip(actors, accepted, strict=True) if not yes)
        day = float(central.text_round.values[n]) * days
        if not refusers:
            close()
            run = None
            out.append((day, "text", "A text is tabled and accepted by all"))
        elif run is not None and run[0] == refusers:
            run = (refusers, run[1] + 1, run[2], day)
        else:
            close()
            run = (refusers, 1, day, day)
    close()
    return out


WITHIN = {
    "7": "within a week",
    "30": "within 30 days",
    "100": "within 100 days",
    "180": "within 180 days",
    "365": "within a year",
}


def within(day: str) -> str:
    """A day of the run as a span; the last one simulated may be any."""
    return WITHIN.get(day, f"within the {day} days simulated")


def asked_words(scenario: Scenario, summary: Summary) -> list[str]:
    """What is signed by the days that the scenario asks for, each with its own words."""
    first = scenario.stages[0].shown
    lines = []
    for one in summary.asked or []:
        if one.settlement is None:
            lines.append(f"{sentence(one.text)} Beyond the {summary.horizon_days} days simulated.")
            continue
        text = f"{sentence(one.text)} A settlement in "
        text += in_worlds(one.settlement, summary.worlds, one.settlement_interval)
        if one.first_stage is not None:
            share = odds_words(one.first_stage, summary.worlds, one.first_stage_interval)
            text += f", “{first}” in {share}"
        lines.append(f"{text}.")
    return lines


def answer(scenario: Scenario, summary: Summary) -> str:
    """The headline question answered: by the scenario's own days first, then by the usual ones."""
    told = [*asked_words(scenario, summary), _usual_days(scenario, summary)]
    return " ".join([*told, *votes_words(scenario)])


def votes_words(scenario: Scenario) -> list[str]:
    """By which day settlements count, where votes can come after that."""
    later = any(gate.days for gate in scenario.ratification.values())
    return ["Settlements count by the day they are signed; votes can come later."] * later


def _usual_days(scenario: Scenario, summary: Summary) -> str:
    shares, spans = summary.deal_by_day, summary.spans_by_day("settlement")
    days = [day for day, share in shares.items() if share is not None]
    first, last = days[-1 if summary.asked else 0], days[-1]
    if not shares[last]:
        text = f"No world in this model has a settlement {within(first)} ("
        if last != first:
            text += f"{span_words(spans[first])}), and none {within(last)} ("
        text += f"{span_words(spans[last])}; {summary.span_means})"
    else:
        text = f"{_settled_by(summary, first, last)}; in brackets: {summary.span_means}"
    if len(scenario.stages) > 1:
        known = summary.first_stage_by_day.get(last, summary.first_stage_ever)
        text += f". The first stage, “{scenario.stages[0].shown}”, is signed {within(last)} in "
        text += odds_words(known, summary.worlds)
    return text + "."


def usual_words(summary: Summary) -> str:
    """A settlement by the first and the last of the usual days."""
    days = [day for day, share in summary.deal_by_day.items() if share is not None]
    return f"{_settled_by(summary, days[0], days[-1])}."


def _settled_by(summary: Summary, first: str, last: str) -> str:
    shares, spans = summary.deal_by_day, summary.spans_by_day("settlement")
    text = f"A settlement {within(first)} comes in "
    text += in_worlds(shares[first], summary.worlds, spans[first])
    if last != first:
        text += f", {within(last)} in {odds_words(shares[last], summary.worlds, spans[last])}"
    return text


def base_rate_words(summary: Summary) -> str:
    """How often comparable talks of the past ended in an agreement; empty where nothing is said."""
    base = summary.base_rate
    if base is None:
        return ""
    span = f"{span_words(base.interval)}; " if base.interval else ""
    text = (
        f"{base.cases}: {base.event} within {HORIZONS[base.days]} in {percent(base.share)} "
        f"({span}mean of {base.n:,} cases, {base.data})"
    )
    if len(summary.stages) > 1 and base.truces:
        share, horizon = summary.first_stage_by_day.get(str(base.days)), ""
        if share is None:
            share, horizon = summary.first_stage_ever, f" within the {summary.horizon_days} days"
        text += f"; here a first stage{horizon} in {bare_odds(share, summary.worlds)}"
    return f"{text}."


def beside_past_words(scenario: Scenario, summary: Summary) -> str:
    """How the run differs from past talks run in the same way.

    Empty where it is no war, or where the model's settings are not those learnt from these talks.
    """
    learnt = scenario.engine.calibration
    alike = learnt.names == past_settings() and all(
        learnt.made_from.get(name) == talks.coding for name, talks in past_talks().items()
    )
    if summary.base_rate is None or not alike:
        return ""
    others = [talks for name, talks in past_talks().items() if name != summary.scenario]
    settled = summary.outcomes["settlement"]
    failed = [summary.stuck_because.get(why, 0.0) for why in ("red_lines", "not_reached")]
    here = [settled, *((1.0 - settled) * share for share in failed)]
    there = np.mean([[one.settled, one.barred, one.unreached] for one in others], axis=0)
    (a, b, c), (x, y, z) = map(percent, there), (bare_odds(n, summary.worlds) for n in here)
    signed = sum(one.signed for one in others)
    return (
        f"The same model on {len(others)} past talks, of which {signed} were signed: {a} of worlds "
        f"settle, here {x}. Its settings are learnt from them; on talks left out of the learning "
        f"it is not shown to beat the base rate. Red lines leave no common ground at the end in "
        f"{b} of worlds there and in {y} here; a package that suits all is not reached in {c} and "
        f"in {z}."
    )


def ending_words(scenario: Scenario, summary: Summary) -> list[str]:
    """Where worlds stand at a deadline that talks outlive; walk-outs, broken truces."""
    lines, worlds = [], summary.worlds
    if summary.deadline is not None and summary.deadline.after == "go_on":
        then = summary.deadline
        day = f"{datetime.date.fromisoformat(then.date):%-d %B %Y}"
        shares = listing(
            f"{OUTCOME_WORDS[kind].label.split(':')[0].lower()} {percent(share)}"
            for kind, share in then.outcomes.items()
            if share
        )
        counted_ = ", with the votes still to come" if votes_words(scenario) else ""
        lines.append(f"Where the worlds stand at the deadline, {day}{counted_}: {shares}.")
    if summary.walked_away:
        after = summary.walked_away_after_signing
        text = f"In {in_worlds(summary.walked_away, worlds)} a side walks away from the talks"
        text += f", in {bare_odds(after, worlds)} after a stage was signed" if after else ""
        other = summary.walked_away - summary.outcomes["breakdown"]
        if round(other * worlds) > 0:
            share = bare_odds(other, worlds)
            text += f" ({share} count above by what was signed, not as a breakdown)"
        lines.append(f"{text}.")
    if summary.truces_broken:
        share = in_worlds(summary.truces_broken, worlds)
        fell = bare_odds(summary.first_stage_fell, worlds)
        lines.append(
            f"In {share} a signed stage is broken again; in {fell} one was signed and none stands "
            "at the end."
        )
    return lines


def package_words(scenario: Scenario, summary: Summary) -> list[tuple[str, str, str]]:
    """(issue, most common text, how common and in how many worlds) for every issue agreed."""
    rows = []
    for key, issue in scenario.issues.items():
        entry = summary.package[key]
        if entry.most_common is not None:
            common = count_of(entry.most_common_share or 0.0, entry.worlds)
            how = f"{common} of {counted(entry.worlds, 'world')}"
            rows.append((issue.title, entry.most_common, how))
    return rows


def concession_words(scenario: Scenario, summary: Summary) -> list[str]:
    """How far each actor's last position is from its first, in its own utility (median world)."""
    lines = []
    for actor, entry in summary.actors.items():
        by_issue = sorted(entry.conceded_by_issue.items(), key=lambda kv: -kv[1])
        top = [scenario.issues[i].title for i, v in by_issue[:3] if v > 0.005]
        on = f", most on {listing(top)}" if top else ""
        who, share = scenario.actors[actor].short, entry.conceded
        lines.append(
            f"{who}: {100 * share:.0f} % of all wishes given up{on}"
            if share > 0.005
            else f"{who}: almost nothing given up"
        )
    return lines


def pressure_words(scenario: Scenario, summary: Summary) -> list[str]:
    """Which levers were pulled, how often and when."""
    lines = []
    for key, entry in summary.levers.items():
        owner, _, lever = key.partition(".")
        title = scenario.actors[owner].levers[lever].title
        who = scenario.actors[owner].short
        if entry.in_effect == 0:
            lines.append(f"{who}: {title} — never took effect")
        else:
            when = f"typically around day {entry.median_day:.0f}"
            lines.append(f"{who}: {title} — in {percent(entry.in_effect)} of worlds, {when}")
    return lines


def what_blocks(scenario: Scenario, summary: Summary) -> str:
    """What blocks the central world at its end, as the tail of a sentence; may be empty."""
    issue = summary.central.stuck_on
    return "" if issue is None else f"; what blocks is {scenario.issues[issue].title}"


def stuck_words(scenario: Scenario, summary: Summary) -> list[str]:
    """Why and on what the failed worlds failed."""
    failed = 1.0 - summary.outcomes["settlement"]
    if failed <= 0:
        return []
    reasons = [
        f"{REASON_WORDS[k].line} in {failed_share(v, summary)}"
        for k, v in sorted(summary.stuck_because.items(), key=lambda kv: -kv[1])
        if v > 0
    ]
    issues = [
        f"{scenario.issues[k].title} ({failed_share(v, summary)})"
        for k, v in sorted(summary.stuck_on.items(), key=lambda kv: -kv[1])[:4]
        if v > 0
    ]
    lines = [f"Of the worlds without a settlement, where they stopped: {'; '.join(reasons)}."]
    if issues:
        lines.append(f"What blocks them there: {listing(issues)}.")
    if len(scenario.stages) > 1:
        wider = [
            f"{scenario.issues[k].title} ({failed_share(v, summary)})"
            for k, v in sorted(summary.no_common_ground.items(), key=lambda kv: -kv[1])[:4]
            if v > 0
        ]
        if wider:
            lines.append(f"For a whole settlement, red lines miss each other on {listing(wider)}.")
    return lines
