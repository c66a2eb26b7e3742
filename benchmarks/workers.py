"""One process against two, and against Dask with two local workers."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

from benchmarks.engine import stored
from benchmarks.figures import Figure, Findings, Requirement
from benchmarks.setting import Setting
from benchmarks.timing import Unavailable, in_turn, ratios, seconds
from sim.ensemble.executors import ExecutorError, open_executor

WORKERS = 2
TIMES = {"two processes": 1.7, "Dask, two workers": 1.5}
"""Times as fast as one process, at least."""
ENOUGH = 200_000
"""Worlds that the bounds are about."""


def measure(setting: Setting, findings: Findings) -> None:
    """One process, two, and a Dask cluster on this machine, in turn; and whether bytes differ."""
    worlds, repeats = setting.work.shared_out, setting.work.few
    stores = set()

    def side(label: str, workers: int, cluster: str | None) -> Callable[[], float]:
        def once() -> float:
            setting.say(f"{worlds:,} worlds, {label}")
            with tempfile.TemporaryDirectory() as folder:
                store = Path(folder) / "worlds.zarr"

                def work() -> None:
                    with open_executor(workers, cluster) as executor:
                        stored(setting.loaded, worlds, store, executor)

                taken = seconds(work)
                stores.add(content(store))
            return taken

        return once

    sides = {"one process": side("one process", 1, None)}
    sides["two processes"] = side("two processes", WORKERS, None)
    if find_spec("distributed"):
        sides["Dask, two workers"] = side("Dask, two workers", WORKERS, "local")
    else:
        findings.notes.append('Dask is not installed: pip install -e ".[cluster]".')
    try:
        found = dict(zip(sides, in_turn(list(sides.values()), repeats), strict=True))
    except ExecutorError as error:
        raise Unavailable(str(error)) from error
    for name, times in found.items():
        findings.figures.append(Figure(f"{name}, {worlds:,} worlds", times, "s"))
    for name in list(sides)[1:]:
        required = Requirement("at least", TIMES[name], applies=worlds >= ENOUGH)
        speed = ratios(found["one process"], found[name])
        findings.figures.append(Figure(f"{name}: times as fast as one", speed, "×", required))
    different = Figure(
        f"different stores after {len(sides) * repeats} runs",
        (float(len(stores)),),
        "",
        Requirement("at most", 1.0),
    )
    findings.figures.append(different)


def content(folder: Path) -> str:
    """Hash of all files of a folder: their names and bytes."""
    found = hashlib.sha256()
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        found.update(f"{path.relative_to(folder)}\0{path.stat().st_size}\0".encode())
        found.update(path.read_bytes())
    return found.hexdigest()
