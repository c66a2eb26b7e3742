"""Scenarios with scales as scenarios with listed options: the bargaining problem on day 0.

What the listed form cannot say (red lines, conflicts, stages, uncertainty) is named, not dropped in
silence.
"""

from __future__ import annotations

import numpy as np

from sim.arrays import Array
from sim.engine.central import central_space
from sim.formulas.bargaining.utility import losses
from sim.formulas.solutions.enumeration import package_count
from sim.formulas.solutions.space import Space
from sim.prose import listing
from sim.scenario.discrete_schema import MOST_PACKAGES, DiscreteFile
from sim.scenario.schema import Issue, Scenario


def listed_form(scenario: Scenario, points: int | None) -> tuple[DiscreteFile, list[str]]:
    """Weights, values per option and reservation values of the central world.

    Parameters
    ----------
    scenario : Scenario
    points : int or None
        Into how many points, evenly spaced from 0 to 1, continuous issues are cut.

    Returns
    -------
    content : DiscreteFile
    notes : list of str
        What was changed or has no place in it, in sentences.

    Raises
    ------
    ValueError
        With continuous issues and no ``points``.

    Remarks
    -------
    An option's value is 1 less the loss at its point, so utilities are those of the engine, except
    that a payment expected on signing is taken off the reservation value instead.
    """
    continuous = [key for key, i in scenario.issues.items() if i.kind == "continuous"]
    if continuous and points is None:
        raise ValueError(
            f"has continuous issues ({', '.join(continuous)}), and only listed options can be "
            "exported (cut them into points with --points N, or write kind: options)"
        )
    space = central_space(scenario)
    notes = []
    if continuous:
        notes.append(f"Cut into {points} points, evenly spaced: {listing(continuous)}.")
    elif points is not None:
        notes.append(f"--points {points} is not used: no issue is continuous.")
    issues, positions = {}, {party: {} for party in space.parties}  # type: ignore[var-annotated]
    for column, (key, issue) in enumerate(scenario.issues.items()):
        at = space.options[column]
        at = np.linspace(0.0, 1.0, points or 2) if at is None else at
        names = _option_names(issue, at)
        issues[key] = {"title": issue.title, "options": names}
        value = 1.0 - losses(at[:, None], space.ideal[:, column], space.curvature[:, column])
        for row, party in enumerate(space.parties):
            positions[party][key] = {
                "weight": float(space.weight[row, column]),
                "values": dict(zip(names, value[:, row].tolist(), strict=True)),
            }
    paid = space.top - 1.0
    content = DiscreteFile.model_validate(
        {
            "name": scenario.name,
            "title": scenario.title,
            "issues": issues,
            "actors": {
                party: {
                    "name": scenario.actors[party].name,
                    "reservation": float(space.reservation[row] - paid[row]) + 0.0,  # no −0
                    "positions": positions[party],
                }
                for row, party in enumerate(space.parties)
            },
        }
    )
    packages = package_count([len(issue["options"]) for issue in issues.values()])
    return content, notes + _without_place(scenario, space, paid, packages)


def _option_names(issue: Issue, at: Array) -> list[str]:
    """Texts of the points that have one, numbers of the others; each once."""
    texts = {round(point, 9): text for point, text in issue.scale.items()}
    names = [texts.get(round(float(p), 9), f"{p:.6g}") for p in at]
    return [
        f"{name} ({p:.6g})" if names.count(name) > 1 else name
        for name, p in zip(names, at, strict=True)
    ]


def _without_place(scenario: Scenario, space: Space, paid: Array, packages: int) -> list[str]:
    """What the scenario has and listed options with values cannot say."""
    notes = ["The central world on day 0: every uncertain number at its median."]
    if scenario.conflicts:
        pairs = listing(f"{one} with {other}" for one, other in scenario.conflicts)
        notes.append(f"GENIUS cannot say that options exclude each other; dropped: {pairs}.")
    lines = int((space.low > 0).sum() + (space.high < 1).sum()) + len(space.linkages)
    if lines:
        notes.append(
            f"GENIUS cannot say red lines; {lines} are dropped, and values stay as they are."
        )
    if (space.floor > 0).any() or (space.ceiling < 1).any():
        notes.append("The terms that stages demand are dropped.")
    if len(scenario.stages) > 1:
        notes.append("All stages of the agenda are taken at once.")
    others = [key for key in scenario.actors if key not in space.parties]
    if others:
        notes.append(f"Without a signature, left out: {listing(others)}.")
    if (np.abs(paid) > 1e-12).any():
        notes.append("Payments expected on signing are taken off the reservation values.")
    if packages > MOST_PACKAGES:
        notes.append(
            f"{packages:,} packages are more than the {MOST_PACKAGES:,} that `import` reads back."
        )
    return notes
