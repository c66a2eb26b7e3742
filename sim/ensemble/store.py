"""Ensembles on disk: a Zarr store that grows chunk by chunk, and a journal of what is finished.

One process writes. A chunk of worlds is a file of its own in every array, each written whole, and
counts as finished once its entry in the journal is there, with the checksums of those files. So
whatever stops the writer, the finished chunks stay, and only the others are run again. Nothing in
the store depends on when, where or in which order chunks were run.
"""

from __future__ import annotations

import json
import os
import shutil
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import IO, Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from sim.arrays import Mask
from sim.engine.draws import CHUNK
from sim.ensemble.chunks import Failure, Task, chunk_tasks
from sim.prose import SaidError
from sim.results.dataset import STORE, ChunkResult
from sim.results.experiments import unpacked

JOURNAL, HEADER, LOCK = "journal", "store.json", "lock"
FINISHED = "finished"
"""An array of the store: 1 for worlds that have been run (others read as nothing or zero)."""
LEVEL = 1
"""Of the Zstandard compression."""


class StoreError(SaidError, ValueError):
    """A store cannot be used or written; one sentence for the user."""


@dataclass(frozen=True)
class _Array:
    """What is needed to write one chunk of an array: its metadata as Zarr (format 2) has them."""

    name: str
    chunks: tuple[int, ...]
    dtype: np.dtype[Any]
    leading: tuple[str, ...]

    def file(self, task: Task) -> str:
        numbers = [{"cell": task.cell}.get(dim, task.chunk) for dim in self.leading]
        rest = [0] * (len(self.chunks) - len(self.leading))
        return f"{self.name}/{'.'.join(map(str, [*numbers, *rest]))}"

    def encoded(self, values: NDArray[Any]) -> bytes:
        """The chunk as Zarr stores it: of full size whatever the number of worlds, compressed."""
        from numcodecs import Zstd

        whole = np.zeros(self.chunks, dtype=self.dtype)
        own = whole[0] if self.leading[0] == "cell" else whole
        own[: len(values)] = values
        return bytes(Zstd(LEVEL).encode(whole))


