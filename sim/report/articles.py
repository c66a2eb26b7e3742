"""What averaging hides: the drafts of articles that pass every threshold, and what they contain."""

from __future__ import annotations

from sim.prose import counted, listing, percent
from sim.report.tables import Cell, Rows, Table, filled
from sim.results.articles import ArticlesSummary
from sim.scenario.schema import Scenario


def articles_words(scenario: Scenario, found: ArticlesSummary) -> list[str]:
    """How many drafts pass, who decides, and how many are left with red lines."""
    if found.not_counted:
        return [f"The drafts were not counted: {found.not_counted}."]
    words = [
        f"Of {found.drafts:,} drafts that can be made of "
        f"{counted(len(found.titles), 'article')}, "
        f"{found.passing:,} ({percent(found.passing_share)}) reach every side’s threshold: a "
        "side’s score of a draft is the mean of its scores of the articles."
    ]
    alone = [f"{_name(scenario, a)} ({n:,})" for a, n in found.alone.items() if n]
    if alone:
        words.append(f"Turned down by one side while every other accepts: {listing(alone)}.")
    veto = found.veto
    if veto is not None:
        words.append(
            f"If an article that a side scores {found.red_line:g} or less (and under its "
            f"threshold) counted as a red line, {veto.passing:,} of them would be left "
            f"({percent(veto.share)} of those that pass)."
        )
    return words


def thresholds_table(scenario: Scenario, found: ArticlesSummary) -> Table:
    """What each side asks for, and how many drafts hang on it."""
    veto = found.veto.by if found.veto else {}
    rows: Rows = [
        [
            _name(scenario, actor),
            f"{threshold:g}",
            _count(found.turned_down.get(actor)),
            _count(found.alone.get(actor)),
            _count(veto.get(actor)),
        ]
        for actor, threshold in found.thresholds.items()
    ]
    low, high = found.scale
    head = [
        "Side",
        f"Threshold ({low:g} to {high:g})",
        "Drafts that it turns down",
        "While all others accept",
        "Passing drafts that spare its red lines",
    ]
    return Table("What each side asks for, and how many drafts hang on it", head, rows)


def presets_table(scenario: Scenario, found: ArticlesSummary) -> Table | None:
    """Ready-made packages: what they contain, how they score and whose red lines they cross."""
    rows: Rows = []
    for name, preset in found.presets.items():
        below = [_name(scenario, a) for a in preset.below]
        verdict = "passes" if preset.passes else f"fails: below the threshold of {listing(below)}"
        crosses = [
            f"{_name(scenario, a)}: {listing([found.titles[i] for i in over])}"
            for a, over in preset.crosses.items()
        ]
        rows.append(
            [
                Cell(name.replace("_", " "), (counted(len(preset.articles), "article"),)),
                Cell("", [found.titles[i] for i in preset.articles]),
                Cell("", _scores(scenario, preset.scores)),
                verdict,
                Cell("", crosses or ["nobody’s"]),
            ]
        )
    head = ["Package", "Articles", "Mean score", "Averages", "Red lines crossed inside it"]
    return filled("Ready-made packages", head, rows)


def sizes_table(scenario: Scenario, found: ArticlesSummary) -> Table | None:
    """The best draft of each size by the product of the sides' surpluses over their thresholds."""
    rows: Rows = []
    for entry in found.best_by_size:
        first = entry.drafts[0]
        more = f"{entry.tied:,} drafts tie" if entry.tied > 1 else ""
        rows.append(
            [
                Cell(counted(entry.size, "article"), (more,) if more else ()),
                Cell("", [found.titles[i] for i in first.articles]),
                Cell("", _scores(scenario, first.scores)),
                f"{entry.product:.3g}",
            ]
        )
    head = ["Size", "Articles", "Mean score", "Nash product"]
    return filled("The best draft of each size", head, rows)


def hidden_table(scenario: Scenario, found: ArticlesSummary) -> Table | None:
    """Articles across a side's red line that stand in drafts whose average it accepts."""
    rows: Rows = []
    for actor, entries in found.hides.items():
        for article, entry in entries.items():
            rows.append(
                [
                    Cell(_name(scenario, actor)),
                    found.titles[article],
                    f"{entry.satisfaction:g}",
                    f"{entry.drafts:,} ({percent(entry.share)})",
                ]
            )
    head = ["Side", "Article across its red line", "Its score", "In so many passing drafts"]
    return filled("Red lines crossed in drafts whose average is accepted", head, rows)


def _scores(scenario: Scenario, scores: dict[str, float]) -> list[str]:
    return [f"{_name(scenario, a)} {s:.2f}" for a, s in scores.items()]


def _name(scenario: Scenario, key: str) -> str:
    actor = scenario.actors.get(key)
    return actor.short if actor else key


def _count(value: int | None) -> str:
    return "—" if value is None else f"{value:,}"
