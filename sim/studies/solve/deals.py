"""Simulated deals, to be set beside the solutions."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from sim.arrays import Array
from sim.prose import SaidError
from sim.studies.solve.subject import Subject


@dataclass(frozen=True)
class Deals:
    """Whole settlements of a saved run, weighed as in the central world.

    Attributes
    ----------
    worlds : int
        Worlds of the run.
    gain : ndarray, shape (deals, parties)
        What they bring over no deal on day 0.
    room : ndarray, shape (deals,)
        How much more every party could have at once among the packages known to be efficient; at
        or below 0 where nothing known is better for all.
    source : str
        The file.
    same_scenario : bool
        Whether the run's scenario is the one solved, to the letter.
    """

    worlds: int
    gain: Array
    room: Array
    source: str
    same_scenario: bool

    def summary(self) -> dict[str, Any]:
        """As plain types."""
        middle = np.median(self.gain, axis=0).tolist() if len(self.gain) else None
        return {
            "source": self.source,
            "same_scenario": self.same_scenario,
            "worlds": self.worlds,
            "settlements": len(self.gain),
            "median_gain": middle,
            "median_room": float(np.median(self.room)) if len(self.room) else None,
        }


def read_deals(path: Path, subject: Subject, digest: str) -> Deals:
    """Settlements of a saved run.

    Raises
    ------
    SaidError
        If the file holds no run of a scenario with these issues.
    """
    from sim.ensemble.store import load_results
    from sim.results.outcomes import OUTCOMES

    try:
        ensemble, _ = load_results(path)
        issues, agreed = [str(i) for i in ensemble.issue.values], ensemble.agreed.values
        outcome, same = ensemble.outcome.values, ensemble.attrs.get("scenario_hash") == digest
    except Exception as error:  # a damaged file makes its libraries fail in any way
        raise SaidError(f"{path}: is not a saved run: {error}") from None
    if issues != list(subject.analysis.issues):
        raise SaidError(f"{path}: is a run of a scenario with other issues")
    settled = outcome == OUTCOMES.index("settlement")
    gain = subject.valuation(agreed[settled].astype(np.float64))
    known = np.array([p.gain for p in subject.analysis.frontier])
    room = np.array([(known - g).min(axis=1).max() for g in gain]) if len(known) else gain[:, 0]
    return Deals(ensemble.sizes["world"], gain, room, str(path), same)