class ChunkStore:
    """A Zarr store (format 2) of the outcomes of an ensemble, and its journal.

    Arrays have the leading dims ``(world,)``, ``(traced,)`` for rounds, or ``(cell, world)``. Read
    it with :meth:`dataset`, or with :func:`xarray.open_zarr`.

    Attributes
    ----------
    path : Path
        The folder.
    header : dict
        What the store is of: ``worlds``, ``cells`` (None for a plain run), ``traced``, and the
        ``identity`` given when it was made.
    """

    def __init__(self, path: Path) -> None:
        """Open a store that exists; :class:`StoreError` where there is none."""
        self.path, self.journal = path, path / JOURNAL
        try:
            self.header = json.loads((self.journal / HEADER).read_text(encoding="utf-8"))
            metadata = json.loads((path / ".zmetadata").read_text(encoding="utf-8"))["metadata"]
            self._arrays = [
                _Array(
                    name,
                    tuple(metadata[f"{name}/.zarray"]["chunks"]),
                    np.dtype(metadata[f"{name}/.zarray"]["dtype"]),
                    self._leading(metadata[f"{name}/.zattrs"]["_ARRAY_DIMENSIONS"]),
                )
                for name in (*self.header["variables"], FINISHED)
                if 0 not in metadata[f"{name}/.zarray"]["shape"]
            ]
        except (OSError, ValueError, LookupError, TypeError, AttributeError) as error:
            raise StoreError(f"{path}: cannot be read as a store of worlds: {error}") from error
        self._lock: IO[bytes] | None = None

    def _leading(self, dims: list[str]) -> tuple[str, ...]:
        return tuple(dims[:2]) if self.header["cells"] is not None else (dims[0],)

    @classmethod
    def prepare(
        cls,
        path: Path,
        like: xr.Dataset,
        worlds: int,
        identity: Mapping[str, Any],
        attributes: Mapping[str, Any],
        cells: xr.Dataset | None = None,
        traced: int = 0,
        overwrite: bool = False,
    ) -> ChunkStore:
        """A store to write to: a new one, or an unfinished one of the same run.

        Parameters
        ----------
        path : Path
            The folder.
        like : Dataset
            Variables, coordinates and attributes of one world (:func:`.dataset.template`),
            with the leading dim ``world``, or ``traced`` for those kept only of traced worlds.
        worlds : int
            Number of worlds, of each cell.
        identity : mapping
            What makes it this run; plain types.
        attributes : mapping
            Attributes of the dataset; plain types.
        cells : Dataset, optional
            Coordinates along the dim ``cell``; absent for a plain run.
        traced : int
            Every round is kept of the chunks that begin before this world; not with cells.
        overwrite : bool
            Begin anew where there is a store of another run, or this one.

        Raises
        ------
        StoreError
            If there is something else, a store of another run, one that another process is
            writing to, or if it cannot be written.
        """
        tasks = chunk_tasks(worlds, traced)
        kept = sum(task.worlds for task in tasks if task.trace)
        names = [str(n) for n, v in like.data_vars.items() if v.dims[0] == "world" or kept]
        header = {
            "worlds": worlds,
            "chunk": CHUNK,
            "cells": None if cells is None else cells.sizes["cell"],
            "traced": kept,
            "variables": names,
            "identity": dict(identity),
        }
        header = json.loads(json.dumps(header))
        fresh = path.with_name(f".{path.name}-new")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            shutil.rmtree(fresh, ignore_errors=True)
            _lay_out(fresh, like[names], header, attributes, cells)
            if path.exists():
                _check_same(path, header, overwrite)
                with _locked(path):
                    shutil.rmtree(path) if overwrite else _mend(path, fresh)
            if not path.exists():
                fresh.rename(path)
            store = cls(path)
            store._lock = _locked(path)
        except OSError as error:
            where = error.filename or path
            raise StoreError(
                f"{where}: cannot be written: {error.strerror or error} (choose another --out)."
            ) from error
        finally:
            shutil.rmtree(fresh, ignore_errors=True)
        return store

    def close(self) -> None:
        """Let others write."""
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def __enter__(self) -> ChunkStore:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def tasks(self) -> list[Task]:
        """All chunks of all cells."""
        return [
            task
            for cell in range(self.header["cells"] or 1)
            for task in chunk_tasks(self.header["worlds"], self.header["traced"], cell)
        ]

    @cached_property
    def _finished(self) -> set[tuple[int, int]]:
        """Cell and chunk of those whose files are all as the journal says."""
        return {(t.cell, t.chunk) for t in self.tasks() if self._is_whole(t)}

    def _is_whole(self, task: Task) -> bool:
        try:
            entry = json.loads(self._entry(task).read_text(encoding="utf-8"))
            return entry["worlds"] == task.worlds and all(
                zlib.crc32((self.path / file).read_bytes()) == entry["crc32"][file]
                for file in self._files(task)
            )
        except (OSError, ValueError, KeyError, TypeError):
            return False

    def _files(self, task: Task) -> dict[str, _Array]:
        return {a.file(task): a for a in self._arrays if a.leading[0] != "traced" or task.trace}

    def _entry(self, task: Task, failed: bool = False) -> Path:
        return self.journal / f"{task.cell}.{task.chunk}{'.failed' if failed else ''}.json"

    def missing(self) -> list[Task]:
        """Chunks still to be run: never finished, failed, or damaged since."""
        return [task for task in self.tasks() if (task.cell, task.chunk) not in self._finished]

    def finished(self) -> Mask:
        """Which worlds have been run, shape ``(cells, worlds)``."""
        done = np.ones((self.header["cells"] or 1, self.header["worlds"]), dtype=bool)
        for task in self.missing():
            done[task.cell, task.chunk * CHUNK :][: task.worlds] = False
        return done

    def write(self, task: Task, result: ChunkResult) -> None:
        """Add a finished chunk.

        Raises
        ------
        StoreError
            If it cannot be written; what was finished before stays.
        """
        values = result.outcomes | result.trace | {FINISHED: np.ones(task.worlds, dtype=bool)}
        checksums = {}
        try:
            self._entry(task).unlink(missing_ok=True)
            for file, array in self._files(task).items():
                content = array.encoded(values[array.name])
                write_bytes(self.path / file, content)
                checksums[file] = zlib.crc32(content)
            entry = {"worlds": task.worlds, "crc32": checksums}
            write_bytes(self._entry(task), _json(entry))
            self._entry(task, failed=True).unlink(missing_ok=True)
        except OSError as error:
            raise self._cannot_write(error) from error
        self._finished.add((task.cell, task.chunk))

    def record(self, failure: Failure) -> None:
        """Note a chunk that failed; it counts as missing."""
        entry = failure._asdict() | {"task": failure.task._asdict()}
        try:
            write_bytes(self._entry(failure.task, failed=True), _json(entry))
        except OSError as error:
            raise self._cannot_write(error) from error

    def failures(self) -> list[Failure]:
        """Chunks that failed when they were last run."""
        found = []
        for task in self.missing():
            try:
                entry = json.loads(self._entry(task, failed=True).read_text(encoding="utf-8"))
                found.append(Failure(**(entry | {"task": Task(**entry["task"])})))
            except (OSError, ValueError, KeyError, TypeError):
                continue
        return found

    def _cannot_write(self, error: OSError) -> StoreError:
        where, every = error.filename or self.path, len(self.tasks())
        return StoreError(
            f"{where}: cannot be written: {error.strerror or error}; {len(self._finished):,} of "
            f"{every:,} chunks are finished and stay readable: when there is room, give the same "
            "command again, which goes on from there."
        )

    def dataset(self) -> xr.Dataset:
        """The outcomes, read from disk each time they are asked for.

        In a plain run only the worlds that have been run are there, under their own numbers; with
        cells, :data:`FINISHED` says which have.
        """
        names = self.header["variables"]
        try:
            data = xr.open_dataset(self.path, engine="zarr", chunks=None, cache=False)
            # of cells all coordinates, also those that no outcome has a dim of
            other = [n for n in data.data_vars if n not in (*names, FINISHED)]
            data = data[names] if self.header["cells"] is None else data.drop_vars(other)
            for coordinate in data.coords.values():
                coordinate.load()
        except Exception as error:  # damaged files make their libraries fail in any way
            raise StoreError(
                f"{self.path}: is damaged ({error}); the command that made it mends it"
            ) from error
        if self.header["cells"] is not None:
            return data
        done = self.finished()[0]
        if not done.all():
            data = data.isel(world=np.flatnonzero(done))
            if "traced" in data.dims:
                data = data.isel(traced=np.flatnonzero(done[: self.header["traced"]]))
        return data


