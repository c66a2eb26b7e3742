"""The machine and the libraries that a run was measured with."""

from __future__ import annotations

import platform
from importlib import metadata
from pathlib import Path

from sim.ensemble.executors import cores

LIBRARIES = ("numpy", "scipy", "mesa", "xarray", "zarr", "distributed")


def machine() -> dict[str, str]:
    """Processor, cores, system, Python and library versions, in words."""
    there = {d.metadata["Name"].lower(): d.version for d in metadata.distributions()}
    return {
        "processor": processor(),
        "cores": str(cores()),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        **{name: there.get(name, "not installed") for name in LIBRARIES},
    }


def processor() -> str:
    """Model name of the processor, as far as the system tells."""
    listing = Path("/proc/cpuinfo")
    for line in listing.read_text(encoding="utf-8").splitlines() if listing.is_file() else ():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def described(facts: dict[str, str]) -> str:
    """One paragraph for the top of the output."""
    first = f"{facts['processor']}, {facts['cores']} cores, {facts['system']}"
    rest = ", ".join(f"{name} {facts[name]}" for name in LIBRARIES)
    return f"{first}\nPython {facts['python']}, {rest}"
