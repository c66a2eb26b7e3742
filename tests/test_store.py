"""The store of worlds: what it holds, what it notices, and what stops it."""

from __future__ import annotations

import errno
import json
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xarray as xr

from sim.engine.draws import CHUNK
from sim.ensemble.chunks import Failure, Task, chunk_tasks, run_tasks
from sim.ensemble.executors import InProcess
from sim.ensemble.store import ChunkStore, StoreError, load_results
from sim.results.dataset import ChunkResult, build_dataset
from sim.scenario import Scenario
from tests.conftest import TOY, Said, build, central_template, filed, tree, typed, works

SHORT = TOY | {"horizon_days": 28}
WORLDS = 2 * CHUNK + 300
IDENTITY = {"scenario_hash": "abc", "seed": 7}


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return build(SHORT)


@pytest.fixture(scope="module")
def like(scenario: Scenario) -> xr.Dataset:
    return central_template(scenario)


@pytest.fixture(scope="module")
def chunks(scenario: Scenario) -> dict[Task, ChunkResult]:
    found = dict(run_tasks([scenario], 7, chunk_tasks(WORLDS, CHUNK), InProcess()))
    return {task: r for task, r in found.items() if isinstance(r, ChunkResult)}


Opened = Callable[..., ChunkStore]


@pytest.fixture
def opened(tmp_path: Path, like: xr.Dataset) -> Iterator[Opened]:
    """The store of this module's run, as a writer opens it."""
    stores: list[ChunkStore] = []

    def open_it(name: str = "ensemble.zarr", **more: Any) -> ChunkStore:
        settings = {"worlds": WORLDS, "identity": IDENTITY, "traced": CHUNK} | more
        store = ChunkStore.prepare(
            tmp_path / name, settings.pop("like", like), attributes={"seed": 7}, **settings
        )
        stores.append(store)
        return store

    yield open_it
    for store in stores:
        store.close()


def fill(store: ChunkStore, chunks: dict[Task, ChunkResult]) -> None:
    """Run what is missing."""
    with store:
        for task in store.missing():
            store.write(task, chunks[task])


@pytest.fixture
def whole(opened: Opened, chunks: dict[Task, ChunkResult]) -> Path:
    store = opened("undisturbed.zarr")
    fill(store, chunks)
    return store.path


def test_it_holds_what_a_run_in_memory_holds_in_whatever_order(
    opened: Opened, whole: Path, like: xr.Dataset, chunks: dict[Task, ChunkResult]
) -> None:
    memory = build_dataset({t.start: r for t, r in chunks.items()}, like, {"seed": 7})
    for stored in (ChunkStore(whole).dataset(), xr.open_zarr(whole).drop_vars("finished")):
        xr.testing.assert_identical(stored.load(), memory)
        assert {n: v.dtype for n, v in stored.items()} == {n: v.dtype for n, v in memory.items()}
    with opened("backwards.zarr") as store:
        for task in reversed(store.missing()):
            store.write(task, chunks[task])
    assert tree(store.path) == tree(whole)


def test_an_unfinished_store_says_which_worlds_have_been_run(
    opened: Opened, chunks: dict[Task, ChunkResult]
) -> None:
    with opened() as store:
        store.write(store.tasks()[1], chunks[store.tasks()[1]])
    assert store.dataset().world.values.tolist() == list(range(CHUNK, 2 * CHUNK))
    assert store.dataset().sizes["traced"] == 0
    plain = xr.open_zarr(store.path)
    assert np.flatnonzero(plain.finished.values).tolist() == list(range(CHUNK, 2 * CHUNK))
    assert np.isnan(plain.utility.values[2 * CHUNK :]).all()


def test_cells_have_a_dim_of_their_own(
    opened: Opened, like: xr.Dataset, chunks: dict[Task, ChunkResult]
) -> None:
    some = like[["outcome", "agreed"]]
    cells = xr.Dataset(coords={"salience": ("cell", [0.1, 0.2])})
    with opened(like=some, cells=cells, traced=0) as store:
        assert len(store.missing()) == 6
        for task, result in chunks.items():
            store.write(task._replace(cell=1, trace=False), result)
        assert [(t.cell, t.chunk) for t in store.missing()] == [(0, 0), (0, 1), (0, 2)]
    assert store.finished().sum(axis=1).tolist() == [0, WORLDS]
    data = store.dataset()
    assert data.agreed.dims == ("cell", "world", "issue")
    assert data.salience.values.tolist() == [0.1, 0.2]
    agreed = np.concatenate([r.outcomes["agreed"] for r in chunks.values()])
    assert np.array_equal(data.agreed.values[1], agreed, equal_nan=True)
    assert np.isnan(data.agreed.values[0]).all()


