"""What ``python -m sim import`` prints; for articles also best drafts and what averaging hides."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from sim.commands.importing import ImportedFile
from sim.prose import counted, percent
from sim.results.articles import ArticlesSummary, Draft, articles_summary
from sim.scenario import Loaded
from sim.scenario.schema import Scenario

NOTE = "By the table's own rule (means and thresholds); no statement about what would be accepted."


def tell(done: ImportedFile) -> None:
    """Print the import of a file to standard output."""
    console = Console(highlight=False)
    loaded = done.loaded
    content = loaded.scenario if isinstance(loaded, Loaded) else loaded.content
    console.print(Text(f"{content.title}: {done.path} written", style="bold"))
    issues = len(content.issues)
    counts = f"{counted(issues, 'issue')}, {len(content.actors)} actors"
    if isinstance(content, Scenario) and content.conflicts:
        counts += f", {len(content.conflicts)} pairs that exclude each other"
    console.print(f"{counts}.")
    for note in done.notes:
        console.print(Text(note))
    summary = articles_summary(content) if isinstance(content, Scenario) else None
    if isinstance(content, Scenario) and summary is not None:
        _articles(console, content, summary)
    console.print(Text("\nRun it", style="bold"))
    console.print(Text(f"  python -m sim {done.path}"))


def tell_survey(folder: Path) -> None:
    """Print how many of the domains and tables below a folder can be read, by kind and reason."""
    from sim.importing.survey import survey

    console = Console(highlight=False, soft_wrap=True)
    found = survey(folder)
    total = sum(found.seen.values())
    console.print(
        Text(f"{folder}: {sum(found.read.values())} of {total} can be read", style="bold")
    )
    for kind, count in sorted(found.seen.items()):
        console.print(Text(f"  {kind}: {found.read[kind]} of {count}"))
    for reason, count in found.reasons.most_common():
        console.print(Text(f"{count} × {reason}\n    {found.examples[reason]}"))


def _articles(console: Console, scenario: Scenario, summary: ArticlesSummary) -> None:
    number = {issue: issue.removeprefix("article_") for issue in summary.titles}
    short = {a: scenario.actors[a].short for a in summary.thresholds}
    if summary.not_counted:
        console.print(Text(f"\nDrafts are not counted: {summary.not_counted}."))
    else:
        _counts(console, summary, short)
    _titles(console, summary, number)
    _drafts(console, summary, short, number)
    if not summary.not_counted:
        _hides(console, summary, short, number)


def _counts(console: Console, summary: ArticlesSummary, short: dict[str, str]) -> None:
    console.print(Text("\nAll drafts of one article or more", style="bold"))
    _say(
        console,
        f"{summary.drafts:,} drafts without a conflict; {summary.passing:,} "
        f"({percent(summary.passing_share)}) reach every threshold.",
    )
    turned = ", ".join(
        f"{short[a]} {n:,} ({summary.alone[a]:,})" for a, n in summary.turned_down.items()
    )
    _say(console, f"Drafts under a threshold (in brackets: under no other's): {turned}.")


def _titles(console: Console, summary: ArticlesSummary, number: dict[str, str]) -> None:
    table = _table("", "Article", "In passing drafts")
    for issue, title in summary.titles.items():
        table.add_row(number[issue], title, percent(summary.contains.get(issue)))
    console.print(Padding(table, (1, 0, 0, 0)))


def _drafts(
    console: Console, summary: ArticlesSummary, short: dict[str, str], number: dict[str, str]
) -> None:
    """Named drafts against the thresholds, then the best of each size."""
    table = _table("Draft", *short.values(), "Articles", numbers=len(short))
    thresholds = [f"{t:g}" for t in summary.thresholds.values()]
    table.add_row("Threshold", *thresholds, "", style="dim")

    def row(name: str, draft: Draft) -> None:
        scores = (
            Text(f"{score:.2f}", style="" if score >= summary.thresholds[a] - 1e-9 else "red")
            for a, score in draft.scores.items()
        )
        table.add_row(name, *scores, " ".join(number[i] for i in draft.articles))

    for name, preset in summary.presets.items():
        below = ", ".join(short[a] for a in preset.below)
        row(
            f"{name} ({'passes' if preset.passes else f'under the threshold of {below}'})",
            preset,
        )
    for best in summary.best_by_size:
        for place, draft in enumerate(best.drafts):
            name = f"Best of size {best.size}" if place == 0 else "  as good"
            row(name, draft)
        if best.tied > len(best.drafts):
            table.add_row(f"  and {best.tied - len(best.drafts)} more as good")
    if summary.presets or summary.best_by_size:
        console.print(Text("\nMean satisfaction of drafts", style="bold"))
        _say(console, "Best: the largest product of (score − threshold), Nash's.")
        console.print(Padding(table, (0, 0, 0, 2)))


def _hides(
    console: Console, summary: ArticlesSummary, short: dict[str, str], number: dict[str, str]
) -> None:
    console.print(Text("\nWhat averaging hides", style="bold"))
    _say(
        console,
        f"Articles scored {summary.red_line:g} or less and under the threshold, and the share "
        "of passing drafts that contain them:",
    )
    for actor, articles in summary.hides.items():
        parts = [
            f"{number[i]} ({entry.satisfaction:g}; in {percent(entry.share)})"
            for i, entry in articles.items()
        ]
        _say(console, f"{short[actor]}: {', '.join(parts) or 'none'}", 4)
    veto = summary.veto
    assert veto is not None
    by = ", ".join(f"{short[a]} {n:,}" for a, n in veto.by.items())
    _say(
        console,
        f"If nobody had to take such an article, {veto.passing:,} of the {summary.passing:,} "
        f"would pass ({percent(veto.share)}); if one alone had such a veto: {by}.",
    )
    console.print(Text(f"\n{NOTE}", style="dim"))


def _say(console: Console, text: str, indent: int = 2) -> None:
    console.print(Padding(Text(text), (0, 0, 0, indent)))


def _table(*columns: str, numbers: int = 0) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for place, column in enumerate(columns):
        table.add_column(column, justify="right" if 0 < place <= numbers else "left")
    return table
