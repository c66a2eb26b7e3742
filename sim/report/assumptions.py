"""The assumptions of a scenario as tables: numbers in words, sources, judgements in full."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from sim.plots.data import listing
from sim.plots.style import actor_colors
from sim.report.judgements import sourced_parts
from sim.report.tables import Cell, Table
from sim.report.words import (
    bound_words,
    condition_words,
    effect_words,
    number_words,
    point_words,
)
from sim.scenario.fields import Sourced
from sim.scenario.schema import Actor, Issue, Position, Scenario

Rows = list[list[str | Cell]]
RESTS = "Rests on"


def issues_table(scenario: Scenario) -> Table:
    """Scales, and where each issue stands without a deal."""
    rows: Rows = [
        [
            issue.title,
            Cell("", [f"{p:g}: {t}" for p, t in issue.scale.items()]),
            Cell(point_words(issue, issue.no_deal), (f"at {number_words(issue.no_deal)}",)),
            rests(issue),
        ]
        for issue in scenario.issues.values()
    ]
    return Table("Issues and their scales", ["Issue", "Scale", "Without a deal", RESTS], rows)


def rests(part: Sourced) -> Cell:
    """Judgement in full and sources."""
    return Cell(judged(part.judgement), sources=tuple(part.source))


def judged(text: str | None) -> str:
    """A judgement, marked as such."""
    return f"Judgement: {text}" if text else ""


def positions_table(scenario: Scenario, actor: Actor) -> Table | None:
    """What an actor wants: ideal, red line and weight per issue."""
    weights = {i: p.salience.median for i, p in actor.positions.items()}
    total = sum(weights.values()) or 1.0
    rows: Rows = []
    for key, position in actor.positions.items():
        issue = scenario.issues[key]
        shape = (
            f"loss grows with the power {position.curvature:g}" if position.curvature != 1 else ""
        )
        rows.append(
            [
                issue.title,
                Cell(
                    point_words(issue, position.ideal),
                    [t for t in (f"at {number_words(position.ideal)}", shape) if t],
                ),
                _red_line(scenario, issue, position),
                Cell(
                    f"{100 * weights[key] / total:.0f} % of its weight",
                    (f"salience {number_words(position.salience)}",),
                ),
                rests(position),
            ]
        )
    if not rows:
        return None
    return Table(
        f"What {actor.short} wants", ["Issue", "Ideal", "Red line", "Salience", RESTS], rows
    )


def _red_line(scenario: Scenario, issue: Issue, position: Position) -> Cell:
    bars: list[str] = []
    if position.limits is not None:
        for bound, side in zip(position.limits, ("below", "above"), strict=True):
            if bound is not None:
                bars.append(f"nothing {side} {number_words(bound)} (“{point_words(issue, bound)}”)")
    elif position.limit is not None:
        upward = position.ideal.median <= 0.5
        if abs(position.ideal.median - 0.5) < 1e-9:
            upward = position.limit.median >= 0.5
        side = "above" if upward else "below"
        text = point_words(issue, position.limit)
        bars.append(f"nothing {side} {number_words(position.limit)} (“{text}”)")
    if position.softening.median:
        bars.append(f"softens by {number_words(position.softening)} per unit of utility lost")
    for rule in position.conditional:
        line = f"{number_words(rule.limit)} instead while {bound_words(scenario, rule.when)}"
        bars.append(f"{line}. {judged(rule.judgement)}")
    cited = [s for rule in position.conditional for s in rule.source]
    return Cell("" if bars else "none", bars, tuple(dict.fromkeys(cited)))


def actor_facts(scenario: Scenario, actor: Actor) -> list[Cell]:
    """Role, consent, tactic, patience and what belongs to mediators, as sentences."""
    scope = actor.consents_to
    consent = {"all": "nothing is agreed without its signature", "none": "does not sign"}.get(
        scope if isinstance(scope, str) else "",
        f"signs on {listing([scenario.issues[i].title for i in scope if i in scenario.issues])}",
    )
    facts = [Cell(f"{actor.role.capitalize()}; {consent}.", sources=tuple(actor.source))]
    if actor.judgement:
        facts.append(Cell(judged(actor.judgement)))
    if scope != "none":
        tactic = actor.tactic
        given = ", ".join(f"{k} {v:g}" for k, v in (tactic.model_extra or {}).items())
        text = f"Tactic: {tactic.name.replace('_', ' ')}{f' ({given})' if given else ''}"
        text += f"; patience {number_words(actor.patience)} rounds"
        text += f"; looks {actor.foresight_months:g} months ahead."
        facts.append(
            Cell(text, [judged(tactic.judgement)] if tactic.judgement else [], tuple(tactic.source))
        )
    if actor.leave_after is not None:
        facts.append(Cell(f"Leaves after {number_words(actor.leave_after)} rounds."))
    if actor.acceptability:
        found = [
            f"{scenario.actors[a].short} {number_words(n)}" for a, n in actor.acceptability.items()
        ]
        facts.append(Cell(f"Acceptability (0 to 1): {listing(found)}."))
    if actor.role == "facilitator":
        share = number_words(actor.communication)
        facts.append(Cell(f"Removes at best {share} of the others’ misjudgement a round."))
    if actor.role == "formulator":
        facts.append(_mediation(actor))
    return facts


def _mediation(actor: Actor) -> Cell:
    drafts = actor.mediation
    text = (
        f"Tables a text every {drafts.every} rounds from round {drafts.first_round}; holds on to the "
        f"plan by {number_words(drafts.attachment)}, leans to its principal by "
        f"{number_words(drafts.tilt)}, first guesses of red lines off by {number_words(drafts.error)}."
    )
    return Cell(text, [judged(drafts.judgement)] if drafts.judgement else [], tuple(drafts.source))


def levers_assumed(scenario: Scenario) -> Table | None:
    """Threats and promises: when, what they do, how credible, how slow."""
    rows: Rows = []
    for key, actor in scenario.actors.items():
        for lever in actor.levers.values():
            to = listing([scenario.actors[o].short for o in lever.on])
            rows.append(
                [
                    Cell(lever.title, (f"{actor.short}, {lever.kind} to {to}",),
                         color=actor_colors(scenario)[key]),
                    condition_words(scenario, lever.when),
                    Cell("", effect_words(scenario, lever.effect)),
                    Cell(number_words(lever.credibility),
                         (f"delay {number_words(lever.delay)} rounds",)),
                    rests(lever),
                ]
            )  # fmt: skip
    if not rows:
        return None
    return Table("Levers", ["Lever", "Pulled when", "Changes", "Credibility", RESTS], rows)


def war_table(scenario: Scenario) -> Table | None:
    """Costs, drifts and beliefs about them."""
    war = scenario.war
    rows: Rows = []
    for key, cost in war.cost.items():
        growth = f", growing {number_words(cost.growth)} a month" if cost.growth.median else ""
        text = f"{number_words(cost.per_month)} of utility a month{growth}"
        rows.append([f"Cost of war: {scenario.actors[key].short}", text, rests(cost)])
    for issue, drift in war.drift.items():
        text = f"{number_words(drift.mean)} scale units a month; random part {number_words(drift.volatility)}"
        rows.append([f"Drift: {scenario.issues[issue].title}", text, rests(drift)])
    for key, by_issue in war.beliefs.items():
        for issue, belief in by_issue.items():
            who = f"{scenario.actors[key].short}’s belief about {scenario.issues[issue].title}"
            text = f"{number_words(belief.mean)} a month, unsure by {number_words(belief.sd)}"
            rows.append([who, text, rests(belief)])
    if not rows:
        return None
    return Table(
        "War: costs, drift, and what each side believes of it", ["What", "Assumed", RESTS], rows
    )


def stages_table(scenario: Scenario) -> Table | None:
    """The agenda."""
    rows: Rows = []
    for stage in scenario.agenda:
        terms = f"only with {bound_words(scenario, stage.terms)}" if stage.terms else ""
        rows.append(
            [
                stage.title or stage.name.replace("_", " "),
                Cell(listing([scenario.issues[i].title for i in stage.issues]), [terms] if terms else []),
                f"{number_words(stage.cost_factor)} of the cost of war, "
                f"{number_words(stage.drift_factor)} of the drift",
                rests(stage),
            ]
        )  # fmt: skip
    if not rows:
        return None
    return Table("Agenda", ["Stage", "Settles", "What remains once it is signed", RESTS], rows)


def gates_assumed(scenario: Scenario) -> Table | None:
    """Who must approve, what they want and what they ask for."""
    rows: Rows = []
    for gate in scenario.ratification.values():
        wants = []
        for key, wish in gate.positions.items():
            text = f"{scenario.issues[key].title}: {number_words(wish.ideal)}, weight {number_words(wish.salience)}"
            if wish.limit is not None:
                text += f", fails beyond {number_words(wish.limit)}"
            wants.append(text + (f" ({judged(wish.judgement)})" if wish.judgement else ""))
        if gate.threshold is not None:
            asks = [f"utility of at least {number_words(gate.threshold)}"]
        else:
            asks = [f"{100 * gate.required:g} % of the votes; swing {number_words(gate.swing)}"]
            for poll in gate.polls:
                terms = listing(
                    [f"{scenario.issues[i].title} {p:g}" for i, p in poll.terms.items()]
                )
                asked = f"poll on {terms}: {100 * poll.favour:g} % for, {100 * poll.against:g} % against"
                asks.append(asked + (f" ({judged(poll.judgement)})" if poll.judgement else ""))
        if gate.when:
            asks.append("votes if " + ", or if ".join(bound_words(scenario, w) for w in gate.when))
        if gate.days:
            asks.append(f"decides after {gate.days:g} days")
        cited = [*gate.source, *(s for p in gate.polls for s in p.source)]
        cited += [s for w in gate.positions.values() for s in w.source]
        rows.append(
            [
                Cell(gate.title, (f"for {scenario.actors[gate.of].short}",)),
                Cell("", wants),
                Cell("", asks),
                Cell(judged(gate.judgement), sources=tuple(dict.fromkeys(cited))),
            ]
        )
    if not rows:
        return None
    return Table("Gates of ratification", ["Gate", "Wants", "Asks for", RESTS], rows)


def durability_table(scenario: Scenario) -> Table | None:
    """What makes a settlement hold."""
    lasting = scenario.durability
    if lasting is None:
        return None
    rows: Rows = []
    for issue, shift in lasting.shift.items():
        what = f"Yearly shift: {scenario.issues[issue].title}"
        rows.append(
            [what, f"{number_words(shift)} scale units (standard deviation)", rests(lasting)]
        )
    for issue, deterrent in lasting.deterrence.items():
        on = listing([scenario.actors[a].short for a in deterrent.on])
        at = [f"at {p:g}: {number_words(n)} of utility" for p, n in deterrent.at.items()]
        rows.append(
            [Cell(f"Deterrence: {scenario.issues[issue].title}", (f"on {on}",)), Cell("", at),
             rests(deterrent)]
        )  # fmt: skip
    for issue, balance in lasting.balance.items():
        moves = [
            f"{scenario.issues[i].title} by {number_words(n)}" for i, n in balance.moves.items()
        ]
        text = f"renewed war moves {listing(moves)} for each scale unit"
        rows.append([f"Balance: {scenario.issues[issue].title}", text, rests(balance)])
    if not rows:
        return None
    years = f"Durability, over {lasting.years} years"
    return Table(years, ["What", "Assumed", RESTS], rows)


def cited_sources(scenario: Scenario) -> list[dict[str, Any]]:
    """The sources that something cites; links to the web only."""
    cited = {key for _, part in sourced_parts(scenario) for key in part.source}
    return [
        {"key": key, "title": source.title, "date": source.date, "url": web_link(source.url)}
        for key, source in scenario.sources.items()
        if key in cited
    ]


def web_link(url: str | None) -> str | None:
    """The address if it is one of the web, otherwise nothing.

    Examples
    --------
    >>> web_link("https://example.org/a"), web_link("javascript:alert(1)")
    ('https://example.org/a', None)
    """
    if not url:
        return None
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        return None
    return url.strip() if parts.scheme in ("http", "https") and parts.netloc else None
