"""One session from the command line: play it and write its files."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

from sim.commands.solving import foot_of
from sim.commands.work import Work
from sim.files import csv_text, json_text
from sim.scenario import LoadedDiscrete
from sim.studies.solve.session import Session, play_session


def _offers(session: Session) -> Iterator[list[Any]]:
    """``offers.csv``: one row per event."""
    issues, actors = list(session.content.issues), list(session.content.actors)
    yield ["step", "t", "who", "event", *issues, *(f"utility_{a}" for a in actors)]
    for e in session.course:
        worth = (f"{u:.9g}" for u in e["utilities"])
        yield [e["step"], f"{e['t']:.9g}", actors[e["who"]], e["event"], *e["offer"], *worth]


def run_session(
    loaded: LoadedDiscrete, overrides: tuple[str, ...], out: Path, chart_format: str | None
) -> tuple[Session, Work]:
    """Play a session and write its files."""
    session = play_session(loaded, overrides)
    work = Work(out / session.content.name)
    work.write("summary.json", json_text(session.summary))
    work.write("offers.csv", csv_text(_offers(session), "\r\n"))
    if chart_format is not None:
        from sim.plots.drawing import save
        from sim.plots.offers import offers
        from sim.plots.solution import solution
        from sim.views.offers import offers_view
        from sim.views.solution import solution_view

        foot = f"{foot_of(session.summary)} {session.subject.note}"
        seen = solution_view(session.subject, session.deals, foot)
        work.write(f"offers.{chart_format}", partial(save, offers(offers_view(session, foot))))
        work.write(f"solution.{chart_format}", partial(save, solution(seen)))
    return session, work
