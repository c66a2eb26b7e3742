"""What stands agreed on an issue, over worlds."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np

from sim.results.record import Record
from sim.scenario.schema import Issue, nearest_text


@dataclass(frozen=True)
class Term(Record):
    """What stands agreed on an issue at the end, over the ``worlds`` in which something does."""

    median: float | None = None
    p10: float | None = None
    p90: float | None = None
    text: str | None = None
    most_common: str | None = None
    most_common_share: float | None = None
    worlds: int = 0


def term_of(issue: Issue, values: np.ndarray) -> Term:
    """The term of an issue from what each world agreed; NaN where nothing was."""
    values = values[~np.isnan(values)]
    if not len(values):
        return Term()
    low, median, high = (float(q) for q in np.quantile(values, [0.1, 0.5, 0.9]))
    times = text_counts(issue, values)
    text, count = min(times.items(), key=lambda pair: (-pair[1], pair[0]))
    middle, share = nearest_text(issue, median), count / len(values)
    return Term(median, low, high, middle, text, share, len(values))


def text_counts(issue: Issue, values: np.ndarray) -> Counter[str]:
    """How often each text of the scale is the nearest one (as :func:`nearest_text`)."""
    if issue.numeric is not None:
        return Counter(nearest_text(issue, float(v)) for v in values)
    points = sorted(issue.scale)
    nearest = np.abs(values[:, None] - np.array(points)).argmin(axis=1)
    counts: Counter[str] = Counter()
    for point, count in zip(points, np.bincount(nearest, minlength=len(points)), strict=True):
        if count:
            counts[issue.scale[point]] += int(count)
    return counts
