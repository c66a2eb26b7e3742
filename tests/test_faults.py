"""Faults of a whole run on the command line: killed processes, full and read-only disks."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from sim.engine.draws import CHUNK
from tests.conftest import TOY, Said, ended, filed, started, tree, until

CHUNKS = 7
WORLDS = (CHUNKS - 1) * CHUNK + 500
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks at processes in /proc")


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return filed(tmp_path_factory.mktemp("faults"), TOY | {"horizon_days": 28})


def command(file: Path, out: Path, worlds: int = WORLDS) -> list[object]:
    words = ["--worlds", worlds, "--workers", "2", "--store", "--no-plots", "--quiet"]
    return [file, *words, "--out", out]


def finish(words: list[object]) -> Said:
    return ended(started(*words))


def entries(out: Path) -> list[Path]:
    """Journal of the finished chunks."""
    return sorted((out / "toy" / "ensemble.zarr" / "journal").glob("0.*.json"))


def below(pid: int) -> list[int]:
    """Processes that a process has started, and those that they have."""
    found = []
    try:
        text = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    except OSError:
        return []
    for child in map(int, text.split()):
        found += [child, *below(child)]
    return found


def is_alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


@pytest.fixture(scope="module")
def undisturbed(file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("undisturbed")
    assert finish(command(file, out)) == (0, "", "")
    return out


def workers_of(process: subprocess.Popen[str]) -> list[int]:
    """Worker processes: children of the server that forks them."""
    direct = below(process.pid)
    return [child for pid in direct for child in below(pid)]


def test_a_killed_main_process_loses_only_the_chunks_under_way(
    file: Path, undisturbed: Path, tmp_path: Path
) -> None:
    process = started(*command(file, tmp_path))
    until(lambda: len(entries(tmp_path)) >= 2 or process.poll() is not None)
    descendants = below(process.pid)
    assert len(descendants) >= 3  # the server and two workers
    process.kill()
    process.communicate(timeout=60)
    until(lambda: not any(map(is_alive, descendants)))
    finished = {p: p.stat().st_mtime_ns for p in entries(tmp_path)}
    assert 2 <= len(finished) < CHUNKS
    assert not (tmp_path / "toy" / "summary.json").exists()

    assert finish(command(file, tmp_path)) == (0, "", "")
    assert {p: p.stat().st_mtime_ns for p in finished} == finished  # not run again
    assert tree(tmp_path) == tree(undisturbed)


def test_killed_workers_are_replaced(file: Path, undisturbed: Path, tmp_path: Path) -> None:
    process = started(*command(file, tmp_path))
    until(lambda: entries(tmp_path) or process.poll() is not None)
    workers = workers_of(process)
    assert workers
    for pid in workers:
        os.kill(pid, signal.SIGKILL)
    assert ended(process) == (0, "", "")
    assert tree(tmp_path) == tree(undisturbed)


def mount(*words: str) -> None:
    """Mount something, or skip where this machine does not let us."""
    done = subprocess.run(["mount", *words], capture_output=True, check=False)
    if done.returncode:
        pytest.skip("no right to mount")


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of its own, whose size and rights can be changed."""
    if shutil.which("mount") is None or os.geteuid() != 0:
        pytest.skip("only root may mount")
    disk = tmp_path / "disk"
    disk.mkdir()
    mount("-t", "tmpfs", "-o", "size=64m", "tmpfs", str(disk))
    yield disk
    subprocess.run(["umount", "--lazy", str(disk)], check=False)


def test_a_full_disk_is_one_sentence_and_the_run_goes_on_when_there_is_room(
    file: Path, undisturbed: Path, small_disk: Path
) -> None:
    blocks = sum(p.stat().st_blocks for p in undisturbed.rglob("*"))  # of 512 bytes
    mount("-o", f"remount,size={blocks // 4}k", str(small_disk))
    code, _, errors = finish(command(file, small_disk))
    assert code == 2
    assert errors.count("\n") == 1
    assert "No space left on device" in errors
    assert "chunks are finished and stay readable" in errors
    before = len(entries(small_disk))
    mount("-o", "remount,size=64m", str(small_disk))
    assert finish(command(file, small_disk)) == (0, "", "")
    assert len(entries(small_disk)) == CHUNKS > before
    assert tree(small_disk) == tree(undisturbed)


@pytest.mark.parametrize("begun", [False, True], ids=["empty", "with a store"])
def test_a_read_only_disk_is_one_sentence_and_what_is_there_stays(
    begun: bool, file: Path, undisturbed: Path, small_disk: Path
) -> None:
    if begun:
        shutil.copytree(undisturbed / "toy", small_disk / "toy")
        entries(small_disk)[3].unlink()
    before = tree(small_disk)
    mount("-o", "remount,ro", str(small_disk))
    code, _, errors = finish(command(file, small_disk))
    assert (code, errors.count("\n")) == (2, 1)
    assert "Read-only file system" in errors
    assert tree(small_disk) == before
