"""What a backtest leaves behind: tables on the terminal, JSON, CSV and a chart."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from rich.table import Table

from sim import __version__
from sim.commands.terminal.paper import Paper, plain_table
from sim.commands.work import Work
from sim.files import csv_text, json_text
from sim.formulas.statistics import Interval
from sim.prose import by_how_much, percent
from sim.studies.backtest.evaluate import COVERAGE, SPREAD_YARDSTICKS, YARDSTICK, Backtest, Scored
from sim.studies.backtest.scores import WITHIN

SOURCES = ("positions.csv", "outcomes.csv", "issues.csv")
NOTE = (
    "Errors are in points of a scale from 0 to 100. Differences are paired, issue by issue; "
    "intervals of 95 % come from drawing {units} anew."
)


def write(result: Backtest, source: Path, work: Work) -> dict[str, Any]:
    """Write all files; returns what ``backtest.json`` holds."""
    from sim.plots.backtest import backtest
    from sim.plots.drawing import painted
    from sim.views.backtest import backtest_view

    content = as_json(result, source)
    work.write("backtest.json", json_text(content))
    work.write("backtest.csv", csv_text(_rows(result), "\r\n"))
    work.write("backtest.png", painted(backtest, backtest_view(result)).save)
    return content


# --- JSON and CSV ----------------------------------------------------------------------------


def as_json(result: Backtest, source: Path) -> dict[str, Any]:
    """The scores as plain data; no clock times, so that repeats are identical."""
    folder = result.folder
    hashes = {
        name: hashlib.sha256((source / name).read_bytes()).hexdigest()
        for name in SOURCES
        if (source / name).exists()
    }
    return {
        "folder": folder.name,
        "issues": len(folder.groups),
        "dossiers": len(set(folder.dossiers)) if folder.has_dossiers else None,
        "seed": result.seed,
        "bootstrap": result.resamples,
        "notes": result.notes,
        "unit": "points of a scale from 0 to 100",
        "predictors": {one.name: _scores(one) for one in result.scored},
        "provenance": {"sim": __version__, "sha256": hashes},
    }


def _scores(one: Scored) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "title": one.title,
        "citation": one.citation,
        "issues": one.issues,
        "mae": _short(one.points.mean),
        "median_absolute_error": _short(one.points.median),
        f"within_{WITHIN:g}": _short(one.points.within),
    }
    if one.name != YARDSTICK:
        entry[f"mae_minus_{YARDSTICK}"] = _difference(one.against_mean)
        entry["p_value"] = None if one.p_value is None else _short(one.p_value)
        entry["difference_shown"] = one.shown
    if one.distributions is not None:
        entry["crps"] = _short(float(np.nanmean(one.crps)))
        entry |= {f"coverage_{s:.0%}"[:-1]: _short(one.coverage[s]) for s in COVERAGE}
        entry |= {f"crps_minus_{n}": _difference(d) for n, d in one.against_spread.items()}
    return entry


def _short(value: float) -> float | None:
    return None if math.isnan(value) else round(value, 6)


def _difference(found: tuple[float, Interval | None] | None) -> dict[str, Any] | None:
    if found is None:
        return None
    mean, interval = found
    return {"mean": _short(mean), "interval": interval and [_short(x) for x in interval]}


def _rows(result: Backtest) -> Iterator[list[Any]]:
    """One row per issue and predictor, tidy."""
    folder = result.folder
    bounds = [f"{end}_{share:.0%}"[:-1] for share in COVERAGE for end in ("low", "high")]
    keys = ["issue", "dossier", "actors", "outcome", "predictor"]
    yield [*keys, "forecast", "error", *bounds, "crps"]
    for n, group in enumerate(folder.groups):
        dossier = folder.dossiers[n] if folder.has_dossiers else ""
        head = [group.issue, dossier, len(group.actors), f"{folder.outcomes[n]:g}"]
        for one in result.scored:
            if not np.isnan(one.errors[n]):
                found = [f"{one.forecasts[n]:.6g}", f"{one.errors[n]:.6g}", *_spread(one, n)]
                yield [*head, one.name, *found]


def _spread(one: Scored, issue: int) -> list[str]:
    """Ends of the central intervals, and the score; empty for a point prediction."""
    found = one.distributions[issue] if one.distributions else None
    if found is None:
        return [""] * (2 * len(COVERAGE) + 1)
    tails = [t for s in COVERAGE for t in ((1 - s) / 2, (1 + s) / 2)]
    return [*(f"{found.quantile(t):.6g}" for t in tails), f"{one.crps[issue]:.6g}"]


# --- terminal --------------------------------------------------------------------------------


def verdict(result: Backtest) -> str:
    """Who is better than the compromise mean beyond what chance would give."""
    compared = [s for s in result.scored if s.p_value is not None and s.against_mean]
    if not compared:
        return "Too few issues to say which predictor is better."
    shown = [(one.name, one.against_mean[0]) for one in compared if one.shown and one.against_mean]
    better = ", ".join(name for name, difference in shown if difference < 0)
    worse = sum(difference > 0 for _, difference in shown)
    return (
        f"Better than the compromise mean: {better or 'none is shown to be'}. Worse: {worse} of "
        f"{len(compared)}. For the other {len(compared) - len(shown)} no difference is shown "
        "(5 %, Holm's correction over all of them)."
    )


def tell(result: Backtest, work: Work) -> None:
    """Print the tables."""
    paper = Paper()
    paper.bold(result.subject)
    for note in result.notes:
        paper.print(note)
    for table in (_point_table(result), _distribution_table(result)):
        table.columns[0].no_wrap = True  # a name cut short names nothing
        paper.print()
        paper.print(table)
    paper.print(f"\n{verdict(result)}")
    paper.end(NOTE.format(units=result.units), work)


def _point_table(result: Backtest) -> Table:
    columns = ("Issues", "MAE", "Median", f"Within {WITHIN:g}", "MAE less compromise's")
    table = plain_table("Predictor", *columns, gap=1)
    for one in result.scored:
        table.add_row(
            one.name,
            str(one.issues),
            f"{one.points.mean:.2f}",
            f"{one.points.median:.2f}",
            percent(one.points.within),
            "" if one.name == YARDSTICK else difference_text(one.against_mean),
        )
    return table


def _distribution_table(result: Backtest) -> Table:
    shares = [f"In its {percent(share)}" for share in COVERAGE]
    beside = [f"CRPS less {n}'s" for n in SPREAD_YARDSTICKS]
    table = plain_table("Distribution", "CRPS", *shares, *beside, gap=1)
    found = [one for one in result.scored if one.distributions is not None]
    for one in sorted(found, key=lambda s: float(np.nanmean(s.crps))):
        table.add_row(
            one.name,
            f"{np.nanmean(one.crps):.2f}",
            *(percent(one.coverage[share]) for share in COVERAGE),
            *(difference_text(one.against_spread.get(name)) for name in SPREAD_YARDSTICKS),
        )
    return table


def difference_text(found: tuple[float, Interval | None] | None) -> str:
    """``−0.18 (−0.63 to +0.30)``."""
    if found is None:
        return ""
    mean, interval = found
    text = by_how_much(mean, 2)
    if interval is not None:
        text += f" ({by_how_much(interval.low, 2)} to {by_how_much(interval.high, 2)})"
    return text
