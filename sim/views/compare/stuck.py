"""What each scenario gets stuck on, and why."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from sim.ensemble.runner import Run
from sim.prose import listing
from sim.results.outcomes import REASON_WORDS, REASONS
from sim.studies.compare.comparison import Comparison
from sim.views.compare.common import (
    Row,
    foot,
    issue_title,
    left_out,
    listed,
    rows_of,
    sharing_issues,
)
from sim.views.view import View
from sim.words.shares import failed_worlds, share_of

OTHER = "other"


@dataclass(frozen=True, eq=False)
class Obstacle:
    """An issue, or a reason, by scenario.

    Attributes
    ----------
    key, title : str
    is_reason : bool
    shares : list of (float or None)
        Of the worlds without a settlement, by scenario; None where it is no issue there.
    """

    key: str
    title: str
    is_reason: bool
    shares: list[float | None]

    @property
    def heading(self) -> str:
        """The title where issues and reasons stand in one list."""
        return f"Why: {self.title}" if self.is_reason else self.title


@dataclass(frozen=True)
class StuckView(View):
    """Share of the worlds without a settlement that each issue blocks, and why.

    Attributes
    ----------
    rows : list of Row
        Scenarios in which anything fails, as ranked.
    failed : list of int
        In how many of its worlds.
    obstacles : list of Obstacle
        The shared issues, the others together where they block any, the reasons.
    """

    rows: list[Row]
    failed: list[int]
    obstacles: list[Obstacle]

    @property
    def blocking(self) -> list[Obstacle]:
        """Issues that block any world."""
        return [o for o in self.obstacles if not o.is_reason and any(o.shares)]

    @property
    def reasons(self) -> list[Obstacle]:
        """Why worlds fail."""
        return [o for o in self.obstacles if o.is_reason]

    @property
    def words(self) -> list[str]:
        return [
            f"{row.title}: "
            + "; ".join(
                f"{o.heading} {share_of(share, self.failed[n])}"
                for o in self.obstacles
                if (share := o.shares[n])
            )
            + "."
            for n, row in enumerate(self.rows)
        ]


def stuck(comparison: Comparison) -> StuckView | None:
    """What blocks the failed worlds; None where nothing failed."""
    runs = [r for r in sharing_issues(comparison) if r.summary.outcomes["settlement"] < 1]
    if not runs:
        return None
    found = [shares_of(run, comparison.issues) for run in runs]
    every = [
        Obstacle(i, "other issues" if i == OTHER else issue_title(runs, i), False,
                 [own.get(i) for own in found])
        for i in (*comparison.issues, OTHER)
    ]  # fmt: skip
    reasons = [
        Obstacle(r, REASON_WORDS[r].label, True, [run.summary.stuck_because.get(r) for run in runs])
        for r in REASONS
    ]
    shown = [o for o in every if o.key != OTHER or any(o.shares)]
    idle = [o.title for o in every[:-1] if not any(o.shares)]
    titles = {o.key: o.title for o in every}
    return StuckView(
        foot(comparison), headline(runs, found, titles), _subtitle(comparison, idle),
        rows_of(comparison, runs), [failed_worlds(run.summary) for run in runs],
        [*shown, *reasons],
    )  # fmt: skip


def shares_of(run: Run, issues: list[str]) -> dict[str, float]:
    """Share of the failed worlds that each issue blocks; those not shared taken together."""
    found = run.summary.stuck_on
    shares = {i: float(found[i]) for i in issues if i in found}
    shares[OTHER] = float(sum(s for i, s in found.items() if i not in issues))
    return shares


def headline(runs: list[Run], shares: list[dict[str, float]], titles: dict[str, str]) -> str:
    """The finding: what blocks most scenarios, and why, where one reason is that of most."""
    first = [commonest(own) for own in shares]
    reason, often = most_named([commonest(run.summary.stuck_because) for run in runs])
    why = f"; the commonest reason: {REASON_WORDS[reason].label}" if 2 * often > len(runs) else ""
    if len(set(first)) == len(first) <= 3:
        named = zip(first, runs, strict=True)
        what = listing([f"{titles[i]} in {listed([r.scenario.name])}" for i, r in named])
        return f"What blocks most: {what}{why}"
    most, count = most_named(first)
    where = "all" if count == len(runs) else f"{count} of {len(runs)}"
    return f"{titles[most]} blocks most in {where} scenarios{why}"


def most_named(keys: list[str]) -> tuple[str, int]:
    """The key named most often, the first of several, and how often."""
    return Counter(keys).most_common(1)[0]


def commonest(shares: dict[str, float]) -> str:
    """The key with the largest share; the first of several."""
    return max(shares, key=lambda key: shares[key])


def _subtitle(comparison: Comparison, idle: list[str]) -> str:
    text = (
        "Share of the worlds without a settlement that each issue blocks at the stage where they "
        "stopped, and why, in %; no issue blocks what is signed and not ratified."
    )
    if idle:
        text += f" Never in the way: {listed(idle, len(idle))}."
    text += left_out(comparison, comparison.issue_group, "No issue in common with the others")
    done = [r.scenario.name for r in comparison.runs if r.summary.outcomes["settlement"] == 1]
    return text + (f" Settled in every world: {listed(done)}." if done else "")
