"""``python -m sim solve``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from sim.commands import options as opt
from sim.commands.errors import fail, known_format, writing
from sim.commands.work import Work


def solve(
    file: opt.Scenario,
    out: opt.Out = Path("out"),
    run_: Annotated[
        Path | None,
        typer.Option(
            "--run",
            metavar="RESULT.NC",
            help="Saved run whose deals are drawn, too; default: that in the scenario's folder.",
        ),
    ] = None,
    set_: opt.Set = None,
    format_: opt.Format = "png",
    plots: opt.Plots = True,
    json_: opt.Json = False,
    quiet: opt.Quiet = False,
) -> None:
    """Is there a deal to be had? Pareto frontier, Nash and others.

    Of the central world on day 0, or of listed options.
    """
    known_format(format_)
    from sim.files import json_text
    from sim.scenario import Loaded, load_any
    from sim.studies.solve.deals import read_deals
    from sim.studies.solve.session import play_session
    from sim.studies.solve.subject import solve_discrete, solve_scenario
    from sim.studies.solve.summary import foot_of, provenance, summary

    overrides = tuple(set_ or ())
    loaded, deals = load_any(file, overrides), None
    with writing(out):
        if run_ is not None and not run_.is_file():
            fail(f"{run_}: there is no such file")
        if isinstance(loaded, Loaded):
            subject = solve_scenario(loaded.scenario)
        else:
            subject = solve_discrete(loaded.content)
            if run_ is not None:
                fail(f"--run {run_}: a scenario with listed options has no saved run")
            deals = play_session(loaded, overrides).deals
        work = Work(out / subject.name)
        saved = run_ or work.folder / "result.nc"
        if isinstance(loaded, Loaded) and (run_ is not None or saved.exists()):
            deals = read_deals(saved, subject, loaded.digest)
            if run_ is None and not deals.same_scenario:
                deals = None  # of other assumptions; nobody asked for it
        content = summary(subject, deals, provenance(loaded, overrides))
        text = json_text(content)
        work.write("solution.json", text)
        if plots:
            from sim.plots.drawing import painted
            from sim.plots.solution import solution
            from sim.views.solution import solution_view

            foot = f"{foot_of(content)} {subject.note} Sources: in the scenario file."
            drawn = painted(solution, solution_view(subject, deals, foot))
            work.write(f"solution.{format_}", drawn.save)
    if json_:
        sys.stdout.write(text)
    elif not quiet:
        from sim.commands.terminal.solve import tell

        tell(subject, deals, file, overrides, work)
