"""How likely each kind of outcome is, and how soon something is signed."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sim.ensemble.runner import Run
from sim.prose import counted
from sim.prose import percent as share_text
from sim.results.outcomes import OUTCOME_WORDS
from sim.views.colours import FIRST, SETTLED
from sim.views.run_data import stage_title


def headline(run: Run) -> str:
    """The finding: the odds of a settlement, and of a first stage, within the horizon."""
    outcomes, worlds = run.summary.outcomes, run.summary.worlds
    horizon = counted(run.summary.horizon_days, "day")
    share = outcomes["settlement"]
    if share > 0:
        text = f"A settlement within {horizon} in {share_text(share)} of worlds"
    else:
        text = f"No settlement within {horizon} in any of {counted(worlds, 'world')}"
    if len(run.scenario.stages) > 1:
        first = float(np.isfinite(run.ensemble.first_signed_day.values).mean())
        title = _first_title(run)
        text += f"; {title} signed in {share_text(first) if first else 'none'}"
    elif share < 0.5:
        rest = {k: v for k, v in outcomes.items() if k != "settlement"}
        most = max(rest, key=lambda k: rest[k])
        if rest[most] == 1:
            return text
        text += f"; {OUTCOME_WORDS[most].label.split(':')[0].lower()} in {share_text(rest[most])}"
    return text


def _first_title(run: Run) -> str:
    """Title of the first stage, in quotation marks."""
    return f"“{stage_title(run, run.scenario.stages[0].name)}”"


def curves(run: Run) -> dict[str, tuple[str, str, NDArray[np.float64]]]:
    """Name → label, colour, and the day of signature by world."""
    data = run.ensemble
    curves = {"settlement": ("Settlement", SETTLED, data.settled_day.values)}
    if len(run.scenario.stages) > 1:
        label = stage_title(run, run.scenario.stages[0].name)
        curves["first_stage"] = (label, FIRST, data.first_signed_day.values)
    return curves
