"""The command as typed: how long it takes to start, to do all, and in how much memory."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Callable

from benchmarks.figures import Figure, Findings, Requirement
from benchmarks.setting import FILE, Setting
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
    taken = []
    for repeat in range(repeats):
        setting.say(f"{worlds:,} worlds, all charts, {repeat + 1} of {repeats}")
        taken.append(with_charts(setting, worlds))
    label = f"{worlds:,} worlds, all charts"
    findings.figures += [
        Figure(f"{label}: time", tuple(t.seconds for t in taken), "s"),
        Figure(f"{label}: peak memory", tuple(t.peak / MEGABYTE for t in taken), "MB"),
    ]


def memory(setting: Setting, findings: Findings) -> None:
    """Peak memory of the whole command with many worlds, all of it in one process."""
    worlds = setting.work.ensemble
    label = f"{worlds:,} worlds, all charts, one worker"
    setting.say(label)
    taken = with_charts(setting, worlds, "--workers", "1")
    findings.figures += [
        Figure(f"{label}: time", (taken.seconds,), "s"),
        Figure(f"{label}: peak memory", (taken.peak / MEGABYTE,), "MB"),
    ]


def with_charts(setting: Setting, worlds: int, *options: str) -> Taken:
    """The whole command in a process of its own, its files in a folder that is removed."""
    with tempfile.TemporaryDirectory() as folder:
        words = ["-m", "sim", str(FILE), "--worlds", str(worlds), "--out", folder, "--quiet"]
        return command([*words, *options], lambda passed: setting.say(f"{passed:.0f} s"))
