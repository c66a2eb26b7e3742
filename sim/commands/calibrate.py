"""``python -m sim calibrate`` and ``python -m sim score``."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.commands import options as opt
from sim.commands.errors import cannot_write, fail
from sim.files import json_text

if TYPE_CHECKING:
    from sim.ensemble.executors import Executor
    from sim.ensemble.runner import Progress

CasesArgument = Annotated[
    Path | None,
    typer.Argument(metavar="DIR", help="Folder of cases with `outcome:`.", show_default="shipped"),
]
CaseWorldsOption = Annotated[int, typer.Option(min=200, help="Worlds of each case.")]
OUT = Path("out") / "calibration"


@contextmanager
def _at_work(
    out: Path, workers: int | None, cluster: str | None, show: bool
) -> Iterator[tuple[Executor, Progress]]:
    """Where worlds run and who is told; what goes wrong is one sentence."""
    from sim.commands.progress import progress_bar
    from sim.ensemble.executors import ExecutorError
    from sim.ensemble.opening import open_executor
    from sim.ensemble.runner import RunError
    from sim.scenario import ScenarioError

    try:
        with open_executor(workers, cluster, 64) as executor, progress_bar(show) as progress:
            yield executor, progress
    except (ScenarioError, ExecutorError, RunError) as error:
        fail(str(error))
    except KeyboardInterrupt:
        print(
            f"\nStopped. Cases that were finished are kept in {out / 'worlds'}; the same command "
            "goes on from there.",
            file=sys.stderr,
        )
        raise SystemExit(130) from None
    except OSError as error:
        cannot_write(error, out)


def calibrate(
    cases: CasesArgument = None,
    worlds: CaseWorldsOption = 20_000,
    rows: Annotated[int, typer.Option(min=16, help="Rows of the table that comes out.")] = 256,
    out: opt.Kept = OUT,
    workers: opt.Workers = None,
    cluster: opt.Cluster = None,
    json_: opt.Json = False,
    quiet: opt.Quiet = False,
) -> None:
    """Learn the engine parameters from past negotiations."""
    from sim.studies.calibrate.folder import calibration, write_calibration
    from sim.studies.calibrate.words import told_calibration

    with _at_work(out, workers, cluster, not (quiet or json_)) as (executor, progress):
        made = calibration(cases, worlds, rows, executor, progress, out / "worlds")
        content = write_calibration(made, out)
    if json_:
        sys.stdout.write(json_text(content))
    elif not quiet:
        print(told_calibration(made, out))


def score(
    cases: CasesArgument = None,
    worlds: CaseWorldsOption = 20_000,
    out: opt.Kept = OUT,
    workers: opt.Workers = None,
    cluster: opt.Cluster = None,
    json_: opt.Json = False,
    quiet: opt.Quiet = False,
) -> None:
    """Score odds on past negotiations, each left out of what was learnt."""
    from sim.plots import save
    from sim.plots.reliability import reliability_figure
    from sim.studies.calibrate.folder import scored, write_scores
    from sim.studies.calibrate.words import told_scores

    with _at_work(out, workers, cluster, not (quiet or json_)) as (executor, progress):
        made = scored(cases, worlds, executor, progress, out / "worlds")
        content = write_scores(made, out)
        save(reliability_figure(made.reliability), out / "reliability.png")
    if json_:
        sys.stdout.write(json_text(content))
    elif not quiet:
        print(told_scores(made, out))
