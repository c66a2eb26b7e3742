"""One ``solve`` from the command line: its files and its words."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sim import __version__
from sim.files import json_text, write_text
from sim.scenario import Loaded, LoadedDiscrete
from sim.studies.solve.deals import Deals, read_deals
from sim.studies.solve.subject import Subject, solve_discrete, solve_scenario
from sim.studies.solve.summary import summary


@dataclass(frozen=True)
class Solved:
    """What was found, what is written of it, and where."""

    subject: Subject
    deals: Deals | None
    content: dict[str, Any]
    folder: Path
    written: list[str]


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
        from sim.commands.session import play_session

        deals = play_session(loaded, overrides).deals
    folder = out / subject.name
    saved = run or folder / "result.nc"
    if isinstance(loaded, Loaded) and (run is not None or saved.exists()):
        deals = read_deals(saved, subject, loaded.digest)
        if run is None and not deals.same_scenario:
            deals = None  # of other assumptions; nobody asked for it
    files = [Path(f).name for f in loaded.files]
    provenance = {
        "scenario_hash": loaded.digest,
        "files": files,
        "overrides": list(overrides),
        "sim": __version__,
    }
    content = summary(subject, deals, provenance)
    folder.mkdir(parents=True, exist_ok=True)
    write_text(folder / "solution.json", json_text(content))
    written = ["solution.json"]
    if chart_format is not None:
        from sim.plots.drawing import save
        from sim.plots.solution import solution
        from sim.views.solution import solution_view

        changes = f" with {', '.join(overrides)}" if overrides else ""
        foot = (
            f"Model's consequences, given the assumptions in {files[-1]}{changes}; not a forecast. "
            f"{subject.note} Sources: in the scenario file."
        )
        written.append(f"solution.{chart_format}")
        save(solution(solution_view(subject, deals, foot)), folder / written[-1])
    return Solved(subject, deals, content, folder, written)
