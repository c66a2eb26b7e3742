"""A session of stacked alternating offers: who offers whom how much, round by round."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.arrays import Array
from sim.studies.solve.session import Session, answer
from sim.views.colours import party_colors
from sim.views.run_data import points_number
from sim.views.view import View


@dataclass(frozen=True)
class Course:
    """The offers of one side by round, and what they are worth to the side of the panel."""

    key: str
    label: str
    color: str
    own: bool
    rounds: Array
    worth: Array


@dataclass(frozen=True)
class SidePanel:
    """What offers are worth to a side.

    Attributes
    ----------
    reserve : float
        Worth of no agreement.
    agreed : float or None
        Worth of the agreement.
    """

    key: str
    label: str
    color: str
    courses: list[Course]
    reserve: float
    agreed: float | None

    @property
    def reach(self) -> tuple[float, float]:
        """Least and greatest worth of all that is shown."""
        values = [self.reserve, *(float(v) for one in self.courses for v in one.worth)]
        return min(values), max(values)


@dataclass(frozen=True)
class OffersView(View):
    """One panel per side, over so many rounds; ``common`` if all are on one scale, 0 to 100."""

    panels: list[SidePanel]
    rounds: int
    common: bool

    @property
    def words(self) -> list[str]:
        return [
            f"{p.label}: no agreement is worth {points_number(p.reserve)}"
            + ("." if p.agreed is None else f", the agreement {points_number(p.agreed)}.")
            for p in self.panels
        ]


def offers_view(session: Session, foot: str = "") -> OffersView:
    """What every offer is worth to each side; ``foot`` says what that rests on."""
    subject = session.subject
    colors = party_colors(subject.scenario, subject.analysis.parties)
    made = [e for e in session.course if e["event"] == "OFFER"]
    panels = []
    for k, name in enumerate(subject.labels):
        courses = []
        for who, label in enumerate(subject.labels):
            mine = [e for e in made if e["who"] == who]
            rounds = np.array([e["step"] + 1.0 for e in mine])
            worth = subject.unit * np.array([e["utilities"][k] for e in mine])
            if mine:
                key = f"offers of {who}"
                courses.append(Course(key, label, colors[who], who == k, rounds, worth))
        reserve = subject.unit * float(subject.analysis.reservation[k])
        agreed = subject.unit * float(session.result.utilities[0, k]) if session.agreed else None
        panels.append(SidePanel(f"actor {k}", name, colors[k], courses, reserve, agreed))
    scale = ", 0 to 100" if subject.unit > 1 else ""
    subtitle = (
        f"What each offer is worth to a side (utility{scale}), by the one who makes it. A side "
        "accepts an offer that is worth as much to it as what it asks for itself at that time."
    )
    rounds_ = int(session.result.steps[0])
    return OffersView(
        foot or subject.note, answer(session), subtitle, panels, rounds_, subject.unit > 1
    )
