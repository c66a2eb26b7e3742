"""A scenario in which far more happens, so that equality is tested where worlds sign and settle."""

from __future__ import annotations

import copy
from typing import Any


def eventful(raw: dict[str, Any]) -> dict[str, Any]:
    """A scenario file's content with hurried talks, a dearer war, and fewer and softer red lines.

    Truces are worth little and the front is restless, so that some are broken; one in three red
    lines stays; principals may walk away.
    """
    data = copy.deepcopy(raw)
    for actor in data["actors"].values():
        if actor.get("role") not in ("party", "manipulator"):
            continue
        actor["patience"] = {"uniform": [4, 16]}
        if actor["role"] == "party":
            actor["leave_after"] = {"uniform": [30, 90]}
        for number, position in enumerate(actor["positions"].values()):
            position["softening"] = 0.3
            if number % 3:
                for line in ("limit", "limits", "conditional"):
                    position.pop(line, None)
    for cost in data["war"]["cost"].values():
        ((kind, values),) = cost["per_month"].items()
        cost["per_month"] = {kind: [3 * value for value in values]}
        cost["growth"] = 0.01
    for drift in data["war"]["drift"].values():
        drift["volatility"] = 10 * drift["volatility"]
    for stage in data.get("agenda", [])[:-1]:
        stage["cost_factor"] = {"uniform": [0.8, 1.0]}
        stage.pop("terms", None)
    return data
