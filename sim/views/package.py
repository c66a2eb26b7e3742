"""What deals contain, issue by issue; or, where there are none, what stands in the way."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.arrays import Array
from sim.ensemble.runner import Run
from sim.prose import counted, listing
from sim.prose import percent as share_text
from sim.results.terms import text_counts
from sim.scenario.schema import Issue, nearest_text
from sim.views.convergence import RedLine, lines_of
from sim.views.run_data import (
    colors_of,
    decision,
    group_name,
    is_certain,
    is_crowd,
    is_settled,
    kept,
    red_lines,
    short,
    signatories,
    together,
)
from sim.views.view import View, foot_line
from sim.words.shares import FEW, few_of


@dataclass(frozen=True)
class Wish:
    """The ideal of a side, or of several with the same one, and their red lines."""

    actors: list[str]
    name: str
    color: str
    ideal: float
    lines: list[RedLine]


@dataclass(frozen=True)
class Strip:
    """An issue over its scale.

    Attributes
    ----------
    start : float
        Where it stands without a deal, at the start.
    plan : float or None
        What the plan as published says.
    deals : ndarray
        What was agreed: in settlements, or where there are none in what stages were signed.
    middle, low, high : float or None
        Median, 10th and 90th percentile of the deals; of options the lower median and no more, of
        few deals the median.
    head, more : str
        What the median deal says and how many deals say it or something else, or why there is none.
    """

    key: str
    issue: Issue
    wishes: list[Wish]
    start: float
    plan: float | None
    deals: Array
    middle: float | None
    low: float | None
    high: float | None
    head: str
    more: str

    @property
    def spread(self) -> bool:
        """Whether there are deals that differ."""
        return len(self.deals) > 0 and bool(np.ptp(self.deals) > 0)

    @property
    def words(self) -> str:
        """The strip in a sentence or two."""
        wants = listing([f"{w.name} “{nearest_text(self.issue, w.ideal)}”" for w in self.wishes])
        return (
            f"{self.issue.title}: ideals nearest to {wants or 'nothing'}. {self.head}: {self.more}."
        )


@dataclass(frozen=True)
class PackageView(View):
    """Strips in the scenario's order.

    Attributes
    ----------
    settled : bool
        Whether any world settles; otherwise red lines are shown.
    crowd : bool
        Whether the sides are too many for a colour each.
    actors : list of (str, str)
        Names and colours; empty for a crowd.
    heading : str
        What the words of a strip are; empty where there are no deals.
    """

    settled: bool
    crowd: bool
    actors: list[tuple[str, str]]
    strips: list[Strip]
    heading: str

    @property
    def words(self) -> list[str]:
        return [strip.words for strip in self.strips]


def package_view(run: Run) -> PackageView:
    """What is agreed, between whose wishes."""
    settled, crowd = bool(is_settled(run).any()), is_crowd(run)
    strips = [_strip(run, issue, settled) for issue in run.scenario.issues]
    wishing = {a for strip in strips for wish in strip.wishes for a in wish.actors}
    colors = colors_of(run)
    actors = [(short(run, a), colors[a]) for a in signatories(run) if a in wishing and not crowd]
    deals = any(len(strip.deals) > 1 for strip in strips) and not is_certain(run)
    return PackageView(
        foot_line(run), headline(run), _subtitle(run, strips), settled, crowd, actors, strips,
        "Text nearest to the median" if deals else "",
    )  # fmt: skip


def _subtitle(run: Run, strips: list[Strip]) -> str:
    settled = int(is_settled(run).sum())
    if is_certain(run):
        return "What the group decides, issue by issue, between what each side stands for."
    if settled:
        return (
            f"The terms of {counted(settled, 'world')} with a settlement, issue by issue, between "
            "each side's ideal and what holds without a deal at the start."
        )
    signed = any(len(s.deals) for s in strips)
    what = "Terms of the stages that were signed, and" if signed else "Ideals and"
    return (
        f"{what} the red lines of the central world, issue by issue; right, in how many worlds the "
        "red lines leave no point that all could sign."
    )


def _strip(run: Run, issue: str, settled: bool) -> Strip:
    spec, i = run.scenario.issues[issue], list(run.scenario.issues).index(issue)
    values = deals_on(run, issue)
    middle = low = high = None
    if len(values):
        options = spec.kind == "options"
        middle = float(np.quantile(values, 0.5, method="inverted_cdf" if options else "linear"))
        if not options and len(values) >= FEW and np.ptp(values):  # between options lies nothing
            low, high = (float(q) for q in np.quantile(values, [0.1, 0.9]))
    barred = any(red_lines(run, a, issue) for a in signatories(run))
    missed = float((gaps_of(run)[:, i] > 0).mean()) if barred else None
    plan = run.summary.plan
    says = plan.points[issue].point if plan and issue in run.scenario.plan_issues else None
    head, more = _words(run, issue, values, middle, missed, settled)
    return Strip(
        issue, spec, _wishes(run, issue, settled), spec.no_deal.median, says, values, middle,
        low, high, head, more,
    )  # fmt: skip


def _wishes(run: Run, issue: str, settled: bool) -> list[Wish]:
    places = {
        actor: position.ideal.median
        for actor in signatories(run)
        if (position := run.scenario.actors[actor].positions.get(issue)) is not None
        and position.salience.median > 0
    }
    return [
        Wish(group, group_name(run, group), colors_of(run)[group[0]], places[group[0]],
             [] if settled else [line for a in group for line in lines_of(run, a, issue)])
        for group in together(run, list(places), lambda a: round(places[a], 3))
    ]  # fmt: skip


def _words(
    run: Run, issue: str, values: Array, middle: float | None, missed: float | None, settled: bool
) -> tuple[str, str]:
    """What the median deal says, or why there is none; and more about it."""
    spec = run.scenario.issues[issue]
    if middle is None:
        if missed is None:
            return "No red lines", "nothing on this issue alone bars a deal"
        if missed == 0:
            return "Common ground in all worlds", "some point is within everyone's red lines"
        gaps = gaps_of(run)[:, list(run.scenario.issues).index(issue)]
        miss = float(np.median(gaps[gaps > 0]))
        part = "under 1 %" if miss < 0.005 else f"{100 * miss:.0f} %"
        return (
            f"No common ground in {share_text(missed)}",
            f"of worlds; red lines there miss each other by {part} of the scale",
        )
    text = nearest_text(spec, middle)
    if not settled:
        more = f"signed in {share_text(len(values) / run.summary.worlds)} of worlds"
        return text, more + (f"; no common ground in {share_text(missed)}" if missed else "")
    if is_certain(run):
        return text, "the same in all worlds"
    if len(values) == 1:
        return text, "in one world"
    if spec.numeric is not None:
        ends = [0.1, 0.9] if len(values) >= FEW else [0.0, 1.0]
        first, last = (nearest_text(spec, float(q)) for q in np.quantile(values, ends))
        return text, "the same in all" if first == last else f"from {first} to {last}"
    counts = text_counts(spec, values)
    known = len(values)
    share = few_of(counts.pop(text, 0) / known, known)
    own = f"in {share}{' of the' * share.endswith('%')} deals"
    others = [f"“{t}” in {few_of(n / known, known)}" for t, n in counts.most_common(2)]
    return text, "; ".join([own, *others]) if others else "in all deals"


def deals_on(run: Run, issue: str) -> Array:
    """Values agreed: in settlements, or where there is none in what stages were signed."""
    agreed = kept(run, "agreed", lambda: run.ensemble.agreed.values)
    values, settled = agreed[:, list(run.scenario.issues).index(issue)], is_settled(run)
    chosen = values[settled] if settled.any() else values
    return chosen[~np.isnan(chosen)]


def gaps_of(run: Run) -> Array:
    """By how much red lines miss each other, per world and issue."""
    return kept(run, "red_line_gap", lambda: run.ensemble.red_line_gap.values)


def headline(run: Run) -> str:
    """The finding: where deals are nearly alike and where they vary most, or why there is none."""
    scenario = run.scenario
    if is_certain(run) and is_settled(run).any():
        return decision(run)
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
