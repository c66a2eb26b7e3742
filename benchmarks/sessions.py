"""Discrete sessions: by themselves, and against NegMAS on the work of ``../shared/bench``.

A session is what it is there: listing and ranking the packages and bargaining until agreement or
deadline; the tables of utilities are built outside the clock. NegMAS is installed in an environment of
its own and timed by that folder's own program, in turn with this engine, and every agreement and round
is compared.
"""  # noqa: E501 - the sentences are not broken

from __future__ import annotations

import importlib.util
import json
import math
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

import numpy as np

from benchmarks.figures import Figure, Findings, Requirement
from benchmarks.setting import Setting
from benchmarks.timing import Say, Unavailable, in_turn, last_line, ratios, seconds
from sim.listed.scenario import DiscreteScenario, stacked_tables
from sim.listed.stacked import Sessions, play_tables

CONFIGS = {"a": (2, [5] * 3), "b": (4, [5] * 6), "c": (2, [5] * 6)}
"""Negotiators, and options of each issue."""
FASTER = {"a": 100.0, "b": 60.0}
"""Times as many sessions a second as NegMAS."""
TACTICS = ("boulware", "conceder", "linear", "boulware")
RESERVE, STEPS, FIRST_SEED = 0.4, 100, 1000
NEGMAS = "0.16"
PROGRAM, GENERATOR = "negmas_sao.py", "scen.py"
LONG_ENOUGH = 0.3
"""Seconds for which the same sessions are played again, so that a clock can tell."""


class Case(NamedTuple):
    """Sessions of one configuration, ready to be played."""

    config: str
    scenarios: list[DiscreteScenario]
    tables: list[Any]
    reservation: Any
    tactics: list[str]

    def play(self) -> Sessions:
        """All sessions."""
        return play_tables(self.tables, self.reservation, self.tactics, STEPS)

    def rate(self) -> float:
        """Sessions a second."""
        times = max(1, math.ceil(LONG_ENOUGH / seconds(self.play)))
        taken = seconds(lambda: [self.play() for _ in range(times)])
        return times * len(self.scenarios) / taken

    @property
    def label(self) -> str:
        negotiators, sizes = CONFIGS[self.config]
        return f"{self.config}: {negotiators} negotiators, {math.prod(sizes):,} packages"


def generator(bench: Path) -> ModuleType:
    """The module that makes the scenarios."""
    path = bench / GENERATOR
    if not path.is_file():
        raise Unavailable(f"{path} is not there; --shared names the folder of validation data.")
    spec = importlib.util.spec_from_file_location("scen", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def case(bench: Path, config: str, count: int) -> Case:
    """The first sessions of a configuration."""
    negotiators, sizes = CONFIGS[config]
    module = generator(bench)
    scenarios = [
        DiscreteScenario.from_plain(
            module.gen(f"{config}{n}", FIRST_SEED + n, negotiators, sizes, RESERVE, STEPS)
        )
        for n in range(count)
    ]
    reservation = np.stack([s.reservation for s in scenarios])
    tactics = [TACTICS[k % len(TACTICS)] for k in range(negotiators)]
    return Case(config, scenarios, stacked_tables(scenarios), reservation, tactics)


def alone(setting: Setting, findings: Findings) -> None:
    """Sessions a second of this engine."""
    for config, count in setting.work.sessions:
        one = case(setting.shared / "bench", config, count)
        rates = tuple(one.rate() for _ in range(setting.work.repeats))
        findings.figures.append(Figure(f"{one.label}, {count} sessions", rates, "a second"))


def negmas(setting: Setting, findings: Findings) -> None:
    """Sessions a second of both, and how many ended alike."""
    bench = setting.shared / "bench"
    generator(bench)  # before anything is installed
    python = environment(setting.negmas, setting.say)
    with tempfile.TemporaryDirectory() as folder:
        for name in (PROGRAM, GENERATOR):  # it writes beside itself
            shutil.copyfile(bench / name, Path(folder) / name)
        for config, count in setting.work.sessions:
            _compare(setting, findings, case(bench, config, count), python, Path(folder))


def _compare(setting: Setting, findings: Findings, one: Case, python: Path, folder: Path) -> None:
    count, repeats = len(one.scenarios), setting.work.repeats
    equal = []

    def theirs() -> float:
        found = run_negmas(python, folder, one.config, count)
        equal.append(same(one, one.play(), found["results"]))
        return float(found["summary"]["sessions"] / found["summary"]["wall_s"])

    other, own = in_turn([theirs, one.rate], repeats, setting.say)
    bound = FASTER.get(one.config)
    findings.figures += [
        Figure(f"{one.label}: NegMAS {NEGMAS}", other, "a second"),
        Figure(f"{one.label}: this engine", own, "a second"),
        Figure(
            f"{one.config}: times as many",
            ratios(own, other),
            "×",
            None if bound is None else Requirement("at least", bound),
        ),
        Figure(
            f"{one.config}: same agreement in the same round, of {count} sessions",
            (min(equal),),
            "",
            Requirement("at least", count),
        ),
    ]


def run_negmas(python: Path, folder: Path, config: str, count: int) -> dict[str, Any]:
    """What the program reports: its ``summary``, and per session agreement and round."""
    dump = folder / "dump.json"
    words = [PROGRAM, "--config", config, "--scenarios", str(count), "--dump", dump.name]
    words += ["--reserve", str(RESERVE), "--n-steps", str(STEPS), "--seed", str(FIRST_SEED)]
    done = subprocess.run([python, *words], cwd=folder, capture_output=True, text=True)
    if done.returncode:
        raise Unavailable(f"{PROGRAM} ended with {done.returncode}: {last_line(done.stderr)}")
    found: dict[str, Any] = json.loads(dump.read_text(encoding="utf-8"))
    return found


def same(one: Case, sessions: Sessions, results: list[dict[str, Any]]) -> int:
    """How many sessions have the same agreement after the same number of rounds."""
    return sum(
        (one.scenarios[n].options(int(package)) if package >= 0 else None) == row["agreement"]
        and int(steps) == row["step"]
        for n, (package, steps, row) in enumerate(
            zip(sessions.agreement, sessions.steps, results, strict=True)
        )
    )


def environment(folder: Path, say: Say) -> Path:
    """Python of an environment with NegMAS, which is made if it is not there.

    Raises
    ------
    Unavailable
        If it cannot be made or installed.
    """
    python = folder / "bin" / "python"
    if installed(python):
        return python
    say(f"installing NegMAS {NEGMAS} in {folder}")
    for words in (
        [sys.executable, "-m", "venv", str(folder)],
        [str(python), "-m", "pip", "install", "--quiet", f"negmas=={NEGMAS}.*"],
    ):
        done = subprocess.run(words, capture_output=True, text=True)
        if done.returncode:
            reason = last_line(done.stderr or done.stdout)
            raise Unavailable(f"NegMAS {NEGMAS} could not be installed in {folder}: {reason}")
    return python


def installed(python: Path) -> bool:
    """Whether this Python is there and has the NegMAS that is wanted."""
    ask = "from importlib.metadata import version; print(version('negmas'))"
    if not python.exists():
        return False
    done = subprocess.run([python, "-c", ask], capture_output=True, text=True)
    return done.returncode == 0 and done.stdout.startswith(f"{NEGMAS}.")
