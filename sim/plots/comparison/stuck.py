"""What each scenario gets stuck on, and why."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from sim.ensemble.runner import Run
from sim.plots.comparison.common import NAMES, foot, listed, scenario_rows
from sim.plots.sheet import MARGIN, WIDTH, Sheet
from sim.plots.style import DARK, GREY, SMALL, shortened, styled
from sim.results.outcomes import REASONS
from sim.studies.compare.comparison import Comparison

ROW, HEAD, TAIL, GAP = 0.36, 1.2, 0.55, 0.2
"""Height of a row and of the headings, room right of the last heading, gap before the reasons."""
HEATS = LinearSegmentedColormap.from_list("share", ["#ffffff", "#f8e3cf", "#efb78a", "#d0743a"])
WHY = {
    "red_lines": "red lines miss each other",
    "no_surplus": "nothing that all prefer",
    "time": "not reached in time",
    "ratification": "signed, not ratified",
}
OTHER = "other"


@styled
def stuck(comparison: Comparison) -> Figure | None:
    """Heat map of scenarios by issue: share of the failed worlds that it blocks; and the reasons.

    Returns
    -------
    Figure or None
        Panels ``issues`` and ``reasons``; cells carry ``<scenario>:<issue or reason>`` as gid.
        None where nothing failed.
    """
    runs = [
        run
        for run in comparison.ranked
        if run.scenario.name in comparison.issue_group and run.summary["outcomes"]["settlement"] < 1
    ]
    if not runs:
        return None
    shares = {run.scenario.name: shares_of(run, comparison.issues) for run in runs}
    every = [*comparison.issues, OTHER]
    issues = [i for i in every if any(row.get(i) for row in shares.values())]
    titles = {i: _title(runs, i) for i in every}
    sheet = Sheet(foot(comparison), headline(runs, shares, titles),
                  _subtitle(comparison, [titles[i] for i in every[:-1] if i not in issues]),
                  HEAD + ROW * len(runs) + 0.05)  # fmt: skip
    scenario_rows(sheet, comparison, runs, HEAD, [ROW] * len(runs))
    step = (WIDTH - 2 * MARGIN - NAMES - TAIL - GAP) / (len(issues) + len(REASONS))
    left = MARGIN + NAMES
    width = step * len(issues)
    axes = sheet.axes(left, HEAD, width, ROW * len(runs), gid="issues")
    _cells(axes, runs, issues, shares)
    _heads(sheet, left, step, [titles[i] for i in issues])
    left += width + GAP
    reasons = {run.scenario.name: run.summary["stuck_because"] for run in runs}
    axes = sheet.axes(left, HEAD, step * len(REASONS), ROW * len(runs), gid="reasons")
    _cells(axes, runs, list(REASONS), reasons)
    _heads(sheet, left, step, [WHY[r] for r in REASONS])
    return sheet.figure


def shares_of(run: Run, issues: list[str]) -> dict[str, float]:
    """Share of the failed worlds that each issue blocks; those not shared taken together."""
    found = run.summary["stuck_on"]
    shares = {i: float(found[i]) for i in issues if i in found}
    shares[OTHER] = float(sum(s for i, s in found.items() if i not in issues))
    return shares


def headline(runs: list[Run], shares: dict[str, dict[str, float]], titles: dict[str, str]) -> str:
    """The finding: what blocks most scenarios, and why."""
    first = [commonest(own) for own in shares.values()]
    most = max(dict.fromkeys(first), key=first.count)
    count = first.count(most)
    reasons = [commonest(run.summary["stuck_because"]) for run in runs]
    why = max(dict.fromkeys(reasons), key=reasons.count)
    where = "all" if count == len(runs) else f"{count} of {len(runs)}"
    return (
        f"{titles.get(most, 'Other issues')} blocks most in {where} scenarios; the commonest "
        f"reason: {WHY[why]}"
    )


def commonest(shares: dict[str, float]) -> str:
    """The key with the largest share; the first of several."""
    return max(shares, key=lambda key: shares[key])


def _subtitle(comparison: Comparison, idle: list[str]) -> str:
    text = (
        "Share of the worlds without a settlement that each issue blocks at the stage where they "
        "stopped (each row adds up to 100 %), and right of the gap why."
    )
    alone = [
        r.scenario.name for r in comparison.runs if r.scenario.name not in comparison.issue_group
    ]
    if idle:
        text += f" Never in the way: {listed(idle, len(idle))}."
    if alone:
        text += f" Shares no issue with the others, left out: {listed(alone)}."
    done = [r.scenario.name for r in comparison.runs if r.summary["outcomes"]["settlement"] == 1]
    if done:
        text += f" Settled in every world: {listed(done)}."
    return text


def _title(runs: list[Run], issue: str) -> str:
    if issue == OTHER:
        return "other issues"
    return next(r.scenario.issues[issue].title for r in runs if issue in r.scenario.issues)


def _heads(sheet: Sheet, left: float, step: float, titles: list[str]) -> None:
    for n, title in enumerate(titles):
        sheet.text(left + (n + 0.42) * step, HEAD - 0.06, shortened(title, 1.62), rotation=42,
                   va="bottom", ha="left", rotation_mode="anchor")  # fmt: skip


def _cells(
    axes: Axes, runs: list[Run], columns: list[str], shares: dict[str, dict[str, float]]
) -> None:
    axes.set_axis_off()
    axes.set_xlim(0, len(columns))
    axes.set_ylim(len(runs), 0)
    for row, run in enumerate(runs):
        for column, key in enumerate(columns):
            share = shares[run.scenario.name].get(key)
            if share is None:
                axes.text(column + 0.5, row + 0.5, "–", ha="center", va="center", color=GREY)
                continue
            color = HEATS(share)
            axes.add_patch(Rectangle((column + 0.03, row + 0.05), 0.94, 0.9, facecolor=color,
                                     edgecolor="#dddddd", linewidth=0.5,
                                     gid=f"{run.scenario.name}:{key}"))  # fmt: skip
            if share:
                axes.text(column + 0.5, row + 0.5, whole_percent(share), ha="center", va="center",
                          size=SMALL, color=DARK)  # fmt: skip


def whole_percent(share: float) -> str:
    """A share in so few characters that it fits a cell."""
    if 0 < share < 0.01:
        return "<1 %"
    return ">99 %" if 0.99 < share < 1 else f"{100 * share:.0f} %"
