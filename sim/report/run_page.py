"""The report of one run: what stands where on the page."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sim.ensemble.runner import Run
from sim.formulas.statistics import Interval
from sim.plots import FIGURES, Drawing, drawings
from sim.prose import counted, span_words
from sim.report import articles
from sim.report.basis import assumed, limits, repeat
from sim.report.explained import saved_explanation, why_context
from sim.report.outcomes import days_table, gates_table, levers_table, odds_table, plan_table
from sim.report.page import write_page
from sim.report.tables import Cell, Rows, Table, filled, page_chart
from sim.results.certain import only_decided
from sim.results.outcomes import OUTCOME_WORDS
from sim.scenario.schema import nearest_text
from sim.views.convergence import ConvergenceView
from sim.views.outcome import OutcomeView
from sim.views.run_data import calendar, day_text, decision, is_certain, is_group
from sim.words.aftermath import durability_words, limited_words, plan_words
from sim.words.past import happened_words
from sim.words.shares import FEW, bare_odds, failed_share, share_of
from sim.words.story import (
    answer,
    base_rate_words,
    beside_past_words,
    concession_words,
    ending_words,
    events,
    moves_words,
    package_words,
    stuck_words,
    what_blocks,
    within,
)

OVERVIEW = "overview"
"""The chart that is a page of its own, and not part of this one."""

SAMPLED = (
    "Ranges are 95 % Wilson intervals for the number of worlds simulated: they say how far a share "
    "would move with other random draws, not whether the assumptions are right."
)
ALLOWED = (
    "Ranges go from the 10th to the 90th percentile over the engine parameters that past "
    "negotiations allow: how often red lines bind, what war costs, how soon sides give way. "
    "They are never narrower than the sampling error at that level. Whether this scenario is coded "
    "rightly is not in them; and on the 22 past negotiations, each left out in turn, such odds "
    "were not shown to be better than the share of the others that were signed."
)


def run_report(run: Run, path: Path, drawn: Mapping[str, Drawing] | None = None) -> None:
    """Write the report of a run as one HTML file that needs no network.

    Parameters
    ----------
    run : Run
        A finished run.
    path : Path
        Where to; written whole or not at all.
    drawn : mapping, optional
        Charts of the run that have been drawn already, by name.
    """
    # where all are bound by what a group decides there is nothing to explain
    bound = only_decided(run.scenario) or is_certain(run)
    why = None if bound else why_context(run, saved_explanation(run, path.parent))
    write_page("run.html.j2", run_context(run, drawn) | {"why": why}, path)


def run_context(run: Run, drawn: Mapping[str, Drawing] | None = None) -> dict[str, Any]:
    """Everything that the template says, as plain values, charts and tables."""
    scenario, summary, certain = run.scenario, run.summary, is_certain(run)
    known = dict(drawn or {})
    known |= drawings(run, [name for name in FIGURES if name not in (*known, OVERVIEW)])
    return {
        "title": scenario.title,
        "question": scenario.question,
        "about": scenario.summary,
        "facts": facts(run),
        "answer": answered(run),
        "base_rate": base_rate_words(summary),
        "beside_past": beside_past_words(scenario, summary),
        "happened": happened_words(scenario, summary),
        "note": summary.note,
        "changes": summary.provenance.overrides,
        "figures": [] if certain else key_figures(run),
        "limited": limited_words(scenario, summary),
        "certain": certain,
        "about_ranges": scenario.war.told(ALLOWED) if summary.allowed is not None else SAMPLED,
        "endings": ending_words(scenario, summary),
        "concessions": concession_words(scenario, summary),
        **{name: page_chart(known, name, tables) for name, tables in _tables(run, known).items()},
        "plan": plan_words(scenario, summary) if summary.plan else [],
        "durability": durability_words(scenario, summary),
        "looks_at_durability": summary.durability is not None,
        "stuck": stuck_words(scenario, summary),
        "stuck_table": stuck_table(run),
        "timeline": timeline(run),
        "told": moves_words(run.scenario, run.central),
        "articles": _articles(run),
        **assumed(scenario),
        "repeat": repeat(run),
        "limits": limits(run),
    }


def _tables(run: Run, known: Mapping[str, Drawing]) -> dict[str, list[Table | None]]:
    """Charts of the page, with the tables of their numbers."""
    ends, moves = known["outcome"].view, known["convergence"].view
    assert isinstance(ends, OutcomeView)
    assert isinstance(moves, ConvergenceView)
    plan = run.summary.plan
    return {
        "outcome": [] if is_certain(run) else [odds_table(run, ends), days_table(run, ends)],
        "convergence": [moves_table(moves)],
        "package": [agreed_table(run)],
        "utility": [],
        "pressure": [levers_table(run)],
        "afterwards": [plan_table(run, plan) if plan else None, gates_table(run)],
    }


def moves_table(view: ConvergenceView) -> Table:
    """Where each side stands at the start and at the end of the central world."""
    rows: Rows = [
        [
            panel.issue.title,
            stand.name,
            *(
                Cell(nearest_text(panel.issue, float(at)), (f"{at:.2f}",))
                for at in (stand.central[0], stand.central[-1])
            ),
        ]
        for panel in view.panels
        for stand in panel.stands
    ]
    return Table("Positions of the central world", ["Issue", "Side", "Start", "End"], rows)


def stuck_table(run: Run) -> Table | None:
    """Per issue: how often it blocks where talks stopped, and how often red lines miss."""
    blocks, misses = run.summary.stuck_on, run.summary.no_common_ground
    issues = [i for i in run.scenario.issues if blocks.get(i) or misses.get(i)]
    if run.summary.outcomes["settlement"] >= 1 or not issues:
        return None
    issues.sort(key=lambda i: (-blocks[i], -misses[i], i))
    rows = [
        [
            run.scenario.issues[i].title,
            *(failed_share(of[i], run.summary) for of in (blocks, misses)),
        ]
        for i in issues
    ]
    head = ["Issue", "Blocks the stage where talks stopped", "No common ground for a settlement"]
    return Table("Shares of the worlds without a settlement", head, rows)


def answered(run: Run) -> str:
    """What a group decides where that is certain; else the odds."""
    return f"{decision(run)}." if is_certain(run) else answer(run.scenario, run.summary)


def facts(run: Run) -> str:
    """How much was run, of which time."""
    summary, start = run.summary, run.scenario.war.start_date
    said = f"{counted(summary.worlds, 'world')}, seed {summary.seed}"
    if is_certain(run):
        said += "; nothing is uncertain: all are alike"
    # of a group that decides in rounds the days mean nothing, and are often invented
    return said if is_group(run) else f"{said}, from {day_text(start)}, {summary.horizon_days} days"


def key_figures(run: Run) -> list[dict[str, str]]:
    """The figures at the top: label, value, interval."""
    summary = run.summary
    shares, spans = summary.deal_by_day, summary.spans_by_day("settlement")
    days = [d for d, s in shares.items() if s is not None]
    asked = dict.fromkeys((days[0], days[-1]))
    means, every = summary.span_means, summary.worlds
    cards = [_card(f"Settlement {within(d)}", shares[d], every, spans[d], means) for d in asked]
    if len(run.scenario.stages) > 1:
        first = run.scenario.stages[0]
        standing = summary.stages[first.name]
        label = f"“{first.shown}” stands at the end"
        cards.append(_card(label, standing.share, every, summary.stage_span(first.name), means))
    plan = summary.plan
    if plan is not None:
        label = "The plan as published suits all who must sign and crosses no red line, on day 0"
        cards.append(_card(label, plan.acceptable, every, summary.plan_span, means))
    lasting = summary.durability
    if lasting is not None and lasting.worlds:
        last = str(lasting.years)
        label = f"Settlements that hold {last} years"
        cards.append(_card(label, lasting.held[last], lasting.worlds, *lasting.span_after(last)))
    blocked = max(summary.stuck_on.items(), key=lambda kv: kv[1], default=("", 0.0))
    if blocked[1]:
        title = run.scenario.issues[blocked[0]].title
        cards.append(
            {
                "label": f"of the worlds without a settlement stop at: {title}",
                "value": failed_share(blocked[1], summary),
                "span": "what blocks most often",
            }
        )
    return cards


def _card(
    label: str,
    share: float | None,
    worlds: int,
    interval: Interval | None,
    means: str = "95 % interval",
) -> dict[str, str]:
    few = share is not None and worlds < FEW
    value = share_of(share or 0.0, worlds) if few else bare_odds(share, worlds, interval)
    span = "" if " of " in value else f"{span_words(interval)} ({means})"
    return {"label": label, "value": value, "span": span}


def agreed_table(run: Run) -> Table | None:
    """What stands agreed at the end, where something does."""
    rows = [list(row) for row in package_words(run.scenario, run.summary)]
    if is_certain(run):
        return filled("What the group decides", ["Issue", "Decided"], [row[:2] for row in rows])
    caption = "What stands agreed at the end, where something does"
    return filled(caption, ["Issue", "Most common text", "In"], rows)


def timeline(run: Run) -> list[dict[str, str]]:
    """The story of the central world."""
    when, group = calendar(run), is_group(run)
    found = [
        {"date": when.text(e.day), "day": "" if group else f"day {e.day:.0f}", "kind": e.kind,
         "text": f"{decision(run)}." if group and e.kind == "signed" else e.text}
        for e in events(run.scenario, run.central)
    ]  # fmt: skip
    central = run.summary.central
    if central.outcome != "settlement":
        text = OUTCOME_WORDS[central.outcome].line + what_blocks(run.scenario, run.summary)
        found.append({"date": "At the end", "day": "", "kind": "end", "text": text})
    return found


def _articles(run: Run) -> dict[str, Any] | None:
    found = run.summary.articles
    if found is None:
        return None
    tables = [
        articles.thresholds_table(run.scenario, found),
        articles.hidden_table(run.scenario, found),
        articles.presets_table(run.scenario, found),
    ]
    return {
        "words": articles.articles_words(run.scenario, found),
        "tables": [t for t in tables if t],
        "sizes": articles.sizes_table(run.scenario, found),
    }
