"""What every section is told: the scenario, how much work to do, where things are."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from benchmarks.timing import ROOT, Say
from sim.scenario import Loaded

SEED = 1
FILE = ROOT / "scenarios" / "kellogg.yaml"


@dataclass(frozen=True)
class Work:
    """How much is measured; worlds unless said otherwise."""

    repeats: int = 5  # of what is compared side by side
    few: int = 2  # repeats of what takes minutes
    by_worlds: tuple[int, ...] = (1, 10, 100, 1_000, 10_000, 100_000)  # whose cost is measured
    ensemble: int = 10_000  # that others are compared with
    alone: int = 10  # ordinary Mesa models in one batch
    command: int = 1_000  # of the whole command with all charts
    most: int = 1_000_000  # of the largest run
    shared_out: int = 200_000  # divided among processes
    parties: tuple[int, ...] = (2, 3, 4, 5, 6, 7, 8)  # of the generated scenarios
    issues: tuple[int, ...] = (2, 4, 8, 12, 16, 20, 24)
    generated_worlds: int = 1_000
    sessions: tuple[tuple[str, int], ...] = (("a", 400), ("b", 20), ("c", 40))  # each configuration
    profiled: int = 5_000  # in which it is counted where the time goes
    starts: int = 20  # times that the command is started


FULL = Work()
QUICK = Work(
    repeats=3,
    by_worlds=(1, 10, 100, 1_000),
    ensemble=1_000,
    alone=3,
    command=200,
    most=2_000,
    shared_out=4_000,
    parties=(2, 5, 8),
    issues=(2, 12, 24),
    generated_worlds=200,
    sessions=(("a", 60), ("b", 4), ("c", 8)),
    profiled=1_000,
    starts=5,
)


@dataclass(frozen=True)
class Setting:
    """What a section works with."""

    loaded: Loaded  # the scenario that requirements are about
    work: Work
    shared: Path  # validation data, which are kept outside the project
    negmas: Path  # the environment that NegMAS is installed in
    say: Say  # takes a line of progress
