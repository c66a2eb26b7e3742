"""``python -m sim explain``."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sim.commands import options as opt
from sim.commands.errors import fail, known_format, load_scaled, told
from sim.commands.work import Work, at_work
from sim.prose import did_you_mean

if TYPE_CHECKING:
    from sim.ensemble.runner import Run
    from sim.studies.explain.findings import Explanation


def explain(
    file: opt.Scenario,
    actor: Annotated[
        str | None,
        typer.Option(metavar="ACTOR", help="What could this actor alone change? As in the file."),
    ] = None,
    design: Annotated[
        str | None,
        typer.Option(
            metavar="sobol:N", help="Sobol' indices of groups of numbers as well, N base worlds."
        ),
    ] = None,
    odds: Annotated[
        float,
        typer.Option(
            min=0.05,
            max=1.0,
            help="Share of the worlds without a settlement that a change is to settle.",
        ),
    ] = 0.5,
    worlds: Annotated[int, typer.Option(min=100, max=20_000, help="Size of the ensemble.")] = 2000,
    seed: opt.Seed = 1,
    out: opt.Out = Path("out"),
    set_: opt.Set = None,
    calibration: opt.Calibration = None,
    format_: opt.Format = "png",
    plots: opt.Plots = True,
    json_: opt.Json = False,
    quiet: opt.Quiet = False,
    full: opt.Full = False,
    workers: opt.Workers = None,
    cluster: opt.Cluster = None,
) -> None:
    """What decides it, what stands in the way, what brings a deal."""
    known_format(format_)
    overrides = opt.overrides(set_, calibration)
    from sim.ensemble.executors import get_ready

    get_ready(workers)
    loaded = load_scaled(file, overrides, "nothing uncertain")
    scenario = loaded.scenario
    if actor is not None and actor not in scenario.actors:
        fix = did_you_mean(actor, scenario.actors, "there is")
        fail(f"--actor {actor}: there is no such actor; {fix}")
    from sim.commands.running import REPORT
    from sim.ensemble.runner import Job, run_job
    from sim.files import csv_text, json_text
    from sim.report.explained import file_of, put_into_report
    from sim.studies.explain.explanation import check_applies
    from sim.studies.explain.explanation import explain as explained
    from sim.studies.explain.sobol import group_indices
    from sim.studies.explain.words import full_words

    check_applies(loaded)
    base = _base_worlds(design) if design else 0
    job = Job(loaded, worlds, seed, overrides, traced=0)
    work, mine = Work(out / scenario.name), f"_{actor}" if actor else ""
    with told(work), at_work(workers, cluster, not (quiet or json_)) as (executor, progress):
        run = run_job(job, executor, progress)
        found = explained(loaded, run, executor, seed, actor, progress, odds)
        content, groups = found.rounded().to_json(), []
        if base:
            progress("Sobol' indices", 0, 1)
            groups = group_indices(scenario, run.ensemble, seed, base)
            content["sobol"] = [one.to_json() for one in groups]
        lines = full_words(found, scenario, file, overrides, groups)
        text = json_text(content)
        work.write(file_of(actor), text)
        work.write(f"explain{mine}.txt", "".join(f"{line}\n" for line, _ in lines))
        work.write(f"reasons{mine}.csv", csv_text(_reasons(found), "\r\n"))
        if plots:
            work.write(f"explain{mine}.{format_}", partial(_draw, run, found))
        if put_into_report(run, work.folder / REPORT):
            work.written.append(REPORT)
    if json_:
        sys.stdout.write(text)
    elif not quiet:
        from sim.commands.terminal.paper import Paper
        from sim.studies.explain.short import short_words

        Paper().lines(lines if full else short_words(found, scenario, work.folder, work.written))


def _base_worlds(design: str) -> int:
    """The number in ``sobol:N``; the library that works the indices out has to be there."""
    name, _, number = design.partition(":")
    if name != "sobol" or not number.isdecimal() or not 16 <= int(number) <= 100_000:
        fail(f"--design {design}: is written sobol:N with N from 16, for example sobol:256")
    if importlib.util.find_spec("SALib") is None:
        fail("--design: needs SALib, which is not installed: pip install SALib")
    return int(number)


def _reasons(found: Explanation) -> Iterator[list[Any]]:
    """One row per failed world and set: what would have to go for a deal, least first."""
    yield ["world", "rank", "things", "without"]
    for one in found.reasons:
        for rank, words in enumerate(one.sets, 1):
            yield [one.world, rank, len(words), " + ".join(words)]
        if not one.sets:
            yield [one.world, 1, "", "more than three things"]


def _draw(run: Run, found: Explanation, path: Path) -> None:
    from sim.plots import painted
    from sim.plots.explain import explained
    from sim.views.explain import explain_view

    painted(explained, explain_view(run, found)).save(path)
