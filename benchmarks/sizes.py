"""Cost per world by number of parties, of issues, and by protocol."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from benchmarks.figures import Figure, Findings
from benchmarks.generated import load_generated
from benchmarks.setting import SEED, Setting
from benchmarks.timing import in_turn, seconds
from sim.engine.draws import Draws
from sim.engine.model import PeaceTalks
from sim.engine.protocols import PROTOCOLS
from sim.scenario import Loaded

PARTIES, ISSUES = 3, 6
"""Of the generated scenario when the other number varies."""


def parties(setting: Setting, findings: Findings) -> None:
    """By number of parties, with :data:`ISSUES` issues."""
    sizes = setting.work.parties
    _measure(setting, findings, {f"{n} parties": load_generated(n, ISSUES) for n in sizes})
    findings.notes.append(f"Generated scenarios with {ISSUES} issues, by shuttle, no world agrees.")


def issues(setting: Setting, findings: Findings) -> None:
    """By number of issues, with :data:`PARTIES` parties."""
    sizes = setting.work.issues
    _measure(setting, findings, {f"{n} issues": load_generated(PARTIES, n) for n in sizes})
    findings.notes.append(f"The same with {PARTIES} parties.")


def protocols(setting: Setting, findings: Findings) -> None:
    """By protocol."""
    _measure(setting, findings, {p: load_generated(PARTIES, ISSUES, p) for p in PROTOCOLS})
    findings.notes.append(
        f"The same with {PARTIES} parties and {ISSUES} issues; models of group decisions conclude "
        "early, the others never."
    )


def _measure(setting: Setting, findings: Findings, scenarios: Mapping[str, Loaded]) -> None:
    worlds = setting.work.generated_worlds

    def side(loaded: Loaded) -> Callable[[], float]:
        return lambda: seconds(PeaceTalks(loaded.scenario, Draws(SEED, worlds)).run)

    sides = [side(loaded) for loaded in scenarios.values()]
    found = in_turn(sides, setting.work.repeats, setting.say)
    for name, times in zip(scenarios, found, strict=True):
        each = tuple(1e3 * t / worlds for t in times)
        findings.figures.append(Figure(f"{name}, {worlds:,} worlds", each, "ms/world"))
