"""One session from the command line: play it, weigh it, write its files."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from sim import __version__
from sim.files import written_whole
from sim.listed.stacked import Sessions
from sim.listed.strategies import session as play
from sim.listed.targets import times
from sim.scenario import LoadedDiscrete
from sim.scenario.discrete_schema import DiscreteFile
from sim.studies.solve.deals import Deals
from sim.studies.solve.subject import Subject, solve_discrete
from sim.studies.solve.summary import rounded, summary, text


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
    provenance = {
        "scenario_hash": loaded.digest,
        "files": [Path(f).name for f in loaded.files],
        "overrides": list(overrides),
        "sim": __version__,
    }
    session = Session(content, result, course, solve_discrete(content), {})
    solved = summary(session.subject, session.deals, provenance)
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


def write_offers(session: Session, path: Path) -> None:
    """``offers.csv``: one row per event."""
    issues, actors = list(session.content.issues), list(session.content.actors)
    with written_whole(path) as temporary, temporary.open("w", newline="", encoding="utf-8") as f:
        writer = csv.writer(f)
        writer.writerow(["step", "t", "who", "event", *issues, *(f"utility_{a}" for a in actors)])
        for e in session.course:
            worth = (f"{u:.9g}" for u in e["utilities"])
            row = [e["step"], f"{e['t']:.9g}", actors[e["who"]], e["event"], *e["offer"], *worth]
            writer.writerow(row)


def run_session(
    loaded: LoadedDiscrete, overrides: tuple[str, ...], out: Path, chart_format: str | None
) -> tuple[Session, Path, list[str]]:
    """Play a session and write its files; the session, their folder and their names."""
    session = play_session(loaded, overrides)
    folder = out / session.content.name
    folder.mkdir(parents=True, exist_ok=True)
    with written_whole(folder / "summary.json") as temporary:
        temporary.write_text(text(session.summary), encoding="utf-8")
    write_offers(session, folder / "offers.csv")
    written = ["summary.json", "offers.csv"]
    if chart_format is not None:
        from sim.plots.offers import draw_offers
        from sim.plots.solution import draw_solution

        file = session.summary["provenance"]["files"][-1]
        changes = f" with {', '.join(overrides)}" if overrides else ""
        foot = (
            f"Model's consequences, given the assumptions in {file}{changes}; not a forecast. "
            f"{session.subject.note}"
        )
        written += [f"offers.{chart_format}", f"solution.{chart_format}"]
        draw_offers(session, foot, folder / written[-2])
        draw_solution(session.subject, session.deals, foot, folder / written[-1])
    return session, folder, written
