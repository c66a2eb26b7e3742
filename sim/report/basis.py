"""What a run rests on, how to repeat it, and what the model cannot say."""

from __future__ import annotations

import shlex
from typing import Any

from sim.ensemble.runner import Run
from sim.prose import listing
from sim.report.actors import RESTS, actor_facts, positions_table
from sim.report.judgements import judgements, positions_words
from sim.report.numbers import other_numbers
from sim.report.tables import Cell, Rows, Table, cited_sources, filled, judged, rests
from sim.report.words import (
    bound_words,
    condition_words,
    effect_words,
    number_words,
    point_words,
    spread_words,
    time_words,
)
from sim.scenario.loading import in_library
from sim.scenario.schema import Scenario
from sim.views.colours import actor_colors
from sim.views.run_data import day_text, is_group


def assumed(scenario: Scenario) -> dict[str, Any]:
    """All assumptions: tables, judgements, sources."""
    colors = actor_colors(scenario)
    actors = [
        {
            "name": actor.name,
            "color": colors[key],
            "facts": actor_facts(scenario, actor),
            "table": positions_table(scenario, actor),
        }
        for key, actor in scenario.actors.items()
    ]
    tables = [
        issues_table(scenario),
        war_table(scenario),
        levers_assumed(scenario),
        stages_table(scenario),
        gates_assumed(scenario),
        durability_table(scenario),
        *other_numbers(scenario),
    ]
    return {
        "spread": scenario.war.told(spread_words(scenario.spread)),
        "actors": actors,
        "assumed": [t for t in tables if t],
        "judgements": judgements(scenario),
        "judged": positions_words(scenario),
        "sources": cited_sources(scenario),
        "known_by": day_text(scenario.known_by) if scenario.known_by else "",
    }


def typed_name(run: Run) -> str:
    """What stands for its file in a command: of a shipped one the bare name, found anywhere."""
    files = run.summary.provenance.files or [f"{run.scenario.name}.yaml"]
    return files[-1].removesuffix(".yaml") if in_library(files[-1:]) else files[-1]


def repeat(run: Run) -> dict[str, Any]:
    """What is needed to get the same numbers again."""
    summary, known = run.summary, run.summary.provenance
    words = ["python", "-m", "sim", typed_name(run)]
    words += ["--worlds", str(summary.worlds), "--seed", str(summary.seed)]
    for change in known.overrides:
        words += ["--set", change]
    rows: list[list[str | Cell]] = [
        ["Scenario", f"{run.scenario.name} ({', '.join(known.files)})"],
        ["Hash of the merged scenario", known.scenario_hash],
        ["Seed and worlds", f"{summary.seed}; {summary.worlds:,}"],
        ["Changed on the command line", Cell("", known.overrides or ["nothing"])],
        ["Protocol", known.protocol],
        ["Versions", ", ".join(f"{k} {v}" for k, v in known.versions.items())],
    ]
    return {
        "command": shlex.join(words),
        "table": Table("How to repeat this run", ["What", "Value"], rows),
    }


def issues_table(scenario: Scenario) -> Table:
    """Scales, and where each issue stands without a deal."""
    rows: Rows = [
        [
            issue.title,
            Cell("", [f"{p:g}: {t}" for p, t in issue.scale.items()]),
            Cell(point_words(issue, issue.no_deal), (f"at {number_words(issue.no_deal)}",)),
            rests(issue),
        ]
        for of in (scenario.issues, *(track.issues for track in scenario.tracks.values()))
        for issue in of.values()
    ]
    return Table("Issues and their scales", ["Issue", "Scale", "Without a deal", RESTS], rows)


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
                         (f"delay {time_words(lever.delay)}",)),
                    rests(lever),
                ]
            )  # fmt: skip
    return filled("Levers", ["Lever", "Pulled when", "Changes", "Credibility", RESTS], rows)


def war_table(scenario: Scenario) -> Table | None:
    """Costs, drifts and beliefs about them."""
    war = scenario.war
    rows: Rows = []
    for key, cost in war.cost.items():
        growth = f", growing {number_words(cost.growth)} a month" if cost.growth.median else ""
        text = f"{number_words(cost.per_month)} of utility a month{growth}"
        rows.append([war.told(f"Cost of war: {scenario.actors[key].short}"), text, rests(cost)])
    for issue, drift in war.drift.items():
        random = number_words(drift.volatility)
        text = f"{number_words(drift.mean)} scale units a month; random part {random}"
        rows.append([f"Drift: {scenario.issues[issue].title}", text, rests(drift)])
    for key, by_issue in war.beliefs.items():
        for issue, belief in by_issue.items():
            who = f"{scenario.actors[key].short}’s belief about {scenario.issues[issue].title}"
            text = f"{number_words(belief.mean)} a month, unsure by {number_words(belief.sd)}"
            rows.append([who, text, rests(belief)])
    return filled(
        war.told("War: costs, drift, and what each side believes of it"),
        ["What", "Assumed", RESTS],
        rows,
    )


