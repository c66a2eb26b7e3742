"""``python -m sim run``."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sim.commands import options as opt
from sim.commands.errors import known_format, told, writing
from sim.commands.work import Work, replaced_words

if TYPE_CHECKING:
    from sim.scenario import LoadedDiscrete
    from sim.studies.solve.session import Session

ONE = "has no uncertain numbers and no chance, so one session is played"
UNUSED = dict.fromkeys(("worlds", "seed", "workers", "cluster", "store", "overwrite"), ONE) | {
    "report": "has no report; the screen, summary.json and the charts say all there is",
    "full": "is told in full as it is",
}
"""Options that say nothing about a scenario with listed options, and why."""


def run(
    context: typer.Context,
    file: opt.Scenario,
    worlds: opt.Worlds = 1000,
    seed: opt.Seed = 1,
    out: opt.Out = Path("out"),
    set_: opt.Set = None,
    calibration: opt.Calibration = None,
    format_: opt.Format = "png",
    plots: opt.Plots = True,
    report: opt.Report = False,
    json_: opt.Json = False,
    quiet: opt.Quiet = False,
    full: opt.Full = False,
    workers: opt.Workers = None,
    cluster: opt.Cluster = None,
    store: Annotated[
        bool,
        typer.Option(
            "--store", help="Keep the worlds in ensemble.zarr, as is always done with many."
        ),
    ] = False,
    overwrite: opt.Overwrite = False,
) -> None:
    """Run a scenario: what comes of it, when, and why."""
    known_format(format_)
    overrides = opt.overrides(set_, calibration)
    from sim.scenario import Loaded, load_any

    loaded = load_any(file, overrides)
    if not isinstance(loaded, Loaded):
        for option, why in UNUSED.items():
            source = context.get_parameter_source(option)
            if source is not None and source.name == "COMMANDLINE":
                said = f"--{option} is not used: a scenario with listed options {why}."
                print(said, file=sys.stderr)
        play_listed(loaded, overrides, out, format_ if plots else None, json_, quiet)
        return

    import gc

    from sim.commands.running import RunJob
    from sim.ensemble.runner import Job

    # nothing here is long-lived enough to need the collector, which costs a tenth of the run
    gc.disable()
    job = RunJob(
        Job(loaded, worlds, seed, overrides, overwrite=overwrite),
        out,
        format_ if plots else None,
        report,
        store,
    )
    said = replaced_words(job.folder, loaded.digest, loaded.files[-1])
    if said and not quiet:
        print(said, file=sys.stderr)
    with told(job):
        finished = job.run(workers, cluster, show_progress=not (quiet or json_))
    if json_:
        from sim.files import json_text

        sys.stdout.write(json_text(finished.summary.to_json()))
    elif not quiet:
        from sim.commands.terminal.run import tell, tell_short

        if full:
            tell(finished, job)
        else:
            tell_short(finished, job.folder, file)
    if finished.failures:
        missing = sum(failure.task.worlds for failure in finished.failures)
        print(
            f"{missing:,} of {worlds:,} worlds have no result and are in none of the numbers; the "
            f"first failure: {finished.failures[0]} (all in {job.folder / 'failures.json'})",
            file=sys.stderr,
        )
        raise SystemExit(1)


def play_listed(
    loaded: LoadedDiscrete,
    overrides: tuple[str, ...],
    out: Path,
    chart_format: str | None,
    as_json: bool,
    quiet: bool,
) -> None:
    """Run a scenario with listed options: one session."""
    from sim.files import csv_text, json_text
    from sim.studies.solve.session import play_session
    from sim.studies.solve.summary import foot_of

    work = Work(out / loaded.content.name)
    said = replaced_words(work.folder, loaded.digest, loaded.files[-1])
    if said and not quiet:
        print(said, file=sys.stderr)
    with writing(out):
        session = play_session(loaded, overrides)
        text = json_text(session.summary)
        work.write("summary.json", text)
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
    if as_json:
        sys.stdout.write(text)
    elif not quiet:
        from sim.commands.terminal.solve import tell_session

        tell_session(session, overrides, work)


def _offers(session: Session) -> Iterator[list[Any]]:
    """``offers.csv``: one row per event."""
    issues, actors = list(session.content.issues), list(session.content.actors)
    yield ["step", "t", "who", "event", *issues, *(f"utility_{a}" for a in actors)]
    for e in session.course:
        worth = (f"{u:.9g}" for u in e["utilities"])
        yield [e["step"], f"{e['t']:.9g}", actors[e["who"]], e["event"], *e["offer"], *worth]
