"""What is in the packages of several scenarios, and what they get stuck on: heat maps."""

from __future__ import annotations

from typing import Any

import plotly.graph_objects as go

from sim.ensemble.runner import Run
from sim.plots.comparison.packages import SHADES, cells_of
from sim.plots.comparison.packages import Cell as PackageCell
from sim.plots.comparison.packages import headline as packages_headline
from sim.plots.comparison.stuck import HEATS, OTHER, WHY, shares_of
from sim.plots.comparison.stuck import headline as stuck_headline
from sim.report.chart import DARK, Chart, hover, scatter
from sim.report.compare_common import heat_map, heat_width, issue_title
from sim.report.tables import Cell, Table
from sim.results.outcomes import REASONS
from sim.studies.compare.comparison import Comparison
from sim.studies.compare.words import label
from sim.views.colours import to_hex
from sim.words.story import percent


def packages_chart(comparison: Comparison) -> Chart | None:
    """Issues by scenario: the median agreed point, or else the plan's, with its text."""
    runs, cells = _cells(comparison)
    if not runs:
        return None
    issues = comparison.issues
    z: list[list[float | None]] = []
    says: list[list[str]] = []
    plans: list[tuple[int, int]] = []
    for row, issue in enumerate(issues):
        z.append([])
        says.append([])
        for column, run in enumerate(runs):
            cell = cells[run.scenario.name].get(issue)
            z[-1].append(None if cell is None else round(cell.point, 4))
            own = run.scenario.issues.get(issue)
            head = f"{run.scenario.title}: {own.title if own else issue_title(runs, issue)}"
            if cell is None:
                says[-1].append(hover(head, "not an issue here, or nothing agreed and no plan"))
                continue
            what = (
                "the plan, not agreed"
                if cell.share is None
                else f"agreed in {percent(cell.share)} of worlds"
            )
            says[-1].append(hover(head, f"“{cell.text}” ({cell.point:.2f})", what))
            if not cell.agreed:
                plans.append((column, row))
    shades = [[n / 4, to_hex(SHADES(n / 4))] for n in range(5)]
    heat = go.Heatmap(
        x=list(range(len(runs))), y=list(range(len(issues))), z=z, zmin=0, zmax=1, hovertext=says,
        hoverinfo="text", colorscale=shades, showscale=False, xgap=1, ygap=1,
    )  # fmt: skip
    marks = scatter(
        x=[p[0] for p in plans], y=[p[1] for p in plans], mode="text", text=["P"] * len(plans),
        textfont={"size": 11, "color": "#525d66"}, hoverinfo="skip",
    )  # fmt: skip
    drawn = heat_map([heat, marks], runs, [issue_title(runs, i) for i in issues])
    words = [
        f"{run.scenario.title}: "
        + "; ".join(
            f"{issue_title(runs, i)} “{c.text}”" for i, c in cells[run.scenario.name].items()
        )
        + "."
        for run in runs
    ]
    status = packages_headline(comparison, runs, cells)
    return Chart(
        "packages", "What is in the package", " ".join(words), drawn, status,
        least_width=heat_width(runs),
    )  # fmt: skip


def _cells(comparison: Comparison) -> tuple[list[Run], dict[str, dict[str, PackageCell]]]:
    group = [r for r in comparison.ranked if r.scenario.name in comparison.issue_group]
    cells = {r.scenario.name: cells_of(r, comparison.issues) for r in group}
    return [r for r in group if cells[r.scenario.name]], cells


def packages_table(comparison: Comparison) -> Table | None:
    """The texts of the packages."""
    runs, cells = _cells(comparison)
    rows: list[list[str | Cell]] = []
    for issue in comparison.issues:
        row: list[str | Cell] = [issue_title(runs, issue)]
        for run in runs:
            cell = cells[run.scenario.name].get(issue)
            if cell is None:
                row.append("—")
            else:
                what = "plan" if cell.share is None else f"in {percent(cell.share)} of worlds"
                row.append(Cell(cell.text, (what,)))
        rows.append(row)
    if not runs:
        return None
    head = ["Issue", *(label(r.scenario.name) for r in runs)]
    caption = "Median text agreed at the end where something is, otherwise the plan’s"
    return Table(caption, head, rows)


def stuck_chart(comparison: Comparison) -> Chart | None:
    """Issues and reasons by scenario: share of the worlds without a settlement."""
    runs = [
        r
        for r in comparison.ranked
        if r.scenario.name in comparison.issue_group and r.summary["outcomes"]["settlement"] < 1
    ]
    if not runs:
        return None
    issues = list(comparison.issues)
    shares = {r.scenario.name: shares_of(r, issues) for r in runs}
    if any(own[OTHER] for own in shares.values()):
        issues.append(OTHER)
    titles = {i: issue_title(runs, i) for i in issues}
    keys = [*((i, titles[i], shares) for i in issues)]
    because = {r.scenario.name: r.summary["stuck_because"] for r in runs}
    keys += [(reason, f"Why: {WHY[reason]}", because) for reason in REASONS]
    z = [[own[r.scenario.name].get(key) for r in runs] for key, _, own in keys]
    says = [
        [
            hover(f"{r.scenario.title}: {title}",
                  "not an issue here" if share is None
                  else f"{percent(share)} of the worlds without a settlement")
            for r, share in zip(runs, row, strict=True)
        ]
        for (_, title, _), row in zip(keys, z, strict=True)
    ]  # fmt: skip
    heat = go.Heatmap(
        x=list(range(len(runs))), y=list(range(len(keys))), z=z, zmin=0, zmax=1, hovertext=says,
        hoverinfo="text", showscale=False, xgap=1, ygap=1,
        colorscale=[[n / 4, to_hex(HEATS(n / 4))] for n in range(5)],
    )  # fmt: skip
    traces: list[Any] = [heat]
    if len(runs) <= 6:
        shown = [(c, r, v) for r, row in enumerate(z) for c, v in enumerate(row) if v]
        traces.append(
            scatter(x=[s[0] for s in shown], y=[s[1] for s in shown], mode="text",
                    text=[percent(s[2]) for s in shown], hoverinfo="skip",
                    textfont={"size": 11, "color": ["#fff" if s[2] > 0.6 else DARK for s in shown]})
        )  # fmt: skip
    words = [
        f"{r.scenario.title}: "
        + "; ".join(f"{title} {percent(own[r.scenario.name][key])}" for key, title, own in keys
                    if own[r.scenario.name].get(key))
        + "."
        for r in runs
    ]  # fmt: skip
    drawn = heat_map(traces, runs, [title for _, title, _ in keys])
    status = stuck_headline(runs, shares, titles)
    return Chart(
        "stuck", "What blocks, and why", " ".join(words), drawn, status, words,
        least_width=heat_width(runs),
    )  # fmt: skip