def stages_table(scenario: Scenario) -> Table | None:
    """The agenda."""
    rows: Rows = []
    for stage in scenario.agenda:
        terms = [f"only with {bound_words(scenario, stage.terms)}"] if stage.terms else []
        remains = (
            f"{number_words(stage.cost_factor)} of the {scenario.war.told('cost of war')}, "
            f"{number_words(stage.drift_factor)} of the drift"
        )
        rows.append(
            [
                stage.shown,
                Cell(listing([scenario.issues[i].title for i in stage.issues]), terms),
                remains if stage is not scenario.agenda[-1] else "nothing",
                rests(stage),
            ]
        )  # fmt: skip
    return filled("Agenda", ["Stage", "Settles", "What remains once it is signed", RESTS], rows)


def gates_assumed(scenario: Scenario) -> Table | None:
    """Who must approve, what they want and what they ask for."""
    rows: Rows = []
    for gate in scenario.ratification.values():
        wants = []
        for key, wish in gate.positions.items():
            weight = number_words(wish.salience)
            text = f"{scenario.issues[key].title}: {number_words(wish.ideal)}, weight {weight}"
            for line in wish.lines:
                text += f", fails beyond {number_words(line.at)}"
            wants.append(text + (f" ({judged(wish.judgement)})" if wish.judgement else ""))
        if gate.threshold is not None:
            asks = [f"utility of at least {number_words(gate.threshold)}"]
        else:
            asks = [f"{100 * gate.required:g} % of the votes; swing {number_words(gate.swing)}"]
            for poll in gate.polls:
                terms = listing(
                    [f"{scenario.issues[i].title} {p:g}" for i, p in poll.terms.items()]
                )
                share = f"{100 * poll.favour:g} % for, {100 * poll.against:g} % against"
                asked = f"poll on {terms}: {share}"
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
    return filled("Gates of ratification", ["Gate", "Wants", "Asks for", RESTS], rows)


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
        text = scenario.war.told(f"renewed war moves {listing(moves)} for each scale unit")
        rows.append([f"Balance: {scenario.issues[issue].title}", text, rests(balance)])
    years = f"Durability, over {lasting.years} years"
    return filled(years, ["What", "Assumed", RESTS], rows)


POSTURES = (
    "Positions that follow from speeches may be bargaining postures; the model takes the coded "
    "ideals and red lines at face value."
)
COMMON = (
    "Odds are a model’s consequences, given its assumptions. They are not a forecast.",
    "Saliences and red lines are not known. They are judgements, drawn from distributions; "
    "intervals say how far shares would move with other random draws of the same size, and "
    "nothing about whether the assumptions are right.",
    "A party weighs only the stage on the table: the chance that the next stage succeeds is not "
    "part of what signing is worth to it.",
    POSTURES,
    "Not in the model: groups outside the room that fight on or spoil a deal, third parties that "
    "trade issues of their own, and learning about the others’ costs of war.",
    "Parties do not foresee votes at home: a gate of ratification is where their belief in what "
    "they can carry is wrong.",
    "The central world is one course among many, with every uncertain number at its median; it is "
    "not the mean of the worlds.",
)


def limits(run: Run) -> list[str]:
    """The model's limits, and what this scenario leaves out of it."""
    if is_group(run):  # nobody signs, ratifies or breaks anything
        saliences = "Positions, saliences and power are taken as they are coded."
        return [run.summary.note, saliences, POSTURES]
    found = list(map(run.scenario.war.told, COMMON))
    if not run.scenario.ratification:
        found.append(
            "This scenario does not look at ratification: what is signed counts as settled."
        )
    if run.scenario.durability is None:
        found.append(
            "This scenario does not look at durability: whether a settlement would hold is not "
            "asked."
        )
    else:
        found.append(
            "Durability compares keeping with breaking each year. Accidents come as often as in a "
            "record that counts every end, so some are counted twice; the record's agreements "
            "differ from this one."
        )
    if not any(a.levers for a in run.scenario.actors.values()):
        found.append("This scenario has no threats or promises from outside.")
    return found
