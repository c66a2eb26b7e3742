"""What each actor is assumed to want and to do, in words."""

from __future__ import annotations

from sim.engine.protocols.groups import GroupDecision
from sim.prose import listing
from sim.registry import PROTOCOLS
from sim.report.tables import Cell, Rows, Table, filled, judged, rests
from sim.report.words import bound_words, number_words, point_words, time_words
from sim.scenario.schema import Actor, Issue, Position, Scenario

RESTS = "Rests on"
ROLES = {
    "party": "Party",
    "manipulator": "Mediates with means of its own to press or reward",
    "formulator": "Mediates by drafting texts",
    "facilitator": "Host that carries messages",
}


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
    return filled(
        f"What {actor.short} wants", ["Issue", "Ideal", "Red line", "Salience", RESTS], rows
    )


def _red_line(scenario: Scenario, issue: Issue, position: Position) -> Cell:
    bars: list[str] = []
    if position.limits is not None:
        for bound, side in zip(position.limits, ("below", "above"), strict=True):
            if bound is not None:
                bars.append(
                    f"nothing {side} {number_words(bound)} ({point_words(issue, bound, True)})"
                )
    for line in position.lines:
        side = "above" if position.upward else "below"
        text = f"nothing {side} {number_words(line.at)} ({point_words(issue, line.at, True)})"
        text += ", stated" if line.stated else ""
        bars.append(text + (f". {judged(line.judgement)}" if line.judgement else ""))
    if position.softening.median:
        bars.append(f"softens by {number_words(position.softening)} per unit of utility lost")
    for rule in position.conditional:
        looser = f"{number_words(rule.limit)} instead while {bound_words(scenario, rule.when)}"
        bars.append(f"{looser}. {judged(rule.judgement)}")
    cited = [s for rule in (*position.lines, *position.conditional) for s in rule.source]
    return Cell("" if bars else "none", bars, tuple(dict.fromkeys(cited)))


def actor_facts(scenario: Scenario, actor: Actor) -> list[Cell]:
    """Role, consent, tactic, patience and what belongs to mediators, as sentences.

    Of a member of a group that decides its power: it is bound, and neither signs nor waits.
    """
    if issubclass(PROTOCOLS[scenario.protocol.name], GroupDecision):
        power = "1, as none is coded" if actor.power is None else number_words(actor.power)
        said = [Cell(f"Power: {power}.", sources=tuple(actor.source))]
        return said + ([Cell(judged(actor.judgement))] if actor.judgement else [])
    scope = actor.consents_to
    consent = {"all": "nothing is agreed without its signature", "none": "does not sign"}.get(
        scope if isinstance(scope, str) else "",
        f"signs on {listing([scenario.issues[i].title for i in scope if i in scenario.issues])}",
    )
    facts = [Cell(f"{ROLES[actor.role]}; {consent}.", sources=tuple(actor.source))]
    if actor.judgement:
        facts.append(Cell(judged(actor.judgement)))
    if scope != "none":
        tactic = actor.tactic
        given = ", ".join(f"{k} {v:g}" for k, v in (tactic.model_extra or {}).items())
        text = f"Tactic: {tactic.name.replace('_', ' ')}{f' ({given})' if given else ''}"
        text += f"; patience {time_words(actor.patience)}"
        text += f"; looks {actor.foresight_months:g} months ahead."
        facts.append(
            Cell(text, [judged(tactic.judgement)] if tactic.judgement else [], tuple(tactic.source))
        )
    if actor.leave_after is not None:
        facts.append(Cell(f"Leaves after {time_words(actor.leave_after)}."))
    if actor.acceptability:
        found = [
            f"{scenario.actors[a].short} {number_words(n)}" for a, n in actor.acceptability.items()
        ]
        facts.append(Cell(f"Acceptability (0 to 1): {listing(found)}."))
    if actor.role == "facilitator":
        share, per = number_words(actor.communication.share), time_words(actor.communication.per)
        facts.append(Cell(f"Removes at best {share} of the others’ misjudgement in {per}."))
    if actor.role == "formulator":
        facts.append(_mediation(actor))
    return facts


def _mediation(actor: Actor) -> Cell:
    drafts = actor.mediation
    text = (
        f"Tables a text after {time_words(drafts.first_round)} and then one every "
        f"{time_words(drafts.every)}; holds on to the plan by "
        f"{number_words(drafts.attachment)}, leans to its principal by "
        f"{number_words(drafts.tilt)}, first guesses of red lines off by "
        f"{number_words(drafts.error)}."
    )
    return Cell(text, [judged(drafts.judgement)] if drafts.judgement else [], tuple(drafts.source))