def flip(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 0x10
    file.write_bytes(content)


def truncate(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-3])


@pytest.mark.parametrize("damage", [flip, truncate, Path.unlink], ids=["flip", "cut", "gone"])
@pytest.mark.parametrize(
    ("file", "again"),
    [
        ("utility/1.0", [1]),
        ("offer/0.0.0.0", [0]),
        ("finished/2", [2]),
        ("journal/0.1.json", [1]),
        ("actor/0", []),
        (".zmetadata", []),
        ("agreed/.zarray", []),
    ],
)
def test_damage_is_noticed_and_just_that_is_run_again(
    opened: Opened,
    whole: Path,
    chunks: dict[Task, ChunkResult],
    damage: Callable[[Path], None],
    file: str,
    again: list[int],
) -> None:
    store = opened()
    fill(store, chunks)
    damage(store.path / file)
    store = opened()
    assert [task.chunk for task in store.missing()] == again
    fill(store, chunks)
    assert tree(store.path) == tree(whole)


def test_failures_are_kept_and_tried_again(
    opened: Opened, whole: Path, chunks: dict[Task, ChunkResult]
) -> None:
    first, second, third = chunks
    failure = Failure(second, 7, "toy", "ValueError", "bad luck", "Traceback …")
    with opened() as store:
        store.write(first, chunks[first])
        store.record(failure)
        store.write(third, chunks[third])
    store = opened()
    assert store.failures() == [failure]
    assert store.missing() == [second]
    assert store.dataset().sizes["world"] == CHUNK + 300
    fill(store, chunks)
    assert store.failures() == []
    assert tree(store.path) == tree(whole)


@pytest.mark.parametrize(
    ("other", "said"),
    [
        ({"identity": IDENTITY | {"seed": 8}}, "seed 7, not 8"),
        ({"identity": IDENTITY | {"scenario_hash": "x" * 64}}, "another scenario_hash"),
        ({"worlds": WORLDS + 100}, f"worlds {WORLDS}, not {WORLDS + 100}"),
        ({"traced": 0}, f"traced {CHUNK}, not 0"),
    ],
)
def test_another_run_is_refused_unless_it_is_to_be_overwritten(
    opened: Opened, chunks: dict[Task, ChunkResult], other: dict[str, Any], said: str
) -> None:
    store = opened()
    fill(store, chunks)
    before = tree(store.path)
    with pytest.raises(StoreError, match=said) as refused:
        opened(**other)
    assert "--overwrite" in str(refused.value)
    assert tree(store.path) == before
    new = opened(**other, overwrite=True)
    assert len(new.missing()) == 3


@pytest.mark.parametrize("content", [b"{", b'{"worlds": "\xda\x00"}'])
def test_a_damaged_journal_is_told_in_a_sentence(
    opened: Opened, chunks: dict[Task, ChunkResult], content: bytes
) -> None:
    store = opened()
    fill(store, chunks)
    (store.path / "journal" / "store.json").write_bytes(content)
    with pytest.raises(StoreError, match="its journal is damaged: give --overwrite"):
        opened()


def test_what_is_no_store_is_never_replaced_and_two_writers_are_one_too_many(
    opened: Opened, tmp_path: Path
) -> None:
    (tmp_path / "ensemble.zarr").mkdir()
    (tmp_path / "ensemble.zarr" / "thesis.txt").write_text("three years of work")
    with pytest.raises(StoreError, match="is not a store of worlds"):
        opened(overwrite=True)
    assert [p.name for p in tmp_path.rglob("*.txt")] == ["thesis.txt"]
    with opened("mine.zarr"):
        for overwrite in (False, True):
            with pytest.raises(StoreError, match="another process is writing"):
                opened("mine.zarr", overwrite=overwrite)
    opened("mine.zarr")


# what stops the writer


