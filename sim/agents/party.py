"""An actor whose signature is needed: preferences, beliefs, aspiration, offers, acceptance."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.agents.base import Participant
from sim.bargaining.learning import learnt_saliences
from sim.bargaining.red_lines import TOLERANCE, Rule
from sim.bargaining.tactics import TACTICS, View
from sim.bargaining.utility import losses, normalised, reservation_value, softened, span
from sim.bargaining.walk import reach_target, snap, walk
from sim.scenario.distributions import Number
from sim.scenario.schema import Actor, ConditionalLimit
from sim.war import Beliefs

if TYPE_CHECKING:
    from sim.levers import Shift
    from sim.model import PeaceTalks

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]


class Party(Participant):
    """A signatory.

    Attributes
    ----------
    ideal, weight, low, high : ndarray, shape (worlds, issues)
        Ideal points, normalised saliences, red lines as they are now.
    offer : ndarray, shape (worlds, issues)
        Its present position.
    reservation, target : ndarray, shape (worlds,)
        Value of refusing, and the utility it aims at now.
    best : ndarray, shape (worlds,)
        Value of signing the stage on the table at its ideal.
    best_of_all, target_of_all : ndarray, shape (worlds,)
        The same, and what it aims at, for the whole settlement.
    salience_seen : ndarray, shape (worlds, issues)
        What the others have come to believe about its saliences.
    consent : ndarray of bool, shape (issues,)
        Issues that need its consent.
    """

    def __init__(self, model: PeaceTalks, key: str, spec: Actor, index: int) -> None:
        super().__init__(model, key, spec)
        self.index = index
        self.offer: Array
        self.reservation: Array
        self.target: Array
        self._draw_preferences()
        draws, scenario = model.draws, model.spec
        path = f"actors.{key}"
        spread = scenario.spread.patience * spec.patience.median
        self.patience = np.maximum(draws.number(f"{path}.patience", spec.patience, spread), 1.0)
        self.leave_after: Array | None = None
        if spec.leave_after is not None:
            wide = scenario.spread.patience * spec.leave_after.median
            self.leave_after = draws.number(f"{path}.leave_after", spec.leave_after, wide)
        parameters = dict(spec.tactic.model_extra or {})
        self.tactic = TACTICS[spec.tactic.name](**parameters)
        self.beliefs = Beliefs(key, scenario, model.war, draws)
        self.months = spec.foresight_months
        consents = spec.consents_to
        self.consent = np.array([consents == "all" or issue in consents for issue in model.issues])
        self.is_principal = consents == "all"

        worlds, issues = model.worlds, len(model.issues)
        self.offer = self._on_points(self.ideal.copy())
        self.opening = self.offer
        self.told = np.zeros(worlds)
        self.salience_seen = np.full((worlds, issues), 1.0 / issues)
        self.aspiration = np.ones(worlds)
        self.received = np.zeros(worlds)
        self.offers_made = np.ones(worlds)
        self.reservation, self.best, self.target = np.zeros((3, worlds))
        self.best_of_all, self.target_of_all = np.zeros((2, worlds))
        self.rest = self.offer
        self.reservation_at_start: Array | None = None

    def _draw_preferences(self) -> None:
        model, spec, path = self.model, self.spec, f"actors.{self.key}.positions"
        draws, spread = model.draws, model.spec.spread
        shape = (model.worlds, len(model.issues))
        self.ideal, salience = np.full(shape, 0.5), np.zeros(shape)
        low, high, far = np.zeros(shape), np.ones(shape), np.ones(shape)
        self.softening = np.zeros(shape)
        curvature = np.ones(shape[1])
        self.rules: list[Rule] = []
        flexible = draws.normal(f"actors.{self.key}.flexibility")

        def red_line(name: str, number: Number, sign: float) -> Array:
            return draws.correlated(name, number, spread.limit, flexible, spread.firmness, sign)

        for issue, position in spec.positions.items():
            column = model.issues.index(issue)
            here = f"{path}.{issue}"
            ideal = draws.number(f"{here}.ideal", position.ideal, spread.ideal)
            self.ideal[:, column] = ideal
            wide = spread.salience * position.salience.median
            salience[:, column] = draws.number(f"{here}.salience", position.salience, wide)
            self.softening[:, column] = draws.number(f"{here}.softening", position.softening)
            curvature[column] = position.curvature
            upward = position.ideal.median <= 0.5
            if position.limit is not None and abs(position.ideal.median - 0.5) < 1e-9:
                upward = position.limit.median >= 0.5
            if position.limits is not None:
                for bound, side, sign in zip(
                    position.limits, (low, high), (-1.0, 1.0), strict=True
                ):
                    if bound is not None:
                        end = "low" if sign < 0 else "high"
                        side[:, column] = red_line(f"{here}.limits.{end}", bound, sign)
            elif position.limit is not None:
                sign = 1.0 if upward else -1.0
                (high if upward else low)[:, column] = red_line(
                    f"{here}.limit", position.limit, sign
                )
            far[:, column] = 1.0 if upward else 0.0
            for n, rule in enumerate(position.conditional):
                there = f"{here}.conditional.{n}"
                line = red_line(f"{there}.limit", rule.limit, 1.0 if upward else -1.0)
                bounds = self._bounds(there, rule)
                self.rules.append(Rule(self.index, column, line, upward, bounds))
        # a draw in which nothing matters: everything matters alike
        salience[salience.sum(axis=1) <= 0.0] = 1.0
        self.weight = normalised(salience)
        self.slope = self.weight / span(self.ideal)
        self.curvature = curvature if (curvature != 1.0).any() else None
        self.low_at_start = np.minimum(low, self.ideal)
        self.high_at_start = np.maximum(high, self.ideal)
        self.low, self.high, self.far = self.low_at_start, self.high_at_start, far
        self.soft = bool(self.softening.any())

    def _bounds(self, path: str, rule: ConditionalLimit) -> list[tuple[int, Array, Array]]:
        """The condition of a rule: column, at least, at most; each (worlds,)."""
        worlds, draws = self.model.worlds, self.model.draws
        return [
            (
                self.model.issues.index(other),
                np.zeros(worlds)
                if bound.at_least is None
                else draws.number(f"{path}.when.{other}.at_least", bound.at_least),
                np.ones(worlds)
                if bound.at_most is None
                else draws.number(f"{path}.when.{other}.at_most", bound.at_most),
            )
            for other, bound in rule.when.items()
        ]

    # --- utility -------------------------------------------------------------------------

    def loss(self, x: Array) -> Array:
        """Utility lost per issue against the ideal, same shape as ``x`` (..., issues)."""
        if self.curvature is None:
            return self.slope * np.abs(x - self.ideal)
        return self.weight * losses(x, self.ideal, self.curvature)

    def utility(self, x: Array) -> Array:
        """Utility of whole packages, shape (worlds,), payments aside."""
        return 1.0 - self.loss(x).sum(axis=1)

    def value(self, x: Array) -> Array:
        """Value of signing packages of the stage on the table.

        ``x`` is (worlds, issues) or (worlds, packages, issues); issues not on the table are
        ignored: signed ones count as signed, later ones as they are expected without a deal.
        """
        if x.ndim == 2:
            return self.best - (self.loss(x) * self.model.on_table).sum(axis=1)
        if self.curvature is None:
            slope = self.slope * self.model.on_table
            return self.best[:, None] - np.einsum(
                "wi,wmi->wm", slope, np.abs(x - self.ideal[:, None, :])
            )
        loss = self.weight[:, None] * losses(x, self.ideal[:, None], self.curvature)
        return self.best[:, None] - (loss * self.model.on_table[:, None]).sum(axis=2)

    def within_limits(self, x: Array) -> Mask:
        """Whether packages (worlds, packages, issues) keep to its red lines where it consents."""
        relevant = self.model.on_table & self.consent
        low, high = self.low[:, None, :], self.high[:, None, :]
        if self.rules:
            low, high = self._conditional_limits(x, low, high)
        inside = (x >= low - TOLERANCE) & (x <= high + TOLERANCE)
        return np.asarray((inside | ~relevant[:, None, :]).all(axis=2))

    def _conditional_limits(self, x: Array, low: Array, high: Array) -> tuple[Array, Array]:
        low = np.broadcast_to(low, x.shape).copy()
        high = np.broadcast_to(high, x.shape).copy()
        # what is not on the table counts as signed, or as expected without a deal
        there = np.where(self.model.on_table[:, None, :], x, self.rest[:, None, :])
        for rule in self.rules:
            met = rule.met(there)
            side = high if rule.upward else low
            column = side[..., rule.column]
            side[..., rule.column] = np.where(met, rule.line[:, None], column)
        np.minimum(low, self.ideal[:, None, :], out=low)
        np.maximum(high, self.ideal[:, None, :], out=high)
        return low, high

    # --- the round -----------------------------------------------------------------------

    def observe(self) -> None:
        """Watch the front, weigh the alternative, let red lines give way."""
        model = self.model
        self.beliefs.observe()
        cost = model.war.cost_now(self.key)
        remains, fighting = model.cost_factor, model.drift_factor
        expected = np.where(
            model.is_fixed, model.agreed, self.beliefs.expected_no_deal(self.months, fighting)
        )
        plain = reservation_value(self.utility(expected), cost * remains, self.months)
        if self.reservation_at_start is None:
            self.reservation_at_start = plain
        now = plain + self._threat(("refuses",), expected, remains, fighting)
        now += self._promised(expected, remains, fighting)
        self.reservation = np.where(model.is_open, now, self.reservation)
        if self.soft:
            lost = self.reservation_at_start - self.reservation
            low = softened(self.low_at_start, self.far, self.softening, lost)
            high = softened(self.high_at_start, self.far, self.softening, lost)
            # only the far side gives way
            self.low = np.where(self.far < 0.5, low, self.low_at_start)
            self.high = np.where(self.far > 0.5, high, self.high_at_start)
        self._value_of_stage(cost)

    def _threat(
        self, events: tuple[str, ...], expected: Array, remains: Array, fighting: Array
    ) -> Array:
        """Change of the reservation value by levers that would answer one of the events."""
        model = self.model
        total = np.zeros(model.worlds)
        for lever in model.levers:
            weights = [lever.weight(self.key, event, self.months, model) for event in events]
            weight = next((w for w in weights if w is not None), None)
            if weight is not None and weight.any():
                total += weight * self._change(lever.shift, expected, remains, fighting)
        return total

    def _promised(self, expected: Array, remains: Array, fighting: Array) -> Array:
        """What promises tied to stages already signed, and not yet kept, are worth."""
        model = self.model
        total = np.zeros(model.worlds)
        if not model.stage.any():
            return total
        for lever in model.levers:
            for index, name in enumerate(model.stage_names):
                weight = lever.promise_weight(self.key, name, self.months, model)
                signed = model.stage > index
                if weight is not None and signed.any():
                    change = self._change(lever.shift, expected, remains, fighting)
                    total += np.where(signed, weight * change, 0.0)
        return total

    def _change(self, shift: Shift, expected: Array, remains: Array, fighting: Array) -> Array:
        """What a lever's effect does to the value of no (further) deal."""
        model = self.model
        moved = expected + shift.no_deal + shift.drift * (self.months * fighting)[:, None]
        moved = np.where(model.is_fixed, expected, np.clip(moved, 0.0, 1.0))
        change = self.utility(moved) - self.utility(expected)
        if self.key in shift.cost:
            change -= shift.cost[self.key] * remains * self.months
        return change

    def _value_of_stage(self, cost: Array) -> None:
        """Utility with the stage's issues at the ideal: what the aspiration starts from."""
        model = self.model
        remains, fighting = model.cost_factor_next, model.drift_factor_next
        rest = np.where(
            model.is_fixed, model.agreed, self.beliefs.expected_no_deal(self.months, fighting)
        )
        self.rest = rest
        off_table = (self.loss(rest) * ~model.on_table).sum(axis=1)
        best = 1.0 - off_table - cost * remains * self.months
        last = model.stage == model.stages - 1
        best += np.where(last, self.payments(), 0.0)
        for lever in model.levers:
            for index, name in enumerate(model.stage_names):
                weight = lever.promise_weight(self.key, name, self.months, model)
                here = (model.stage == index) & ~last
                if weight is not None and here.any():
                    change = self._change(lever.shift, rest, remains, fighting)
                    best += np.where(here, weight * change, 0.0)
        self.best = np.where(model.is_open, best, self.best)
        signed = np.where(model.is_fixed, self.loss(rest), 0.0).sum(axis=1)
        best_of_all = 1.0 - signed + self.payments()
        self.best_of_all = np.where(model.is_open, best_of_all, self.best_of_all)

    def payments(self) -> Array:
        """What it expects to be paid when everything is signed, shape (worlds,)."""
        total = np.zeros(self.model.worlds)
        for lever in self.model.levers:
            if self.key in lever.shift.payment:
                total += lever.credibility * lever.shift.payment[self.key]
        return total

    def aspire(self) -> None:
        """Set the target: R + (A − R) · aspiration, the aspiration from the tactic."""
        model = self.model
        received = np.mean(
            [self.value(o.offer) for o in model.signatories if o is not self], axis=0
        )
        gap = np.maximum(self.best - self.reservation, 0.0)
        others = [o.offers_made for o in model.signatories if o is not self and o.is_principal]
        view = View(
            time=np.full(model.worlds, model.round - 1.0) / self.patience,
            received=received,
            received_before=self.received if model.round > 1 else received,
            before=self.aspiration,
            gap=gap,
            own_offers=self.offers_made,
            others_offers=np.min(others, axis=0) if others else self.offers_made,
        )
        self.aspiration = np.clip(self.tactic.aspiration(view), 0.0, 1.0)
        self.received = received
        target = self.reservation + gap * self.aspiration
        self.target = np.where(model.is_open, target, self.target)
        hoped = np.maximum(self.best_of_all - self.reservation, 0.0) * self.aspiration
        self.target_of_all = np.where(model.is_open, self.reservation + hoped, self.target_of_all)

    def propose(self, stands: Array, weights: Array) -> Array:
        """Its position: the walk from where the others stand to its target.

        Parameters
        ----------
        stands, weights : ndarray, shape (others, worlds, issues)
            Where the others (or the mediator's text) stand, and how much they seem to care.
        """
        model = self.model
        slope = self.slope * model.on_table
        low, high = self._loosest_limits()
        x = walk(self.target, self.best, self.ideal, slope, low, high, stands, weights)
        if self.curvature is not None:
            start = np.clip(stands[0], low, high)
            x = reach_target(
                x,
                start,
                self.ideal,
                self.weight * model.on_table,
                self.curvature,
                self.best,
                self.target,
            )
        if self.rules:
            # back inside the stricter line where the walk does not meet the condition
            strict = self._conditional_limits(x[:, None], self.low[:, None], self.high[:, None])
            x = np.minimum(np.maximum(x, strict[0][:, 0]), strict[1][:, 0])
        if model.stages > 1:
            later = model.stage_of_issue > model.stage[:, None]
            x = np.where(later, self._explore(stands, weights, low, high), x)
        return self._on_points(x)

    def _explore(self, stands: Array, weights: Array, low: Array, high: Array) -> Array:
        """Its position in talks about the whole settlement: the same walk over all that is open.

        It binds nobody before its stage comes, but the others learn from it.
        """
        slope = self.slope * ~self.model.is_fixed
        return walk(
            self.target_of_all, self.best_of_all, self.ideal, slope, low, high, stands, weights
        )

    def _loosest_limits(self) -> tuple[Array, Array]:
        """Red lines as loose as any of its conditions makes them."""
        if not self.rules:
            return self.low, self.high
        low, high = self.low.copy(), self.high.copy()
        for rule in self.rules:
            side, looser = (high, np.maximum) if rule.upward else (low, np.minimum)
            side[:, rule.column] = looser(side[:, rule.column], rule.line)
        return low, high

    def _on_points(self, x: Array) -> Array:
        return snap(x, self.ideal, self.model.options) if self.model.has_options else x

    def put(self, offer: Array, where: Mask) -> None:
        """Make an offer in some worlds; the others learn from how it moved."""
        model = self.model
        where = where & model.talking
        offer = np.where(where[:, None] & ~model.is_fixed, offer, self.offer)
        moved = np.abs(offer - self.offer)
        self.offers_made = self.offers_made + (moved.max(axis=1) > 1e-6)
        self.offer = offer
        self._show_saliences()

    def be_told(self, quality: Array) -> None:
        """A host has explained its interests to the others for a round."""
        self.told = 1.0 - (1.0 - self.told) * (1.0 - quality)

    def _show_saliences(self) -> None:
        """What the others believe: learnt from its concessions, and told by hosts."""
        told = self.told[:, None]
        learnt = learnt_saliences(np.abs(self.offer - self.opening))
        self.salience_seen = (1.0 - told) * learnt + told * self.weight

    def accepts(self, x: Array, acceptability: Array | None = None) -> Mask:
        """Whether it would sign packages (worlds, packages, issues); shape (worlds, packages).

        A package must keep to its red lines and give the reservation value and what it would
        itself propose now (AC_next; Baarslag, Hindriks & Jonker 2014, *Decision Support Systems*
        60). A mediator's text is accepted already at ``R + (1 − a)(target − R)``: a face-saving
        way to take less (Pruitt & Johnson 1970, *J. Personality and Social Psychology* 14(3)).
        """
        threshold = self.target
        if acceptability is not None:
            threshold = self.reservation + (1.0 - acceptability) * (self.target - self.reservation)
        if self.spec.noise > 0:
            u = self.model.draws.uniform(f"actors.{self.key}.noise", self.model.round)
            threshold = threshold + self.spec.noise * np.log(u / (1.0 - u))
        threshold = np.maximum(threshold, self.reservation)
        enough = self.value(x) >= threshold[:, None] - TOLERANCE
        asked = (self.model.on_table & self.consent).any(axis=1)
        return np.asarray((enough & self.within_limits(x)) | ~asked[:, None])

    def stands_behind(self, x: Array) -> Mask:
        """Whether it would sign its own proposal (worlds, issues); shape (worlds,).

        Not where listed options leave nothing near its target inside its red lines, nor where even
        its ideal is worth less to it than fighting on.
        """
        package = x[:, None, :]
        enough = self.value(package) >= self.reservation[:, None] - TOLERANCE
        asked = (self.model.on_table & self.consent).any(axis=1)
        return np.asarray((enough & self.within_limits(package))[:, 0] | ~asked)

    def would_break_truce(self) -> Mask:
        """Where going back to war beats keeping a truce that has been signed."""
        model = self.model
        under_truce = model.is_open & (model.stage > 0)
        if not (self.is_principal and under_truce.any()):
            return np.zeros(model.worlds, dtype=bool)
        cost, full = model.war.cost_now(self.key), np.ones(model.worlds)
        expected = self.beliefs.expected_no_deal(self.months, full)
        war = reservation_value(self.utility(expected), cost, self.months)
        war += self._threat(("violates", "refuses"), expected, full, full)
        return under_truce & (war > self.reservation + TOLERANCE)

    def leaves(self) -> Mask:
        """Where it has lost patience for good."""
        if self.leave_after is None or not self.is_principal:
            return np.zeros(self.model.worlds, dtype=bool)
        return np.asarray(self.model.is_open & (self.model.round >= self.leave_after))
