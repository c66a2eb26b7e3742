"""All that a page holds: plans, their worlds, and the assumptions that can be changed."""

from __future__ import annotations

import base64
import hashlib
import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from sim.ensemble.runner import Run
from sim.formulas.conditioning import bandwidth, first_order_index, normal_levels, rank_codes
from sim.page.assumptions import IN_DAYS, Assumption, Keys, assumptions, with_lines
from sim.page.outcomes import outcomes, words
from sim.page.packing import Pack
from sim.report.sources import web_link
from sim.results.experiments import PREFIX, experiments
from sim.scenario import Loaded
from sim.scenario.loading import load_data
from sim.views.colours import actor_colors

MAIN = 14
"""Assumptions shown at first: those that matter most."""
MAIN_BITS = 8
OTHER_BITS = (4, 3, 2)
"""Of the other assumptions, the finest for which the page stays small enough."""
GRID = np.linspace(-3.2, 3.2, 17)
"""Normal scores at which values of an assumption are told; straight lines lie between."""
ENDS = {8: 1.6, 4: 1.6, 3: 1.4, 2: 1.1}
"""How far from the middle a slider goes, in standard deviations, where stored worlds are many."""
ACCENTS = ("#00695c", "#8f4a00", "#6a4c93", "#2a5d9f", "#8a3150", "#55600f", "#444444", "#7a4b3a")
"""One colour per plan; text in each reads on white."""
ALIKE = 0.99
"""Share of worlds that two plans must have in one bin, or the next, to share a column."""


@dataclass(frozen=True)
class Plan:
    """A scenario, as :func:`prepared` gives it, and its finished run."""

    loaded: Loaded
    run: Run


def prepared(loaded: Loaded) -> Loaded:
    """The same scenario, in the form in which a page can change it."""
    return load_data(with_lines(loaded.raw))


@dataclass
class _Input:
    """An assumption or a switch over all plans; ``held``: plan → what it is there."""

    key: str
    held: dict[int, Assumption]
    values: dict[int, NDArray[Any]]
    switch: bool = False
    scores: dict[int, float] = field(default_factory=dict)

    def ends(self, deviations: float) -> tuple[float, float]:
        """Lowest and highest value that a slider offers, over all plans."""
        at = ndtr([-deviations, deviations])
        spans = np.array([np.quantile(v, at) for v in self.values.values()])
        return float(f"{spans[:, 0].min():.3g}"), float(f"{spans[:, 1].max():.3g}")


def importance(plan: Plan, values: NDArray[Any]) -> float:
    """How much of what matters one input explains alone: the largest of its first-order indices.

    What matters: whether all is settled, whether anything is signed, and by how much red lines
    miss each other, which varies where hardly any world has a deal.
    """
    codes = rank_codes(values, 4)
    return max(first_order_index(codes, y) for y in _measures(plan))


def _measures(plan: Plan) -> list[NDArray[np.float64]]:
    data = plan.run.ensemble
    return [
        (data.outcome.values == 0).astype(float),
        np.isfinite(data.first_signed_day.values).astype(float),
        data.red_line_gap.values.sum(axis=1).astype(float),
    ]


def settable(plans: Sequence[Plan]) -> dict[str, dict[str, tuple[Keys, float, float]]]:
    """Plan → key of an assumption → the way to it in the data, and the bounds of its value."""
    found: dict[str, dict[str, tuple[Keys, float, float]]] = {
        p.run.scenario.name: {} for p in plans
    }
    names = list(found)
    for one in _inputs(plans):
        low, high = (0.0, 1.0) if one.switch else one.ends(max(ENDS.values()))
        for number, what in one.held.items():
            found[names[number]][one.key] = (what.keys, low, high)
    return found


def page_text(plans: Sequence[Plan], room: int, **more: Any) -> str:
    """Everything packed into one text, of at most ``room`` characters where that can be."""
    inputs = _inputs(plans)
    main = {key: rank for rank, key in enumerate(_that_matter_most(inputs, len(plans)))}
    text = ""
    for bits in OTHER_BITS:
        text = _packed(plans, inputs, main, bits, more)
        if len(text) <= room:
            break
    return text


def _that_matter_most(inputs: list[_Input], plans: int) -> list[str]:
    """Keys of the assumptions shown at first: by turns the next one of every plan."""
    orders = [
        sorted((i for i in inputs if number in i.scores), key=lambda i: -i.scores[number])
        for number in range(plans)
    ]
    turns = itertools.chain.from_iterable(itertools.zip_longest(*orders))
    return list(dict.fromkeys(one.key for one in turns if one is not None))[:MAIN]


def _packed(
    plans: Sequence[Plan],
    inputs: list[_Input],
    main: dict[str, int],
    bits: int,
    more: dict[str, Any],
) -> str:
    pack, tables, texts = Pack(), _Once(), _Once()
    entries, described = [], list[dict[str, Any]]()
    for one in inputs:
        size = 1 if one.switch else MAIN_BITS if one.key in main else bits
        entry = _entry(one, size, pack, plans, tables, texts)
        entries.append({**entry, "rank": main.get(one.key)})
    for plan in plans:
        scenario, data = plan.run.scenario, plan.run.ensemble
        described.append(
            words(scenario, data, actor_colors(scenario))
            | {"outcomes_at": outcomes(pack, scenario, data), "hidden": _hidden(plan, pack)}
            | {"raw": plan.loaded.raw, "color": ACCENTS[len(described) % len(ACCENTS)]}
        )
    return pack.text(
        {
            "seed": int(plans[0].run.ensemble.attrs["seed"]),
            "plans": described,
            "inputs": entries,
            "tables": tables.items,
            "texts": texts.items,
            "sources": _sources(plans),
            "grid": GRID.round(4).tolist(),
            "levels": {b: normal_levels(b).round(4).tolist() for b in {MAIN_BITS, bits}},
            **more,
        }
    )


