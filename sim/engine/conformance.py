"""What every protocol and every tactic keeps to, as test classes to inherit from.

A package that brings its own protocol or tactic tests it so, with pytest::

    import sim

    class TestRaffle(sim.ProtocolConformance):
        name = "raffle"

The idea is Axelrod's: one class of tests that every strategy inherits (Knight et al. 2016, "An
open framework for the reproducible study of the iterated prisoner's dilemma", *Journal of Open
Research Software* 4(1), doi:10.5334/jors.125).
"""

from __future__ import annotations

import copy
from abc import ABC, abstractmethod
from functools import cache
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from sim.arrays import Array
from sim.engine.draws import Draws
from sim.engine.model import PeaceTalks
from sim.formulas.bargaining.red_lines import TOLERANCE
from sim.formulas.tactics import Tactic, View
from sim.registry import PROTOCOLS, TACTICS, Registry
from sim.scenario import Loaded, Scenario, load_scenario
from sim.scenario.loading import TEMPLATE

WORLDS, FEWER = 60, 25
DIGITS = 1e-13
"""Last digits may hang on where in an array a world stands."""
NEVER, ALWAYS = 0.0, 0.999
"""Share of the worlds from which on those that have concluded are left out."""


@cache
def talks() -> Loaded:
    """A small scenario in which much can happen; every protocol is tried on it."""
    return load_scenario(TEMPLATE).with_(
        {
            "agenda": [
                {"name": "halt", "issues": ["prisoners"], "cost_factor": 0.4, "drift_factor": 0.1},
                {"name": "peace", "issues": ["border", "troops"]},
            ],
            "issues.prisoners.no_deal": 0.5,
            "actors.south.positions.prisoners.ideal": 1,
            "actors.north.positions.troops.conditional": [
                {"limit": 0.1, "when": {"prisoners": {"at_most": 0.5}}}
            ],
            "actors.south.leave_after": {"uniform": ["10w", "60w"]},
            "war.drift": {"border": {"mean": 0.0, "volatility": 0.02}},
        }
    )


class _Conformance(ABC):
    """What holds for everything that is registered and takes part in talks."""

    registry: ClassVar[Registry]
    #: as it is called in scenario files
    name: ClassVar[str]
    #: what else the scenario says of it
    parameters: ClassVar[dict[str, Any]] = {}

    @abstractmethod
    def scenario(self) -> Scenario:
        """What it is tried on."""

    def play(self, worlds: int = WORLDS, narrowed_at: float = NEVER) -> PeaceTalks:
        """Finished talks."""
        model = PeaceTalks(self.scenario(), Draws(1, worlds))
        model.narrowed_at = narrowed_at
        model.run()
        return model

    def test_says_what_it_is(self) -> None:
        found = self.registry[self.name]
        assert found.name == self.name
        assert found.title.strip()
        assert found.citation.strip()

    def test_same_seed_same_outcome(self) -> None:
        same(outcome(self.play()), outcome(self.play()))

    def test_a_world_does_not_depend_on_how_many_others_run(self) -> None:
        many, few = outcome(self.play()), outcome(self.play(FEWER))
        same(few, {name: values[:FEWER] for name, values in many.items()}, DIGITS)

    def test_leaving_out_concluded_worlds_changes_nothing(self) -> None:
        same(outcome(self.play(narrowed_at=ALWAYS)), outcome(self.play()), DIGITS)


class ProtocolConformance(_Conformance):
    """Invariants of a protocol; a subclass gives its ``name``.

    Attributes
    ----------
    voluntary : bool
        Whether nobody signs against its interest: False for models of group decisions, which bind
        everybody.
    """

    registry = PROTOCOLS
    voluntary: ClassVar[bool] = True

    def scenario(self) -> Scenario:
        return talks().with_({"protocol": {"name": self.name, **self.parameters}}).scenario

    def test_nobody_signs_against_its_interest(self) -> None:
        """Nothing is signed below a reservation value or beyond a red line that binds."""
        watched = Watched(self.scenario(), Draws(1, WORLDS))
        watched.run()
        assert not (self.voluntary and watched.wrong), "; ".join(sorted(watched.wrong))


