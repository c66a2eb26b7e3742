"""``python -m sim page`` and ``python -m sim live``, and the runs behind them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.commands import options as opt
from sim.commands.errors import fail, writing
from sim.commands.work import at_work

if TYPE_CHECKING:
    from sim.page import Plan


OUT = Path("out") / "what_if.html"


def page(
    files: opt.Scenarios,
    worlds: Annotated[
        int, typer.Option(min=100, max=20_000, help="Worlds kept of each scenario.")
    ] = 10_000,
    seed: opt.Seed = 1,
    out: Annotated[Path, typer.Option(help="The file to write; .html is added.")] = OUT,
    set_: opt.Set = None,
    calibration: opt.Calibration = None,
    workers: opt.Workers = None,
    quiet: opt.Quiet = False,
) -> None:
    """Write a page on which assumptions can be moved, offline."""
    from sim.page import write_page

    plans = finished_plans(
        files, worlds, seed, opt.overrides(set_, calibration), workers, not quiet
    )
    out = out if out.suffix.lower() in (".html", ".htm") else out.with_name(f"{out.name}.html")
    with writing(out):
        out.parent.mkdir(parents=True, exist_ok=True)
        write_page(plans, out)
    if not quiet:
        size = out.stat().st_size / 1e6
        print(f"{out}: {size:.1f} MB; open it in a browser, no network is needed.")


def live(
    files: opt.Scenarios,
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Port on 127.0.0.1; 0 takes a free one.")
    ] = 8000,
    worlds: Annotated[
        int, typer.Option(min=100, max=20_000, help="Worlds kept for answers at once.")
    ] = 10_000,
    exact: Annotated[int, typer.Option(min=100, max=2000, help="Worlds of an exact run.")] = 1000,
    seed: opt.Seed = 1,
    set_: opt.Set = None,
    calibration: opt.Calibration = None,
    workers: opt.Workers = None,
    quiet: opt.Quiet = False,
) -> None:
    """Serve that page here, with an exact run after every move."""
    from sim.page.server import serve

    plans = finished_plans(
        files, worlds, seed, opt.overrides(set_, calibration), workers, not quiet
    )
    try:
        serve(plans, port, exact, workers, lambda at: print(f"{at} (Ctrl-C ends it)", flush=True))
    except OSError as error:
        fail(f"--port {port}: {error.strerror}; choose another one, or 0 for any that is free.")
    except KeyboardInterrupt:
        print("Stopped.")


def finished_plans(
    files: Sequence[str],
    worlds: int,
    seed: int,
    overrides: tuple[str, ...],
    workers: int | None,
    show_progress: bool,
) -> list[Plan]:
    """Scenarios with their runs, or a clear error and exit code 2."""
    from sim.ensemble.runner import Job, RunError, run_jobs
    from sim.page import Plan, prepared
    from sim.scenario import load_scenario

    loaded = [prepared(load_scenario(file, overrides)) for file in files]
    names = [one.scenario.name for one in loaded]
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        fail(f"{twice}: given twice; give each scenario once, under a name of its own.")
    jobs = [Job(one, worlds, seed, overrides, traced=1) for one in loaded]
    runs = {}
    chunks = sum(len(job.tasks) for job in jobs)
    with at_work(workers, None, show_progress, chunks) as (executor, progress):
        for place, run in run_jobs(jobs, executor, progress):
            if isinstance(run, RunError) or run.failures:
                failures = run.failures
                fail(f"{names[place]}: not all worlds could be run; {failures[0]}")
            runs[place] = run
    return [Plan(one, runs[place]) for place, one in enumerate(loaded)]
