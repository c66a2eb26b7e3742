"""Two parties in place of the humans of CaSiNo: ``python benchmarks/casino.py FOLDER``.

In CaSiNo (Chawla et al. 2021, NAACL, doi:10.18653/v1/2021.naacl-main.254) two people divide three
units each of food, water and firewood; a unit is worth 5, 4 or 3 points to each, in an order of
their own, and without a deal both get 5 points. Here the engine plays the same pairs of values,
every dialogue a world, for each pair of tactics. Prints the share of the best joint points and of
Pareto-efficient deals beside the humans'.

Silent, the parties know of each other's values only what concessions tell. Talking, every round
also removes a tenth of what they misjudge (the engine's `communication`): people tell each other
what they need.
"""

from __future__ import annotations

import argparse
import csv
import itertools
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.arrays import Array
from sim.engine.draws import Draws
from sim.engine.model import SETTLED, PeaceTalks
from sim.scenario import Scenario
from sim.scenario.distributions import Number

ITEMS = ("Food", "Water", "Firewood")
UNITS, WALK_AWAY, MOST = 3, 5, 36
GAP = MOST - WALK_AWAY
TACTICS: dict[str, dict[str, Any]] = {
    "boulware": {},
    "linear": {},
    "conceder": {},
    # whole units only: first concession the dearest unit, smallest step the cheapest
    "tit_for_tat": {"opening": 5 / GAP},
    "micro": {"step": 3 / GAP},
    "hardliner": {},
}
COMMUNICATION = 0.1
ALLOCATIONS = np.array(list(itertools.product(range(UNITS + 1), repeat=len(ITEMS))))


class Dialogues(NamedTuple):
    """What was divided, and how.

    Attributes
    ----------
    values : ndarray, shape (dialogues, 2, items)
        Points per unit.
    points : ndarray, shape (dialogues, 2)
        Points that the humans reached.
    deal : ndarray of bool, shape (dialogues,)
        Whether they agreed.
    """

    values: Array
    points: Array
    deal: NDArray[np.bool_]


class Result(NamedTuple):
    """Shares: of dialogues with a deal, of the best joint points, of efficient deals."""

    deals: float
    joint: float
    efficient: float


def load(folder: Path) -> Dialogues:
    """Dialogues of a folder with ``agents.csv``, two rows each."""
    pairs: dict[str, list[dict[str, str]]] = {}
    with (folder / "agents.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            pairs.setdefault(row["dialogue"], []).append(row)
    both = [sorted(pair, key=lambda r: r["agent"]) for pair in pairs.values()]
    values = [[[float(r[f"value_{i}"]) for i in ITEMS] for r in pair] for pair in both]
    deal = [all(r["got_Food"] for r in pair) for pair in both]
    points = [[float(r["points"]) for r in pair] for pair in both]
    return Dialogues(np.array(values), np.array(points), np.array(deal))


def scored(values: Array, points: Array, deal: NDArray[np.bool_]) -> Result:
    """How good points (dialogues, 2) are against all 64 divisions; no deal is 5 points each."""
    one, other = values[:, 0] @ ALLOCATIONS.T, values[:, 1] @ (UNITS - ALLOCATIONS).T
    best = (one + other).max(axis=1)
    a, b = points[:, :1], points[:, 1:]
    better = (one >= a) & (other >= b) & ((one > a) | (other > b))
    efficient = ~better.any(axis=1)
    return Result(
        float(deal.mean()),
        float((points.sum(axis=1) / best).mean()),
        float(efficient[deal].mean()) if deal.any() else float("nan"),
    )


class Values(Draws):
    """Draws in which the saliences are those of given dialogues, one a world."""

    def __init__(self, values: Array) -> None:
        super().__init__(1, len(values))
        self.saliences = {
            f"actors.{actor}.positions.{item.lower()}.salience": values[:, n, m]
            for n, actor in enumerate("ab")
            for m, item in enumerate(ITEMS)
        }

    def number(
        self, name: str, number: Number, spread: float = 0.0, path: str = "", each: float = 1.0
    ) -> Array:
        if name in self.saliences:
            return self.saliences[name]
        return super().number(name, number, spread, path, each)


def scenario(first: str, second: str, communication: float = 0.0) -> Scenario:
    """The division as a scenario: an issue per item, its points the units for party a."""
    scale = {n / UNITS: f"{n} for a" for n in range(UNITS + 1)}
    # both get half of everything without a deal, at a cost that leaves the 5 points of walking away
    cost = (0.5 - WALK_AWAY / MOST) / 12
    issues = {
        item.lower(): {"title": item, "kind": "options", "scale": scale, "no_deal": 0.5}
        for item in ITEMS
    }
    actors: dict[str, Any] = {
        name: {
            "name": name,
            "patience": 20,
            "tactic": {"name": tactic, **TACTICS[tactic]},
            "positions": {
                i: {"ideal": ideal, "salience": 1, "judgement": "CaSiNo"} for i in issues
            },
        }
        for name, tactic, ideal in (("a", first, 1), ("b", second, 0))
    }
    if communication:
        actors["talk"] = {
            "name": "What they tell each other",
            "role": "facilitator",
            "communication": communication,
            "acceptability": {"a": 1, "b": 1},
        }
    return Scenario.model_validate(
        {
            "name": "casino",
            "title": "CaSiNo",
            "issues": issues,
            "actors": actors,
            "war": {"start_date": "2021-01-01", "round_days": 1, "cost": {"a": cost, "b": cost}},
            "protocol": {"name": "alternating", "turn": "1d"},
            "horizon_days": 200,
        }
    )


def play(values: Array, first: str, second: str, communication: float = 0.0) -> Result:
    """All dialogues as the worlds of one model."""
    model = PeaceTalks(scenario(first, second, communication), Values(values))
    model.run()
    deal = model.talks.status == SETTLED
    units = np.where(deal[:, None], model.talks.agreed, 0.0) * UNITS
    got = np.stack([units, UNITS - units], axis=1)
    points = np.where(deal[:, None], (values * got).sum(axis=2), WALK_AWAY)
    return scored(values, points.round(9), deal)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, help="with agents.csv")
    parser.add_argument("--communication", type=float, default=COMMUNICATION)
    arguments = parser.parse_args()
    data = load(arguments.folder)
    humans = scored(data.values, data.points, data.deal)
    agreed = scored(*(part[data.deal] for part in data))
    print(f"{len(data.deal)} dialogues. Best joint points reached / efficient deals / deals")
    print(
        f"humans: {humans.joint:.1%} / {humans.efficient:.1%} / {humans.deals:.1%}; "
        f"where they agreed {agreed.joint:.1%}"
    )
    for title, communication in (("silent", 0.0), ("talking", arguments.communication)):
        print(f"\n{title} (communication {communication:g}); * as good as humans who agreed")
        print(f"{'':<12}" + "".join(f"{name:>21}" for name in TACTICS))
        for first in TACTICS:
            cells = []
            for second in TACTICS:
                found = play(data.values, first, second, communication)
                good = found.joint >= agreed.joint and found.efficient >= agreed.efficient
                text = f"{found.joint:.1%} / {found.efficient:.0%} / {found.deals:.0%}"
                cells.append(f"{text.replace('nan%', '–')}{'*' if good else ' '}")
            print(f"{first:<12}" + "".join(f"{cell:>21}" for cell in cells))


if __name__ == "__main__":
    main()
