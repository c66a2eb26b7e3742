"""``python -m benchmarks``: which sections to measure, and the table at the end."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from benchmarks import commands, engine, mesa_worlds, parts, sessions, sizes, workers
from benchmarks.figures import Findings, table
from benchmarks.machine import described, machine
from benchmarks.setting import FILE, FULL, QUICK, Setting
from benchmarks.timing import ROOT, Unavailable
from sim.files import json_text, write_text
from sim.scenario import load_scenario

SECTIONS: dict[str, tuple[str, Callable[[Setting, Findings], None]]] = {
    "startup": ("Start-up", commands.start_up),
    "engine": ("Cost per world by number of worlds (Kellogg)", engine.measure),
    "largest": ("The largest run (Kellogg)", engine.largest),
    "parties": ("Cost per world by number of parties", sizes.parties),
    "issues": ("Cost per world by number of issues", sizes.issues),
    "protocols": ("Cost per world by protocol", sizes.protocols),
    "profile": ("Where the time goes (Kellogg)", parts.measure),
    "mesa": ("Against one ordinary Mesa model per world (Kellogg)", mesa_worlds.measure),
    "processes": ("Two processes, and Dask on this machine (Kellogg)", workers.measure),
    "sessions": ("Discrete sessions", sessions.alone),
    "negmas": ("Discrete sessions against NegMAS", sessions.negmas),
    "command": ("The whole command (Kellogg)", commands.whole),
    "memory": ("Memory of the whole command (Kellogg)", commands.memory),
}


def main(words: Sequence[str] | None = None) -> int:
    """Measure and print; 0 unless a section broke off."""
    options = parser()
    arguments = options.parse_args(words)
    if arguments.json is not None and not arguments.json.parent.is_dir():
        options.error(f"--json {arguments.json}: there is no folder {arguments.json.parent}")
    work = QUICK if arguments.quick else FULL
    if arguments.worlds_max is not None:
        work = replace(work, most=arguments.worlds_max)
    began = time.monotonic()

    def say(line: str) -> None:
        print(f"[{(time.monotonic() - began) / 60:5.1f} min] {line}", file=sys.stderr, flush=True)

    facts = machine()
    print(f"{described(facts)}\n", flush=True)
    setting = Setting(load_scenario(FILE), work, arguments.shared, arguments.negmas_env, say)
    found: list[Findings] = []
    stopped = False
    for name in SECTIONS:
        if name in arguments.only and not stopped:
            found.append(Findings(name, SECTIONS[name][0]))
            stopped = measured(setting, found[-1])
    print(table(found))
    if arguments.json is not None:
        content = {
            "machine": facts,
            "quick": arguments.quick,
            "sections": [f.plain() for f in found],
        }
        write_text(arguments.json, json_text(content))
    if stopped:
        return 130
    return int(any(f.failed for f in found))


def measured(setting: Setting, findings: Findings) -> bool:
    """A section, whose failure does not take those before and after it along.

    Returns whether the user has stopped it.
    """

    def say(line: str) -> None:
        setting.say(f"{findings.name}: {line}")

    say("begun")
    try:
        SECTIONS[findings.name][1](replace(setting, say=say), findings)
    except Unavailable as error:
        findings.notes.append(f"Not measured: {error}")
    except (Exception, KeyboardInterrupt) as error:
        findings.failed = True
        findings.notes.append(f"Broke off: {type(error).__name__}: {error}")
        say(findings.notes[-1])
        return isinstance(error, KeyboardInterrupt)
    return False


def parser() -> argparse.ArgumentParser:
    """The options."""
    made = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description="Measures what the simulator costs and prints a table; docs/benchmarks.md "
        "explains its lines.",
    )
    made.add_argument(
        "--only",
        nargs="+",
        choices=list(SECTIONS),
        default=list(SECTIONS),
        metavar="SECTION",
        help=f"of {', '.join(SECTIONS)}",
    )
    made.add_argument("--quick", action="store_true", help="small sizes: a couple of minutes")
    made.add_argument(
        "--worlds-max", type=positive, metavar="N", help="worlds of the largest run (1,000,000)"
    )
    made.add_argument("--json", type=Path, metavar="FILE", help="write all figures there, too")
    made.add_argument(
        "--shared",
        type=Path,
        default=ROOT.parent / "shared",
        metavar="DIR",
        help="validation data, for the discrete sessions (../shared)",
    )
    made.add_argument(
        "--negmas-env",
        type=Path,
        default=cache() / f"negmas-{sessions.NEGMAS}",
        metavar="DIR",
        help="environment in which NegMAS is looked for or else installed (%(default)s)",
    )
    return made


def positive(text: str) -> int:
    """A whole number above 0."""
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError("must be 1 or more")
    return value


def cache() -> Path:
    """Where the user's programs keep what they can make again."""
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "peace-negotiation-simulator"
