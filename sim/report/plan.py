"""The plan as published, issue by issue."""

from __future__ import annotations

from sim.ensemble.runner import Run
from sim.prose import listing, percent
from sim.report.tables import Cell, Rows, Table
from sim.results.aftermath import Plan
from sim.views.run_data import short


def plan_table(run: Run, plan: Plan) -> Table:
    """The plan's words, and whose red lines it crosses how often."""
    rows: Rows = []
    for issue, spec in run.scenario.issues.items():
        entry = plan.points.get(issue)
        if entry is None:
            cell = Cell("nothing: as it stands without a deal", ())
        else:
            cell = Cell(entry.text, (f"{entry.point:.2f} on the scale",))
        found = sorted(((by[issue], a) for a, by in plan.crosses.items() if by.get(issue)),
                       reverse=True)  # fmt: skip
        crossed = [f"{short(run, a)} in {percent(s)} of worlds" for s, a in found]
        rows.append(
            [
                spec.title,
                cell,
                listing(crossed) or "nobody’s",
            ]
        )
    return Table(
        "The plan as published, and red lines that it crosses on day 0",
        ["Issue", "The plan says (nearest text of the scale)", "Red lines crossed"],
        rows,
    )
