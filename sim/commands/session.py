"""One session from the command line: play it and write its files."""

from __future__ import annotations

from pathlib import Path

from sim.files import csv_text, json_text, write_text
from sim.scenario import LoadedDiscrete
from sim.studies.solve.session import Session, play_session


def write_offers(session: Session, path: Path) -> None:
    """``offers.csv``: one row per event."""
    issues, actors = list(session.content.issues), list(session.content.actors)
    rows = [["step", "t", "who", "event", *issues, *(f"utility_{a}" for a in actors)]]
    for e in session.course:
        worth = (f"{u:.9g}" for u in e["utilities"])
        rows.append([e["step"], f"{e['t']:.9g}", actors[e["who"]], e["event"], *e["offer"], *worth])
    write_text(path, csv_text(rows, "\r\n"))


def run_session(
    loaded: LoadedDiscrete, overrides: tuple[str, ...], out: Path, chart_format: str | None
) -> tuple[Session, Path, list[str]]:
    """Play a session and write its files; the session, their folder and their names."""
    session = play_session(loaded, overrides)
    folder = out / session.content.name
    folder.mkdir(parents=True, exist_ok=True)
    write_text(folder / "summary.json", json_text(session.summary))
    write_offers(session, folder / "offers.csv")
    written = ["summary.json", "offers.csv"]
    if chart_format is not None:
        from sim.plots.drawing import save
        from sim.plots.offers import offers
        from sim.plots.solution import solution
        from sim.views.offers import offers_view
        from sim.views.solution import solution_view

        file = session.summary["provenance"]["files"][-1]
        changes = f" with {', '.join(overrides)}" if overrides else ""
        foot = (
            f"Model's consequences, given the assumptions in {file}{changes}; not a forecast. "
            f"{session.subject.note}"
        )
        written += [f"offers.{chart_format}", f"solution.{chart_format}"]
        save(offers(offers_view(session, foot)), folder / written[-2])
        seen = solution_view(session.subject, session.deals, foot)
        save(solution(seen), folder / written[-1])
    return session, folder, written
