"""What comes after the signatures."""

from __future__ import annotations

from sim.ensemble.runner import Run
from sim.prose import counted, listing
from sim.prose import percent as share_text
from sim.views.run_data import short


def headline(run: Run) -> str:
    """The finding: whether the plan suits all, passes, and holds; or how settlements fared."""
    plan, durability = run.summary.plan, run.summary.durability
    if durability and durability.worlds >= 10:
        last = str(durability.years)
        return (
            f"{share_text(durability.held[last])} of the settlements still hold after "
            f"{counted(durability.years, 'year')}"
        )
    if plan is None:
        return "What comes after the signatures"
    worse = [a for a, g in plan.gain.items() if g.better < 0.5]
    crossed = [short(run, a) for a, s in plan.crosses_any.items() if s >= 0.5]
    if not worse:
        text = "In the median world the plan as published beats no deal for everybody"
    elif len(worse) < len(plan.gain):
        others = listing([short(run, a) for a in worse])
        text = f"In most worlds the plan as published is worth less than no deal to {others}"
    else:
        text = "In most worlds the plan as published is worth less than no deal to everybody"
    if crossed:
        text += f"; it mostly lies beyond red lines of {listing(crossed)}"
    return text
