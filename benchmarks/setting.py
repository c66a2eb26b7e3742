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
    """How much is measured.

    Attributes
    ----------
    repeats : int
        Of what is compared side by side.
    few : int
        Repeats of what takes minutes.
    by_worlds : tuple of int
        Numbers of worlds whose cost per world is measured in this process.
    ensemble : int
        Worlds of the ensemble that others are compared with.
    alone : int
        Ordinary Mesa models in one batch.
    command : int
        Worlds of the whole command with all charts.
    most : int
        Worlds of the largest run.
    shared_out : int
        Worlds divided among processes.
    parties, issues : tuple of int
        Sizes of the generated scenarios.
    sessions : dict of str to int
        Discrete sessions per configuration.
    profiled : int
        Worlds in which it is counted where the time goes.
    starts : int
        Times that the command is started.
    """

    repeats: int = 5
    few: int = 2
    by_worlds: tuple[int, ...] = (1, 10, 100, 1_000, 10_000, 100_000)
    ensemble: int = 10_000
    alone: int = 10
    command: int = 1_000
    most: int = 1_000_000
    shared_out: int = 200_000
    parties: tuple[int, ...] = (2, 3, 4, 5, 6, 7, 8)
    issues: tuple[int, ...] = (2, 4, 8, 12, 16, 20, 24)
    generated_worlds: int = 1_000
    sessions: tuple[tuple[str, int], ...] = (("a", 400), ("b", 20), ("c", 40))
    profiled: int = 5_000
    starts: int = 20


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
    """What a section works with.

    Attributes
    ----------
    loaded : Loaded
        The scenario that requirements are about.
    work : Work
    shared : Path
        Folder of the validation data, which is kept outside the project.
    negmas : Path
        Folder of the environment that NegMAS is installed in.
    say : callable
        Takes a line of progress.
    """

    loaded: Loaded
    work: Work
    shared: Path
    negmas: Path
    say: Say