class TacticConformance(_Conformance):
    """Invariants of a tactic; a subclass gives its ``name``."""

    registry = TACTICS

    def scenario(self) -> Scenario:
        tactic = {"name": self.name, **self.parameters}
        changes = {f"actors.{key}.tactic": tactic for key in ("north", "south")}
        return (
            talks()
            .with_({"protocol.name": "alternating", "actors.envoy": None, **changes})
            .scenario
        )

    def tactic(self) -> Tactic:
        """A new one."""
        made: Tactic = TACTICS[self.name](**self.parameters)
        return made

    def test_defaults_lie_within_their_bounds(self) -> None:
        for key, parameter in TACTICS[self.name].parameters.items():
            assert parameter.low <= parameter.default <= parameter.high, key
            assert parameter.text.strip(), key

    def test_aspiration_is_a_share_in_every_world(self) -> None:
        aspiration, tactic = self.tactic().aspiration(views(WORLDS)), self.tactic()
        np.testing.assert_allclose(aspiration, tactic.checked(views(WORLDS)), atol=TOLERANCE)

    def test_what_it_sees_it_leaves_as_it_is(self) -> None:
        """The arrays of a view are the engine's own."""
        view, tactic = views(WORLDS), self.tactic()
        before = copy.deepcopy(vars(view))
        for _ in range(3):
            tactic.aspiration(view)
        for name, values in vars(view).items():
            np.testing.assert_array_equal(values, before[name], f"{name} has been changed")

    def test_looks_at_offers_only_if_it_says_so(self) -> None:
        view, tactic = views(WORLDS), self.tactic()
        if not tactic.looks_at_offers:
            view.received = view.received_before = np.full(WORLDS, np.nan)
            assert not np.isnan(tactic.aspiration(view)).any()


class Watched(PeaceTalks):
    """Talks in which every signature is held against what the signatories may sign."""

    def __init__(self, scenario: Scenario, draws: Draws) -> None:
        self.wrong: set[str] = set()
        super().__init__(scenario, draws)

    def sign(self, package: Array, where: NDArray[np.bool_]) -> None:
        for table in self.talks.tables_where(where):
            terms = table.rows(package)[:, None]
            for party in self.signatories:
                within = party.may_sign(terms, table)[:, 0] | ~table.holds
                enough = party.gains_from(terms, table, party.reservation)[:, 0] | ~table.holds
                if not within.all():
                    self.wrong.add(f"{party.key} signs beyond a red line")
                if not enough.all():
                    self.wrong.add(f"{party.key} signs for less than its reservation value")
        super().sign(package, where)


def outcome(model: PeaceTalks) -> dict[str, Array]:
    """What has come of finished talks, by world."""
    talks = model.talks
    names = ("status", "stage", "agreed", "signed_round", "concluded_round", "in_force_round")
    found = {name: np.ascontiguousarray(getattr(talks, name)) for name in names}
    for party in model.signatories:
        found |= {
            f"{party.key}.{n}": np.ascontiguousarray(getattr(party, n))
            for n in ("offer", "target", "reservation")
        }
    return found


def same(one: dict[str, Array], other: dict[str, Array], digits: float = 0.0) -> None:
    """Equal in every world, but for so small a share."""
    for name, values in one.items():
        np.testing.assert_allclose(
            values, other[name], rtol=digits, atol=digits, err_msg=f"{name}, by world"
        )


def views(worlds: int) -> View:
    """What a tactic may see, at random; early, late and beyond its patience."""
    rng = np.random.default_rng(0)
    received, before, aspired, gap = rng.random((4, worlds))
    offers = rng.integers(0, 5, (2, worlds)).astype(np.float64)
    return View(np.linspace(0.0, 1.5, worlds), received, before, aspired, gap, *offers)
