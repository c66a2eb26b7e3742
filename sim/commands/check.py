"""``python -m sim check``."""

from __future__ import annotations

from sim.commands import options as opt
from sim.commands.errors import load_or_fail


def check(file: opt.Scenario, set_: opt.Set = None) -> None:
    """Validate a scenario file; every error with its line and a suggestion."""
    loaded = load_or_fail(file, tuple(set_ or ()))
    from sim.scenario import LoadedDiscrete
    from sim.studies.solve.subject import solve_scenario
    from sim.studies.solve.summary import statement
    from sim.words.checked import contents, standing

    print(f"{file}: OK. {contents(loaded)}")
    if isinstance(loaded, LoadedDiscrete):
        return
    zone = statement(solve_scenario(loaded.scenario))
    zone = f"At the medians {zone[0].lower()}{zone[1:]}"
    for line in [*standing(loaded.scenario), zone, *loaded.notes]:
        print(line)
