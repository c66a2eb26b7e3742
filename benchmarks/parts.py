"""Where the time goes: samples of what the engine is at, folded into the parts of the model.

A timer of the process's own clock interrupts the run; each time the innermost function of the
package that belongs to a part is noted. What NumPy does counts for the function that asked for it.
Unlike a tracing profiler this costs calls of small functions nothing extra.
"""

from __future__ import annotations

import signal
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from types import FrameType

import sim
from benchmarks.engine import stored
from benchmarks.figures import Figure, Findings
from benchmarks.setting import Setting

EVERY = 0.002
"""Seconds of processor time between two samples (the system may make it longer)."""

PARTS = {
    "engine.draws": "draws and set-up",
    "scenario.distributions": "draws and set-up",
    "engine.war": "war",
    "engine.levers": "levers",
    "engine.agents.outlook": "outlook: what fighting on is worth",
    "engine.agents.delegate": "outlook: what fighting on is worth",
    "engine.limited": "limited agreements",
    "engine.tracks": "limited agreements",
    "formulas.bargaining.walk": "aspirations and offers",
    "formulas.bargaining.learning": "aspirations and offers",
    "formulas.tactics": "aspirations and offers",
    "formulas.bargaining.tradeoffs": "aspirations and offers",
    "engine.agents.party": "aspirations and offers",
    "engine.agents.bargainer": "aspirations and offers",
    "formulas.bargaining.drafting": "drafting of texts",
    "formulas.bargaining.criticism": "drafting of texts",
    "engine.agents.mediator": "drafting of texts",
    "formulas.bargaining.red_lines": "red lines",
    "engine.agents.known_lines": "red lines",
    "engine.protocols": "protocol: who speaks, who signs",
    "engine.ratification": "gates",
    "engine.durability": "end of run: durability",
    "engine.published_plan": "the plan as published",
    "engine.ripeness": "ripeness",
    "results": "table and store of outcomes",
    "ensemble.runner": "table and store of outcomes",
    "ensemble.store": "table and store of outcomes",
}
"""Module (or package) → part. The rest goes to whoever calls it, at last to the round itself."""
SET_UP, ROUND, ELSEWHERE = "draws and set-up", "the round itself", "outside the model"
PACKAGE = Path(sim.__file__).parent


@cache
def module_of(file: str) -> str | None:
    """Dotted name of a file of the package, without the package's own; None for other files."""
    path = Path(file)
    if not path.is_relative_to(PACKAGE):
        return None
    return ".".join(path.relative_to(PACKAGE).with_suffix("").parts)


@cache
def part_of_module(module: str) -> str | None:
    """Its part, or that of the package it is in."""
    while module not in PARTS:
        module, dot, _ = module.rpartition(".")
        if not dot:
            return None
    return PARTS[module]


def part_of(frame: FrameType | None) -> str:
    """The part of the innermost frame that belongs to one."""
    part = ELSEWHERE
    while frame is not None:
        module = module_of(frame.f_code.co_filename)
        if module == "engine.model" and frame.f_code.co_name == "__init__":
            return SET_UP
        if module is not None:
            found = part_of_module(module)
            if found is not None:
                return found
            part = ROUND
        frame = frame.f_back
    return part


@contextmanager
def sampled() -> Iterator[Counter[str]]:
    """Counts by part what this process's main thread is at while the context lasts."""
    counts: Counter[str] = Counter()

    def note(number: int, frame: FrameType | None) -> None:
        counts[part_of(frame)] += 1

    before = signal.signal(signal.SIGPROF, note)
    signal.setitimer(signal.ITIMER_PROF, EVERY, EVERY)
    try:
        yield counts
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0.0)
        signal.signal(signal.SIGPROF, before)


def bars(counts: Counter[str], width: int = 40) -> str:
    """A line per part, the largest first: name, share, bar."""
    total, most = counts.total(), max(counts.values())
    return "\n".join(
        f"{name:<36}{count / total:>6.1%}  {'█' * round(width * count / most)}"
        for name, count in counts.most_common()
    )


def measure(setting: Setting, findings: Findings) -> None:
    """Shares of the parts, over whole chunks from their draws to the store on disk."""
    worlds = setting.work.profiled
    setting.say(f"{worlds:,} worlds")
    with tempfile.TemporaryDirectory() as folder, sampled() as counts:
        stored(setting.loaded, worlds, Path(folder) / "worlds.zarr")
    findings.text = bars(counts)
    total = counts.total()
    findings.figures += [
        Figure(name, (100.0 * count / total,), "%") for name, count in counts.most_common()
    ]
    findings.notes.append(f"{total:,} samples over {worlds:,} worlds.")
