"""A backtest in words: what was tested, and which predictor came nearest."""

from __future__ import annotations

from sim.studies.backtest.evaluate import YARDSTICK, Backtest


def subject(result: Backtest) -> str:
    """``deu: 222 decided issues in 81 dossiers``."""
    folder = result.folder
    issues = len(folder.groups)
    text = f"{folder.name}: {issues:,} decided issue{'' if issues == 1 else 's'}"
    if folder.has_dossiers:
        count = len(set(folder.dossiers))
        text += f" in {count:,} dossier{'' if count == 1 else 's'}"
    return text


def units(result: Backtest) -> str:
    """What is drawn anew for intervals."""
    return "whole dossiers" if result.folder.has_dossiers else "issues"


def headline(result: Backtest) -> str:
    """Which came nearest, and by how much."""
    best, yardstick = result.scored[0], result.named(YARDSTICK)
    if best is yardstick:
        return f"Nothing came nearer on average than the compromise mean ({best.points.mean:.1f})"
    text = (
        f"Nearest on average: “{best.title}” ({best.points.mean:.1f} points off); "
        f"compromise mean {yardstick.points.mean:.1f}"
    )
    interval = best.against_mean[1] if best.against_mean else None
    if interval is None or interval.low <= 0 <= interval.high:
        text += ", a difference that may be chance"
    return text
