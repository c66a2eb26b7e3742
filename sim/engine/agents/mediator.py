"""Mediators: facilitator (host), formulator (envoy), manipulator.

The three roles are those of Touval & Zartman (1985), *International Mediation in Theory and
Practice*, and Bercovitch (1997).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from typing import ClassVar, NamedTuple

import mesa
import numpy as np
from numpy.typing import NDArray

from sim.arrays import Array, Mask, blocks, columns, full, rows, stacked
from sim.engine.agents.base import Participant, Setting
from sim.engine.agents.party import Party, deadline_of, draw_leave_after
from sim.engine.state import Talks
from sim.formulas.bargaining.deferral import open_to_all, with_point
from sim.formulas.bargaining.drafting import coordinate_ascent, nash_welfare
from sim.formulas.bargaining.red_lines import best_linkages, boxes, distance_beyond
from sim.formulas.bargaining.utility import losses
from sim.scenario.schema import whole

DRAFT_POINTS = 21
MANIPULATOR = "manipulator"
Index = NDArray[np.intp]
SIDES = ("low", "high")
PENALTY = 500.0
"""Weight of a scale unit beyond an estimated red line: more than any surplus is worth."""


class Mediator(Participant):
    """What mediators share: how acceptable they are to each signatory."""

    def acceptability(self, party: Party) -> Array:
        """Acceptability to a party, shape (worlds,); that of the principal where none is given."""
        talks = self.talks
        for key in (self.key, self.spec.principal):
            spec = talks.spec.actors[key].acceptability.get(party.key) if key else None
            if spec is not None:
                path = f"actors.{key}.acceptability.{party.key}"
                return talks.draws.number(path, spec, talks.spec.spread.acceptability)
        return np.full(talks.worlds, 0.5)


class Facilitator(Mediator):
    """A host: carries messages, so that the others' saliences and limits are known better.

    Its quality in a world is ``communication × the lowest acceptability among the principals``:
    a venue to which one side does not come carries no messages.

    Attributes
    ----------
    carried, unclear : ndarray, shape (worlds,)
        What its messages of a round add to an envoy's clarity; the share of what the others
        misjudge that they leave. Both the same over a span of time, whatever the rounds.
    """

    axes: ClassVar[dict[str, str | None]] = dict.fromkeys(("carried", "unclear"), "world")

    def __init__(
        self, model: mesa.Model, talks: Talks, key: str, signatories: Sequence[Party]
    ) -> None:
        super().__init__(model, talks, key, talks.spec.actors[key])
        said, path = self.spec.communication, f"actors.{key}.communication"
        share = talks.draws.number(path, said.share, path=f"{path}.share")
        principals = [p for p in signatories if p.is_principal]
        quality = share * np.min([self.acceptability(p) for p in principals], axis=0)
        spans = 1.0 / talks.spec.in_rounds(said.per).median
        self.carried, self.unclear = quality * spans, (1.0 - quality) ** spans


class Estimates(NamedTuple):
    """What an envoy judges texts of a stage by, in some worlds.

    Attributes
    ----------
    loss : ndarray, shape (issues, parties + gates, worlds, points)
        Utility that each is thought to lose at each drafting point.
    gap : ndarray, shape (parties + gates, worlds)
        Surplus over refusing if nothing were lost.
    extra : ndarray, shape (issues, worlds, points)
        The plan, the principal's interests, and what lies beyond red lines as they are estimated.
    pairs : list of (int, int)
        Places of issues that exclude each other.
    """

    loss: Array
    gap: Array
    extra: Array
    pairs: list[tuple[int, int]]


class Formulator(Mediator):
    """An envoy: drafts a text every few rounds and tables it.

    The draft maximises the Nash product of *estimated* surpluses, within estimated red lines,
    tilted by its principal's interests and held to the published plan. Its misjudgement of red
    lines shrinks with every message that a host carries and every refusal that names a reason.
    """

    axes: ClassVar[dict[str, str | None]] = {
        **dict.fromkeys(("accepted_at", "tilt", "attachment", "clarity"), "world"),
        **dict.fromkeys(("assumed_at", "active", "patience"), "world"),
        **dict.fromkeys(("misjudged", "unexplained", "doubt"), "party world issue"),
        **dict.fromkeys(("plan", "text"), "world issue"),
        "assumed": "world rule",
        **dict.fromkeys(("points", "open"), "issue point"),
    }

    def __init__(
        self, model: mesa.Model, setting: Setting, key: str, signatories: Sequence[Party]
    ) -> None:
        talks = setting.talks
        spec = talks.spec.actors[key]
        super().__init__(model, talks, key, spec)
        _, self.war, _, self.gates, self.exclusions = setting
        self.signatories = signatories
        self.rules = [rule for p in signatories for rule in p.rules]
        draws, mediation = talks.draws, spec.mediation
        path = f"actors.{key}.mediation"
        self.accepted_at = {p.key: self.acceptability(p) for p in self.signatories}
        self.tilt = draws.number(f"{path}.tilt", mediation.tilt)
        self.attachment = draws.number(f"{path}.attachment", mediation.attachment)
        error = draws.number(f"{path}.error", mediation.error)
        shape = (talks.worlds, len(talks.issues))
        self.misjudged = stacked(
            [
                columns([error * draws.normal(f"{path}.error.{p.key}.{i}") for i in talks.issues])
                for p in self.signatories
            ]
        )
        #: how well it must know a party to see that a line is only said; (parties, worlds, issues)
        self.doubt: Array | None = None
        if any(p.bluffs for p in signatories):
            self.doubt = stacked(
                [
                    columns([draws.uniform(f"{path}.doubt.{p.key}.{i}") for i in talks.issues])
                    for p in signatories
                ]
            )
        self.clarity = np.zeros(talks.worlds)
        #: halved whenever a party says what it would change on an issue
        self.unexplained = stacked([full(shape, 1.0) for _ in self.signatories])
        self.plan = full(shape, np.nan)
        for issue, number in mediation.text.items():
            column = talks.issues.index(issue)
            self.plan[:, column] = draws.number(f"{path}.text.{issue}", number)
        self.text: Array | None = None
        #: what a draft is judged by, from surpluses (parties, worlds, points)
        self.welfare = partial(nash_welfare, floor=talks.spec.engine.draft_floor)
        self.tabled = 0
        self.points = drafting_points(talks)
        #: points that put an issue off, with nobody against it on principle; (issues, points)
        self.open = open_to_all(
            self.points, [p.deferrals for p in signatories], [p.consent for p in signatories]
        )
        self.assumed = np.zeros((talks.worlds, len(self.rules)), dtype=bool)
        self.assumed_at = np.full(talks.worlds, -1)  # stage for which they were chosen
        self.active = np.ones(talks.worlds, dtype=bool)
        principal = spec.principal
        behind = [
            k for k, a in talks.spec.actors.items() if k == principal and a.role == MANIPULATOR
        ]
        self.deadline = deadline_of(talks.spec, key)
        #: turns until the first text, and from text to text
        times = (mediation.first_round, mediation.every)
        self.pace = tuple(talks.spec.in_turns(time).median for time in times)
        limits = [draw_leave_after(talks.spec, draws, k) for k in (key, *behind)]
        self.patience = [limit for limit in limits if limit is not None]

    def texts_due(self) -> int:
        """How many texts fall due in this turn."""
        turn = self.talks.turn
        due = texts_by(turn, *self.pace) - texts_by(turn - 1, *self.pace)
        return max(due, 1) if self.deadline == turn else due

    def draft(self) -> Array:
        """The text of this round, shape (worlds, issues); drafted where it is mediating."""
        talks = self.talks
        first = self.text is None
        text = self.begin()
        if not (first and self.spec.mediation.text):  # the published plan is tabled as it is
            text = text.copy(order="K")
            for worlds, issues in self.stages_among(talks.talking & self.active):
                text[np.ix_(worlds, issues)] = self._draft_stage(worlds, issues)
        self.text = text
        self.tabled += 1
        return text

    def begin(self) -> Array:
        """The text as it is; at first the plan, and midway between the positions elsewhere."""
        if self.text is not None:
            return self.text
        talks = self.talks
        middle = np.mean([p.offer for p in self.signatories], axis=0)
        text = np.where(np.isnan(self.plan), middle, self.plan)
        for column, listed in enumerate(talks.options):
            if listed is not None:
                nearest = np.abs(text[:, column, None] - listed).argmin(axis=1)
                text[:, column] = listed[nearest]
        if self.exclusions is not None:
            losses_of = [p.loss for p in self.signatories]
            text = self.exclusions.repaired_text(text, ~np.isnan(self.plan), losses_of)
        self.text = np.asfortranarray(text)
        return self.text

    def stages_among(self, where: Mask) -> Iterator[tuple[Index, Index]]:
        """The worlds chosen and the issues on the table there, stage by stage."""
        talks = self.talks
        for stage, issues in enumerate(talks.issues_of_stage):
            worlds = np.flatnonzero(where & (talks.stage == stage))
            if len(worlds):
                yield worlds, issues

    def _draft_stage(self, worlds: Index, issues: Index) -> Array:
        """The best text on a stage's issues in some worlds, shape (worlds, issues)."""
        sweeps = 3 if self.tabled < 2 else 1
        lines, choice = self._lines_now(worlds, issues), self.nearest_points(worlds, issues)
        for some in blocks(np.arange(len(worlds))):
            here = [side[:, some] for side in lines]
            loss, gap, extra, pairs = self._judged(worlds[some], issues, here)
            choice[:, some], _ = coordinate_ascent(
                choice[:, some], loss, gap, extra, self.welfare, sweeps, pairs
            )
        return self.at_points(choice, issues)

    def nearest_points(self, worlds: Index, issues: Index) -> Index:
        """Drafting points nearest to the text, shape (issues, worlds)."""
        text = self.begin()[np.ix_(worlds, issues)].T
        return np.abs(self.points[issues][:, None, :] - text[:, :, None]).argmin(axis=2)

    def at_points(self, choice: Index, issues: Index) -> Array:
        """The text (worlds, issues) at drafting points (issues, worlds)."""
        return np.take_along_axis(self.points[issues], choice, axis=1).T

    def estimates(self, worlds: Index, issues: Index) -> Estimates:
        """What texts of a stage are judged by in some worlds, as it knows the parties now."""
        return self._judged(worlds, issues, self._lines_now(worlds, issues))

    def _judged(self, worlds: Index, issues: Index, lines: Sequence[Array]) -> Estimates:
        judged = self.unweighed(worlds, issues)
        for number, party in enumerate(self.signatories):
            seen = party.salience_seen.T[issues[:, None], worlds]
            judged.loss[:, number] *= seen[..., None]
        every = np.arange(DRAFT_POINTS)
        judged.extra[:] -= self.penalty(issues[:, None], every, lines)
        return judged

    def _lines_now(self, worlds: Index, issues: Index) -> list[Array]:
        unexplained = self.unexplained.transpose(0, 2, 1)[:, issues[:, None], worlds]
        *lines, assumed = self.lines(worlds, issues, unexplained.transpose(0, 2, 1))
        self.assume(worlds, assumed)
        return lines

    def unweighed(self, worlds: Index, issues: Index) -> Estimates:
        """The same for salience 1 of everything, red lines aside: what talks do not change."""
        here, points, parties = (
            (issues[:, None], worlds),
            self.points[issues, None],
            self.signatories,
        )
        loss = distances(points, parties, *here)
        gap = np.stack([(p.best - p.reservation)[worlds] for p in parties])
        extra = self._interests(here, points, loss)
        gates = self.gates.in_draft(worlds, issues, self.points[issues], self._rest(worlds))
        if gates is not None:
            loss = np.concatenate([loss, gates.loss], axis=1)
            gap = np.concatenate([gap, gates.gap])
            extra -= PENALTY * gates.beyond
        pairs: list[tuple[int, int]] = []
        exclusions = self.exclusions
        if exclusions is not None:
            pairs = exclusions.pairs_among(issues)
            barred = exclusions.barred().T[here][..., None] & (points > 0.0)
            extra -= PENALTY * barred
        return Estimates(loss, gap, extra, pairs)

    def penalty(self, columns: Index, points: Index, lines: Sequence[Array]) -> Array:
        """For points beyond red lines (parties, worlds, places): (places, worlds, points).

        The places are ``columns`` (places, 1 or worlds) of issues, the points some of theirs.
        """
        where = columns[..., None], points
        beyond = distance_beyond(self.points[where], *lines)
        beyond *= PENALTY * ~self.open[where]
        return beyond

    def _rest(self, worlds: Index) -> Array:
        """Where issues stand that are not drafted, shape (worlds, issues)."""
        return rows(self.talks.signed_or(self.war.no_deal), worlds)

    def _interests(self, here: tuple[Index, Index], points: Array, distances: Array) -> Array:
        """Own interests and attachment to the plan: (issues, worlds, points)."""
        worlds, plan = here[1], self.plan.T[here]
        held = self.attachment[worlds] * ~np.isnan(plan)
        terms = -held[..., None] * np.abs(points - np.nan_to_num(plan)[..., None])
        principal = next((p for p in self.signatories if p.key == self.spec.principal), None)
        if principal is not None:
            lean = self.tilt[worlds] * principal.weight.T[here]
            terms -= lean[..., None] * distances[:, principal.index]
        return np.asarray(terms)

    def lines(self, worlds: Index, issues: Index, unexplained: Array) -> tuple[Array, Array, Mask]:
        """Red lines on a stage's issues as it would estimate them, knowing the parties so well.

        Two arrays of shape (parties, worlds, issues), as ``unexplained`` is, and the conditional
        lines that are assumed to be in force, (worlds, rules).
        """
        talks = self.talks
        parties = self.signatories
        here = (issues[:, None], worlds)

        def block(arrays: Iterable[Array]) -> Array:
            some = np.stack([a.T.take(worlds, axis=1) for a in arrays])
            return (some if len(issues) == some.shape[1] else some[:, issues]).transpose(0, 2, 1)

        refused = np.stack([talks.events["refuses"][p.key][worlds] for p in parties])
        known = np.exp(-self.clarity[worlds]) * 0.5**refused
        error = block(self.misjudged) * known[:, :, None] * unexplained
        low, high, ideal = (block(getattr(p, n) for p in parties) for n in ("low", "high", "ideal"))
        if self.doubt is not None:
            # a line that does not bind counts until it knows the party well enough
            taken = known[:, :, None] * unexplained > block(self.doubt)
            said_low, said_high = (block(getattr(p, f"said_{n}") for p in parties) for n in SIDES)
            low = np.where(taken, np.maximum(low, said_low), low)
            high = np.where(taken, np.minimum(high, said_high), high)
        # a guess never lies beyond the ideal that the party itself states
        low = np.where(low > 0.0, np.minimum(np.maximum(low + error, 0.0), ideal), 0.0)
        high = np.where(high < 1.0, np.minimum(np.maximum(high + error, ideal), 1.0), 1.0)
        floor, ceiling = talks.terms_low.T[here].T, talks.terms_high.T[here].T
        consent = np.stack([p.consent[issues] for p in parties])[:, None, :]
        low = np.maximum(np.where(consent, low, 0.0), floor)
        high = np.minimum(np.where(consent, high, 1.0), ceiling)
        place = {int(column): n for n, column in enumerate(issues)}
        numbers = np.flatnonzero([rule.column in place for rule in self.rules])
        assumed = self.assumed[worlds]
        if len(numbers):
            rest = [p.rest for p in parties]
            moved = [
                rule.moved(rest, talks.on_table)
                .rows(worlds)
                .misjudged(error[rule.party, :, place[rule.column]])
                .among(issues.tolist())
                for rule in (self.rules[n] for n in numbers)
            ]
            # each world by itself, so that none depends on what happens in others
            anew = (self.assumed_at[worlds] != talks.stage[worlds]) | (
                self.tabled % talks.spec.engine.linkages_every == 0
            )
            if anew.any():
                on_table = np.ones(low.shape[1:], dtype=bool)
                found = best_linkages(low, high, moved, on_table)
                assumed[np.ix_(anew, numbers)] = found[anew]
            low, high = boxes(low, high, moved, assumed[:, numbers])
            low, high = np.maximum(low, floor), np.minimum(high, ceiling)
        return low, high, assumed

    def understand(self, worlds: Index, issues: Index, unexplained: Array) -> None:
        """Parties have said what they would change, (parties, worlds, issues)."""
        self.unexplained[np.ix_(np.arange(len(unexplained)), worlds, issues)] = unexplained

    def assume(self, worlds: Index, assumed: Mask) -> None:
        """Conditional lines are taken to be in force or not, at the stage of these worlds."""
        self.assumed_at[worlds] = self.talks.stage[worlds]
        self.assumed[worlds] = assumed

    def take_up(self, text: Array) -> None:
        """The text is now another one, (worlds, issues)."""
        self.text = text

    def give_up(self, where: Mask) -> None:
        """Stop mediating in some worlds."""
        self.active = self.active & ~where

    def withdraw(self) -> None:
        """Stop where its own patience, or that of the manipulator it works for, is at an end."""
        for limit in self.patience:
            self.give_up(self.talks.round >= limit)

    def hear(self, quality: Array) -> None:
        """A host has carried messages for a round."""
        self.clarity = self.clarity + quality