class Disk:
    """Lets so many writes succeed, then fails each as a disk would, after half the bytes."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, room: int, code: int) -> None:
        self.room, self.code, self.real = room, code, Path.write_bytes
        monkeypatch.setattr(Path, "write_bytes", lambda path, data: self.write(path, data))

    def write(self, path: Path, content: bytes) -> int:
        if self.room == 0:
            self.real(path, content[: len(content) // 2])
            raise OSError(self.code, os.strerror(self.code), str(path))
        self.room -= 1
        return self.real(path, content)


def test_a_full_disk_at_any_write_leaves_whole_chunks_that_can_be_gone_on_with(
    opened: Opened,
    like: xr.Dataset,
    chunks: dict[Task, ChunkResult],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    few = like[["outcome", "agreed", "offer"]]
    undisturbed = opened("undisturbed.zarr", like=few)
    fill(undisturbed, chunks)
    # of every chunk its arrays, which worlds are finished, and the journal; rounds only of one
    ends_of_chunks = [5, 9, 13]
    for room in range(ends_of_chunks[-1]):
        with opened(f"{room}.zarr", like=few) as store, monkeypatch.context() as patched:
            Disk(patched, room, errno.ENOSPC)
            with pytest.raises(StoreError, match="No space left on device") as stopped:
                fill(store, chunks)
        done = sum(room >= end for end in ends_of_chunks)
        assert f"{done} of 3 chunks are finished and stay readable" in str(stopped.value)
        assert str(store.path) in str(stopped.value)
        assert store.dataset().load().sizes["world"] == CHUNK * done
        xr.open_zarr(store.path).load()
        store = opened(f"{room}.zarr", like=few)
        assert len(store.missing()) == 3 - done
        fill(store, chunks)
        assert tree(store.path) == tree(undisturbed.path)


@pytest.mark.parametrize("code", [errno.EROFS, errno.EACCES, errno.EDQUOT, errno.EFBIG])
def test_other_reasons_are_told_as_the_system_names_them(
    opened: Opened, chunks: dict[Task, ChunkResult], monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    with opened() as store, monkeypatch.context() as patched:
        Disk(patched, 5, code)
        with pytest.raises(StoreError) as stopped:
            fill(store, chunks)
    assert os.strerror(code) in str(stopped.value)


# from the command line


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return filed(tmp_path, SHORT)


def run(file: Path, *words: str, worlds: int = WORLDS) -> Said:
    out = ["--out", file.parent, "--worlds", worlds]
    return typed(file, *out, "--no-plots", "--quiet", *words)


def test_a_stored_run_says_the_same_as_one_in_memory(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, said = file.parent / "toy", []
    for words in ([], ["--store"], ["--store", "--workers", "2"], ["--store", "--overwrite"]):
        assert run(file, *words).code == 0
        said.append(((folder / "summary.json").read_bytes(), (folder / "rounds.csv").read_bytes()))
        assert (folder / "ensemble.zarr").exists() == bool(words)
    assert len(set(said)) == 1
    ensemble, central = load_results(folder / "result.nc")
    assert ensemble.sizes["world"] == WORLDS
    assert "world" not in central.dims
    # stored results are compared as others
    words = ["--no-plots", "--json", "--out", file.parent / "compare", "--worlds", WORLDS]
    done = works("compare", folder, file, *words)
    found = json.loads(done.out)
    one, other = found["scenarios"].values()
    assert one["outcomes"] == other["outcomes"]
    assert all(d["difference"] == 0 for d in found["differences"])
    # many worlds go to the store without being asked
    monkeypatch.setattr("sim.commands.running.IN_MEMORY", 1_000)
    for worlds in (1_000, 1_100):
        shutil.rmtree(folder)
        assert run(file, worlds=worlds).code == 0
        assert (folder / "ensemble.zarr").exists() == (worlds > 1_000)


def test_what_does_not_fit_a_store_is_refused_in_one_sentence(file: Path) -> None:
    folder, longer = file.parent / "toy", ["--store", "--set", "actors.a.patience=31"]
    assert run(file, "--store").code == 0
    kept = (folder / "result.nc").read_bytes()
    flip(folder / "ensemble.zarr" / "utility" / "1.0")
    compare = ["compare", folder, "--no-plots", "--out", folder / "compare"]
    assert "1 of 3 chunks are missing or damaged" in typed(*compare).err
    done = run(file, *longer)
    assert (done.code, done.err.count("\n")) == (2, 1)
    assert "another scenario_hash" in done.err
    assert run(file, *longer, "--overwrite").code == 0
    (folder / "result.nc").write_bytes(kept)
    done = typed(*compare)
    assert done.code == 2
    assert "holds the worlds of another run" in done.err
