"""How soon a deal is signed, scenario by scenario on one axis."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.ensemble.runner import Run
from sim.prose import is_few, sentence, span_words
from sim.prose import odds_words as share_words
from sim.results.outcomes import DAYS
from sim.results.summary import allowed_spread
from sim.studies.compare.comparison import Comparison
from sim.studies.compare.words import label
from sim.views.compare.common import UNNAMED, Row, first_group, foot, listed, palette, row_of
from sim.views.compare.odds import as_good
from sim.views.layout import nice_top
from sim.views.run_data import band_of_shares
from sim.views.view import View

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Curve:
    """Share of a scenario's worlds with a signature, by day.

    Attributes
    ----------
    row : Row
    color : str
    ever : float
        Share of worlds with one at any time.
    horizon : float
        Last day of the scenario.
    days, share, low, high : ndarray, shape (rounds + 1,)
        Days, shares and their ranges over what past talks allow, 10 to 90 per cent; the ends of
        95 % intervals where worlds draw no calibration.
    marked, at : ndarray
        Days on which there is a dot, and the shares there.
    text : str
        The share at the end, or the number of worlds where these are few.
    """

    row: Row
    color: str
    ever: float
    horizon: float
    days: Array
    share: Array
    low: Array
    high: Array
    marked: Array
    at: Array
    text: str

    @property
    def named(self) -> bool:
        """Whether it has a colour of its own."""
        return self.color != UNNAMED

    @property
    def banded(self) -> bool:
        """Whether it has a band: not in grey, and not of a handful of worlds."""
        return self.named and not self.text.endswith(("world", "worlds"))

    @property
    def end(self) -> float:
        """Share at the end of the horizon."""
        return float(self.share[-1])

    @property
    def words(self) -> str:
        """The curve in a sentence."""
        return f"{self.row.title}: {self.text} by day {self.days[-1]:.0f}."


@dataclass(frozen=True)
class TimePanel:
    """Curves of one event, in the order of the ranking.

    Attributes
    ----------
    name : str
        ``settlement`` or ``first_stage``.
    title, short_title : str
        The latter where there is little room.
    curves : list of Curve
    never : str
        Which scenarios have no world with it; empty where all have.
    """

    name: str
    title: str
    short_title: str
    curves: list[Curve]
    never: str

    @property
    def signing(self) -> list[Curve]:
        """Curves of the scenarios that come so far, the highest first."""
        return sorted((c for c in self.curves if c.ever), key=lambda c: -c.ever)

    @property
    def top(self) -> float:
        """A round upper end for the shares and the bands that are shown."""
        return nice_top(max(float(c.high.max() if c.banded else c.end) for c in self.curves))


@dataclass(frozen=True)
class TimeView(View):
    """Curves of settlements, and of first stages where some scenario has several stages."""

    panels: list[TimePanel]

    @property
    def words(self) -> list[str]:
        """A sentence for each curve."""
        return [f"{p.short_title}: {c.words}" for p in self.panels for c in p.curves]


def time(comparison: Comparison) -> TimeView:
    """Share of worlds with a settlement by day; and with a first stage."""
    staged = [run for run in comparison.ranked if len(run.scenario.stages) > 1]
    panels = [_panel(comparison, "settlement", "A settlement", "A settlement", comparison.ranked)]
    if staged:
        panels.append(
            _panel(comparison, "first_stage",
                   "At least a first stage (scenarios whose agenda has several)",
                   "A first stage, where the agenda has several", staged)
        )  # fmt: skip
    calibrated = any(run.summary.allowed for run in comparison.runs)
    means = "10–90 % of what past talks allow" if calibrated else "95 % intervals (Wilson)"
    return TimeView(
        foot(comparison),
        headline(comparison),
        "Share of worlds with a signature by day since each scenario's start; dots at 7, 30, 100, "
        f"180 and 365 days, bands: {means}; dotted: beyond the scenario's horizon.",
        panels,
    )


def signed_day(run: Run, name: str) -> Array:
    """Day of the signature by world, NaN where it never came."""
    data = run.ensemble
    return np.asarray((data.settled_day if name == "settlement" else data.first_signed_day).values)


def _signs(run: Run, name: str) -> float:
    return float(np.isfinite(signed_day(run, name)).mean())


def _panel(
    comparison: Comparison, name: str, title: str, short_title: str, runs: list[Run]
) -> TimePanel:
    colors = palette(comparison)
    curves = []
    for run in runs:
        step, signed = run.scenario.war.round_days, signed_day(run, name)
        days = np.arange(run.scenario.rounds + 1, dtype=np.float64) * step
        marked = np.array([d for d in DAYS if d <= days[-1]], dtype=float)
        at, _, _ = band_of_shares(signed, marked)
        drawn = colors[run.scenario.name] != UNNAMED
        bands = band_of_shares(signed, days, allowed_spread(run.ensemble) if drawn else None)
        text = share_words(float(bands[0][-1]), run.summary.worlds)
        curves.append(
            Curve(row_of(comparison, run), colors[run.scenario.name], _signs(run, name),
                  run.summary.horizon_days, days, *bands, marked, at, text)
        )  # fmt: skip
    return TimePanel(name, title, short_title, curves, _never(name, runs))


def _never(name: str, runs: list[Run]) -> str:
    """Which scenarios never come so far."""
    never = [run for run in runs if not _signs(run, name)]
    if not never:
        return ""
    known = [next(iter(run.summary.by_day(name)[1].values())) for run in never]
    widest = max((span for span in known if span), key=lambda s: s[1], default=None)
    text = f"In no world: {', '.join(label(run.scenario.name) for run in never)}"
    return text + (f" (95 % interval {span_words(widest)})" if widest else "")


def headline(comparison: Comparison) -> str:
    """The finding: where settlements come, how soon, or that there are none."""
    runs, when = first_group(comparison)
    return sentence(f"{when}{_finding(runs)}")


def _finding(runs: list[Run]) -> str:
    with_any = [run for run in runs if _signs(run, "settlement")]
    if with_any:
        first = with_any[0]
        near = [run.scenario.name for run in with_any if run is first or as_good(run, first)]
        text = f"Settlements in {len(with_any)} of {len(runs)} scenarios"
        if len(near) > 1:
            return f"{text}; about as often in {listed(near)}"
        text += f"; most in {listed(near)}"
        if is_few(_signs(first, "settlement"), first.summary.worlds):
            return f"{text}: {share_words(_signs(first, 'settlement'), first.summary.worlds)}"
        return f"{text}, half of them by day {np.nanmedian(signed_day(first, 'settlement')):.0f}"
    signing = [run for run in runs if _signs(run, "first_stage")]
    if not signing:
        return "Nothing is signed in any world of any scenario"
    best = max(signing, key=lambda run: _signs(run, "first_stage"))
    share = share_words(_signs(best, "first_stage"), best.summary.worlds)
    return f"No settlements; a first stage most often in {listed([best.scenario.name])}: {share}"
