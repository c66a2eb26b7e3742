"""What a sweep keeps of every world of a cell."""

from __future__ import annotations

from sim.results.outcomes import Measure, Names, measures

__all__ = ["KEEP", "Measure", "Names", "interval_words", "measures", "value_words"]

KEEP = (
    "outcome",
    "settled_day",
    "first_signed_day",
    "concluded_day",
    "stages_signed",
    "truces_broken",
    "years_held",
    "utility",
    "gain",
    "reservation_end",
    "ripeness_start",
    "ripeness_end",
    "stuck_issue",
    "stuck_reason",
)
"""Variables of the dataset of a run that a sweep keeps."""
value_words, interval_words = Measure.value_words, Measure.interval_words