def read_store(path: Path, attributes: Mapping[str, Any]) -> xr.Dataset:
    """The worlds of a finished run (see :meth:`ChunkStore.dataset`).

    Parameters
    ----------
    path : Path
        The store.
    attributes : mapping
        Attributes of the run, which must be those of the store.

    Raises
    ------
    StoreError
        If it cannot be read, is of another run, or lacks chunks that did not fail.
    """
    store = ChunkStore(path)
    data = store.dataset()
    if data.attrs != dict(attributes):
        raise StoreError(f"{path}: holds the worlds of another run since")
    failed = {failure.task for failure in store.failures()}
    gone = [task for task in store.missing() if task not in failed]
    if gone:
        raise StoreError(
            f"{path}: {len(gone):,} of {len(store.tasks()):,} chunks are missing or damaged; the "
            "command that made it runs just those again"
        )
    return data


def load_results(path: Path) -> tuple[xr.Dataset, xr.Dataset]:
    """Read back what :func:`~sim.results.dataset.save_results` wrote.

    An ensemble that is in a store is opened there: its variables are read when they are asked for.

    Raises
    ------
    OSError, ValueError
        If the file or its store cannot be read, or the store is not that of this file, or not
        whole.
    """
    ensemble = unpacked(xr.load_dataset(path, engine="h5netcdf"))
    central = xr.load_dataset(path, engine="h5netcdf", group="central")
    if STORE in ensemble.attrs:
        place = path.parent / ensemble.attrs.pop(STORE)
        ensemble = read_store(place, ensemble.attrs)
    return ensemble, central


def write_bytes(path: Path, content: bytes) -> None:
    """Write a file whole or not at all.

    The temporary name is always the same, so that what a killed process leaves is taken up by the
    next. Data are not forced to the disk: after a power cut the checksums tell what got there.
    """
    temporary = path.with_name(f".{path.name}.part")
    try:
        temporary.write_bytes(content)
        os.replace(temporary, path)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise


def _locked(path: Path) -> IO[bytes]:
    """Makes this process the only writer until it closes the file or ends."""
    lock = (path / JOURNAL / LOCK).open("ab")
    try:
        import fcntl

        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.close()
        raise StoreError(f"{path}: another process is writing to it.") from None
    except (ImportError, OSError):
        pass  # a system, or a file system, without locks
    return lock


