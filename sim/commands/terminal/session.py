"""What the run of a session says on the terminal."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from sim.studies.solve.session import Session, answer, distance_words
from sim.studies.solve.summary import TITLES, all_points, statement, utility_text

STRATEGIES = {"micro": "MiCRO", "zeuthen": "Zeuthen"}


def tell(session: Session, overrides: tuple[str, ...], folder: Path, written: list[str]) -> None:
    """Print the outcome beside what theory says."""
    console = Console(highlight=False, markup=False, soft_wrap=False)
    content, subject = session.content, session.subject
    console.print(Text(content.title, style="bold"))
    console.print(
        f"{len(content.actors)} actors, {len(content.issues)} issues, "
        f"{subject.analysis.packages:,} packages, up to {content.protocol.steps} rounds of stacked "
        "alternating offers; one session, as nothing is uncertain"
    )
    for change in overrides:
        console.print(Text(f"Changed: {change}", style="bold"))
    console.print()
    if content.question:
        console.print(Text(content.question, style="bold"))
    console.print(answer(session))
    if session.agreed:
        console.print(distance_words(session))
    console.print(f"{statement(subject)}\n")
    console.print(_utilities(session))
    console.print(Text("\nA model's consequences, given the assumptions.", style="italic"))
    console.print(f"Written to {folder}: {', '.join(written)}")


def _utilities(session: Session) -> Table:
    """Utilities of the agreement and of the named points, and their terms."""
    subject = session.subject
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("Utility (0 to 100)" if subject.unit > 1 else "Utility")

    def number(value: float) -> str:
        return utility_text(value, subject.unit)

    for label in subject.labels:
        table.add_column(label, justify="right")
    table.add_column("Terms")
    base = subject.analysis.reservation
    if session.agreed:
        terms = ", ".join(map(str, session.summary["agreement"].values()))
        table.add_row(
            Text("Agreement", style="bold"), *map(number, session.result.utilities[0]), terms
        )
    if session.discounted:
        table.add_row("  when it is reached", *map(number, session.discounted), "")
    for name, found in all_points(subject).items():
        for point in found:
            words = (subject.words(n, float(o)) for n, o in enumerate(point.package))
            table.add_row(TITLES[name], *map(number, point.gain + base), ", ".join(words))
    table.add_row(Text("No agreement", style="dim"), *map(number, base), "")
    strategies = [STRATEGIES.get(str(s), str(s)) for s in session.content.strategies]
    table.add_row(Text("Strategy", style="dim"), *strategies, "")
    return table
