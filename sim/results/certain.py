"""Scenarios in which a group decides and all are bound, and those of them without any chance."""

from __future__ import annotations

import numpy as np
import xarray as xr

from sim.engine.protocols.groups import GroupDecision
from sim.registry import PROTOCOLS
from sim.scenario.schema import Scenario


def decided_by_group(scenario: Scenario) -> bool:
    """Whether a group decides, and all are bound: there are no talks, and no days of any."""
    return issubclass(PROTOCOLS[scenario.protocol.name], GroupDecision)


def only_decided(scenario: Scenario) -> bool:
    """Whether what a group decides is the end of it: no vote and no broken truce undoes it."""
    return decided_by_group(scenario) and not scenario.ratification and len(scenario.stages) == 1


def alike(scenario: Scenario, ensemble: xr.Dataset) -> bool:
    """Whether a group decides, and the same at the same time in all worlds."""
    return decided_by_group(scenario) and all(
        np.array_equal(values, np.broadcast_to(values[:1], values.shape), equal_nan=True)
        for values in (ensemble.agreed.values, ensemble.settled_day.values)
    )
