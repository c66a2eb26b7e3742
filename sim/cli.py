"""The command line, assembled. A bare ``FILE.yaml`` means ``run FILE.yaml``."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Sequence
from difflib import get_close_matches
from pathlib import Path

import typer

from sim.commands.advise import advise, mediation
from sim.commands.backtest import backtest
from sim.commands.calibrate import calibrate, score
from sim.commands.compare import compare
from sim.commands.errors import fail, no_output
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
    no_args_is_help=True,
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
for _name, _command in COMMANDS.items():
    app.command(_name)(_command)


def main(arguments: Sequence[str] | None = None) -> None:
    """Entry point; inserts ``run`` where the first word is not a command."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    if words and words[0] not in COMMANDS.keys() | {"--help", "-h"}:
        _no_mistyped_command(words[0])
        words.insert(0, "run")
    _any_character("--json" in words or words[:1] == ["schema"])
    try:
        try:
            app(args=words, prog_name="python -m sim")
        finally:
            sys.stdout.flush()
    except SaidError as error:
        fail(str(error))
    except KeyboardInterrupt:
        print("\nStopped.", file=sys.stderr)
        raise SystemExit(130) from None
    except OSError as error:
        no_output(error)


def _no_mistyped_command(word: str) -> None:
    """End with a question where a word is nearly a command, and no scenario's name."""
    near = get_close_matches(word, COMMANDS, 1, 0.7)
    if near and not Path(word).exists():
        from sim.scenario import ScenarioError, find_scenario

        try:
            find_scenario(word)
        except ScenarioError:
            fail(f"{word}: there is no such command (did you mean '{near[0]}'?)")


def _any_character(as_json: bool) -> None:
    """Print what an encoding such as Latin-1 has not as an escape; JSON is UTF-8 anywhere."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    if as_json and isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8")
