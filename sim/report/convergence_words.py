"""Who moves on what, in words."""

from __future__ import annotations

from sim.ensemble.runner import Run
from sim.prose import counted, listing, percent
from sim.results.dataset import date_of
from sim.results.summary import nearest_text
from sim.views.run_data import agreed_day, day_text, red_lines, short, signatories


def column(run: Run, issue: str) -> int:
    """Number of an issue in the datasets."""
    return list(run.scenario.issues).index(issue)


def status(run: Run, issue: str) -> str:
    """What became of the issue in the central world, in one line."""
    spec, point = run.scenario.issues[issue], run.summary.central.agreed[issue]
    day = agreed_day(run, issue)
    if point is not None and day is not None:
        when = day_text(date_of(run.scenario, day))
        return f"Agreed {when}: {nearest_text(spec, point.point)}"
    if float(run.central.red_line_gap.values[column(run, issue)]) > 0:
        return "Not agreed: red lines, with their conditions, miss each other"
    return "Not agreed"


def course(run: Run, issue: str, actor: str) -> str:
    """An actor's way on an issue in one sentence."""
    a, i, spec = signatories(run).index(actor), column(run, issue), run.scenario.issues[issue]
    offer = run.central.offer.values[:, a, i]
    first, last = (nearest_text(spec, float(offer[t])) for t in (0, -1))
    who = short(run, actor)
    if first == last:
        text = f"{who} stays near “{first}” ({offer[0]:.2f} to {offer[-1]:.2f})"
    else:
        text = f"{who} moves from “{first}” ({offer[0]:.2f}) to “{last}” ({offer[-1]:.2f})"
    bars = [
        f"nothing {'above' if above else 'below'} {float(line[-1]):.2f}"
        for line, above in red_lines(run, actor, issue)
    ]
    if bars:
        text += f"; red line at the end: {listing(bars)}"
    return text + "."


def tabled_words(run: Run, issue: str) -> list[str]:
    missed = run.summary.no_common_ground[issue]
    found = []
    if missed:
        found.append(
            f"For a whole settlement, red lines miss each other here in {percent(missed)} of the "
            "worlds without one."
        )
    stage = next(n for n, s in enumerate(run.scenario.stages) if issue in s.issues)
    count = int((run.central.text_stage.values == stage).sum())
    if count:
        found.append(f"In the central world {counted(count, 'text')} on it were tabled.")
    return found
