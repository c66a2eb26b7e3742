"""What stands in the way of a deal, world by world, alone and together.

A reason is something whose removal would bring a deal in this world (a but-for cause); where only
two or three together do, they bind together. Sets that would do and none of whose parts would are
the minimal sufficient ones (Mackie 1965, "Causes and conditions", *American Philosophical
Quarterly* 2:245–264). All sets of up to three are tried, by running the world without them, save
where a part of a set does already, or everything else does not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import combinations

from sim.arrays import Mask
from sim.scenario.schema import Scenario
from sim.studies.explain.field import Field
from sim.studies.explain.findings import Obstacle, Reasons
from sim.studies.explain.moves import Move
from sim.studies.explain.trials import SETTLES, UNRATIFIED
from sim.studies.explain.words import bundle_words

Set = tuple[str, ...]
"""Keys of bundles, in the order in which they stand in the scenario."""
MOST, KEPT = 3, 8
"""Things removed at once; things tried three at a time, those that bring most in pairs."""
NOTICED, NEEDED = 0.02, 0.03
"""Share of the worlds from which something is kept for sets of three; from which a set is told."""
SINGLE, JOINT = 6, 4
"""Things alone, and sets, that are counted in other worlds, those that bring most."""


@dataclass(frozen=True)
class Lattice:
    """Worlds without each of some sets of obstacles.

    Attributes
    ----------
    settled : dict of tuple to ndarray of bool, shape (worlds,)
        Where a deal comes once these are gone as far as they can be.
    everything : ndarray of bool, shape (worlds,)
        Where it comes with all of them gone.
    """

    settled: dict[Set, Mask]
    everything: Mask

    def odds(self, keys: Set) -> float:
        """Share of the failed worlds that settle without these."""
        return float(self.settled[keys].mean())

    def minimal(self) -> dict[Set, Mask]:
        """Where a set is enough and no part of it is; sets of which that is so somewhere."""
        out = {}
        for keys, settled in self.settled.items():
            smaller = [
                part
                for size in range(1, len(keys))
                for part in combinations(keys, size)
                if part in self.settled
            ]
            alone = settled.copy()
            for part in smaller:
                alone &= ~self.settled[part]
            if alone.any():
                out[keys] = alone
        return out

    def bound_together(self, least: float = 0.05) -> list[Set]:
        """Sets that bring far more than any part of them, the largest surplus first.

        Without all of them at least ``least`` of the worlds settle that no smaller set reaches.
        """
        extra = {k: float(w.mean()) for k, w in self.minimal().items() if len(k) > 1}
        return sorted((k for k, e in extra.items() if e >= least), key=lambda k: -extra[k])


def bundles(moves: list[Move]) -> dict[str, Move]:
    """Changes of one sort by one actor as one: all its red lines, all its levers.

    What they are together stands in ``lines:ACTOR``, ``levers:ACTOR``, and so on.
    """
    out: dict[str, Move] = {}
    for move in moves:
        plural = {"line": "lines", "lever": "levers"}.get(move.kind, move.kind)
        key = move.kind if move.structure else f"{plural}:{move.actor}"
        before = out.get(key, Move(key, move.actor))
        prices = tuple(a + b for a, b in zip(before.prices, move.prices, strict=True))
        out[key] = Move(
            key, move.actor, before.places + move.places, prices, before.structure + move.structure
        )
    return out


def lattice(field: Field) -> Lattice:
    """Run worlds without every single bundle, every pair, and triples of those that matter.

    What changes the structure has a model of its own, and begins with the pairs.
    """
    keys = list(field.moves)

    def run(sets: list[Set]) -> dict[Set, Mask]:
        found = field.likely([dict.fromkeys(one, 1.0) for one in sets])
        return dict(zip(sets, found, strict=True))

    whole = tuple(k for k in keys if not field.moves[k].structure)
    without = [tuple(k for k in whole if k != key) for key in whole]
    first = run(list(dict.fromkeys([*((k,) for k in whole), whole, *without])))
    everything = first[whole]
    single = [(k,) for k in keys if k not in whole]
    settled = {(k,): first[(k,)] for k in whole} | run([*single, *combinations(keys, 2)])
    gain = dict.fromkeys(keys, 0.0)
    for one, worlds in settled.items():
        new = worlds.copy()
        for key in one if len(one) > 1 else ():
            new &= ~settled[(key,)]
        for key in one:
            gain[key] = max(gain[key], float(new.mean()))
    for key, less in zip(whole, without, strict=True):
        if len(whole) > 1:  # what everything needs, though no pair shows it
            gain[key] = max(gain[key], float((everything & ~first[less]).mean()))
    kept = sorted((k for k in keys if gain[k] >= NOTICED), key=lambda k: -gain[k])[:KEPT]
    kept.sort(key=keys.index)
    settled |= run(list(combinations(kept, 3)))
    return Lattice(settled, everything)


def obstacles(
    found: Lattice, field: Field, scenario: Scenario, also: Iterable[Set] = ()
) -> Callable[[], tuple[list[Obstacle], list[Obstacle], Lattice]]:
    """Single things, and sets that bind together, those that matter most first.

    Which they are is found in a few worlds; how much they matter is counted in others, and so it
    is for sets that are asked for ``also``. What is returned waits for that.
    """
    single = sorted((k for k in found.settled if len(k) == 1), key=lambda k: -found.odds(k))
    always = [k for k in single if k[0] in ("deadline", "order")]  # who wonders is answered
    single = list(dict.fromkeys([*[k for k in single if found.odds(k) > 0][:SINGLE], *always]))
    sets = [*single, *found.bound_together()[:JOINT]]
    within = [part for k in sets for n in range(1, len(k)) for part in combinations(k, n)]
    tried = list(dict.fromkeys([*sets, *within, *also]))
    ends = field.later([{}, *(dict.fromkeys(keys, 1.0) for keys in tried)])

    def told() -> tuple[list[Obstacle], list[Obstacle], Lattice]:
        now, *others = ends()
        without = dict(zip(tried, others, strict=True))
        again = Lattice({k: end == SETTLES for k, end in without.items()}, found.everything)
        minimal = again.minimal()

        def one(keys: Set) -> Obstacle:
            inner = [again.odds(k) for k in tried if set(k) < set(keys)]
            needed = float(minimal[keys].mean()) if keys in minimal else 0.0
            words = [bundle_words(field.moves[k], scenario) for k in keys]
            fails = float(((without[keys] == UNRATIFIED) & (now != UNRATIFIED)).mean())
            most = max(inner, default=0.0)
            return Obstacle(words, list(keys), again.odds(keys), most, needed, fails)

        alone = sorted((one(k) for k in sets if len(k) == 1), key=lambda one: -one.settle)
        together = sorted((one(k) for k in sets if len(k) > 1), key=lambda one: -one.needed)
        return alone, [one for one in together if one.needed >= NEEDED], again

    return told


def reasons(found: Lattice, field: Field, scenario: Scenario) -> list[Reasons]:
    """For each failed world the sets that would do, fewest things first, then the cheapest."""
    minimal = found.minimal()
    order = sorted(minimal, key=lambda k: (len(k), field.price(dict.fromkeys(k, 1.0))))
    words = {k: bundle_words(move, scenario) for k, move in field.moves.items()}
    return [
        Reasons(world, [[words[k] for k in keys] for keys in order if minimal[keys][n]])
        for n, world in enumerate(field.worlds)
    ]
