"""``python -m sim schema``."""

from __future__ import annotations

from typing import Annotated

import typer

from sim.commands.errors import fail


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
