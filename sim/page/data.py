"""All that a page holds: plans, their worlds, and the assumptions that can be changed."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import logit, ndtr

from sim.arrays import Array, Mask
from sim.ensemble.runner import Run
from sim.formulas.gates import BENDS, gated_logistic, normal_levels, rank_codes
from sim.formulas.statistics import scaled_odds
from sim.page.assumptions import IN_DAYS, Assumption, Keys, assumptions, with_lines
from sim.page.outcomes import outcomes, words
from sim.page.packing import CHARACTERS, Pack
from sim.prose import clause, listing
from sim.results.experiments import PREFIX, experiments
from sim.scenario import Loaded
from sim.scenario.loading import load_data
from sim.studies.explain.inputs import input_of
from sim.studies.explain.outline import weigh
from sim.views.colours import actor_colors

MAIN, FEWEST, MOST_HIDDEN = 14, 6, 3
"""Assumptions of a plan shown at first: at most so many of those on which its outcome hangs more
than chance would have it, and so many where these are fewer; of those that decide and are no
numbers of the scenario so many are named."""
FINE, MIDDLE, COARSE = 6, 4, 2
"""Bits of an assumption: of those shown at first; of others, as many as there is room for; of the
rest, which matter least."""
GRID = np.linspace(-3.2, 3.2, 17)
"""Normal scores at which values of an assumption are told; straight lines lie between."""
END = 1.6
"""How far from the middle a slider goes, in standard deviations: there stored worlds are many."""
GOALS = ("settled", "signed")
ACCENTS = ("#00695c", "#8f4a00", "#6a4c93", "#2a5d9f", "#8a3150", "#55600f", "#444444", "#7a4b3a")
"""One colour per plan; text in each reads on white."""
ALIKE = 0.99
"""Share of worlds that two plans must have in one bin, or the next, to share a column."""
_Column = tuple[NDArray[np.uint8], int, str, dict[str, Any]]
"""Codes, bits of each, the key, and what is told of the assumption."""


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
    """An assumption or a switch over all plans.

    Attributes
    ----------
    held, values, scores, ranks : dict
        Plan → what it is there, its draws, how much it matters, and the place among those shown at
        first.
    """

    path: str
    key: str
    held: dict[int, Assumption]
    values: dict[int, NDArray[Any]]
    switch: bool = False
    scores: dict[int, float] = field(default_factory=dict)
    ranks: dict[int, int] = field(default_factory=dict)
    bits: int = 1

    @property
    def of_engine(self) -> bool:
        return next(iter(self.held.values())).keys[0] == "engine"

    def codes(self, bits: int) -> dict[int, NDArray[np.uint8]]:
        """Plan → its column; plans in which the same draw decides share one."""
        found: dict[int, NDArray[np.uint8]] = {}
        for number, values in self.values.items():
            own = values.astype(np.uint8) if self.switch else rank_codes(values, bits)
            for other in found.values():
                apart = np.abs(own.astype(int) - other)
                if (apart <= (bits > 1)).mean() >= (ALIKE if bits > 1 else 1.0):
                    own = other
                    break
            found[number] = own
        return found

    def ends(self) -> tuple[float, float]:
        """Lowest and highest value that a slider offers, over all plans."""
        spans = np.array([np.quantile(v, ndtr([-END, END])) for v in self.values.values()])
        return float(f"{spans[:, 0].min():.3g}"), float(f"{spans[:, 1].max():.3g}")


def settable(plans: Sequence[Plan]) -> dict[str, dict[str, tuple[Keys, float, float]]]:
    """Plan → key of an assumption → the way to it in the data, and the bounds of its value."""
    found: dict[str, dict[str, tuple[Keys, float, float]]] = {
        p.run.scenario.name: {} for p in plans
    }
    names = list(found)
    for one in _inputs(plans):
        low, high = (0.0, 1.0) if one.switch else one.ends()
        for number, what in one.held.items():
            found[names[number]][one.key] = (what.keys, low, high)
    return found


def page_text(plans: Sequence[Plan], room: int, **more: Any) -> str:
    """Everything packed into one text, of at most ``room`` characters where that can be."""
    inputs = _inputs(plans)
    orders = [_rank(inputs, number, plan) for number, plan in enumerate(plans)]
    for one in inputs:
        one.bits = 1 if one.switch else FINE if one.of_engine else COARSE
    left = room - len(_packed(plans, inputs, orders, more)) - 10_000 * len(plans)
    worlds = max(plan.run.ensemble.sizes["world"] for plan in plans)
    for one in sorted(
        inputs, key=lambda one: (not one.ranks, -max(one.scores.values(), default=0))
    ):
        if one.bits == COARSE:
            bits = FINE if one.ranks else MIDDLE
            columns = len({id(codes) for codes in one.codes(bits).values()})
            left -= round(columns * worlds * (bits - COARSE) / 8 * CHARACTERS)
            if left < 0:
                break
            one.bits = bits
    return _packed(plans, inputs, orders, more, fitted=True)


def _rank(inputs: list[_Input], number: int, plan: Plan) -> dict[str, Any]:
    """Note how much each assumption matters in a plan, by the index of ``sim explain``.

    Returns what is explained, how many matter more than by chance, and what does without a slider.
    """
    known = weigh(plan.run, resamples=0)
    index = dict(zip(known.paths, known.index.value.tolist(), strict=True))
    for one in inputs:
        if number in one.held and one.path in index:
            one.scores[number] = index[one.path]
    order = sorted((i for i in inputs if number in i.scores), key=lambda i: -i.scores[number])
    matter = sum(one.scores[number] > known.index.threshold for one in order)
    for rank, one in enumerate(order[: min(MAIN, max(FEWEST, matter))]):
        one.ranks[number] = rank
    sliders = {one.path for one in order}
    hidden = [known.paths[n] for n in known.order if known.paths[n] not in sliders]
    titles = [input_of(path, plan.run.scenario).title for path in hidden[:MOST_HIDDEN]]
    return {"of": clause(known.measure.title), "matter": matter, "hidden": listing(titles)}


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
            found[path] = _Input(path, _short_key(path, keys), {}, {}, switch)
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
    return list(found.values())


def _levers(plan: Plan) -> list[tuple[Assumption, Mask]]:
    """Levers, by their credibility, and the worlds in which each is no bluff."""
    data, scenario, found = plan.run.ensemble, plan.run.scenario, []
    for owner, actor in scenario.actors.items():
        for key, lever in actor.levers.items():
            path = f"actors.{owner}.levers.{key}.credibility"
            (what,) = assumptions(plan.loaded, [path]) or (None,)
            if what is None:
                continue
            drawn = data.get(f"{PREFIX}{path}")
            stated = lever.credibility.median if drawn is None else drawn.values
            credence = data.get(f"{PREFIX}engine.credence", scenario.engine.credence)
            credibility = scaled_odds(np.asarray(stated), np.asarray(credence))
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


def _packed(
    plans: Sequence[Plan],
    inputs: list[_Input],
    orders: list[dict[str, Any]],
    more: dict[str, Any],
    fitted: bool = False,
) -> str:
    pack, tables, texts = Pack(), _Once(), _Once()
    entries, described = [], list[dict[str, Any]]()
    columns: list[list[_Column]] = [[] for _ in plans]
    for one in inputs:
        entry = _entry(one, tables, texts)
        placed: dict[int, list[int]] = {}
        for number, codes in one.codes(one.bits).items():
            if id(codes) not in placed:
                placed[id(codes)] = pack.add(codes, one.bits)
            held = entry["held"][number]
            held["at"] = placed[id(codes)]
            columns[number].append((codes, one.bits, one.key, held))
        entries.append(entry)
    for number, plan in enumerate(plans):
        scenario, data = plan.run.scenario, plan.run.ensemble
        hidden = _hidden(plan, pack, columns[number])
        described.append(
            words(scenario, data, actor_colors(scenario))
            | {"outcomes_at": outcomes(pack, scenario, data), "hidden": hidden}
            | {"constants": _fit(plan, columns[number], tables.items) if fitted else []}
            | {"allowed": {goal: _allowed(plan, goal) for goal in GOALS}}
            | {
                "order": orders[number],
                "raw": plan.loaded.raw,
                "color": ACCENTS[number % len(ACCENTS)],
            }
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
            "bends": BENDS.round(4).tolist(),
            "levels": {b: _levels(b).round(4).tolist() for b in (1, COARSE, MIDDLE, FINE)},
            **more,
        }
    )


def _entry(one: _Input, tables: _Once, texts: _Once) -> dict[str, Any]:
    """One assumption in words."""
    first = next(iter(one.held.values()))
    held: dict[int, Any] = {}
    for number, what in one.held.items():
        values = one.values[number]
        held[number] = {
            "keys": list(what.keys),
            "text": texts.place([what.judgement, list(what.sources)]),
            "scale": tables.place([list(point) for point in what.scale]),
            "numeric": what.numeric,
            "rank": one.ranks.get(number),
        }
        if not one.switch:
            at = np.quantile(values, ndtr(GRID))
            held[number]["table"] = tables.place([float(f"{v:.5g}") for v in at])
            ends = np.quantile(values, ndtr([-END, END]))
            held[number]["ends"] = [float(f"{v:.4g}") for v in ends]
    entry = {
        "key": one.key,
        "title": first.title,
        "group": first.group,
        "unit": first.unit,
        "switch": one.switch,
        "days": first.keys[-1] in IN_DAYS,
        "bits": one.bits,
        "held": held,
    }
    if not one.switch:
        low, high = one.ends()
        entry |= {"low": low, "high": high}
    return entry


def _hidden(plan: Plan, pack: Pack, columns: list[_Column]) -> list[dict[str, Any]]:
    """Factors that assumptions share; where one is changed, they must stay what they are."""
    table, found = experiments(plan.run.ensemble), []
    for name in table.columns:
        if str(name).endswith(".flexibility"):
            codes = rank_codes(table[name].to_numpy(), FINE)
            found.append({"group": str(name).split(".")[1], "at": pack.add(codes, FINE)})
            columns.append((codes, FINE, "", found[-1]))
    return found


def _levels(bits: int) -> Array:
    """What the codes of a column stand for: yes or no, or normal scores."""
    return np.array([0.0, 1.0]) if bits == 1 else normal_levels(bits)


def _fit(plan: Plan, columns: list[_Column], tables: list[list[float]]) -> list[list[float]]:
    """Regressions of what is asked on all columns, noted beside each; their constants.

    Where a red line lies matters where it binds: their product is a term as well. What stands in
    fine steps may bend.
    """
    x = np.stack([_levels(bits)[codes] for codes, bits, _, _ in columns], axis=1)
    pairs = _lines_that_may_bind(columns)
    mates = dict(pairs) | {b: a for a, b in pairs}
    fine = [n for n, (_, bits, key, _) in enumerate(columns) if bits == FINE and key]
    issues = [_issue_on_the_table(beside) for *_, beside in columns]
    gates = ["", *dict.fromkeys(filter(None, issues))]
    for (*_, beside), issue in zip(columns, issues, strict=True):
        beside["gate"] = gates.index(issue)
    for n, decided in _decided(plan, columns, x, tables).items():
        beside = columns[n][3]
        beside["decides"] = [
            [columns[m][2], [float(f"{v:.4g}") for v in chances]] for m, chances in decided
        ]
    constants = []
    for goal in GOALS:
        happens = np.isfinite(_days(plan, goal))
        found = gated_logistic(x, happens, [gates.index(one) for one in issues], pairs, fine)
        products = dict(zip(pairs, found.products, strict=True))
        constants.append(found.constants.round(4).tolist())
        for n, (*_, beside) in enumerate(columns):
            mate = mates.get(n, n)
            more = products.get((n, mate), products.get((mate, n), 0.0))
            told = found.coefficients[n], found.errors[n], more
            beside.setdefault("fit", []).append([float(f"{v:.4g}") for v in told])
            if n in fine:
                curve = found.curves.get(n, np.zeros(0))
                beside.setdefault("curve", []).append([float(f"{v:.3g}") for v in curve])
            if mate != n:
                beside["mate"] = columns[mate][2]
    return constants


def _issue_on_the_table(beside: dict[str, Any]) -> str:
    """The issue on which something is a wish or a red line in the main talks, else nothing."""
    keys = beside.get("keys", ())
    main = keys[:1] == ["actors"] and keys[2:3] == ["positions"] and keys[-1] != "salience"
    return str(keys[3]) if main else ""


def _decided(
    plan: Plan, columns: list[_Column], x: NDArray[Any], tables: list[list[float]]
) -> dict[int, list[tuple[int, NDArray[Any]]]]:
    """Column → the switches that it decides, and how likely each is on where it is at BENDS.

    Whether a line binds where the scenario does not say how likely that is, and whether a lever is
    carried out.
    """
    found: dict[int, list[tuple[int, NDArray[Any]]]] = {}
    places = {
        tuple(beside["keys"]): n
        for n, (_, bits, key, beside) in enumerate(columns)
        if bits > 1 and key
    }
    values = {n: np.interp(BENDS, GRID, tables[columns[n][3]["table"]]) for n in places.values()}
    credence = places.get(("engine", "credence"))
    for n, (_, bits, _, beside) in enumerate(columns):
        keys = tuple(beside.get("keys", ())) if bits == 1 else ()
        line: Any = plan.loaded.raw
        for key in keys[:-1]:
            line = line[key]
        if keys[-1:] == ("binds",) and "binds" not in line:
            cause = places.get(
                ("engine", f"{'stated' if line.get('stated') else 'believed'}_binds")
            )
            if cause is not None:
                found.setdefault(cause, []).append((n, values[cause]))
        elif keys[-1:] == ("credibility",) and keys in places and credence is not None:
            own = places[keys]
            for cause, other in ((own, credence), (credence, own)):
                drawn = np.interp(x[:, other], BENDS, values[other])
                pair = (
                    (values[cause][:, None], drawn)
                    if cause == own
                    else (drawn, values[cause][:, None])
                )
                found.setdefault(cause, []).append((n, scaled_odds(*pair).mean(axis=1)))
    return found


def _lines_that_may_bind(columns: list[_Column]) -> list[tuple[int, int]]:
    """Column of where a red line lies, and of whether it binds."""
    places = {tuple(beside.get("keys", ())): n for n, (*_, beside) in enumerate(columns)}
    return [
        (place, n)
        for keys, n in places.items()
        if keys[-1:] == ("binds",)
        for place in [places.get((*keys[:-1], "at"))]
        if place is not None
    ]


def _days(plan: Plan, goal: str) -> NDArray[Any]:
    name = "settled_day" if goal == "settled" else "first_signed_day"
    values: NDArray[Any] = plan.run.ensemble[name].values
    return values


def _allowed(plan: Plan, goal: str) -> list[tuple[float, float, float]]:
    """Days, and how far the odds reach down and up there, in logits, over what past talks allow."""
    summary = plan.run.summary
    if summary.allowed is None:
        return []
    what = "settlement" if goal == "settled" else "first_stage"
    shares, spans = summary.by_day(what)[0], summary.spans_by_day(what)
    found = []
    for day, span in spans.items():
        share = shares[day]
        if span is not None and share is not None and 0.0 < share < 1.0:
            low, high = logit(np.clip(span, 1e-6, 1 - 1e-6)) - logit(share)
            found.append((float(day), round(low, 3), round(high, 3)))
    return found


def _sources(plans: Sequence[Plan]) -> dict[str, Any]:
    return {
        key: [source.title, source.date or "", source.url or ""]
        for plan in plans
        for key, source in plan.run.scenario.sources.items()
    }
