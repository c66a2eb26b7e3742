"""The report of one run: what stands where on the page."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sim.ensemble.runner import Run
from sim.formulas.statistics import Interval
from sim.prose import percent, span_words
from sim.report import articles
from sim.report.aftermath import durability_chart, durability_key, gates_table, terms_chart
from sim.report.basis import assumed, repeat
from sim.report.convergence import convergence_charts
from sim.report.convergence import key as convergence_key
from sim.report.gains import gain_chart, plan_table, settled_gains
from sim.report.limits import limits
from sim.report.odds import days_table, odds_chart, odds_table, time_chart, time_key
from sim.report.package import package_chart, package_key
from sim.report.page import write_page
from sim.report.pressure import levers_chart, levers_table, pressure_charts
from sim.report.stuck import STUCK_KEY, stuck_chart
from sim.report.tables import Table
from sim.report.utility import utility_charts, utility_key
from sim.results.outcomes import OUTCOME_WORDS
from sim.views.colours import actor_colors
from sim.views.outcome import outcome_view
from sim.views.pressure import pressure_notes
from sim.views.run_data import day_text, signed_words
from sim.words.aftermath import durability_words, plan_words, ratification_words
from sim.words.limited import limited_words
from sim.words.story import (
    answer,
    concession_words,
    ending_words,
    events,
    package_words,
    stuck_words,
    what_blocks,
    within,
)


def run_report(run: Run, path: Path) -> None:
    """Write the report of a run as one HTML file that needs no network.

    Parameters
    ----------
    run : Run
        A finished run.
    path : Path
        Where to; written whole or not at all.
    """
    write_page("run.html.j2", run_context(run), path)


def run_context(run: Run) -> dict[str, Any]:
    """Everything that the template says, as plain values, charts and tables."""
    scenario, summary = run.scenario, run.summary
    outcome = outcome_view(run)
    return {
        "title": scenario.title,
        "question": scenario.question,
        "about": scenario.summary,
        "facts": _facts(run),
        "answer": answer(scenario, summary),
        "note": summary.note,
        "changes": summary.provenance.overrides,
        "figures": key_figures(run),
        "odds": odds_chart(outcome),
        "odds_table": odds_table(outcome),
        "endings": ending_words(scenario, summary),
        "time": time_chart(run, outcome),
        "time_key": time_key(outcome),
        "days": days_table(run, outcome),
        "convergence": convergence_charts(run),
        "convergence_key": convergence_key(run),
        "signed": signed_words(run),
        "concessions": concession_words(scenario, summary),
        "package": package_chart(run),
        "package_key": package_key(run),
        "agreed": agreed_table(run),
        "limited": limited_words(run.scenario, run.summary),
        **_afterwards(run),
        "utility": utility_charts(run),
        "utility_key": utility_key(run),
        "pressure": pressure_charts(run),
        "pressure_key": _actor_key(run),
        "pressure_notes": pressure_notes(run),
        "levers": levers_chart(run),
        "levers_table": levers_table(run),
        "stuck": stuck_words(scenario, summary),
        "stuck_chart": stuck_chart(run),
        "stuck_key": STUCK_KEY,
        "timeline": timeline(run),
        "articles": _articles(run),
        **assumed(scenario),
        "repeat": repeat(run),
        "limits": limits(run),
    }


def _facts(run: Run) -> str:
    summary, start = run.summary, run.scenario.war.start_date
    return (
        f"{summary.worlds:,} worlds, seed {summary.seed}, from {day_text(start)}, "
        f"{summary.horizon_days} days"
    )


def key_figures(run: Run) -> list[dict[str, str]]:
    """The figures at the top: label, value, interval."""
    summary = run.summary
    shares, spans = summary.deal_by_day, summary.deal_by_day_interval
    days = [d for d, s in shares.items() if s is not None]
    asked = dict.fromkeys((days[0], days[-1]))
    cards = [_card(f"Settlement {within(d)}", shares[d], spans[d]) for d in asked]
    if len(run.scenario.stages) > 1:
        first = run.scenario.stages[0]
        standing = summary.stages[first.name]
        label = f"“{first.title or first.name}” stands at the end"
        cards.append(_card(label, standing.share, standing.interval))
    plan = summary.plan
    if plan is not None:
        label = "The plan as published suits all who must sign, on day 0"
        cards.append(_card(label, plan.acceptable, plan.interval))
    lasting = summary.durability
    if lasting is not None and lasting.worlds:
        last = str(lasting.years)
        label = f"Settlements that hold {last} years"
        cards.append(_card(label, lasting.held[last], lasting.interval[last]))
    blocked = max(summary.stuck_on.items(), key=lambda kv: kv[1], default=("", 0.0))
    if blocked[1]:
        title = run.scenario.issues[blocked[0]].title
        cards.append(
            {
                "label": f"of the worlds without a settlement stop at: {title}",
                "value": percent(blocked[1]),
                "span": "what blocks most often",
            }
        )
    return cards


def _card(label: str, share: float | None, interval: Interval | None) -> dict[str, str]:
    return {
        "label": label,
        "value": percent(share, interval),
        "span": f"95 %: {span_words(interval)}",
    }


def agreed_table(run: Run) -> Table | None:
    """What stands agreed at the end, where something does."""
    rows = [list(row) for row in package_words(run.scenario, run.summary)]
    if not rows:
        return None
    caption = "What stands agreed at the end, where something does"
    return Table(caption, ["Issue", "Most common text", "In"], rows)


def _afterwards(run: Run) -> dict[str, Any]:
    """The plan, gains, ratification and durability, where the scenario has them."""
    scenario, summary = run.scenario, run.summary
    plan, gains = summary.plan, settled_gains(run)
    return {
        "plan": None
        if plan is None
        else {
            "words": plan_words(scenario, summary),
            "table": plan_table(run, plan),
            "gain": gain_chart(
                run, plan.gain, "plan-gain", "What the plan would be worth to each side",
                "worth of the plan", "beats no deal",
            ),
        },
        "gain": gain_chart(
            run, gains, "gain", "What each side gains where there is a settlement",
            "gain from settling", "above 0",
        )
        if gains
        else None,
        "gates": gates_table(run),
        "ratification": ratification_words(scenario, summary),
        "durability": durability_words(scenario, summary),
        "durability_chart": durability_chart(run),
        "durability_key": durability_key(run),
        "terms": terms_chart(run),
        "looks_at_durability": summary.durability is not None,
    }  # fmt: skip


def _actor_key(run: Run) -> list[tuple[str, str, str]]:
    colors = actor_colors(run.scenario)
    marks = [
        ("line", colors[str(a)], run.scenario.actors[str(a)].short)
        for a in run.central.actor.values
    ]
    return [*marks, ("band", "#cfd6da", "10–90 % of worlds")]


def timeline(run: Run) -> list[dict[str, str]]:
    """The story of the central world."""
    found = [
        {"date": day_text(e.date), "day": f"day {e.day:.0f}", "kind": e.kind, "text": e.text}
        for e in events(run.scenario, run.central)
    ]
    central = run.summary.central
    if central.outcome != "settlement":
        text = OUTCOME_WORDS[central.outcome].line + what_blocks(run.scenario, run.summary)
        found.append({"date": "At the end", "day": "", "kind": "end", "text": text})
    return found


def _articles(run: Run) -> dict[str, Any] | None:
    found = articles.articles_of(run)
    if found is None:
        return None
    tables = [
        articles.thresholds_table(run, found),
        articles.hidden_table(run, found),
        articles.presets_table(run, found),
    ]
    return {
        "words": articles.articles_words(run, found),
        "tables": [t for t in tables if t],
        "sizes": articles.sizes_table(run, found),
    }
