"""What the run of a session says on the terminal."""

from __future__ import annotations

from rich.table import Table
from rich.text import Text

from sim.commands.terminal.paper import Paper, plain_table
from sim.commands.work import Work
from sim.studies.solve.session import Session, answer, distance_words
from sim.studies.solve.summary import TITLES, all_points, statement, utility_text

STRATEGIES = {"micro": "MiCRO", "zeuthen": "Zeuthen"}


def tell(session: Session, overrides: tuple[str, ...], work: Work) -> None:
    """Print the outcome beside what theory says."""
    paper = Paper()
    content, subject = session.content, session.subject
    paper.bold(content.title)
    paper.print(
        f"{len(content.actors)} actors, {len(content.issues)} issues, "
        f"{subject.analysis.packages:,} packages, up to {content.protocol.steps} rounds of stacked "
        "alternating offers; one session, as nothing is uncertain"
    )
    paper.changed(overrides)
    paper.print()
    if content.question:
        paper.bold(content.question)
    paper.print(answer(session))
    if session.agreed:
        paper.print(distance_words(session))
    paper.print(f"{statement(subject)}\n")
    paper.print(_utilities(session))
    paper.end("\nA model's consequences, given the assumptions.", work)


def _utilities(session: Session) -> Table:
    """Utilities of the agreement and of the named points, and their terms."""
    subject = session.subject
    scale = "Utility (0 to 100)" if subject.unit > 1 else "Utility"
    table = plain_table(scale, *subject.labels)

    def number(value: float) -> str:
        return utility_text(value, subject.unit)

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
