"""Scenarios of any size, made from a seed and read by the project's own loader."""

from __future__ import annotations

import json
import random
import tempfile
from pathlib import Path
from typing import Any

from sim.scenario import Loaded, load_scenario

ROUNDS, DAYS = 52, 7


def generated(
    parties: int, issues: int, protocol: str = "shuttle", seed: int = 1
) -> dict[str, Any]:
    """A scenario as plain data.

    Parties want one end or the other in turn; half of their positions have a red line. Numbers are
    uncertain, the front drifts, beliefs about it are wrong at first, and each party but the first
    is under one threat. An envoy drafts texts where the protocol has one. On the first issue the
    red lines of the first two parties miss each other by far, so that no world concludes early and
    the cost of a world is that of the same number of rounds at every size.

    Parameters
    ----------
    parties, issues : int
        At least 2 each.
    protocol : str
        Name of a protocol.
    seed : int
        Seed of the numbers.
    """
    rng = random.Random(seed)
    names, keys = [f"p{n}" for n in range(parties)], [f"i{n}" for n in range(issues)]

    def about(low: float, high: float) -> float:
        return round(rng.uniform(low, high), 3)

    def position(side: int, issue: int) -> dict[str, Any]:
        ideal = about(0.0, 0.15) if side == 0 else about(0.85, 1.0)
        made: dict[str, Any] = {"ideal": ideal, "salience": about(0.2, 1.0), "judgement": "drawn"}
        if issue == 0:
            made["limit"] = 0.2 if side == 0 else 0.8
        elif rng.random() < 0.5:
            limit = about(0.55, 0.9) if side == 0 else about(0.1, 0.45)
            made["limit"] = {"normal": [limit, 0.05]}
        return made

    actors: dict[str, Any] = {}
    for n, name in enumerate(names):
        actors[name] = {
            "name": f"Party {n}",
            "power": about(0.5, 1.0),
            "patience": {"uniform": [20, 50]},
            "positions": {key: position(n % 2, i) for i, key in enumerate(keys)},
        }
        if n:
            actors[name]["levers"] = {
                "press": {
                    "title": "Press",
                    "on": names[n - 1],
                    "when": {"refuses": {"actor": names[n - 1], "times": 3}},
                    "effect": {"cost": {names[n - 1]: 0.01}},
                    "delay": 2,
                    "judgement": "drawn",
                }
            }
    if protocol in ("shuttle", "single_text"):
        actors["envoy"] = {
            "name": "Envoy",
            "role": "formulator",
            "acceptability": {name: about(0.3, 0.9) for name in names},
        }
    return {
        "name": "generated",
        "title": f"{parties} parties, {issues} issues",
        "issues": {
            key: {
                "title": key,
                "kind": "options" if i % 3 == 2 else "continuous",
                "scale": {0.0: "one end", 0.25: "a", 0.5: "b", 0.75: "c", 1.0: "the other end"},
                "no_deal": about(0.2, 0.8),
            }
            for i, key in enumerate(keys)
        },
        "actors": actors,
        "war": {
            "start_date": "2025-01-20",
            "round_days": DAYS,
            "cost": {name: {"per_month": {"normal": [0.02, 0.004]}} for name in names},
            "drift": {keys[-1]: {"mean": {"normal": [0.0, 0.005]}, "volatility": 0.01}},
            "beliefs": {name: {keys[-1]: {"mean": 0.01, "sd": 0.01}} for name in names[:2]},
        },
        "protocol": {"name": protocol},
        "spread": {"ideal": 0.03, "salience": 0.2},
        "horizon_days": ROUNDS * DAYS,
    }


def load_generated(parties: int, issues: int, protocol: str = "shuttle", seed: int = 1) -> Loaded:
    """The scenario of :func:`generated`, written to a file and loaded from it."""
    with tempfile.TemporaryDirectory() as folder:
        # JSON is YAML
        file = Path(folder) / "generated.yaml"
        file.write_text(json.dumps(generated(parties, issues, protocol, seed)), encoding="utf-8")
        return load_scenario(file)
