"""Options that several commands have, under one name with one meaning each."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Scenario = Annotated[
    str, typer.Argument(metavar="FILE", help="Scenario file, or the name of one in scenarios/.")
]
Scenarios = Annotated[
    list[str],
    typer.Argument(metavar="FILE...", help="Scenario files, or names of some in scenarios/."),
]
Worlds = Annotated[int, typer.Option(min=1, help="Worlds of every ensemble.")]
Seed = Annotated[int, typer.Option(min=0, help="Seed of all random draws.")]
Out = Annotated[Path, typer.Option(help="Folder for the results.")]
Kept = Annotated[
    Path, typer.Option("--out", help="Folder for the results; worlds run before are taken from it.")
]
Set = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY=VALUE", help="Change one assumption; may be repeated."),
]
Calibration = Annotated[
    str | None,
    typer.Option(
        metavar="none|FILE",
        help="Engine parameters: a table that `calibrate` has written, or none, as coded.",
        show_default="what past talks allow",
    ),
]


def overrides(set_: list[str] | None, calibration: str | None) -> tuple[str, ...]:
    """What ``--set`` and ``--calibration`` change."""
    given = [] if calibration is None else [f"engine.calibration={calibration}"]
    return (*(set_ or ()), *given)


Format = Annotated[
    str, typer.Option("--format", metavar="png|svg|pdf", help="Format of the charts.")
]
Plots = Annotated[bool, typer.Option("--plots/--no-plots", help="Draw the charts.")]
Report = Annotated[
    bool, typer.Option("--report", help="Write report.html: everything on one page.")
]
Json = Annotated[
    bool, typer.Option("--json", help="Print the results as one JSON object and no words.")
]
Quiet = Annotated[bool, typer.Option("--quiet", help="Print nothing but errors.")]
Full = Annotated[bool, typer.Option("--full", help="Print everything, not one screen.")]
Workers = Annotated[
    int | None, typer.Option(min=1, help="Processes to run worlds in.", show_default="one per core")
]
Cluster = Annotated[
    str | None,
    typer.Option(
        metavar="local|tcp://HOST:PORT", help="Run worlds on a Dask cluster (extra: cluster)."
    ),
]
Overwrite = Annotated[
    bool,
    typer.Option("--overwrite", help="Begin anew where worlds or cells of another run are stored."),
]