def _json(content: Mapping[str, Any]) -> bytes:
    return (json.dumps(content, indent=1, ensure_ascii=False) + "\n").encode()


def _lay_out(
    path: Path,
    like: xr.Dataset,
    header: dict[str, Any],
    attributes: Mapping[str, Any],
    cells: xr.Dataset | None,
) -> None:
    """Metadata, coordinates and empty arrays of a new store."""
    import zarr
    from numcodecs import Zstd
    from zarr.storage import LocalStore

    coordinates = like.coords.to_dataset()
    coordinates = coordinates.drop_vars("world", errors="ignore").assign_coords(
        world=np.arange(header["worlds"])
    )
    if cells is not None:
        coordinates = coordinates.merge(cells)
    coordinates.assign_attrs(attributes).to_zarr(path, mode="w", zarr_format=2, consolidated=False)
    # metadata of arrays by shape, chunks and type, and of all by name: written at once, as hundreds
    # one by one take seconds
    known: dict[Any, Any] = {}
    nodes: dict[str, Any] = {}

    def add(name: str, like: xr.Variable, dtype: np.dtype[Any]) -> None:
        sizes = {str(dim): n for dim, n in like.sizes.items()} | {
            dim: header[key]
            for dim, key in (("world", "worlds"), ("traced", "traced"))
            if dim in like.dims
        }
        chunks = {dim: max(n, 1) for dim, n in sizes.items()}
        chunks |= {dim: min(CHUNK, n) for dim, n in chunks.items() if dim in ("world", "traced")}
        if cells is not None:
            sizes, chunks = {"cell": header["cells"]} | sizes, {"cell": 1} | chunks
        kind = tuple(sizes.values()), tuple(chunks.values()), dtype
        if kind not in known:
            known[kind] = zarr.create_array(
                {},
                shape=kind[0],
                chunks=kind[1],
                dtype=dtype,
                compressors=Zstd(LEVEL),
                # xarray would take a fill value of a whole number for "nothing here"
                fill_value=np.nan if dtype.kind == "f" else None,
                zarr_format=2,
            ).metadata
        attributes = dict(like.attrs) | {"_ARRAY_DIMENSIONS": list(sizes)}
        nodes[name] = replace(known[kind], attributes=attributes)

    for name in like.data_vars:
        add(str(name), like.variables[name], like.variables[name].dtype)
    add(FINISHED, xr.Variable("world", [True]), np.dtype(bool))
    for _ in zarr.create_hierarchy(store=LocalStore(path), nodes=nodes):
        pass
    zarr.consolidate_metadata(path, zarr_format=2)
    (path / JOURNAL).mkdir()
    (path / JOURNAL / LOCK).touch()
    (path / JOURNAL / HEADER).write_bytes(_json(header))


def _check_same(path: Path, header: dict[str, Any], overwrite: bool) -> None:
    """Refuse what is not a store, and, unless it is to be overwritten, one of another run."""
    anew = "give --overwrite to begin anew, or another --out"
    try:
        text = (path / JOURNAL / HEADER).read_bytes()
    except OSError:
        raise StoreError(
            f"{path}: is there and is not a store of worlds: remove it, or choose another --out."
        ) from None
    if overwrite:
        return
    try:
        there = json.loads(text)
    except ValueError:
        raise StoreError(f"{path}: its journal is damaged: {anew}.") from None
    if there != header:
        flat = [
            {k: v for k, v in h.items() if k != "identity"} | h["identity"] for h in (there, header)
        ]
        differs = [k for k in flat[1] if flat[0].get(k) != flat[1][k]]
        said = ", ".join(
            f"{k} {flat[0].get(k)}, not {flat[1][k]}"
            if isinstance(flat[1][k], int | str) and len(str(flat[1][k])) < 30
            else f"another {k}"
            for k in differs
        )
        raise StoreError(f"{path}: holds the worlds of another run ({said}): {anew}.")


def _mend(path: Path, fresh: Path) -> None:
    """Put back metadata and coordinates that are damaged or gone."""
    for source in fresh.rglob("*"):
        if source.is_file():
            target = path / source.relative_to(fresh)
            content = source.read_bytes()
            if not target.exists() or target.read_bytes() != content:
                target.parent.mkdir(exist_ok=True)
                write_bytes(target, content)
