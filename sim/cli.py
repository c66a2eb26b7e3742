"""Command line. A bare ``FILE.yaml`` means ``run FILE.yaml``. Heavy imports wait until needed."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

if TYPE_CHECKING:
    from sim.scenario import Loaded, LoadedDiscrete

app = typer.Typer(
    name="sim",
    help="Peace-negotiation scenarios: run one, see who moves, why, and how it could end.\n\n"
    "python -m sim scenarios/kellogg.yaml",
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
FORMATS = ("png", "svg", "pdf")

ScenarioArgument = Annotated[
    str, typer.Argument(metavar="FILE", help="Scenario file, or the name of one in scenarios/.")
]
SetOption = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY=VALUE", help="Change one assumption; may be repeated."),
]

FormatOption = Annotated[
    str, typer.Option("--format", metavar="png|svg|pdf", help="Format of the charts.")
]
PlotsOption = Annotated[bool, typer.Option("--plots/--no-plots", help="Draw the charts.")]
ReportOption = Annotated[
    bool, typer.Option("--report", help="Write report.html: everything on one page.")
]
JsonOption = Annotated[
    bool, typer.Option("--json", help="Print the summary as one JSON object and no words.")
]
QuietOption = Annotated[bool, typer.Option("--quiet", help="Print nothing but errors.")]
WorkersOption = Annotated[
    int | None, typer.Option(min=1, help="Processes to run worlds in.", show_default="one per core")
]
ClusterOption = Annotated[
    str | None,
    typer.Option(
        metavar="local|tcp://HOST:PORT", help="Run worlds on a Dask cluster (extra: cluster)."
    ),
]
OverwriteOption = Annotated[
    bool, typer.Option("--overwrite", help="Begin anew where worlds of another run are stored.")
]


@app.command()
def run(
    context: typer.Context,
    file: ScenarioArgument,
    worlds: Annotated[int, typer.Option(min=1, help="Size of the ensemble.")] = 1000,
    seed: Annotated[int, typer.Option(min=0, help="Seed of all random draws.")] = 1,
    out: Annotated[Path, typer.Option(help="Folder for the results.")] = Path("out"),
    set_: SetOption = None,
    format_: FormatOption = "png",
    plots: PlotsOption = True,
    report: ReportOption = False,
    json_: JsonOption = False,
    quiet: QuietOption = False,
    workers: WorkersOption = None,
    cluster: ClusterOption = None,
    store: Annotated[
        bool,
        typer.Option(
            "--store", help="Keep the worlds in ensemble.zarr, as is always done with many."
        ),
    ] = False,
    overwrite: OverwriteOption = False,
) -> None:
    """Run a scenario: the story of the central world, and the odds over many."""
    known_format(format_)
    overrides = tuple(set_ or ())
    loaded = load_or_fail(file, overrides)
    from sim.scenario import Loaded

    if not isinstance(loaded, Loaded):
        for option in ("worlds", "seed", "workers", "cluster", "store", "overwrite"):
            source = context.get_parameter_source(option)
            if source is not None and source.name == "COMMANDLINE":
                print(
                    f"--{option} is not used: a scenario with listed options has no uncertain "
                    "numbers and no chance, so one session is played.",
                    file=sys.stderr,
                )
        play_listed(loaded, overrides, out, format_ if plots else None, json_, quiet)
        return

    import gc

    from sim.commands.run import Job
    from sim.ensemble.executors import ExecutorError
    from sim.ensemble.runner import RunError
    from sim.ensemble.store import StoreError

    # nothing here is long-lived enough to need the collector, which costs a tenth of the run
    gc.disable()

    chart_format = format_ if plots else None
    job = Job(
        loaded,
        worlds,
        seed,
        out,
        overrides,
        chart_format,
        report,
        workers,
        cluster,
        store,
        overwrite,
    )
    try:
        finished = job.run(show_progress=not (quiet or json_))
    except (ExecutorError, RunError, StoreError) as error:
        fail(str(error))
    except KeyboardInterrupt:
        print(f"\nStopped. {job.what_is_missing()}", file=sys.stderr)
        raise SystemExit(130) from None
    except OSError as error:
        where = error.filename2 or error.filename or job.folder
        found = f" {job.what_is_missing()}" if job.written else ""
        fail(f"{where}: cannot be written: {error.strerror} (choose a folder with --out).{found}")
    if json_:
        from sim.ensemble.runner import summary_text

        sys.stdout.write(summary_text(finished.summary))
    elif not quiet:
        from sim.commands.terminal.run import tell

        tell(finished, job.folder, job.written)
    if finished.failures:
        missing = sum(failure.task.worlds for failure in finished.failures)
        print(
            f"{missing:,} of {worlds:,} worlds have no result and are in none of the numbers; the "
            f"first failure: {finished.failures[0]} (all in {job.folder / 'failures.json'})",
            file=sys.stderr,
        )
        raise SystemExit(1)


@app.command(name="compare")
def compare_(
    files: Annotated[
        list[str],
        typer.Argument(
            metavar="FILE...",
            help="Scenario files, names of some in scenarios/, or saved results (out/NAME).",
        ),
    ],
    worlds: Annotated[int, typer.Option(min=1, help="Size of each ensemble.")] = 1000,
    seed: Annotated[int, typer.Option(min=0, help="Seed of all random draws.")] = 1,
    baseline: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Compare with this one; else baseline, else the first."),
    ] = None,
    out: Annotated[Path, typer.Option(help="Folder for the results.")] = Path("out/compare"),
    set_: SetOption = None,
    format_: FormatOption = "png",
    plots: PlotsOption = True,
    report: ReportOption = False,
    json_: JsonOption = False,
    quiet: QuietOption = False,
    jobs: Annotated[
        int | None, typer.Option(min=1, help="Processes at a time; by default one per core.")
    ] = None,
) -> None:
    """Compare scenarios side by side, world by world with a baseline."""
    known_format(format_)

    import gc

    from sim.commands.compare import CompareJob
    from sim.ensemble.executors import cores
    from sim.studies.compare.comparison import ComparisonError

    gc.disable()
    jobs = jobs or cores()
    chart_format = format_ if plots else None
    changes = tuple(set_ or ())
    job = CompareJob(files, worlds, seed, baseline, out, changes, chart_format, jobs, report)
    try:
        comparison = job.run(show_progress=not (quiet or json_))
    except ComparisonError as error:
        fail(str(error))
    except KeyboardInterrupt:
        print(f"\nStopped. {job.what_is_missing()}", file=sys.stderr)
        raise SystemExit(130) from None
    except OSError as error:
        where = error.filename2 or error.filename or job.folder
        found = f" {job.what_is_missing()}" if job.written else ""
        fail(f"{where}: cannot be written: {error.strerror} (choose a folder with --out).{found}")
    if json_:
        from sim.studies.compare.tables import compare_json

        sys.stdout.write(compare_json(comparison))
    elif not quiet:
        from sim.commands.terminal.compare import tell_comparison

        tell_comparison(comparison, job.folder, job.written)
    for given, error_text in comparison.failed.items():
        print(f"{given} is left out:", *error_text.splitlines(), sep="\n  ", file=sys.stderr)
    if comparison.missing:
        print(f"\nStopped. {job.what_is_missing()}", file=sys.stderr)
        raise SystemExit(130)
    if comparison.failed:
        raise SystemExit(1)


@app.command()
def sweep(
    files: Annotated[
        list[str],
        typer.Argument(
            metavar="FILE...",
            help="Scenario file, or several, which are then one more varied parameter.",
        ),
    ],
    vary: Annotated[
        list[str] | None,
        typer.Option(
            metavar="PATH=VALUES",
            help="What to vary: 0:1:11 (evenly spaced), 0.2,0.5,0.8, 0.5x,1x,2x (times the "
            "scenario's), words, or 0:1 with Sobol' points; may be repeated.",
        ),
    ] = None,
    design: Annotated[
        str, typer.Option(metavar="grid|sobol:N", help="All combinations, or N Sobol' points.")
    ] = "grid",
    worlds: Annotated[int, typer.Option(min=1, help="Worlds of each cell.")] = 1000,
    seed: Annotated[int, typer.Option(min=0, help="Seed of all random draws.")] = 1,
    workers: WorkersOption = None,
    cluster: ClusterOption = None,
    out: Annotated[
        Path | None,
        typer.Option(help="Folder for the results.", show_default="out/sweep-SCENARIO"),
    ] = None,
    rerun: Annotated[
        bool, typer.Option("--rerun", help="Run all again and overwrite an earlier sweep.")
    ] = False,
    set_: SetOption = None,
    format_: FormatOption = "png",
    plots: PlotsOption = True,
    json_: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Run a scenario over many values of its parameters; goes on where it was interrupted."""
    known_format(format_)
    from sim.commands.progress import progress_bar
    from sim.commands.sweep import SweepJob
    from sim.commands.terminal.sweep import failure_words, remaining_words, tell_sweep
    from sim.ensemble.executors import ExecutorError
    from sim.ensemble.store import StoreError
    from sim.scenario import ScenarioError
    from sim.studies.sweep.plan import make_plan

    talks = not (quiet or json_)
    folder = out
    job = None
    try:
        with progress_bar(talks) as progress:
            plan = make_plan(
                files, vary or [], design, worlds, seed, tuple(set_ or ()),
                lambda done, all_: progress("checking cells", done, all_),
            )  # fmt: skip
        folder = out or Path("out") / f"sweep-{plan.name}"
        job = SweepJob(plan, folder, format_ if plots else None, rerun)
        if talks:
            print(remaining_words(job), end="\n\n", flush=True)
        with job.executor(workers, cluster) as executor, progress_bar(talks) as progress:
            swept = job.run(executor, progress)
    except (ScenarioError, StoreError, ExecutorError) as error:
        fail(str(error))
    except KeyboardInterrupt:
        if job is None:
            raise
        print(f"\nStopped. {job.what_is_finished()}", file=sys.stderr)
        raise SystemExit(130) from None
    except OSError as error:
        if job is None:
            cannot_write(error, folder or Path("out"))
        where = error.filename2 or error.filename or job.folder
        fail(f"{where}: cannot be written: {error.strerror}. {job.what_is_finished()}")
    if json_:
        sys.stdout.write(swept.text)
    elif not quiet:
        tell_sweep(swept, job)
    if swept.failures:
        print(failure_words(swept, job.folder), file=sys.stderr)
        raise SystemExit(1)


