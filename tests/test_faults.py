"""Faults of a whole run on the command line: killed processes, full and read-only disks."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import yaml

from sim.engine.draws import CHUNK
from tests.conftest import ROOT, TOY

CHUNKS = 7
WORLDS = (CHUNKS - 1) * CHUNK + 500
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks at processes in /proc")


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("faults") / "toy.yaml"
    path.write_text(yaml.safe_dump(TOY | {"horizon_days": 28}))
    return path


def command(file: Path, out: Path, worlds: int = WORLDS) -> list[str]:
    words = ["--worlds", str(worlds), "--workers", "2", "--store", "--no-plots", "--quiet"]
    return [sys.executable, "-m", "sim", str(file), *words, "--out", str(out)]


def start(words: list[str]) -> subprocess.Popen[str]:
    environment = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "error"}
    return subprocess.Popen(
        words,
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def finish(words: list[str]) -> tuple[int, str]:
    """Exit code and what was said on standard error."""
    process = start(words)
    _, errors = process.communicate(timeout=120)
    return process.returncode, errors


def wait_for(condition: Callable[[], object], seconds: float = 60) -> None:
    """Poll until it is true."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "timed out"
        time.sleep(0.01)


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


def tree(path: Path) -> dict[str, bytes]:
    """Every file of a run."""
    return {str(p.relative_to(path)): p.read_bytes() for p in path.rglob("*") if p.is_file()}


@pytest.fixture(scope="module")
def undisturbed(file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("undisturbed")
    assert finish(command(file, out)) == (0, "")
    return out


def workers_of(process: subprocess.Popen[str]) -> list[int]:
    """Worker processes: children of the server that forks them."""
    direct = below(process.pid)
    return [child for pid in direct for child in below(pid)]


def test_a_killed_main_process_loses_only_the_chunks_under_way(
    file: Path, undisturbed: Path, tmp_path: Path
) -> None:
    process = start(command(file, tmp_path))
    wait_for(lambda: len(entries(tmp_path)) >= 2 or process.poll() is not None)
    descendants = below(process.pid)
    assert len(descendants) >= 3  # the server and two workers
    process.kill()
    process.communicate(timeout=60)
    wait_for(lambda: not any(map(is_alive, descendants)))
    finished = {p: p.stat().st_mtime_ns for p in entries(tmp_path)}
    assert 2 <= len(finished) < CHUNKS
    assert not (tmp_path / "toy" / "summary.json").exists()

    assert finish(command(file, tmp_path)) == (0, "")
    assert {p: p.stat().st_mtime_ns for p in finished} == finished  # not run again
    assert tree(tmp_path) == tree(undisturbed)


def test_killed_workers_are_replaced(file: Path, undisturbed: Path, tmp_path: Path) -> None:
    process = start(command(file, tmp_path))
    wait_for(lambda: entries(tmp_path) or process.poll() is not None)
    workers = workers_of(process)
    assert workers
    for pid in workers:
        os.kill(pid, signal.SIGKILL)
    _, errors = process.communicate(timeout=120)
    assert (process.returncode, errors) == (0, "")
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
    code, errors = finish(command(file, small_disk))
    assert code == 2
    assert errors.count("\n") == 1
    assert "No space left on device" in errors
    assert "chunks are finished and stay readable" in errors
    before = len(entries(small_disk))
    mount("-o", "remount,size=64m", str(small_disk))
    assert finish(command(file, small_disk)) == (0, "")
    assert len(entries(small_disk)) == CHUNKS > before
    assert tree(small_disk) == tree(undisturbed)


def test_a_read_only_disk_is_one_sentence(file: Path, undisturbed: Path, small_disk: Path) -> None:
    mount("-o", "remount,ro", str(small_disk))
    code, errors = finish(command(file, small_disk))
    assert (code, errors.count("\n")) == (2, 1)
    assert "Read-only file system" in errors


def test_a_store_on_a_disk_that_has_become_read_only_is_one_sentence_and_stays(
    file: Path, undisturbed: Path, small_disk: Path
) -> None:
    shutil.copytree(undisturbed / "toy", small_disk / "toy")
    entries(small_disk)[3].unlink()
    before = tree(small_disk)
    mount("-o", "remount,ro", str(small_disk))
    code, errors = finish(command(file, small_disk))
    assert (code, errors.count("\n")) == (2, 1)
    assert "Read-only file system" in errors
    assert tree(small_disk) == before
