"""One session of listed options: played, and weighed beside the solutions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.listed.stacked import Sessions
from sim.listed.strategies import session as play
from sim.listed.targets import times
from sim.scenario import LoadedDiscrete
from sim.scenario.discrete_schema import DiscreteFile
from sim.studies.solve.deals import Deals
from sim.studies.solve.subject import Subject, solve_discrete
from sim.studies.solve.summary import points, provenance, rounded, summary


@dataclass(frozen=True)
class Session:
    """A session that has been played.

    Attributes
    ----------
    content : DiscreteFile
        The scenario.
    result : Sessions
        How it ended; one session.
    course : list of dict
        Every offer, rejection and acceptance.
    subject : Subject
        The solved scenario.
    summary : dict
        What ``summary.json`` holds.
    """

    content: DiscreteFile
    result: Sessions
    course: list[dict[str, Any]]
    subject: Subject
    summary: dict[str, Any]

    @property
    def agreed(self) -> bool:
        """Whether there is an agreement."""
        return bool(self.result.agreement[0] >= 0)

    @property
    def discounted(self) -> list[float] | None:
        """What the agreement is worth at the time it is reached; None where time costs nothing."""
        factors = [actor.discount for actor in self.content.actors.values()]
        if not self.agreed or all(f == 1.0 for f in factors):
            return None
        time = times(self.content.protocol.steps)[int(self.result.step[0])]
        return [float(u) * f**time for u, f in zip(self.result.utilities[0], factors, strict=True)]

    @property
    def deals(self) -> Deals | None:
        """The agreement beside the solutions."""
        if not self.agreed:
            return None
        gain = self.result.utilities - self.subject.analysis.reservation
        known = np.array([p.gain for p in self.subject.analysis.frontier])
        room = (known - gain[0]).min(axis=1).max(keepdims=True)
        return Deals(1, gain, room, "this session", True)


def play_session(loaded: LoadedDiscrete, overrides: tuple[str, ...]) -> Session:
    """Play and solve a scenario with listed options."""
    content = loaded.content
    scenario, protocol = content.scenario, content.protocol
    result, course = play(scenario, content.strategies, protocol.steps, protocol.slack)
    session = Session(content, result, course, solve_discrete(content), {})
    solved = summary(session.subject, session.deals, provenance(loaded, overrides))
    agreed, keys = session.agreed, list(content.actors)
    worth = result.utilities[0].tolist()
    told = {
        "outcome": "agreement" if agreed else "broken" if result.broken[0] else "deadline",
        "agreement": scenario.options_by_issue(int(result.agreement[0])) if agreed else None,
        "step": int(result.step[0]) if agreed else None,
        "rounds": int(result.steps[0]),
        "proposer": keys[int(result.proposer[0])] if agreed else None,
        "utility": dict(zip(keys, worth, strict=True)) if agreed else None,
        **(
            {"utility_discounted": dict(zip(keys, session.discounted, strict=True))}
            if session.discounted
            else {}
        ),
        "strategies": dict(zip(keys, content.strategies, strict=True)),
        "steps": protocol.steps,
    }
    session.summary.update(rounded(told), **{k: v for k, v in solved.items() if k != "frontier"})
    return session


def answer(session: Session) -> str:
    """How the session ended, in a sentence or two."""
    result, steps = session.result, session.content.protocol.steps
    if session.agreed:
        who = session.subject.labels[int(result.proposer[0])]
        return (
            f"Agreement in round {int(result.steps[0])} of {steps}, on a proposal of {who}: "
            f"{agreement_words(session)}."
        )
    if result.broken[0]:
        return "No agreement: a side ended the talks, because there is nothing it would offer."
    return f"No agreement by the deadline of {steps} rounds."


def agreement_words(session: Session) -> str:
    """The terms agreed, issue by issue."""
    agreed = session.summary["agreement"].values()
    titles = session.subject.issue_titles
    return "; ".join(f"{title}: {option}" for title, option in zip(titles, agreed, strict=True))


def distance_words(session: Session) -> str:
    """How far the agreement is from the frontier, in a sentence."""
    deals = session.deals
    if deals is None:
        return ""
    room = float(deals.room[0])
    if room <= 1e-9:
        return (
            "The agreement is Pareto-efficient: no package is better for one and worse for nobody."
        )
    return f"Every side could still have had {points(room, session.subject.unit)} more at once."
