"""The machine and the libraries that a run was measured with."""

from __future__ import annotations

import os
import platform
from importlib import metadata
from pathlib import Path

LIBRARIES = ("numpy", "scipy", "mesa", "xarray", "zarr", "distributed")


def machine() -> dict[str, str]:
    """Processor, cores, system, Python and library versions, in words."""
    libraries = {}
    for name in LIBRARIES:
        try:
            libraries[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            libraries[name] = "not installed"
    return {
        "processor": processor(),
        "cores": str(cores()),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        **libraries,
    }


def cores() -> int:
    """Cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def processor() -> str:
    """Model name of the processor, as far as the system tells."""
    listing = Path("/proc/cpuinfo")
    if listing.is_file():
        for line in listing.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def described(facts: dict[str, str]) -> str:
    """One paragraph for the top of the output."""
    first = f"{facts['processor']}, {facts['cores']} cores, {facts['system']}"
    rest = ", ".join(f"{name} {facts[name]}" for name in LIBRARIES)
    return f"{first}\nPython {facts['python']}, {rest}"
