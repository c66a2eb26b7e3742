"""Peace-negotiation scenarios: Mesa agents bargain over YAML-configured positions.

What is offered here is in :mod:`sim.api`, which is imported when one of its names is first used:
``import sim`` itself costs nothing.
"""

from importlib import import_module
from typing import Any

__version__ = "0.2.0"
__all__ = [
    "Citation",
    "Comparison",
    "Explanation",
    "Parameter",
    "Protocol",
    "ProtocolConformance",
    "Run",
    "SaidError",
    "Scenario",
    "ScenarioError",
    "Solution",
    "Sweep",
    "Tactic",
    "TacticConformance",
    "View",
    "__version__",
    "citations",
    "compare",
    "load",
    "model",
    "open",
    "protocol",
    "solve",
    "sweep",
    "tactic",
]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module 'sim' has no attribute '{name}'")
    # by its name, as nothing below the API may import it
    return getattr(import_module("sim.api"), name)


def __dir__() -> list[str]:
    return __all__
