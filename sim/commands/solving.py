"""One ``solve``, or one session of listed options, from the command line: play, solve, write."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sim.commands.work import Work
from sim.files import csv_text, json_text
from sim.scenario import Loaded, LoadedDiscrete
from sim.studies.solve.deals import Deals, read_deals
from sim.studies.solve.session import Session, play_session
from sim.studies.solve.subject import Subject, solve_discrete, solve_scenario
from sim.studies.solve.summary import provenance, summary


@dataclass(frozen=True)
class Solved:
    """What was found, and what is written of it."""

    subject: Subject
    deals: Deals | None
    content: dict[str, Any]
    work: Work


def solve_job(
    loaded: Loaded | LoadedDiscrete,
    overrides: tuple[str, ...],
    out: Path,
    run: Path | None,
    chart_format: str | None,
) -> Solved:
    """Solve a scenario and write ``solution.json`` and the chart to ``out/<scenario>``.

    Parameters
    ----------
    loaded : Loaded or LoadedDiscrete
        A checked scenario.
    overrides : tuple of str
        What was set on the command line, for the record.
    out : Path
        Folder of the results of all scenarios.
    run : Path, optional
        A saved run whose deals are drawn; by default that in the folder, where there is one.
    chart_format : str, optional
        ``png``, ``svg`` or ``pdf``; None draws no chart.

    Raises
    ------
    ValueError
        If ``run`` is not a saved run of this scenario.
    OSError
        If a file cannot be written.
    """
    deals = None
    if run is not None and not run.is_file():
        raise ValueError(f"{run}: there is no such file")
    if isinstance(loaded, Loaded):
        subject = solve_scenario(loaded.scenario)
    else:
        subject = solve_discrete(loaded.content)
        if run is not None:
            raise ValueError(f"--run {run}: a scenario with listed options has no saved run")
        deals = play_session(loaded, overrides).deals
    folder = out / subject.name
    saved = run or folder / "result.nc"
    if isinstance(loaded, Loaded) and (run is not None or saved.exists()):
        deals = read_deals(saved, subject, loaded.digest)
        if run is None and not deals.same_scenario:
            deals = None  # of other assumptions; nobody asked for it
    content, work = summary(subject, deals, provenance(loaded, overrides)), Work(folder)
    work.write("solution.json", json_text(content))
    if chart_format is not None:
        from sim.plots.drawing import painted
        from sim.plots.solution import solution
        from sim.views.solution import solution_view

        foot = f"{foot_of(content)} {subject.note} Sources: in the scenario file."
        drawn = painted(solution, solution_view(subject, deals, foot))
        work.write(f"solution.{chart_format}", drawn.save)
    return Solved(subject, deals, content, work)


def foot_of(content: dict[str, Any]) -> str:
    """What a chart of these results says of what they rest on."""
    about = content["provenance"]
    changes = f" with {', '.join(about['overrides'])}" if about["overrides"] else ""
    return (
        f"Model's consequences, given the assumptions in {about['files'][-1]}{changes}; not a "
        "forecast."
    )


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
        from sim.plots.drawing import painted
        from sim.plots.offers import offers
        from sim.plots.solution import solution
        from sim.views.offers import offers_view
        from sim.views.solution import solution_view

        foot = f"{foot_of(session.summary)} {session.subject.note}"
        seen = solution_view(session.subject, session.deals, foot)
        work.write(f"offers.{chart_format}", painted(offers, offers_view(session, foot)).save)
        work.write(f"solution.{chart_format}", painted(solution, seen).save)
    return session, work
