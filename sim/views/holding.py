"""How long agreements hold, in the record and in the model: the fit, kind by kind."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.arrays import Array
from sim.formulas.holding import predicted
from sim.formulas.statistics import Interval
from sim.prose import percent, sentence, span_words
from sim.scenario.record import Holding, holding
from sim.views.view import View

SPANS = {
    30: "1 month", 90: "3 months", 182: "6 months", 365: "1 year", 731: "2 years", 1826: "5 years",
    3653: "10 years",
}  # fmt: skip
"""Days for which the record is given, in words."""
LINE = np.geomspace(0.02, 15.0, 80)
"""Years for which the model is drawn."""


def share_words(share: float, interval: Interval | None) -> str:
    """``43 % (29–58 %)``."""
    return percent(share) + (f" ({span_words(interval)})" if interval else "")


@dataclass(frozen=True)
class Kind:
    """Agreements of a kind.

    Attributes
    ----------
    of : Holding
        What the record says of them.
    model : ndarray
        Share that holds in the model, at the years of the record.
    allowed : list of Interval
        In which 95 % of the worlds' courses lie.
    line, low, high : ndarray
        The same by :data:`LINE`.
    """

    key: str
    of: Holding
    model: Array
    allowed: list[Interval]
    line: Array
    low: Array
    high: Array

    @property
    def title(self) -> str:
        return sentence(self.of.title)

    @property
    def count(self) -> str:
        """How many they are."""
        groups = f"{self.of.groups} conflicts or countries"
        return f"{self.of.n} in {groups}, {self.of.failed} ended"

    @property
    def words(self) -> str:
        """Record and model by span."""
        said = [
            f"{SPANS[day]}: record {share_words(share, of)}, model {share_words(model, allowed)}"
            for day, share, of, model, allowed in zip(
                self.of.days, self.of.shares, self.of.intervals, self.model, self.allowed,
                strict=True,
            )
        ]  # fmt: skip
        return f"{self.title} ({self.count}). {'; '.join(said)}."


@dataclass(frozen=True)
class HoldingView(View):
    """All kinds of the record."""

    kinds: list[Kind]
    sources: list[str]

    @property
    def words(self) -> list[str]:
        return [kind.words for kind in self.kinds]


def holding_view() -> HoldingView:
    """The fit of every kind of agreement."""
    record = holding()
    kinds = [_kind(key, found) for key, found in record.items()]
    sources = list(dict.fromkeys(found.source.full for found in record.values()))
    text = (
        "Share of agreements that still hold, by time since the signature. Squares: past "
        "agreements (Kaplan–Meier, with 95 % intervals that take them as independent). Lines: the "
        "model, which draws a course in every world; bands hold 95 % of them, and are wider where "
        "agreements of one conflict hang together."
    )
    return HoldingView(
        "From the last two panels only the ratio of their hazards is used.",
        "Agreements that fail mostly fail early; those between states rest on few cases",
        text, kinds, sources,
    )  # fmt: skip


def _kind(key: str, found: Holding) -> Kind:
    """Those with peacekeepers follow from those without, by the ratio of hazards."""
    ratio = key == "with_peacekeepers"
    fit = holding()["without_peacekeepers"].fit if ratio else found.fit
    assert fit is not None
    model, low, high = predicted(fit, found.years, ratio)
    spans = [Interval(float(a), float(b)) for a, b in zip(low, high, strict=True)]
    return Kind(key, found, model, spans, *predicted(fit, LINE, ratio))
