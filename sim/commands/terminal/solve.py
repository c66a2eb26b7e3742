"""What ``solve`` says on the terminal, and the run of a session."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rich.table import Table
from rich.text import Text

from sim.arrays import Array
from sim.commands.terminal.paper import CONSEQUENCES, Paper, plain_table
from sim.commands.work import Work
from sim.formulas.solutions.analysis import Point
from sim.studies.explain.words import run_words
from sim.studies.solve.deals import Deals
from sim.studies.solve.session import Session, answer, distance_words
from sim.studies.solve.subject import Subject
from sim.studies.solve.summary import (
    TITLES,
    all_points,
    loosening,
    method,
    points,
    statement,
    trying,
    utility_text,
)

SHORT = {
    "nash": "N",
    "kalai_smorodinsky": "KS",
    "kalai_smorodinsky_least_spread": "LS",
    "egalitarian": "E",
    "utilitarian": "U",
    "relative_welfare": "RW",
    "least_bad": "least bad",
}

RELATIVE = (
    "KS, LS and RW take gains as shares of the largest inside all red lines, others aside: whether "
    "or not the others gain, too."
)
TITLE, TERMS = 18, 20
"""Signs that a column of titles, and one of terms, needs at least."""


def tell(
    subject: Subject, deals: Deals | None, file: str, changes: tuple[str, ...], work: Work
) -> None:
    """Print the finding, the named points, their terms, and how the simulated deals compare."""
    paper = Paper()
    paper.bold(subject.title)
    paper.print(subject.note)
    paper.changed(changes)
    paper.print(f"{method(subject)}\n")
    paper.bold(f"{statement(subject)}\n")
    paper.print(f"Gain over no deal, in points of utility{subject.scale_words}")
    _by_side(paper, "", subject.labels, _gains(subject))
    if _others_lose(subject):
        paper.print(RELATIVE)
    paper.bold("\nTerms, and which points contain them")
    paper.print(_terms(subject))
    if lines := loosening(subject):
        paper.section("Conditional red lines that give way", lines)
    if text := trying(subject):
        paper.print(f"\n{text}")
        paper.print(run_words(file, [*changes, *subject.to_move]), soft_wrap=True)
    if deals is not None:
        words = deals_words(deals) if subject.is_scale else session_words(deals, subject.unit)
        paper.print(f"\n{words}")
    paper.end(f"\n{CONSEQUENCES}", work)


@dataclass(frozen=True)
class Row:
    """What something is worth to each side: its title, a short name, and the terms if told."""

    title: str
    short: str
    numbers: list[str]
    terms: str = ""
    style: str = ""


def _by_side(paper: Paper, head: str, labels: Sequence[str], rows: list[Row]) -> None:
    """A table with a column for each side; where they are too many, with a row for each."""
    with_terms = any(row.terms for row in rows)
    shorts = (
        []
        if with_terms
        else [["", *("" if r.style else r.short.rstrip(" 0123456789") for r in rows)]]
    )
    columns = [*shorts, *zip(labels, *(row.numbers for row in rows), strict=True)]
    needed = TITLE + sum(max(map(len, column)) + 2 for column in columns) + TERMS * with_terms
    if needed <= paper.width:
        table = plain_table(head, *(title for title, *_ in columns))
        if shorts:
            table.columns[1].justify = "left"
        if with_terms:
            table.add_column("Terms")
        for row, *cells in zip(rows, *(cells for _, *cells in columns), strict=True):
            table.add_row(Text(row.title, style=row.style), *cells, *[row.terms] * with_terms)
        paper.print(table)
        return
    table = plain_table(head, *(row.short for row in rows))
    for label, *numbers in zip(labels, *(row.numbers for row in rows), strict=True):
        table.add_row(label, *numbers)
    paper.print(table)
    named = [f"{row.short}: {row.title}" for row in rows if row.short != row.title]
    paper.print(f"{'; '.join(named)}.")
    if with_terms:
        paper.section("Terms", [f"{row.short}: {row.terms}" for row in rows if row.terms])


def _worth(subject: Subject, base: Array | float, terms: bool) -> list[Row]:
    """What every named point is worth over ``base``."""
    rows = []
    for name, found in all_points(subject).items():
        for number, point in enumerate(found, 1):
            tied = len(found) > 1
            words = (subject.words(n, float(o)) for n, o in enumerate(point.package))
            rows.append(
                Row(
                    TITLES[name] + f" ({number} of {len(found)})" * tied,
                    SHORT[name] + f" {number}" * tied,
                    [utility_text(x, subject.unit) for x in point.gain + base],
                    ", ".join(words) if terms else "",
                )
            )
    return rows


def _gains(subject: Subject) -> list[Row]:
    analysis, rows = subject.analysis, _worth(subject, 0.0, terms=False)
    more = [("Utility of no deal", "no deal", analysis.reservation)]
    if analysis.status == "zone":
        more.insert(0, ("Largest possible gain", "most", analysis.largest_gain))
    if _others_lose(subject):
        more.insert(1, ("Largest, others aside", "aside", analysis.most_inside))
    return rows + [
        Row(title, short, [utility_text(x, subject.unit) for x in worth], style="dim")
        for title, short, worth in more
    ]


def _others_lose(subject: Subject) -> bool:
    """Whether some side could gain more, inside all red lines, if the others could lose."""
    analysis = subject.analysis
    more = analysis.most_inside > analysis.largest_gain + 5e-4
    return analysis.status == "zone" and bool(more.any())


def _terms(subject: Subject) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), show_header=False)
    table.add_column(max_width=26)
    table.add_column(max_width=58)
    table.add_column()
    named: list[tuple[str, Point]] = [
        (SHORT[name], point) for name, found in all_points(subject).items() for point in found
    ]
    for number, title in enumerate(subject.issue_titles):
        by_text: dict[str, list[tuple[str, float]]] = {}
        for short, point in named:
            term = float(point.package[number])
            by_text.setdefault(subject.words(number, term), []).append((short, term))
        for row, (text, who) in enumerate(by_text.items()):
            table.add_row(title if row == 0 else "", text, _who(subject, who))
    return table


def _who(subject: Subject, who: list[tuple[str, float]]) -> str:
    """Points by their short names, with where on the scale they lie."""
    if not subject.is_scale:
        return ", ".join(dict.fromkeys(short for short, _ in who))
    at: dict[str, list[str]] = {}
    for short, term in who:
        at.setdefault(f"{term:z.2f}", []).append(short)
    return "; ".join(f"{', '.join(dict.fromkeys(names))} {term}" for term, names in at.items())


def session_words(deals: Deals, unit: float) -> str:
    """How the agreement of the session lies to the frontier, in a sentence."""
    room = float(deals.room[0])
    if room <= 1e-9:
        return "The agreement that the session of this file reaches is Pareto-efficient."
    return (
        "In the agreement that the session of this file reaches every side could still have had "
        f"{points(room, unit)} more at once."
    )


def deals_words(deals: Deals) -> str:
    """How the simulated deals lie to the frontier, in a sentence or two."""
    text = (
        f"Simulated deals ({deals.source}): {len(deals.gain):,} of {deals.worlds:,} worlds settle"
    )
    if len(deals.gain):
        room = float(sorted(deals.room)[len(deals.room) // 2])
        text += (
            f"; in the middle one every side could still have had {points(room)} more at once"
            if room > 5e-4
            else "; the middle one is efficient, as far as the frontier is known"
        )
    text += "."
    if not deals.same_scenario:
        text += " That run's scenario is not this one to the letter."
    return text


STRATEGIES = {"micro": "MiCRO", "zeuthen": "Zeuthen"}


def tell_session(session: Session, overrides: tuple[str, ...], work: Work) -> None:
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
    scale = "Utility (0 to 100)" if subject.unit > 1 else "Utility"
    _by_side(paper, scale, subject.labels, _utilities(session))
    paper.end("\nA model's consequences, given the assumptions.", work)


def _utilities(session: Session) -> list[Row]:
    """Utilities of the agreement and of the named points, and their terms."""
    subject, rows = session.subject, []

    def numbers(worth: Iterable[float]) -> list[str]:
        return [utility_text(x, subject.unit) for x in worth]

    base = subject.analysis.reservation
    if session.agreed:
        terms = ", ".join(map(str, session.summary["agreement"].values()))
        agreed = numbers(session.result.utilities[0])
        rows.append(Row("Agreement", "agreed", agreed, terms, "bold"))
    if session.discounted:
        rows.append(Row("  when it is reached", "then", numbers(session.discounted)))
    strategies = [STRATEGIES.get(str(s), str(s)) for s in session.content.strategies]
    return [
        *rows,
        *_worth(subject, base, terms=True),
        Row("No agreement", "none", numbers(base), style="dim"),
        Row("Strategy", "strategy", strategies, style="dim"),
    ]