@app.command()
def heatmap(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder of a sweep.")],
    x: Annotated[
        str | None, typer.Option("--x", metavar="PATH", help="Varied parameter from left to right.")
    ] = None,
    y: Annotated[
        str | None, typer.Option("--y", metavar="PATH", help="Varied parameter from bottom to top.")
    ] = None,
    of: Annotated[
        str,
        typer.Option(
            metavar="MEASURE",
            help="settlement, first_stage, deal_by_day:100, ripeness, gain:ACTOR, "
            "stuck_on:ISSUE and others: see docs/outputs.md.",
        ),
    ] = "settlement",
    at: Annotated[
        list[str] | None,
        typer.Option(metavar="PATH=VALUE", help="Hold a parameter; others are averaged over."),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(help="Picture to write.", show_default="DIR/heatmap-MEASURE.png"),
    ] = None,
    format_: Annotated[
        str | None,
        typer.Option("--format", metavar="png|svg|pdf", help="Format, if --out does not say it."),
    ] = None,
) -> None:
    """Draw two varied parameters of a sweep against the odds or another measure."""
    suffix = format_ or (out.suffix[1:].lower() if out is not None and out.suffix else "png")
    known_format(suffix)
    from sim.plots.heatmap import draw_heatmap
    from sim.scenario import ScenarioError
    from sim.studies.sweep.results import read_sweep

    target = out or folder / f"heatmap-{of.replace(':', '-')}"
    if target.suffix[1:].lower() != suffix:
        target = target.with_name(f"{target.name}.{suffix}")
    try:
        results = read_sweep(folder)
        target.parent.mkdir(parents=True, exist_ok=True)
        draw_heatmap(results, target, of, x, y, at or ())
    except ScenarioError as error:
        fail(str(error))
    except OSError as error:
        cannot_write(error, target)
    print(f"Written to {target}")


