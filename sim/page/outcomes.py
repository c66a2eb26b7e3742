"""What a page keeps of every world of a plan: how it ends, when, with what, and who stood where."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from sim.page.assumptions import numbers_of
from sim.page.packing import Pack
from sim.results.dataset import date_of
from sim.results.outcomes import OUTCOMES, REASONS
from sim.scenario.schema import Scenario
from sim.views.colours import ink
from sim.views.run_data import day_text

NEVER = 255
LEVELS = 200
"""Steps of a scale from 0 to 1."""
TRACED, MOMENTS = 400, 10
"""Worlds whose positions are kept, and at how many times at most."""
GAIN = 0.01
"""Step of gains in utility; they are kept from −1 to 1."""


def outcomes(pack: Pack, scenario: Scenario, data: xr.Dataset) -> dict[str, Any]:
    """Put the outcomes of all worlds into a pack; says where each is.

    Everything is per world, worlds first, unless it has a moment: then worlds come last.
    """
    step = math.ceil(scenario.rounds / 250)
    days = scenario.war.round_days * step

    def rounds(name: str) -> NDArray[Any]:
        return _or_never(data[name].values / days)

    crossed = data.plan_crosses.values.astype(bool).any(axis=2)
    better = data.plan_gain.values >= 0.0
    moments = _moments(scenario.rounds)
    offers = data.offer.values[:TRACED, moments]  # world, moment, actor, issue
    steps = np.round(np.nan_to_num(offers) * LEVELS / 2).astype(np.int16).transpose(3, 2, 1, 0)
    return {
        "worlds": data.sizes["world"],
        "traced": min(TRACED, len(offers)),
        "days_a_step": days,
        "moments": [int(data.day.values[m]) for m in moments],
        "outcome": pack.add(data.outcome.values, 3),
        "settled": pack.add(rounds("settled_day")),
        "signed": pack.add(rounds("first_signed_day")),
        "stuck_issue": pack.add(np.where(data.stuck_issue < 0, NEVER, data.stuck_issue)),
        "stuck_reason": pack.add(np.where(data.stuck_reason < 0, 7, data.stuck_reason), 3),
        "agreed": [
            pack.add(_or_never(data.agreed.values[:, n] * LEVELS)) for n in range(len(data.issue))
        ],
        "gain": [
            pack.add(_or_never((np.clip(data.gain.values[:, n], -1, 1) + 1) / GAIN))
            for n in range(len(data.actor))
        ],
        "held": pack.add(_or_never(data.years_held.values)),
        "better": [pack.add(better[:, n], 1) for n in range(len(data.actor))],
        "crosses": [pack.add(crossed[:, n], 1) for n in range(len(data.actor))],
        # differences in time: most positions stay where they are, which compresses well
        "offers": [[pack.add(_differences(one)) for one in issue] for issue in steps],
    }


def words(scenario: Scenario, data: xr.Dataset, colors: dict[str, str]) -> dict[str, Any]:
    """What the page has to say about a plan, whatever happens in its worlds."""
    actors = [str(a) for a in data.actor.values]
    return {
        "name": scenario.name,
        "title": scenario.title,
        "summary": scenario.summary or "",
        "horizon": scenario.horizon_days,
        "last_day": scenario.last_day,
        "start": day_text(date_of(scenario, 0)),
        "has_plan": scenario.has_plan,
        "durability": scenario.durability.years if scenario.durability else 0,
        "issues": [
            {
                "key": key,
                "title": issue.title,
                "scale": [[point, text] for point, text in issue.scale.items()],
                "numeric": numbers_of(issue),
                "options": issue.kind == "options",
            }
            for key, issue in scenario.issues.items()
        ],
        "stages": [{"title": stage.shown} for stage in scenario.stages],
        "actors": [
            {"key": a, "short": scenario.actors[a].short, "color": colors[a], "ink": ink(colors[a])}
            for a in actors
        ],
        "names": {key: actor.short for key, actor in scenario.actors.items()},
        "concerned": [
            [
                n
                for n, a in enumerate(actors)
                if issue in scenario.actors[a].positions or scenario.actors[a].signs_on(issue)
            ]
            for issue in scenario.issues
        ],
        "outcomes": list(OUTCOMES),
        "reasons": list(REASONS),
    }


def _moments(rounds: int) -> list[int]:
    return sorted({round(x) for x in np.linspace(0, rounds, min(MOMENTS, rounds + 1))})


def _or_never(values: NDArray[Any]) -> NDArray[np.uint8]:
    """Rounded; :data:`NEVER` where there is none."""
    return np.where(np.isnan(values), NEVER, np.round(np.nan_to_num(values))).astype(np.uint8)


def _differences(steps: NDArray[np.int16]) -> NDArray[np.uint8]:
    """Changes from one moment to the next, modulo 256; the first as it is."""
    return np.diff(steps, axis=0, prepend=np.int16(0)).astype(np.uint8)
