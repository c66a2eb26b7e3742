"""Scenario files: format, loading, uncertain numbers, errors with their place."""

from sim.scenario.errors import Place, Problem, ScenarioError
from sim.scenario.loading import (
    Loaded,
    LoadedDiscrete,
    find_scenario,
    load_any,
    load_data,
    load_scenario,
    load_variant,
)
from sim.scenario.schema import Scenario

__all__ = [
    "Loaded",
    "LoadedDiscrete",
    "Place",
    "Problem",
    "Scenario",
    "ScenarioError",
    "find_scenario",
    "load_any",
    "load_data",
    "load_scenario",
    "load_variant",
]
