"""What deals contain, issue by issue."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sim.ensemble.runner import Run
from sim.prose import percent as share_text
from sim.views.run_data import is_settled, kept


def deals_on(run: Run, issue: str) -> NDArray[np.float64]:
    """Values agreed: in settlements, or where there is none in what stages were signed."""
    agreed = kept(run.ensemble, "agreed", lambda: run.ensemble.agreed.values)
    values, settled = agreed[:, list(run.scenario.issues).index(issue)], is_settled(run)
    chosen = values[settled] if settled.any() else values
    return chosen[~np.isnan(chosen)]


def gaps_of(run: Run) -> NDArray[np.float64]:
    """By how much red lines miss each other, per world and issue."""
    return kept(run.ensemble, "red_line_gap", lambda: run.ensemble.red_line_gap.values)


def headline(run: Run) -> str:
    """The finding: where deals are nearly alike and where they vary most, or why there is none."""
    scenario = run.scenario
    if is_settled(run).any():
        agreed = {i: deals_on(run, i) for i in scenario.issues}
        spans = {i: np.quantile(values, [0.1, 0.9]) for i, values in agreed.items()}
        width = {i: float(high - low) for i, (low, high) in spans.items()}
        # yes/no issues have one width or none: those on which the deals are most divided
        loose, tight = (
            sign(agreed, key=lambda i: (width[i], float(agreed[i].std()))) for sign in (max, min)
        )
        share = share_text(run.summary.outcomes["settlement"])
        if loose == tight or width[loose] - width[tight] < 0.02:
            return f"What is agreed where there is a settlement ({share} of worlds)"
        return (
            f"Settlements ({share} of worlds) differ most on {scenario.issues[loose].title}, "
            f"least on {scenario.issues[tight].title}"
        )
    gaps = (gaps_of(run) > 0).mean(axis=0)
    worst = int(np.argmax(gaps))
    head = "No settlement in any world"
    if gaps[worst] == 0:
        return f"{head}, although red lines leave common ground on every issue"
    title = list(scenario.issues.values())[worst].title
    return f"{head}: red lines miss each other most often on {title} ({share_text(gaps[worst])})"