@app.command()
def check(file: ScenarioArgument, set_: SetOption = None) -> None:
    """Validate a scenario file; every error with its line and a suggestion."""
    loaded = load_or_fail(file, tuple(set_ or ()))
    from sim.scenario import Loaded

    if not isinstance(loaded, Loaded):
        listed, steps = loaded.content.scenario, loaded.content.protocol.steps
        print(
            f"{file}: OK. {len(listed.issues)} issues with listed options, "
            f"{listed.packages:,} packages, {len(listed.negotiators)} actors, {steps} rounds."
        )
        return
    scenario = loaded.scenario
    judged = sum(
        position.judgement is not None
        for actor in scenario.actors.values()
        for position in actor.positions.values()
    )
    positions = sum(len(actor.positions) for actor in scenario.actors.values())
    print(
        f"{file}: OK. {len(scenario.issues)} issues, {len(scenario.actors)} actors, "
        f"{positions} positions ({judged} with a judgement), {len(scenario.stages)} stage(s), "
        f"{scenario.rounds} rounds of {scenario.war.round_days} days."
    )


@app.command()
def backtest(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="Folder with positions.csv and outcomes.csv.")
    ],
    min_actors: Annotated[int, typer.Option(min=1, help="Leave out smaller issues.")] = 3,
    seed: Annotated[int, typer.Option(min=0, help="Seed of all random draws.")] = 1,
    bootstrap: Annotated[int, typer.Option(min=100, help="Draws for the intervals.")] = 10_000,
    out: Annotated[
        Path | None, typer.Option(help="Folder for the results.", show_default="out/backtest-DIR")
    ] = None,
    json_: Annotated[
        bool, typer.Option("--json", help="Print the scores as one JSON object and no words.")
    ] = False,
) -> None:
    """Test models of group decisions against real outcomes."""
    from sim.studies.backtest.evaluate import backtest as evaluate
    from sim.studies.backtest.folder import FolderError, load_folder

    try:
        loaded = load_folder(folder, min_actors)
    except FolderError as error:
        fail(str(error))

    from sim.commands.backtest import json_text, tell, write

    result = evaluate(loaded, seed, bootstrap)
    target = out or Path("out") / f"backtest-{loaded.name}"
    try:
        content = write(result, folder, target)
    except OSError as error:
        cannot_write(error, target)
    if json_:
        sys.stdout.write(json_text(content))
    else:
        tell(result, target)


