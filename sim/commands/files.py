"""``python -m sim check``, ``new``, ``schema`` and ``export``: scenario files."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from sim.commands import options as opt
from sim.commands.errors import fail, writing


def check(file: opt.Scenario, set_: opt.Set = None) -> None:
    """Validate a scenario: every error with its line and a fix."""
    from sim.scenario import LoadedDiscrete, load_any
    from sim.studies.solve.subject import solve_scenario
    from sim.studies.solve.summary import statement
    from sim.words.checked import contents, standing

    loaded = load_any(file, tuple(set_ or ()))
    print(f"{file}: OK. {contents(loaded)}")
    if isinstance(loaded, LoadedDiscrete):
        return
    solved = solve_scenario(loaded.scenario)
    zone = f"{solved.note} {statement(solved)}"
    for line in [*standing(loaded.scenario), zone, *loaded.notes]:
        print(line)


def new(
    name: Annotated[
        Path, typer.Argument(metavar="NAME", help="File to write; .yaml is added where absent.")
    ],
) -> None:
    """Write a commented scenario that runs, to start your own from."""
    from sim.files import write_text
    from sim.scenario.loading import TEMPLATE, identifier

    path = name if name.suffix in (".yaml", ".yml") else name.with_name(f"{name.name}.yaml")
    if identifier(path.stem) != path.stem:
        fail(f"{path.stem}: a name is small letters, digits and _, such as {identifier(path.stem)}")
    if path.exists():
        fail(f"{path} exists already; choose another name")
    try:
        write_text(path, TEMPLATE.read_text(encoding="utf-8").replace(" FILE", f" {path}"))
    except OSError as error:
        fail(f"{path} cannot be written: {error.strerror}")
    print(f"Written to {path}. Next: python -m sim {path}")


def schema(
    kind: Annotated[
        str,
        typer.Option(
            metavar="scales|listed",
            help="Scenarios with scales and a war, or with listed options and values.",
        ),
    ] = "scales",
    reference: Annotated[
        bool, typer.Option("--reference", help="Every key as a page in Markdown, for readers.")
    ] = False,
) -> None:
    """Print the JSON Schema of a scenario format, for editors."""
    import json

    from sim.scenario.json_schema import listed_schema, scenario_schema

    schemas = {"scales": scenario_schema, "listed": listed_schema}
    if kind not in schemas:
        fail(f"--kind {kind}: choose from {', '.join(schemas)}")
    if reference:
        if kind != "scales":
            fail("--reference is of --kind scales; docs/discrete-scenarios.md explains the other")
        from sim.scenario.reference import reference as page

        print(page(), end="")
        return
    print(json.dumps(schemas[kind](), indent=2, ensure_ascii=False))


def export(
    file: opt.Scenario,
    to: Annotated[str, typer.Option(metavar="negmas", help="Format to write.")],
    out: Annotated[Path, typer.Option(help="Folder for the files.")],
    points: Annotated[
        int | None,
        typer.Option(min=2, max=1000, help="Cut continuous issues into so many points."),
    ] = None,
    set_: opt.Set = None,
) -> None:
    """Write a scenario as GENIUS XML, which NegMAS reads."""
    if to not in ("negmas", "genius"):
        fail(f"--to {to}: choose negmas")
    from sim.importing.to_genius import write_genius
    from sim.scenario import Loaded, load_any

    loaded = load_any(file, tuple(set_ or ()))
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
    with writing(out):
        written = write_genius(content, out)
    for note in notes:
        print(note, file=sys.stderr)
    print(f"Written to {out}: {', '.join(written)}")