class _Once:
    """A list in which equal things stand once."""

    def __init__(self) -> None:
        self.items: list[Any] = []
        self._places: dict[str, int] = {}

    def place(self, item: Any) -> int:
        found = self._places.setdefault(repr(item), len(self.items))
        if found == len(self.items):
            self.items.append(item)
        return found


def _inputs(plans: Sequence[Plan]) -> list[_Input]:
    """Assumptions in the order of the first plan that has each, then the levers as switches."""
    found: dict[str, _Input] = {}
    keys: set[str] = set()

    def add(path: str, number: int, what: Assumption, values: Any, switch: bool) -> None:
        if path not in found:
            found[path] = _Input(_short_key(path, keys), {}, {}, switch)
        found[path].held[number] = what
        found[path].values[number] = values

    for number, plan in enumerate(plans):
        table = experiments(plan.run.ensemble)
        known = assumptions(plan.loaded, [str(c) for c in table.columns])
        for one in known:
            values = table[one.path].to_numpy()
            add(one.path, number, one, values, set(np.unique(values)) <= {0.0, 1.0})
        for one, carried_out in _levers(plan):
            add(f"{one.path} carried out", number, one, carried_out, True)
    for given in found.values():
        if not given.switch:
            given.scores = {n: importance(plans[n], drawn) for n, drawn in given.values.items()}
    return list(found.values())


def _levers(plan: Plan) -> list[tuple[Assumption, NDArray[np.bool_]]]:
    """Levers, by their credibility, and the worlds in which each is no bluff."""
    data, scenario, found = plan.run.ensemble, plan.run.scenario, []
    for owner, actor in scenario.actors.items():
        for key, lever in actor.levers.items():
            path = f"actors.{owner}.levers.{key}.credibility"
            (what,) = assumptions(plan.loaded, [path]) or (None,)
            if what is None:
                continue
            drawn = data.get(f"{PREFIX}{path}")
            credibility = lever.credibility.median if drawn is None else drawn.values
            pull = data[f"{PREFIX}{path.removesuffix('credibility')}pull"].values
            titled = Assumption(**{**what.__dict__, "title": f"{lever.title}: carried out"})
            found.append((titled, pull <= credibility))
    return found


def _short_key(path: str, taken: set[str]) -> str:
    """Four letters that stand for a path in the page's address, whatever else is in the page."""
    for salt in range(1000):
        digest = hashlib.blake2b(f"{salt or ''}{path}".encode(), digest_size=3).digest()
        key = base64.urlsafe_b64encode(digest).decode()
        if key not in taken:
            taken.add(key)
            return key
    raise AssertionError("a page has fewer assumptions than there are keys")


def _entry(
    one: _Input, bits: int, pack: Pack, plans: Sequence[Plan], tables: _Once, texts: _Once
) -> dict[str, Any]:
    """One assumption in words, and where each plan's column is."""
    first = next(iter(one.held.values()))
    columns = _columns(one, bits, pack)
    held: dict[int, Any] = {}
    for number, what in one.held.items():
        values = one.values[number]
        held[number] = {
            "keys": list(what.keys),
            "at": columns[number],
            "text": texts.place([what.judgement, list(what.sources)]),
        }
        if not one.switch:
            at = np.quantile(values, ndtr(GRID))
            held[number]["table"] = tables.place([float(f"{v:.5g}") for v in at])
            held[number]["width"] = _width(plans[number], values)
            ends = np.quantile(values, ndtr([-ENDS[bits], ENDS[bits]]))
            held[number]["ends"] = [float(f"{v:.4g}") for v in ends]
    entry = {
        "key": one.key,
        "title": first.title,
        "group": first.group,
        "issue": first.issue,
        "switch": one.switch,
        "days": first.keys[-1] in IN_DAYS,
        "held": held,
    }
    if not one.switch:
        low, high = one.ends(ENDS[bits])
        entry |= {"bits": bits, "low": low, "high": high}
    return entry


def _width(plan: Plan, values: NDArray[Any]) -> float:
    score = normal_levels(MAIN_BITS)[rank_codes(values, MAIN_BITS)]
    return round(min(bandwidth(score, y) for y in _measures(plan)), 3)


def _columns(one: _Input, bits: int, pack: Pack) -> dict[int, list[int]]:
    """Plan → place of its column; plans in which the same draw decides share one."""
    kept: list[tuple[NDArray[Any], list[int]]] = []
    places = {}
    for number, values in one.values.items():
        codes = values.astype(np.uint8) if one.switch else rank_codes(values, bits)
        for other, place in kept:
            apart = np.abs(codes.astype(int) - other)
            if np.array_equal(codes, other) or (bits > 1 and (apart <= 1).mean() >= ALIKE):
                places[number] = place
                break
        else:
            places[number] = pack.add(codes, bits)
            kept.append((codes, places[number]))
    return places


def _hidden(plan: Plan, pack: Pack) -> list[dict[str, Any]]:
    """Factors that assumptions share; where one is changed, they must stay what they are."""
    table = experiments(plan.run.ensemble)
    return [
        {
            "group": str(c).split(".")[1],
            "at": pack.add(rank_codes(table[c].to_numpy(), MAIN_BITS), MAIN_BITS),
        }
        for c in table.columns
        if str(c).endswith(".flexibility") or str(c).startswith("engine.")
    ]


def _sources(plans: Sequence[Plan]) -> dict[str, Any]:
    return {
        key: [source.title, source.date or "", web_link(source.url) or ""]
        for plan in plans
        for key, source in plan.run.scenario.sources.items()
    }
