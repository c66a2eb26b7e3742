"""The command as typed: how long it takes to start, to do all, and in how much memory."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Callable

from benchmarks.figures import Figure, Findings, Requirement
from benchmarks.setting import FILE, SEED, Setting
from benchmarks.timing import MEGABYTE, ROOT, Taken, command, in_turn, ratios, seconds

START = 0.3
"""Seconds in which ``python -m sim --help`` is to answer."""


def start_up(setting: Setting, findings: Findings) -> None:
    """``python -m sim --help`` against a Python that does nothing."""

    def side(*words: str) -> Callable[[], float]:
        def once() -> None:
            subprocess.run(
                [sys.executable, *words], cwd=ROOT, stdout=subprocess.DEVNULL, check=True
            )

        once()  # compiles what has changed
        return lambda: seconds(once)

    sides = [side("-m", "sim", "--help"), side("-c", "pass")]
    help_, nothing = in_turn(sides, setting.work.starts)
    findings.figures += [
        Figure("python -m sim --help", help_, "s", Requirement("at most", START)),
        Figure("python -c pass", nothing, "s"),
        Figure("the one against the other", ratios(help_, nothing), "×"),
    ]


def whole(setting: Setting, findings: Findings) -> None:
    """The whole command with its charts."""
    worlds, repeats = setting.work.command, setting.work.repeats
    _told(findings, f"{worlds:,} worlds, all charts", [with_charts(worlds) for _ in range(repeats)])


def memory(setting: Setting, findings: Findings) -> None:
    """Peak memory of the whole command with many worlds, all of it in one process."""
    worlds = setting.work.ensemble
    taken = with_charts(worlds, "--workers", "1")
    _told(findings, f"{worlds:,} worlds, all charts, one worker", [taken])


def _told(findings: Findings, label: str, taken: list[Taken]) -> None:
    findings.figures += [
        Figure(f"{label}: time", tuple(t.seconds for t in taken), "s"),
        Figure(f"{label}: peak memory", tuple(t.peak / MEGABYTE for t in taken), "MB"),
    ]


def with_charts(worlds: int, *options: str) -> Taken:
    """The whole command in a process of its own, its files in a folder that is removed."""
    with tempfile.TemporaryDirectory() as folder:
        words = ["-m", "sim", str(FILE), "--worlds", str(worlds), "--seed", str(SEED), "--quiet"]
        return command([*words, *options, "--out", folder])
