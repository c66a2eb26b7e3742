"""The engine against the same arithmetic as compiled loops (:mod:`benchmarks.lower_bound`)."""

from __future__ import annotations

from benchmarks import lower_bound
from benchmarks.figures import Figure, Findings, Requirement
from benchmarks.setting import Setting
from benchmarks.timing import Unavailable
from sim.scenario import Scenario

SLOWER, WORLDS = 4.0, 10_000
"""Times as long as the lower bound, at most, and the worlds that this is about."""
TIES = 1000
"""In one world of so many the outcome may differ: a tie between drafts decided the other way."""


def measure(setting: Setting, findings: Findings) -> None:
    """Both in turn, chunk by chunk, and whether all outcomes are the same."""
    worlds, repeats = setting.work.ensemble, setting.work.repeats
    found = []
    try:
        setting.say("compiling")
        for repeat in range(repeats):
            found.append(_played(setting.loaded.scenario, worlds))
            setting.say(f"{worlds:,} worlds, {repeat + 1} of {repeats}")
    except (lower_bound.Unavailable, lower_bound.NotCovered) as error:
        raise Unavailable(str(error)) from error
    _same_outcomes(findings, "same outcome in both", found)
    label = f"{worlds:,} worlds"
    findings.figures += [
        Figure(f"{label}, engine", tuple(1e3 * c.numpy for c in found), "ms/world"),
        Figure(f"{label}, compiled", tuple(1e3 * c.numba for c in found), "ms/world"),
    ]
    both = tuple((c.ratio, c.ratio_with_setup) for c in found if c.ratio and c.ratio_with_setup)
    if len(both) == len(found):
        required = Requirement("at most", SLOWER, applies=worlds >= WORLDS)
        without, with_setup = zip(*both, strict=True)
        findings.figures += [
            Figure("times as long as compiled", without, "×", required),
            Figure("the same with the set-up that both share", with_setup, "×"),
        ]
    else:
        differing = ", ".join(sorted(name for c in found for name in c.differing))
        findings.notes.append(f"No ratio, since outcomes differ: {differing}.")
    eventful = Scenario.model_validate(lower_bound.eventful(setting.loaded.raw))
    varied = _played(eventful, setting.work.generated_worlds)
    _same_outcomes(findings, "same in a variant in which many settle", [varied])
    findings.notes.append(
        f"Processor time; compiling took {found[0].compile_seconds:.0f} s and is not counted."
    )


def _same_outcomes(findings: Findings, label: str, found: list[lower_bound.Comparison]) -> None:
    equal, worlds = min(c.equal for c in found), found[0].compared
    required = Requirement("at least", worlds - worlds // TIES)
    findings.figures.append(Figure(f"{label}, of {worlds:,} worlds", (equal,), "", required))


def _played(scenario: Scenario, worlds: int) -> lower_bound.Comparison:
    return lower_bound.measure(scenario, worlds, may_differ=worlds // TIES)