@app.command()
def solve(
    file: ScenarioArgument,
    out: Annotated[Path, typer.Option(help="Folder for the results.")] = Path("out"),
    run_: Annotated[
        Path | None,
        typer.Option(
            "--run",
            metavar="RESULT.NC",
            help="Saved run whose deals are drawn, too; default: that in the scenario's folder.",
        ),
    ] = None,
    set_: SetOption = None,
    format_: Annotated[
        str, typer.Option("--format", metavar="png|svg|pdf", help="Format of the chart.")
    ] = "png",
    plots: Annotated[bool, typer.Option("--plots/--no-plots", help="Draw the chart.")] = True,
    json_: Annotated[
        bool, typer.Option("--json", help="Print the solution as one JSON object and no words.")
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="Print nothing but errors.")] = False,
) -> None:
    """Pareto frontier, Nash, Kalai–Smorodinsky and other points; is there anything to agree on?"""
    known_format(format_)
    overrides = tuple(set_ or ())
    loaded = load_or_fail(file, overrides)

    from sim.commands.solve import solve_job

    try:
        solved = solve_job(loaded, overrides, out, run_, format_ if plots else None)
    except ValueError as error:
        fail(str(error))
    except OSError as error:
        cannot_write(error, out)
    if json_:
        from sim.studies.solve.summary import text

        sys.stdout.write(text(solved.content))
    elif not quiet:
        from sim.commands.terminal.solve import tell

        tell(solved.subject, solved.deals, overrides, solved.folder, solved.written)


@app.command()
def export(
    file: ScenarioArgument,
    to: Annotated[str, typer.Option(metavar="negmas", help="Format to write.")],
    out: Annotated[Path, typer.Option(help="Folder for the files.")],
    points: Annotated[
        int | None,
        typer.Option(min=2, max=1000, help="Cut continuous issues into so many points."),
    ] = None,
    set_: SetOption = None,
) -> None:
    """Write a scenario whose options are listed as GENIUS XML, which NegMAS reads."""
    if to not in ("negmas", "genius"):
        fail(f"--to {to}: choose negmas")
    loaded = load_or_fail(file, tuple(set_ or ()))
    from sim.importing.to_genius import write_genius
    from sim.scenario import Loaded

    notes: list[str] = []
    if isinstance(loaded, Loaded):
        from sim.importing.to_listed import listed_form

        try:
            content, notes = listed_form(loaded.scenario, points)
        except ValueError as error:
            fail(f"{file}: {error}")
    else:
        content = loaded.content
        if points is not None:
            notes.append(f"--points {points} is not used: the options are listed.")
    try:
        written = write_genius(content, out)
    except OSError as error:
        cannot_write(error, out)
    for note in notes:
        print(note, file=sys.stderr)
    print(f"Written to {out}: {', '.join(written)}")


