"""The report of a comparison: what stands where on the page."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sim.ensemble.runner import Run
from sim.formulas.statistics import negligible
from sim.plots import Drawing
from sim.plots.comparison import FIGURES
from sim.prose import (
    counted,
    listing,
    percent,
    sentence,
    signed,
    span_words,
)
from sim.report.basis import COMMON, typed_name
from sim.report.judgements import judgements, positions_words
from sim.report.page import write_page
from sim.report.run_page import agreed_table, answered
from sim.report.tables import Cell, Table, cited_sources, page_chart
from sim.studies.compare.changes import change_words
from sim.studies.compare.comparison import Comparison
from sim.studies.compare.contents import contents
from sim.studies.compare.ranking import (
    COLUMNS,
    COUNTS,
    ORDER,
    Place,
    best_words,
    distance_words,
    ranked,
)
from sim.studies.compare.tables import longest_held, row
from sim.studies.compare.words import (
    each_words,
    marks,
    pairing_words,
    spans_words,
    told,
    worlds_words,
)
from sim.views.compare.packages import PackagesView
from sim.words.aftermath import plan_words
from sim.words.shares import failed_share, is_few, odds_parts, odds_words
from sim.words.story import stuck_words


def compare_report(
    comparison: Comparison, path: Path, drawn: Mapping[str, Drawing] | None = None
) -> None:
    """Write the report of a comparison as one HTML file that needs no network.

    Parameters
    ----------
    comparison : Comparison
        Finished runs; of each only the ensemble, the summary and the scenario are used.
    path : Path
        Where to; written whole or not at all.
    drawn : mapping, optional
        Charts of the comparison that have been drawn already, by name.
    """
    write_page("compare.html.j2", compare_context(comparison, drawn), path)


def compare_context(
    comparison: Comparison, drawn: Mapping[str, Drawing] | None = None
) -> dict[str, Any]:
    """Everything that the template says, as plain values, charts and tables."""
    base = comparison.base.scenario
    names = [run.scenario.name for run in comparison.runs]
    known = {
        name: drawing
        for name, chart in FIGURES.items()
        if (drawing := (drawn or {}).get(name) or chart.drawn(comparison)) is not None
    }
    return {
        "title": f"{len(names)} scenarios compared" if len(names) > 4 else sentence(listing(names)),
        "question": base.question,
        "note": comparison.base.summary.note,
        "facts": f"{worlds_words(comparison)}. Compared with: {comparison.baseline}",
        "answers": [(run.scenario.title, answered(run)) for run in comparison.ranked],
        "grouping": best_words(comparison.groups),
        "rankings": [table for table, _ in ranking_tables(comparison)],
        "ranking_words": ranking_words(comparison),
        "overview": overview_table(comparison),
        "plans_say": plans_tables(comparison),
        **{name: page_chart(known, name, _tables(known, name)) for name in FIGURES},
        "told": told(comparison),
        "pairing": pairing_words(comparison),
        "one_by_one": each_words(comparison),
        "baseline": comparison.baseline,
        "notes": notes(comparison),
        "scenarios": [_scenario(run, comparison.base) for run in comparison.ranked],
        "sources": sources(comparison),
        "repeat": repeat(comparison),
        "limits": list(map(base.war.told, COMMON)),
    }


def _tables(known: Mapping[str, Drawing], name: str) -> list[Table]:
    view = known[name].view if name in known else None
    return [packages_table(view)] if isinstance(view, PackagesView) else []


def packages_table(view: PackagesView) -> Table:
    """The texts of the packages."""
    rows: list[list[str | Cell]] = []
    for issue, title in view.issues.items():
        line: list[str | Cell] = [title]
        for one in view.rows:
            term = view.terms[one.name].get(issue)
            if term is None:
                line.append("—")
            else:
                what = "plan" if term.share is None else f"in {percent(term.share)} of worlds"
                line.append(Cell(term.text, (what,)))
        rows.append(line)
    head = ["Issue", *(one.name for one in view.rows)]
    caption = "Median text agreed at the end where something is, otherwise the plan’s"
    return Table(caption, head, rows)


def ranking_tables(comparison: Comparison) -> list[tuple[Table, list[str]]]:
    """Places among the plans of one war and day 0; those that have no other there, unranked.

    Each table with the names of its plans.
    """

    def row_of(place: Place, *where: str) -> list[str | Cell]:
        run = comparison.run(place.scenario)
        side = run.scenario.actors[place.worst_off].short
        return [
            run.scenario.title,
            *where,
            odds_words(place.settlement, run.summary.worlds),
            odds_words(place.holds, run.summary.worlds),
            f"{signed(f'{100 * place.least_gain:.2f}')} ({side})" if place.settlement else "0.00",
            f"{place.distance:.2f}; {distance_words(place, run)}",
        ]

    numbers = ["Settles", "Settles and holds", "Least gain", "Red lines miss by"]
    tables = []
    for group in ranked(comparison.groups):
        rows = [row_of(place, *group.standing(place)) for place in group.places]
        head = ["Scenario", "Ahead of", "Behind", *numbers]
        names = [place.scenario for place in group.places]
        tables.append((Table(f"Ranking, day 0 on {group.day_0}", head, rows), names))
    alone = [g for g in comparison.groups if len(g.places) == 1 and not g.decided]
    if alone:
        rows = [row_of(group.places[0], group.day_0) for group in alone]
        names = [group.places[0].scenario for group in alone]
        tables.append((Table("Not ranked", ["Scenario", "Day 0", *numbers], rows), names))
    return tables


def ranking_words(comparison: Comparison) -> str:
    """What the columns of the ranking are; nothing where there is none."""
    groups = ranked(comparison.groups)
    if not ranking_tables(comparison):
        return ""
    return f"{COUNTS} {ORDER} {COLUMNS}" if groups else COLUMNS


def plans_tables(comparison: Comparison) -> list[Table]:
    """What the plans of a war say where they differ, in the words of the scales."""
    tables = []
    for runs in comparison.wars:
        rows = [
            [line.about if n == 0 else "", text, ", ".join(names)]
            for line in contents(runs)
            for n, (text, names) in enumerate(line.says.items())
        ]
        if rows:
            tables.append(Table("Where plans differ", ["Issue", "What is said", "By"], rows))
    return tables


def overview_table(comparison: Comparison) -> Table:
    """One row per scenario, nearest to a settlement first."""
    entries = [row(run) for run in comparison.ranked]
    years = longest_held(entries)
    rows: list[list[str | Cell]] = []
    for run, entry in zip(comparison.ranked, entries, strict=True):
        stuck = "—"
        if entry["stuck_on"] is not None:
            title = run.scenario.issues[entry["stuck_on"]].title
            share = failed_share(entry["stuck_on_share"], run.summary)
            stuck = f"{title} ({share})"
        few = is_few(entry["settlement"], run.summary.worlds)
        name = run.scenario.name
        day = "—" if few or entry["median_day"] is None else f"day {entry['median_day']:.0f}"
        worlds = run.summary.worlds
        staged = len(run.scenario.stages) > 1
        first = _share(entry, "first_stage", worlds) if staged else "—"
        rows.append(
            [
                Cell(run.scenario.title, (name + marks(comparison, name),)),
                _share(entry, "settlement", worlds),
                *([first] if comparison.staged else []),
                _share(entry, "ratification_failed", worlds),
                day,
                _held(entry, worlds, years),
                stuck,
            ]
        )
    head = ["Scenario", "Settles", *(["First stage"] if comparison.staged else []), "Not ratified"]
    head += [
        "Settles on (median)",
        f"Of these, hold {counted(years, 'year')}",
        "Without a settlement, stuck most often on",
    ]
    return Table(f"Shares of worlds. {spans_words(comparison)}", head, rows)


def _share(entry: dict[str, Any], key: str, worlds: int, *notes: str) -> str | Cell:
    """A share, and below it its range, the sampling error unless negligible, and the notes."""
    share, interval, spread = entry[key], entry.get(f"{key}_interval"), entry.get(f"{key}_range")
    if share is None:
        return "—"
    number, beside = odds_parts(share, worlds, spread or interval)
    apart = bool(interval and spread and not negligible(interval, spread))
    if apart and share and not is_few(share, worlds):
        notes = (f"sampling {span_words(interval)}", *notes)
    return Cell(number, (beside, *notes))


def _held(entry: dict[str, Any], worlds: int, years: int) -> str | Cell:
    """Share that holds, with the years where they are fewer than the heading says."""
    own, settled = entry["held_years"], round((entry["settlement"] or 0.0) * worlds)
    if entry["held"] is None or is_few(entry["settlement"], worlds):
        return "—"
    return _share(entry, "held", settled, *([counted(own, "year")] if own and own != years else []))


def notes(comparison: Comparison) -> list[str]:
    """What is not comparable, what failed, and what is missing."""
    found = list(comparison.notes)
    found += [f"{given} could not be used: {why}" for given, why in comparison.failed.items()]
    if comparison.missing:
        found.append(f"Not finished: {', '.join(comparison.missing)}.")
    starts = {run.scenario.war.start_date for run in comparison.runs}
    horizons = {run.summary.horizon_days for run in comparison.runs}
    if len(starts) > 1:
        found.append("The scenarios start on different days; curves count days from each start.")
    if len(horizons) > 1:
        found.append("Their horizons differ: shares at the end are after different times.")
    return found


def _scenario(run: Run, base: Run) -> dict[str, Any]:
    """A scenario by itself: answer, package, plan and judgements."""
    scenario, summary = run.scenario, run.summary
    return {
        "name": scenario.name,
        "title": scenario.title,
        "about": scenario.summary,
        "answer": answered(run),
        "agreed": agreed_table(run),
        "plan": plan_words(scenario, summary),
        "stuck": stuck_words(scenario, summary),
        "judged": positions_words(scenario),
        "judgements": judgements(scenario),
        "changes": summary.provenance.overrides,
        "differs": [] if run is base else change_words(run, base),
    }


def sources(comparison: Comparison) -> list[dict[str, Any]]:
    """Sources of all scenarios; where a key means different things, each with its scenario."""
    found: dict[str, dict[str, Any]] = {}
    for run in comparison.runs:
        for entry in cited_sources(run.scenario):
            known = found.setdefault(entry["key"], entry)
            if (known["title"], known["url"]) != (entry["title"], entry["url"]):
                key = f"{entry['key']} ({run.scenario.name})"
                found[key] = entry | {"key": key}
    return [found[key] for key in sorted(found)]


def repeat(comparison: Comparison) -> dict[str, Any]:
    """What is needed to get the same numbers again."""
    base = comparison.base.summary
    files = [typed_name(run) for run in comparison.runs]
    words = ["python", "-m", "sim", "compare", *files, "--worlds", str(base.worlds)]
    words += ["--seed", str(base.seed), "--baseline", comparison.baseline]
    for change in base.provenance.overrides:
        words += ["--set", change]
    rows: list[list[str | Cell]] = [
        [
            run.scenario.name,
            f"{counted(run.summary.worlds, 'world')}, seed {run.summary.seed}",
            Cell("", run.summary.provenance.overrides or ["nothing"]),
            run.summary.provenance.scenario_hash,
        ]
        for run in comparison.runs
    ]
    known = base.provenance.versions
    return {
        "command": shlex.join(words),
        "versions": ", ".join(f"{k} {v}" for k, v in known.items()),
        "table": Table(
            "What was run", ["Scenario", "Worlds", "Changed by --set", "Hash of the scenario"], rows
        ),
    }