class Manipulator(Party):
    """A mediator with interests and leverage: signs what it owns, and holds levers.

    When it loses patience its envoy stops tabling texts; its consent is still needed.
    """


def texts_by(turn: int, first: float, every: float) -> int:
    """Texts that have fallen due by a turn: the first at ``first``, then one ``every`` so often.

    Examples
    --------
    >>> [texts_by(n, 3, 2) for n in range(1, 7)], [texts_by(n, 1, 0.5) for n in range(3)]
    ([0, 0, 1, 1, 2, 2], [0, 1, 3])
    """
    return max(0, whole(turn - first, every) + 1)


def drafting_points(talks: Talks) -> Array:
    """Points at which each issue may be drafted, shape (issues, points): a grid and its options."""
    grid = np.linspace(0.0, 1.0, DRAFT_POINTS)
    rows = []
    for listed, issue in zip(talks.options, talks.spec.issues.values(), strict=True):
        if listed is None:
            rows.append(with_point(grid, issue.deferred))
        elif len(listed) <= DRAFT_POINTS:
            rows.append(np.pad(listed, (0, DRAFT_POINTS - len(listed)), mode="edge"))
        else:
            raise ValueError(f"an issue lists more than {DRAFT_POINTS} options")
    return np.stack(rows)


def distances(grid: Array, parties: Sequence[Party], columns: Index, worlds: Index) -> Array:
    """What parties lose at points for weight 1: (issues, parties, worlds, points).

    The issues are ``columns`` (issues, 1), or (issues, worlds) where each world has its own; the
    ``grid`` (issues, 1 or worlds, points) is theirs.
    """
    out = np.empty((len(columns), len(parties), len(worlds), grid.shape[-1]))
    for lost, party in zip(out.transpose(1, 0, 2, 3), parties, strict=True):
        curvature = None if party.curvature is None else party.curvature[columns][..., None]
        lost[:] = losses(grid, party.ideal.T[columns, worlds][..., None], curvature)
        for one in party.deferrals:
            off = (columns == one.column)[..., None] & one.at(grid)
            lost[:] = np.where(off, (1.0 - one.worth[worlds])[:, None], lost)
    return out
