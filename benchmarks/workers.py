"""One process against two, and against Dask with two local workers."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable
from pathlib import Path

from benchmarks.engine import stored
from benchmarks.figures import Figure, Findings, Requirement
from benchmarks.setting import Setting
from benchmarks.timing import Unavailable, in_turn, ratios, seconds
from sim.executors import ExecutorError, open_executor

WORKERS = 2
BOUNDS = {"processes": 1.7, "dask": 1.5}
"""Times as fast as one process, at least."""
ENOUGH = 200_000
"""Worlds that the bounds are about."""


def processes(setting: Setting, findings: Findings) -> None:
    """Two worker processes."""
    _compare(setting, findings, "two processes", None)


def dask(setting: Setting, findings: Findings) -> None:
    """A Dask cluster on this machine."""
    _compare(setting, findings, "Dask, two workers", "local")


def _compare(setting: Setting, findings: Findings, name: str, cluster: str | None) -> None:
    worlds, repeats = setting.work.shared_out, setting.work.few
    stores = set()

    def side(label: str, workers: int, cluster: str | None) -> Callable[[], float]:
        def once() -> float:
            setting.say(f"{worlds:,} worlds, {label}")
            with tempfile.TemporaryDirectory() as folder:
                store = Path(folder) / "worlds.zarr"

                def work() -> None:
                    with open_executor(workers, cluster) as executor:
                        stored(setting.loaded, worlds, store, setting.say, executor)

                taken = seconds(work)
                stores.add(content(store))
            return taken

        return once

    try:
        one, two = in_turn([side("one process", 1, None), side(name, WORKERS, cluster)], repeats)
    except ExecutorError as error:
        raise Unavailable(str(error)) from error
    findings.figures += [
        Figure(f"one process, {worlds:,} worlds", one, "s"),
        Figure(f"{name}, {worlds:,} worlds", two, "s"),
        Figure(
            "times as fast",
            ratios(one, two),
            "×",
            Requirement("at least", BOUNDS[findings.name], applies=worlds >= ENOUGH),
        ),
        Figure(
            f"different stores after {2 * repeats} runs",
            (float(len(stores)),),
            "",
            Requirement("at most", 1.0),
        ),
    ]


def content(folder: Path) -> str:
    """Hash of all files of a folder: their names and bytes."""
    found = hashlib.sha256()
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        found.update(f"{path.relative_to(folder)}\0{path.stat().st_size}\0".encode())
        found.update(path.read_bytes())
    return found.hexdigest()
