"""``python -m sim check``."""

from __future__ import annotations

from sim.commands import options as opt
from sim.commands.errors import load_or_fail


def check(file: opt.Scenario, set_: opt.Set = None) -> None:
    """Validate a scenario file; every error with its line and a suggestion."""
    loaded = load_or_fail(file, tuple(set_ or ()))
    from sim.scenario import LoadedDiscrete
    from sim.words.checked import contents, standing

    print(f"{file}: OK. {contents(loaded)}")
    if isinstance(loaded, LoadedDiscrete):
        return
    for line in [*standing(loaded.scenario), *loaded.notes]:
        print(line)
