"""How a signatory makes its offers: walks to its target, and trades off at equal worth."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import mesa
import numpy as np

from sim.arrays import BLOCK, Array, Mask, Table, blocks, clipped, full, rows, total
from sim.engine.agents.base import Setting
from sim.engine.agents.outlook import Outlook
from sim.engine.exclusions import Exclusions
from sim.formulas.bargaining.red_lines import TOLERANCE, all_choices, inside, under_all_choices
from sim.formulas.bargaining.tradeoffs import nearest
from sim.formulas.bargaining.walk import reach_target, short_of, walk_within

if TYPE_CHECKING:
    from sim.engine.agents.party import Party

CASES = 4 * BLOCK
"""Worlds times choices of conditions that are answered at once: more do not fit in cache."""
LEAST = 0.02
"""Aspiration below which a party is as good as down at its reservation value."""


class Bargainer(Outlook):
    """Someone at the table who knows what it aims at, and offers packages that are worth it.

    Attributes
    ----------
    others : list of Party
        Who else signs.
    offer : ndarray, shape (worlds, issues)
        Its present position.
    target, target_of_all : ndarray, shape (worlds,)
        The utility that it aims at now, for the stage and for the whole settlement.
    wanted : ndarray, shape (worlds, issues)
        Its ideal, moved to what the others are thought able to sign.
    at_its_least : ndarray, shape (worlds,)
        Turns since it has come down to its reservation value: it can give no more, only
        otherwise.
    """

    axes: ClassVar[dict[str, str | None]] = {
        **dict.fromkeys(("offer", "wanted"), "world issue"),
        **dict.fromkeys(("target", "target_of_all", "at_its_least"), "world"),
    }

    def __init__(self, model: mesa.Model, setting: Setting, key: str) -> None:
        super().__init__(model, setting, key)
        self.others: list[Party] = []
        self.offer = self._on_points(self.ideal.copy(order="K"))
        self.wanted = self.ideal
        self.at_its_least = np.zeros(self.talks.worlds)
        self.target, self.target_of_all = np.zeros((2, self.talks.worlds))

    def propose(self, stands: Array, weights: Array) -> Array:
        """Its position: the walk from where the others stand to its target.

        Who can give no more answers with the package of equal worth nearest to the others'.

        Parameters
        ----------
        stands, weights : ndarray, shape (others, worlds, issues)
            Where the others (or the mediator's text) stand, and how much they seem to care.
        """
        talks, x = self.talks, self.offer.copy(order="K")
        self.wanted = signable = self._signable()
        (aims, hopes), puts_off = (self._aims(), self.hopes()), self._puts_off()
        if puts_off is not None:
            lost = np.where(puts_off, self.loss(self._put_off(x)), 0.0)
            aims = aims[0], np.where(puts_off, 0.0, aims[1])
            hopes = (
                hopes[0] - total(lost * talks.on_table),
                hopes[1] - total(lost * ~talks.is_fixed),
            )
        later = talks.talking & (talks.stage < talks.stages - 1)
        if later.any():
            # talks about the whole settlement: they bind nobody before a stage's turn comes, but
            # the others learn from them
            ideal, slope = aims
            if talks.is_fixed.any():
                slope = slope * ~talks.is_fixed
            whole, of_all = talks.whole_where(later), (self.target_of_all, hopes[1])
            own = ideal, slope, *self.loosest_limits()
            whole.put(x, self._walk(whole, of_all, own, (stands, weights), signable))
        tries = talks.talking & (self.at_its_least > 1.0) & (len(talks.issues) > 1)
        walks = talks.tables_where(talks.talking & ~tries) if tries.any() else talks.tables
        self._stage_by_stage(x, walks, aims, hopes[0], (stands, weights), signable)
        if tries.any():
            self._trade_off(x, talks.tables_where(tries), aims, hopes[0])
        if puts_off is not None:
            x = np.where(puts_off, self._put_off(x), x)
        return self._on_points(x)

    def hopes(self) -> tuple[Array, Array]:
        """The best it can have of the stage, and of the whole settlement; (worlds,) each.

        Its ideal, less what it must do without where options exclude each other.
        """
        if self.exclusions is None:
            return self.best, self.best_of_all
        without = self.loss(np.zeros_like(self.ideal)) * self._given_up(self.exclusions)
        return (
            self.best - total(without * self.talks.on_table),
            self.best_of_all - total(without),
        )

    def _aims(self) -> tuple[Array, Array]:
        """Where its walk ends and what each unit on the way is worth: (worlds, issues) each.

        Its ideal; an option that it does without there counts for nothing on the way, so that it
        comes in only where others want it and the rival is out.
        """
        if self.exclusions is None:
            return self.ideal, self.slope
        without = self._given_up(self.exclusions)
        return np.where(without, 0.0, self.ideal), np.where(without, 0.0, self.slope)

    def _given_up(self, exclusions: Exclusions) -> Mask:
        """Options that it does without even at its best, (worlds, issues)."""
        return exclusions.given_up(self.nearest_to_ideal(), self.loss)

    def _puts_off(self) -> Mask | None:
        """Issues that it would rather put off, (worlds, issues); None where there are none.

        Those on which, as far as it knows, its red line and another's miss each other.
        """
        if not self.deferrals:
            return None
        missed = full(self.wanted.shape, False)
        low, high = self.loosest_limits()
        for one in self.deferrals:
            column = one.column
            if self.consent[column]:
                others = self.wanted[:, column]
                missed[:, column] = ~inside(others, low[:, column], high[:, column])
        return missed

    def _put_off(self, x: Array) -> Array:
        """Packages (worlds, issues) with all put off that it may put off."""
        x = x.copy(order="K")
        for one in self.deferrals:
            x[:, one.column] = one.point
        return x

    def _stage_by_stage(
        self,
        x: Array,
        tables: list[Table],
        aims: tuple[Array, Array],
        best: Array,
        others: tuple[Array, Array],
        signable: Array,
    ) -> None:
        """Write its position on the stages on the table, in some worlds, into ``x``."""
        lines, reach = self.loosest_limits(), (self.target, best)
        for table in tables:
            on_table = self._walk(table, reach, (*aims, *lines), others, signable)
            if self.curvature is not None:
                on_table = self._corrected(on_table, table, reach, aims, lines, others[0])
            table.put(x, on_table)
            if self.rules:
                # back inside the stricter line where the walk does not meet the condition
                low, high = (side[:, 0] for side in self._lines(table.rows(x)[:, None], table))
                table.put(x, np.minimum(np.maximum(on_table, low), high))
            passing = self.gates.nearest_to(self.index, x, table, np.full(len(x), LEAST))
            if passing is not x:
                low, high = (table.of(side) for side in lines)
                table.put(x, np.minimum(np.maximum(table.of(passing), low), high))

    def _trade_off(
        self, x: Array, tables: list[Table], aims: tuple[Array, Array], best: Array
    ) -> None:
        """Write into ``x``, in some worlds, the package of equal worth nearest to the others'.

        Nearest to the middle of their positions. It asks for a little more than its least, less
        each time, so that sides who come near to each other meet inside what both can sign.
        """
        gap = np.maximum(best - self.reservation, 0.0)
        more = LEAST / np.sqrt(np.maximum(self.at_its_least - 1.0, 1.0))
        goal, lines = self.target + more * gap, self.loosest_limits()
        for table in tables:
            offers = [o.offer for o in self.others if o.asked_at(table)]
            middle = sum(offers[1:], offers[0]) / len(offers) if offers else aims[0]
            middle = self.gates.nearest_to(self.index, middle, table, more)
            on_table = table.of(lines[0]), table.of(lines[1])
            near, _ = self._nearest(table, middle, aims, (goal, best), on_table)
            if self.curvature is not None:
                near = self._corrected(near, table, (goal, best), aims, lines, middle[None])
            table.put(x, near)
            if self.rules:
                self._link(x, table, middle, aims, (goal, best))

    def _nearest(
        self,
        table: Table,
        middle: Array,
        aims: tuple[Array, Array],
        target: tuple[Array, Array],
        lines: tuple[Array, Array],
    ) -> tuple[Array, Mask]:
        """The nearest package within some lines, and whether it is worth the target.

        The lines are (worlds, issues) of the table.
        """
        (low, high), (goal, best) = lines, (table.rows(a) for a in target)
        ideal, slope, signable = (table.of(a) for a in (*aims, self.wanted))

        def best_at(end: Array) -> Array:
            return best - total(slope * np.abs(end - ideal))

        if self.talks.terms_of_stage[table.stage]:
            # within what the stage must contain, as far as its lines allow
            terms = (table.of(a) for a in (self.talks.terms_low, self.talks.terms_high))
            low, high = (clipped(side, low, high) for side in terms)
        inner, end = clipped(ideal, low, high), clipped(signable, low, high)
        short = best_at(end) >= goal
        end = np.where(short[:, None], end, inner)
        top = best_at(end)
        met = short_of(table.of(middle), inner, end)
        return nearest(goal, top, end, slope, low, high, met), top >= goal

    def _link(
        self,
        x: Array,
        table: Table,
        middle: Array,
        aims: tuple[Array, Array],
        target: tuple[Array, Array],
    ) -> None:
        """Where a condition of its lines is not met, meet it if that is nearer than its lines."""
        package = table.rows(x)[:, None]
        point = table.issues_of(package[:, 0])
        low, high = (side[:, 0] for side in self._lines(package, table))
        kept = np.minimum(np.maximum(point, low), high)
        off = np.flatnonzero((kept != point).any(axis=1) & table.holds)
        table.put(x, kept)
        if not len(off):
            return
        moved = [
            rule.moved([self.rest] * (self.index + 1), self.talks.on_table)._replace(party=0)
            for rule in self.rules
        ]
        useful = [rule for rule in moved if rule.column in table.issues]
        choices = len(all_choices(len(useful)))
        for part in blocks(off, max(CASES // choices, 1)):
            some, many = table.among(part), table.among(np.tile(part, choices))
            here, chosen = some.of(middle), rows(kept, part)
            least = total((chosen - here) ** 2)
            sides = some.rows(self.low)[None], some.rows(self.high)[None]
            (low,), (high,) = under_all_choices(*sides, [rule.rows(some.worlds) for rule in useful])
            lines = many.issues_of(low), many.issues_of(high)
            near, enough = self._nearest(many, middle, aims, target, lines)
            enough &= (low <= high + TOLERANCE).all(axis=1)
            for one in np.split(np.arange(len(near)), choices):
                package = near[one]
                way = total((package - here) ** 2)
                better = enough[one] & (way < least - TOLERANCE)
                chosen = np.where(better[:, None], package, chosen)
                least = np.where(better, way, least)
            some.put(x, chosen)

    def _signable(self) -> Array:
        """Points nearest to its ideal that all others are thought able to sign."""
        wanted = self.ideal.copy(order="K")
        for other in self.others:
            other.known_lines.bar(wanted, self.talks.spec.engine.line_step)
        return wanted

    def _walk(
        self,
        table: Table,
        target: tuple[Array, Array],
        own: tuple[Array, ...],
        others: tuple[Array, Array],
        signable: Array,
    ) -> Array:
        """The walk in the worlds and on the issues of a table, (worlds, issues)."""
        (goal, best), (ideal, slope, low, high) = target, (table.of(a) for a in own)
        stands, weights = (table.of_stack(a) for a in others)
        reach = table.rows(goal), table.rows(best)
        return walk_within(*reach, ideal, slope, low, high, stands, weights, table.of(signable))

    def _corrected(
        self,
        x: Array,
        table: Table,
        target: tuple[Array, Array],
        aims: tuple[Array, Array],
        lines: tuple[Array, Array],
        stands: Array,
    ) -> Array:
        """A walk on the issues on the table, corrected for curved losses."""
        assert self.curvature is not None
        (goal, best), (ideal, slope, low, high) = target, (table.of(a) for a in (*aims, *lines))
        return reach_target(
            x,
            clipped(table.of_stack(stands[:1])[0], low, high),
            ideal,
            np.where(slope > 0.0, table.of(self.weight), 0.0),
            self.curvature[table.issues],
            table.rows(best),
            table.rows(goal),
        )
