"""What an explanation holds, as records that are written and read back."""

from __future__ import annotations

from dataclasses import dataclass, replace

from sim.formulas.statistics import Interval
from sim.results.allowed import ToldApart
from sim.results.record import Record


@dataclass(frozen=True)
class Driver(Record):
    """An uncertain number that the outcome depends on more than chance would have it.

    Attributes
    ----------
    index, low, high : float
        PAWN index with its 95 % interval: what the outcome owes to the number, 0 to 1.
    when_low, when_high : float
        Mean of the measure where the number is in its lowest, and its highest third.
    margin : float
        Half of a 95 % interval of these, the wider one.
    held : bool
        Whether what it is drawn together with is held the same in these.
    if_low, if_high : str
        Where those thirds end and begin, as clauses.
    """

    path: str
    title: str
    actor: str
    theme: str
    index: float
    low: float
    high: float
    when_low: float
    when_high: float
    if_low: str
    if_high: str
    margin: float
    held: bool = False


@dataclass(frozen=True)
class Fitted(Record):
    """How a rule does in some worlds: see :class:`sim.formulas.boxes.Fit`."""

    coverage: float
    density: float
    outside: float
    mass: float
    worlds: int

    @property
    def within(self) -> int:
        """Worlds where the rule holds."""
        return round(self.mass * self.worlds)

    @property
    def cases(self) -> int:
        """Worlds that are cases, wherever."""
        return round((self.mass * self.density + (1.0 - self.mass) * self.outside) * self.worlds)


@dataclass(frozen=True)
class Rule(Record):
    """Conditions under which cases are more frequent.

    Attributes
    ----------
    conditions : list of str
        In words.
    stability : list of float
        Share of bootstraps whose best rule restricts the same number, for each condition.
    fitted, fresh : Fitted
        In the worlds that it was found in, and in others.
    """

    conditions: list[str]
    stability: list[float]
    fitted: Fitted
    fresh: Fitted


@dataclass(frozen=True)
class Obstacle(Record):
    """Something, or two or three things together, whose removal brings deals.

    Attributes
    ----------
    what : list of str
        In words.
    keys : list of str
    settle : float
        Share of the failed worlds that settle without them.
    parts : float
        The largest such share of any set within it.
    needed : float
        Share in which all of them have to go: no part would do.
    unratified : float
        Share in which without them a text is signed that fails a vote, and without which none is
        signed as things are.
    """

    what: list[str]
    keys: list[str]
    settle: float
    parts: float
    needed: float
    unratified: float


@dataclass(frozen=True)
class Change(Record):
    """The cheapest change found, all together or one actor's own.

    Attributes
    ----------
    who : str
        Key of the actor; empty for all.
    what : list of str
        The changes in words.
    set : list of str
        The same for ``--set``.
    price : dict
        Actor → utility of its own that it gives up, at the most.
    asked, goal, most : float
        Shares of the failed worlds that were asked for, that were sought (less where nothing brings
        as many), and the largest that any set brings in those that it was sought in.
    sought : int
        In so many failed worlds it was sought.
    confirmed : float
        Share of fresh worlds of all sorts that settle, with its interval, and how it differs among
        calibrations.
    before : float
        The share that settles there as things are.
    """

    who: str
    what: list[str]
    set: list[str]
    price: dict[str, float]
    asked: float
    goal: float
    most: float
    sought: int
    confirmed: float
    confirmed_interval: Interval
    before: float
    fresh_worlds: int
    confirmed_allowed: Interval | None = None

    @property
    def failing(self) -> int:
        """How many of the fresh worlds fail as things are."""
        return round((1.0 - self.before) * self.fresh_worlds)

    def turned(self, settled: float) -> float:
        """Of the worlds that fail as things are the share that settles, where ``settled`` do."""
        return (settled - self.before) / (1.0 - self.before) if self.before < 1.0 else 0.0


@dataclass(frozen=True)
class Added(ToldApart, Record):
    """What mediators add to one outcome: shares of so many worlds with and without, and the gap."""

    outcome: str
    share: float
    without: float
    adds: float
    interval: Interval
    allowed: Interval | None = None
    worlds: int = 0


@dataclass(frozen=True)
class Reasons(Record):
    """One failed world: sets that would each bring a deal, those that take least first."""

    world: int
    sets: list[list[str]]


@dataclass(frozen=True)
class Explanation(Record):
    """All of it; of an outline, that nothing was searched for, the first part only.

    Attributes
    ----------
    identity : str
        Of scenario, code and seed: what it is about.
    settled, settled_first : float
        Share of the worlds that settle, with its interval, and how it differs among calibrations;
        the share among the first of them, which a run has; None where there are no more.
    measure, why_measure : str
        What drivers and rules are about, and why it is not the odds.
    chance : float
        Index that the largest of all numbers reaches by chance.
    searched : bool
        Whether changes were tried.
    failed : int
        Failed worlds in which obstacles were sought.
    counted : int
        Failed worlds in which it was counted what they bring; others, where there are more.
    everything : float
        Share of the failed worlds searched in that settle once everything is removed.
    actor : str
        Whose own things alone were looked at; empty for all.
    alone, alone_by : dict
        Actor → the most that one, two or three things of its own bring in the worlds counted, of
        the sets that were counted there, and which these are.
    mediator : list of Added
        What those who mediate and need not sign add, in fresh worlds; empty where there are none.
    unmediated : str
        Why the talks could not be run without them; empty where they could.
    unreached : list of str
        What would have brought a settlement where a package that suits all was not reached.
    beside_past : str
        How the run differs from past talks; empty where they do not compare.
    """

    scenario: str
    title: str
    identity: str
    worlds: int
    seed: int
    settled: float
    settled_interval: Interval
    measure_key: str
    measure: str
    case: str
    why_measure: str
    chance: float
    inputs: int
    drivers: list[Driver]
    rule: Rule | None
    trade_off: list[Rule]
    searched: bool
    failed: int
    counted: int
    everything: float
    obstacles: list[Obstacle]
    together: list[Obstacle]
    reasons: list[Reasons]
    changes: list[Change]
    alone: dict[str, float]
    alone_by: dict[str, list[str]]
    mediator: list[Added]
    unreached: list[str]
    settled_allowed: Interval | None = None
    settled_first: float | None = None
    beside_past: str = ""
    actor: str = ""
    unmediated: str = ""

    @property
    def outlined(self) -> Explanation:
        """The part that hangs on no search for changes."""
        return replace(
            self, searched=False, failed=0, counted=0, everything=0.0, obstacles=[], together=[],
            reasons=[], changes=[], alone={}, alone_by={}, mediator=[], unreached=[], actor="",
            unmediated="",
        )  # fmt: skip
