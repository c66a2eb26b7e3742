"""Options that several commands have."""

from __future__ import annotations

from typing import Annotated

import typer

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
    bool,
    typer.Option("--overwrite", help="Begin anew where worlds or cells of another run are stored."),
]
