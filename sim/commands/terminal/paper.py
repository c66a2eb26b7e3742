"""Standard output as all commands use it: headings, indented lines, plain tables, the end."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from sim.commands.work import Work

if TYPE_CHECKING:
    from sim.report.tables import Table as ReportTable

CONSEQUENCES = "A model's consequences, given the assumptions; not a forecast."


class Paper(Console):
    """A console that takes words as they are and breaks lines at its edge."""

    def __init__(self) -> None:
        super().__init__(highlight=False, markup=False, soft_wrap=False)

    def bold(self, text: str) -> None:
        """A heading, or what is to be seen first."""
        self.print(Text(text, style="bold"))

    def lines(self, lines: Iterable[tuple[str, bool]]) -> None:
        """Lines as they are, each with whether it is a heading."""
        for line, heading in lines:
            self.print(Text(line, style="bold" if heading else ""), soft_wrap=True)

    def indented(self, *lines: str | Table, style: str | None = None, by: int = 2) -> None:
        """Lines or tables a little to the right."""
        for line in lines:
            self.print(Padding(line, (0, 0, 0, by)), style=style)

    def section(self, title: str, lines: Iterable[str]) -> None:
        """Lines under a heading of their own."""
        self.bold(f"\n{title}")
        self.indented(*lines)

    def table(self, table: ReportTable, first: Sequence[str] = ()) -> None:
        """A table as reports have it, each cell's smaller lines below its text.

        With other words in the ``first`` column, where there are any.
        """
        self.bold(f"\n{table.caption}")
        rows = [
            [
                "\n".join([c] if isinstance(c, str) else filter(None, [c.text, *c.lines]))
                for c in row
            ]
            for row in table.rows
        ]
        if first:
            rows = [[name, *row[1:]] for name, row in zip(first, rows, strict=True)]
        out = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0))
        for title in table.head:
            out.add_column(title, overflow="fold")
        out.columns[0].no_wrap = bool(first)
        for row in rows:
            out.add_row(*row)
        self.print(out)

    def changed(self, overrides: Iterable[str]) -> None:
        """What was changed on the command line."""
        for change in overrides:
            self.bold(f"Changed: {change}")

    def end(self, note: str, work: Work) -> None:
        """What the numbers are, and where the files."""
        self.print(Text(note, style="italic"))
        self.print(f"Written to {work.folder}: {', '.join(work.written)}")


def plain_table(first: str, *others: str, gap: int = 2, header: bool = True) -> Table:
    """A table without lines; numbers in all columns but the first."""
    table = Table(box=None, pad_edge=False, padding=(0, gap, 0, 0), show_header=header)
    table.add_column(first)
    for column in others:
        table.add_column(column, justify="right")
    return table
