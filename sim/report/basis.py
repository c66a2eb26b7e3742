"""What a run rests on: assumptions, judgements, sources, and how to repeat it."""

from __future__ import annotations

import shlex
from typing import Any

from sim.ensemble.runner import Run
from sim.report import assumptions
from sim.report.actors import actor_facts, positions_table
from sim.report.judgements import judgements, positions_words
from sim.report.tables import Cell, Table, cited_sources
from sim.report.words import spread_words
from sim.scenario.loading import in_library
from sim.scenario.schema import Scenario
from sim.views.colours import actor_colors
from sim.views.run_data import day_text


def assumed(scenario: Scenario) -> dict[str, Any]:
    """All assumptions: tables, judgements, sources."""
    colors = actor_colors(scenario)
    actors = [
        {
            "name": actor.name,
            "color": colors[key],
            "facts": actor_facts(scenario, actor),
            "table": positions_table(scenario, actor),
        }
        for key, actor in scenario.actors.items()
    ]
    tables = [
        assumptions.issues_table(scenario),
        assumptions.war_table(scenario),
        assumptions.levers_assumed(scenario),
        assumptions.stages_table(scenario),
        assumptions.gates_assumed(scenario),
        assumptions.durability_table(scenario),
    ]
    return {
        "spread": scenario.war.told(spread_words(scenario.spread)),
        "actors": actors,
        "assumed": [t for t in tables if t],
        "judgements": judgements(scenario),
        "judged": positions_words(scenario),
        "sources": cited_sources(scenario),
        "known_by": day_text(scenario.known_by) if scenario.known_by else "",
    }


def typed_name(run: Run) -> str:
    """What stands for its file in a command: of a shipped one the bare name, found anywhere."""
    files = run.summary.provenance.files or [f"{run.scenario.name}.yaml"]
    return files[-1].removesuffix(".yaml") if in_library(files[-1:]) else files[-1]


def repeat(run: Run) -> dict[str, Any]:
    """What is needed to get the same numbers again."""
    summary, known = run.summary, run.summary.provenance
    words = ["python", "-m", "sim", typed_name(run)]
    words += ["--worlds", str(summary.worlds), "--seed", str(summary.seed)]
    for change in known.overrides:
        words += ["--set", change]
    rows: list[list[str | Cell]] = [
        ["Scenario", f"{run.scenario.name} ({', '.join(known.files)})"],
        ["Hash of the merged scenario", known.scenario_hash],
        ["Seed and worlds", f"{summary.seed}; {summary.worlds:,}"],
        ["Changed on the command line", Cell("", known.overrides or ["nothing"])],
        ["Protocol", known.protocol],
        ["Versions", ", ".join(f"{k} {v}" for k, v in known.versions.items())],
    ]
    return {
        "command": shlex.join(words),
        "table": Table("How to repeat this run", ["What", "Value"], rows),
    }
