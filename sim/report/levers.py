"""Levers as a table."""

from __future__ import annotations

from sim.ensemble.runner import Run
from sim.prose import counted, listing, percent
from sim.report.tables import Cell, Rows, Table, filled
from sim.views.colours import actor_colors
from sim.views.run_data import short


def levers_table(run: Run) -> Table | None:
    """Who presses or rewards whom, how often it takes effect, and when."""
    rows: Rows = []
    for key, entry in run.summary.levers.items():
        owner, _, name = key.partition(".")
        lever = run.scenario.actors[owner].levers[name]
        median, to = entry.median_day, listing([short(run, o) for o in lever.on])
        rows.append(
            [
                Cell(lever.title, color=actor_colors(run.scenario)[owner]),
                f"{short(run, owner)}: {lever.kind} to {to}",
                percent(entry.pulled),
                percent(entry.in_effect),
                "never" if median is None else f"day {median:.0f}",
            ]
        )
    head = ["Lever", "Whose, and to whom", "Pulled", "In effect", "Typically from"]
    worlds = counted(run.summary.worlds, "world")
    return filled(f"Levers: share of {worlds} in which each is pulled and takes effect", head, rows)
