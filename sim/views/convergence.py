"""Who stands where on every issue, when."""

from __future__ import annotations

from sim.ensemble.runner import Run
from sim.results.dataset import date_of
from sim.views.run_data import day_text, signed_days, stage_title

SHADE = 0.045
"""Width of the shade on the forbidden side of a red line, scale units."""


def headline(run: Run) -> str:
    """The finding: what the central world agrees, or on what it stays apart."""
    scenario, central = run.scenario, run.summary.central
    total = len(scenario.issues)
    signed = signed_days(run)
    if central.outcome == "settlement" and central.settled_day is not None:
        when = day_text(date_of(scenario, central.settled_day))
        what = f"all {total} issues are" if total > 1 else "the only issue is"
        return f"In the central world {what} agreed by {when}"
    stuck = central.stuck_on
    apart = f"; talks stall on {scenario.issues[stuck].title}" if stuck else ""
    if signed:
        name = max(signed, key=lambda s: signed[s])
        when = day_text(date_of(scenario, signed[name]))
        return f"The central world signs “{stage_title(run, name)}” by {when}, not the rest{apart}"
    if central.outcome == "breakdown":
        return f"No deal in the central world: talks break down{apart}"
    return f"No deal in the central world within {run.summary.horizon_days} days{apart}"