@app.command()
def schema(
    kind: Annotated[
        str,
        typer.Option(
            metavar="scales|listed",
            help="Scenarios with scales and a war, or with listed options and values.",
        ),
    ] = "scales",
) -> None:
    """Print the JSON Schema of a scenario format, for editors."""
    import json

    from sim.scenario.json_schema import listed_schema, scenario_schema

    schemas = {"scales": scenario_schema, "listed": listed_schema}
    if kind not in schemas:
        fail(f"--kind {kind}: choose from {', '.join(schemas)}")
    print(json.dumps(schemas[kind](), indent=2, ensure_ascii=False))


@app.command("import")
def import_(
    path: Annotated[
        Path,
        typer.Argument(
            metavar="PATH",
            help="CSV of scored articles, positions, KTAB or DECIDE; a folder of GENIUS, GeniusWeb "
            "or NegMAS files; a zip of these.",
        ),
    ],
    out: Annotated[
        Path | None,
        typer.Option(help="Scenario to write; absent: named after PATH, here."),
    ] = None,
    threshold: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=NUMBER", help="Mean score from which NAME accepts a draft."),
    ] = None,
    preset: Annotated[
        list[str] | None,
        typer.Option(metavar='"NAME=1 2 5"', help="A named draft to weigh; may be repeated."),
    ] = None,
    protocol: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="How a group decides: compromise, median, exchange or challenge.",
            show_default="compromise",
        ),
    ] = None,
    profiles: Annotated[
        str | None,
        typer.Option(metavar="NAME,NAME", help="Which of several profiles of a domain negotiate."),
    ] = None,
    title: Annotated[str | None, typer.Option(help="Title of the scenario.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace a file that exists.")] = False,
    survey: Annotated[
        bool,
        typer.Option(
            "--survey", help="Write nothing; say how much of what lies below PATH is read."
        ),
    ] = False,
) -> None:
    """Make a scenario of other people's coding, whose format is recognised by its header."""
    from sim.commands.importing import import_file, named_values
    from sim.commands.terminal.importing import tell, tell_survey
    from sim.importing import Wishes
    from sim.scenario import ScenarioError

    if survey:
        tell_survey(path)
        return
    try:
        wishes = Wishes(
            title,
            named_values("--threshold", threshold or []),
            named_values("--preset", preset or []),
            protocol,
            profiles,
        )
        done = import_file(path, out, wishes, force)
    except ScenarioError as error:
        fail(str(error))
    except OSError as error:
        fail(f"{error.filename or out}: cannot be written: {error.strerror}")
    tell(done)


def play_listed(
    loaded: LoadedDiscrete,
    overrides: tuple[str, ...],
    out: Path,
    chart_format: str | None,
    as_json: bool,
    quiet: bool,
) -> None:
    """Run a scenario with listed options: one session."""
    from sim.commands.session import run_session

    try:
        session, folder, written = run_session(loaded, overrides, out, chart_format)
    except OSError as error:
        cannot_write(error, out)
    if as_json:
        from sim.studies.solve.summary import text

        sys.stdout.write(text(session.summary))
    elif not quiet:
        from sim.commands.terminal.session import tell

        tell(session, overrides, folder, written)


def load_or_fail(file: str, overrides: Sequence[str]) -> Loaded | LoadedDiscrete:
    """The scenario, or its errors on standard error and exit code 2."""
    from sim.scenario import ScenarioError, load_any

    try:
        return load_any(file, overrides)
    except ScenarioError as error:
        fail(str(error))


def known_format(name: str) -> None:
    """A format of charts that there is, or an error and exit code 2."""
    if name not in FORMATS:
        fail(f"--format {name}: choose from {', '.join(FORMATS)}")


def cannot_write(error: OSError, folder: Path) -> NoReturn:
    """What could not be written (the folder, where the system names no file), and exit code 2."""
    where = error.filename2 or error.filename or folder
    fail(f"{where}: cannot be written: {error.strerror} (choose a folder with --out).")


def fail(message: str) -> NoReturn:
    """One clear error and exit code 2."""
    print(message, file=sys.stderr)
    raise SystemExit(2)


def main(arguments: Sequence[str] | None = None) -> None:
    """Entry point; inserts ``run`` where the first word is not a command."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    commands = {c.name or c.callback.__name__ for c in app.registered_commands if c.callback}
    if words and words[0] not in commands | {"--help", "-h"}:
        words.insert(0, "run")
    try:
        app(args=words, prog_name="python -m sim")
    except KeyboardInterrupt:
        print("\nStopped.", file=sys.stderr)
        raise SystemExit(130) from None
