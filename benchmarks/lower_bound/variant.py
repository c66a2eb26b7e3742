"""A scenario in which far more happens, so that equality is tested where worlds sign and settle."""

from __future__ import annotations

import copy
from typing import Any


def eventful(raw: dict[str, Any]) -> dict[str, Any]:
    """A scenario file's content with hurried talks, a dearer war, and wider and softer red lines.

    Truces are worth little and the front is restless, so that some are broken; principals may walk
    away. Actors, issues, levers and conditions are the same, so the kernel is compiled once.
    """
    data = copy.deepcopy(raw)
    for actor in data["actors"].values():
        if actor.get("role") not in ("party", "manipulator"):
            continue
        actor["patience"] = {"uniform": [4, 16]}
        if actor["role"] == "party":
            actor["leave_after"] = {"uniform": [30, 90]}
        for position in actor["positions"].values():
            position["softening"] = 0.3
            far = 1.0 if position["ideal"] <= 0.5 else 0.0
            for holder in (position, *position.get("conditional", [])):
                if "limit" in holder:
                    holder["limit"] = _toward(holder["limit"], far)
    for cost in data["war"]["cost"].values():
        cost["per_month"] = _scaled(cost["per_month"], 3.0)
        cost["growth"] = 0.01
    for drift in data["war"]["drift"].values():
        drift["volatility"] = _scaled(drift["volatility"], 10.0)
    for stage in data.get("agenda", [])[:-1]:
        stage["cost_factor"] = {"uniform": [0.8, 1.0]}
    return data


def _scaled(number: Any, factor: float) -> Any:
    """A number as files write it (plain, a list, or a distribution), times a factor."""
    if isinstance(number, dict):
        return {kind: _scaled(values, factor) for kind, values in number.items()}
    if isinstance(number, list):
        return [_scaled(value, factor) for value in number]
    return factor * number


def _toward(number: Any, far: float) -> Any:
    """The same, moved 60 per cent of the way to an end of the scale."""
    if isinstance(number, dict):
        return {kind: _toward(values, far) for kind, values in number.items()}
    if isinstance(number, list):
        return [_toward(value, far) for value in number]
    return number + 0.6 * (far - number)
