"""What is in the packages of several scenarios, and what they get stuck on: heat maps."""

from __future__ import annotations

from typing import Any

from sim.prose import percent
from sim.report.chart import DARK, Chart, hover, scatter
from sim.report.compare_common import heat, heat_map, heat_width
from sim.report.tables import Cell, Table
from sim.views.compare.packages import SHADES, PackagesView
from sim.views.compare.stuck import HEATS, StuckView


def packages_chart(view: PackagesView | None) -> Chart | None:
    """Issues by scenario: the median agreed point, or else the plan's, with its text."""
    if view is None:
        return None
    z: list[list[float | None]] = []
    says: list[list[str]] = []
    plans: list[tuple[int, int]] = []
    for place, (issue, issue_words) in enumerate(view.issues.items()):
        z.append([])
        says.append([])
        for column, row in enumerate(view.rows):
            term = view.terms[row.name].get(issue)
            z[-1].append(None if term is None else round(term.point, 4))
            head = f"{row.title}: {view.own_titles[row.name].get(issue, issue_words)}"
            if term is None:
                says[-1].append(hover(head, "not an issue here, or nothing agreed and no plan"))
                continue
            what = (
                "the plan, not agreed"
                if term.share is None
                else f"agreed in {percent(term.share)} of worlds"
            )
            says[-1].append(hover(head, f"“{term.text}” ({term.point:.2f})", what))
            if not term.agreed:
                plans.append((column, place))
    marks = scatter(
        x=[p[0] for p in plans], y=[p[1] for p in plans], mode="text", text=["P"] * len(plans),
        textfont={"size": 11, "color": "#525d66"}, hoverinfo="skip",
    )  # fmt: skip
    drawn = heat_map([heat(z, says, SHADES), marks], view.rows, list(view.issues.values()))
    return Chart(
        "packages", "What is in the package", " ".join(view.words), drawn, view.headline,
        least_width=heat_width(view.rows),
    )  # fmt: skip


def packages_table(view: PackagesView | None) -> Table | None:
    """The texts of the packages."""
    if view is None:
        return None
    rows: list[list[str | Cell]] = []
    for issue, title in view.issues.items():
        line: list[str | Cell] = [title]
        for row in view.rows:
            term = view.terms[row.name].get(issue)
            if term is None:
                line.append("—")
            else:
                what = "plan" if term.share is None else f"in {percent(term.share)} of worlds"
                line.append(Cell(term.text, (what,)))
        rows.append(line)
    head = ["Issue", *(row.label for row in view.rows)]
    caption = "Median text agreed at the end where something is, otherwise the plan’s"
    return Table(caption, head, rows)


def stuck_chart(view: StuckView | None) -> Chart | None:
    """Issues and reasons by scenario: share of the worlds without a settlement."""
    if view is None:
        return None
    z = [obstacle.shares for obstacle in view.obstacles]
    says = [
        [
            hover(f"{row.title}: {obstacle.heading}",
                  "not an issue here" if share is None
                  else f"{percent(share)} of the worlds without a settlement")
            for row, share in zip(view.rows, obstacle.shares, strict=True)
        ]
        for obstacle in view.obstacles
    ]  # fmt: skip
    traces: list[Any] = [heat(z, says, HEATS)]
    if len(view.rows) <= 6:
        shown = [(c, r, v) for r, line in enumerate(z) for c, v in enumerate(line) if v]
        traces.append(
            scatter(x=[s[0] for s in shown], y=[s[1] for s in shown], mode="text",
                    text=[percent(s[2]) for s in shown], hoverinfo="skip",
                    textfont={"size": 11, "color": ["#fff" if s[2] > 0.6 else DARK for s in shown]})
        )  # fmt: skip
    drawn = heat_map(traces, view.rows, [obstacle.heading for obstacle in view.obstacles])
    return Chart(
        "stuck", "What blocks, and why", " ".join(view.words), drawn, view.headline, view.words,
        least_width=heat_width(view.rows),
    )  # fmt: skip
