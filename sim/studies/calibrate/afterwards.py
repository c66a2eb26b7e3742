"""After the signature: how long deals held, and whether they crossed what had been said before.

Both are checks of the model on cases that were signed; neither bears on what is learnt. Years that
a deal held are scored against the record of agreements alone, which knows nothing of the case.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import scoringrules

from sim.arrays import Array, Mask
from sim.formulas.holding import predicted
from sim.scenario.outcome import Held
from sim.scenario.record import holding
from sim.studies.calibrate.cases import Case
from sim.studies.calibrate.evidence import Evidence, stated_lines

YEARS = np.array([1, 5, 10])


@dataclass(frozen=True)
class AfterSigning:
    """What is said and what was of the cases that were signed.

    Attributes
    ----------
    names : list of str
        Cases of which it is known how long they held.
    held : ndarray of bool, shape (cases, years)
        Whether they still held after :data:`YEARS`.
    model : ndarray, shape (cases, years)
        Share of the signed worlds that do, by the weight that the other cases give them.
    record : ndarray, shape (years,)
        The same of all agreements of the record, as they were fitted.
    lines : list of (str, str, str, str, float)
        Stated lines: case, actor, issue, fate, and share of the signed worlds that cross it.
    """

    names: list[str]
    held: Mask
    model: Array
    record: Array
    lines: list[tuple[str, str, str, str, float]]

    def brier(self) -> tuple[Array, Array]:
        """Of model and record, mean over years; (cases,) each."""
        happened = self.held.astype(float)
        every = [
            np.asarray(scoringrules.brier_score(happened, said)).mean(axis=1)
            for said in (self.model, np.broadcast_to(self.record, happened.shape))
        ]
        return every[0], every[1]

    def log(self, sure: float) -> tuple[Array, Array]:
        """Of model and record: minus the logarithm of what was said of the span, (cases,) each.

        A deal ends within the first year, the next four, the next five, or later; no span is taken
        to have less than the chance ``sure``.
        """
        ended = self.held.sum(axis=1)
        out = []
        for said in (self.model, np.broadcast_to(self.record, self.model.shape)):
            whole = np.column_stack([np.ones(len(said)), said, np.zeros(len(said))])
            spans = np.maximum(-np.diff(whole, axis=1), sure)
            out.append(-np.log(spans[np.arange(len(said)), ended]))
        return out[0], out[1]


def years_held(case: Case) -> float | None:
    """For how many years what was signed held, infinite beyond ten; None where it is not said."""
    held, signed = case.outcome.held, case.outcome.signed
    if isinstance(held, Held) and signed:
        return (held.until - signed) / timedelta(days=365.25)
    return np.inf if held is True else None


def after_signing(
    cases: Sequence[Case], drawn: Mapping[str, Evidence], weights: Mapping[str, Array]
) -> AfterSigning:
    """Ask the worlds in which cases are signed; ``weights`` are what the other cases give them."""
    names: list[str] = []
    held: list[list[bool]] = []
    model: list[list[float]] = []
    lines: list[tuple[str, str, str, str, float]] = []
    for case in cases:
        one, own = drawn[case.name], weights[case.name] * drawn[case.name].signed
        if not case.signed or own.sum() <= 0:
            continue
        years = years_held(case)
        if years is not None and case.outcome.kind == "settlement":
            names.append(case.name)
            held.append([years >= year for year in YEARS])
            model.append([float(own[one.held >= year].sum() / own.sum()) for year in YEARS])
        for n, (actor, issue, fate) in enumerate(stated_lines(case)):
            there = own * ~np.isnan(one.crossed[:, n])
            if there.sum() > 0:
                share = float(np.nansum(there * one.crossed[:, n]) / there.sum())
                lines.append((case.name, actor, issue, fate, share))
    fitted = holding()["any"].fit
    assert fitted is not None
    shape = (len(names), len(YEARS))
    return AfterSigning(
        names,
        np.array(held, dtype=bool).reshape(shape),
        np.array(model, dtype=float).reshape(shape),
        predicted(fitted, YEARS.astype(float))[0],
        lines,
    )
