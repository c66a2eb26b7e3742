"""What ``python -m sim import`` prints; for articles also best drafts and what averaging hides."""

from __future__ import annotations

from pathlib import Path

from rich.padding import Padding
from rich.text import Text

from sim.commands.importing import ImportedFile
from sim.commands.terminal.paper import Paper, plain_table
from sim.prose import counted, percent
from sim.results.articles import ArticlesSummary, Draft, articles_summary
from sim.scenario import Loaded
from sim.scenario.schema import Scenario

NOTE = "By the table's own rule (means and thresholds); no statement about what would be accepted."


def tell(done: ImportedFile) -> None:
    """Print the import of a file to standard output."""
    paper, loaded = Paper(), done.loaded
    content = loaded.scenario if isinstance(loaded, Loaded) else loaded.content
    paper.bold(f"{content.title}: {done.path} written")
    issues = len(content.issues)
    counts = f"{counted(issues, 'issue')}, {len(content.actors)} actors"
    if isinstance(content, Scenario) and content.conflicts:
        counts += f", {len(content.conflicts)} pairs that exclude each other"
    paper.print(f"{counts}.")
    for note in done.notes:
        paper.print(note)
    summary = articles_summary(content) if isinstance(content, Scenario) else None
    if isinstance(content, Scenario) and summary is not None:
        _articles(paper, content, summary)
    paper.bold("\nRun it")
    paper.print(f"  python -m sim {done.path}")


def tell_survey(folder: Path) -> None:
    """Print how many of the domains and tables below a folder can be read, by kind and reason."""
    from sim.importing.survey import survey

    found = survey(folder)
    total = sum(found.seen.values())
    paper = Paper()
    title = f"{folder}: {sum(found.read.values())} of {total} can be read"
    paper.print(Text(title, style="bold"), soft_wrap=True)
    lines = [f"  {kind}: {found.read[kind]} of {n}" for kind, n in sorted(found.seen.items())]
    reasons = found.reasons.most_common()
    lines += [f"{count} × {reason}\n    {found.examples[reason]}" for reason, count in reasons]
    for line in lines:
        paper.print(line, soft_wrap=True)


def _articles(paper: Paper, scenario: Scenario, summary: ArticlesSummary) -> None:
    from sim.report.articles import articles_words, hidden_table, thresholds_table  # slow to import

    number = {issue: issue.removeprefix("article_") for issue in summary.titles}
    short = {a: scenario.actors[a].short for a in summary.thresholds}
    paper.section("What averaging hides", articles_words(scenario, summary))
    if summary.not_counted:
        return
    paper.table(thresholds_table(scenario, summary))
    if hidden := hidden_table(scenario, summary):
        paper.table(hidden)
    _titles(paper, summary, number)
    _drafts(paper, summary, short, number)
    paper.print(Text(f"\n{NOTE}", style="dim"))


def _titles(paper: Paper, summary: ArticlesSummary, number: dict[str, str]) -> None:
    table = plain_table("")
    for column in ("Article", "In passing drafts"):
        table.add_column(column)
    for issue, title in summary.titles.items():
        table.add_row(number[issue], title, percent(summary.contains.get(issue)))
    paper.print(Padding(table, (1, 0, 0, 0)))


def _drafts(
    paper: Paper, summary: ArticlesSummary, short: dict[str, str], number: dict[str, str]
) -> None:
    """Named drafts against the thresholds, then the best of each size."""
    table = plain_table("Draft", *short.values())
    table.add_column("Articles")
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
        paper.bold("\nMean satisfaction of drafts")
        paper.indented("Best: the largest product of (score − threshold), Nash's.")
        paper.indented(table)
