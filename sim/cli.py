"""The command line, assembled. A bare ``FILE.yaml`` means ``run FILE.yaml``."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated

import typer

from sim import __version__
from sim.commands.advise import advise, mediation
from sim.commands.backtest import backtest
from sim.commands.calibrate import calibrate, score
from sim.commands.compare import compare
from sim.commands.errors import UsageError, fail, no_output, usage_words
from sim.commands.explain import explain
from sim.commands.files import check, export, new, schema
from sim.commands.import_ import import_
from sim.commands.page import live, page
from sim.commands.record import record
from sim.commands.run import run
from sim.commands.solve import solve
from sim.commands.sweep import heatmap, sweep
from sim.prose import SaidError

app = typer.Typer(
    name="sim",
    help="Peace-negotiation scenarios: run one, see who moves, why, and how it could end.\n\n"
    "python -m sim scenarios/kellogg.yaml",
    add_completion=False,
    context_settings={"help_option_names": ["--help", "-h"]},
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
COMMANDS: dict[str, Callable[..., None]] = {
    "run": run,
    "explain": explain,
    "compare": compare,
    "sweep": sweep,
    "page": page,
    "live": live,
    "heatmap": heatmap,
    "check": check,
    "backtest": backtest,
    "calibrate": calibrate,
    "score": score,
    "record": record,
    "solve": solve,
    "new": new,
    "advise": advise,
    "mediation": mediation,
    "export": export,
    "schema": schema,
    "import": import_,
}


def _say_version(asked: bool) -> None:
    if asked:
        print(__version__)
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool,
        typer.Option("--version", help="Print the version.", callback=_say_version, is_eager=True),
    ] = False,
) -> None:
    pass


for _name, _command in COMMANDS.items():
    app.command(_name)(_command)


def main(arguments: Sequence[str] | None = None) -> None:
    """Entry point; inserts ``run`` where the first word is not a command."""
    words = list(sys.argv[1:] if arguments is None else arguments) or ["--help"]
    if words[0] not in COMMANDS.keys() | {"--help", "-h", "--version"}:
        _no_mistyped_command(*words)
        words.insert(0, "run")
    _any_character("--json" in words or words[:1] == ["schema"])
    try:
        try:
            code = app(args=words, prog_name="python -m sim", standalone_mode=False)
        finally:
            sys.stdout.flush()
        if code:
            raise SystemExit(code)
    except UsageError as error:
        fail(usage_words(error, words))
    except SaidError as error:
        fail(str(error))
    except KeyboardInterrupt:
        print("\nStopped.", file=sys.stderr)
        raise SystemExit(130) from None
    except OSError as error:
        no_output(error)


def _no_mistyped_command(word: str, *others: str) -> None:
    """End where a word is no scenario's name and nearly a command, or stands before a name."""
    near = get_close_matches(word, COMMANDS, 1, 0.7)
    named = not any(one.startswith("-") for one in (word, *others[:1]))
    if (near or (others and named)) and not (Path(word).exists() or Path(word).suffix):
        from sim.scenario import ScenarioError, find_scenario

        try:
            find_scenario(word)
        except ScenarioError:
            fix = f"did you mean '{near[0]}'?" if near else "python -m sim --help lists them"
            fail(f"{word}: there is no such command ({fix})")


def _any_character(as_json: bool) -> None:
    """Print what an encoding such as Latin-1 has not as an escape; JSON is UTF-8 anywhere."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    if as_json and isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8")
