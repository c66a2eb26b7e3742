"""What a backtest leaves behind: tables on the terminal, JSON, CSV and a chart."""

from __future__ import annotations

import hashlib
import math
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table
from rich.text import Text

from sim import __version__
from sim.files import csv_text, json_text, write_text
from sim.formulas.statistics import Interval
from sim.prose import percent
from sim.studies.backtest.evaluate import COVERAGE, SPREAD_YARDSTICKS, YARDSTICK, Backtest, Scored
from sim.studies.backtest.scores import WITHIN
from sim.studies.backtest.words import subject, units

FILES = ("backtest.json", "backtest.csv", "backtest.png")
SOURCES = ("positions.csv", "outcomes.csv", "issues.csv")
NOTE = (
    "Errors are in points of a scale from 0 to 100. Differences are paired, issue by issue; "
    "intervals of 95 % come from drawing {units} anew."
)


def write(result: Backtest, source: Path, out: Path) -> dict[str, Any]:
    """Write all files to a folder; returns what ``backtest.json`` holds."""
    from sim.plots.backtest import backtest
    from sim.plots.drawing import save
    from sim.views.backtest import backtest_view

    out.mkdir(parents=True, exist_ok=True)
    content = as_json(result, source)
    write_text(out / "backtest.json", json_text(content))
    _write_csv(result, out / "backtest.csv")
    save(backtest(backtest_view(result)), out / "backtest.png")
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


def _write_csv(result: Backtest, path: Path) -> None:
    """One row per issue and predictor, tidy."""
    folder = result.folder
    bounds = [f"{end}_{share:.0%}"[:-1] for share in COVERAGE for end in ("low", "high")]
    keys = ["issue", "dossier", "actors", "outcome", "predictor"]
    rows: list[list[Any]] = [[*keys, "forecast", "error", *bounds, "crps"]]
    for n, group in enumerate(folder.groups):
        dossier = folder.dossiers[n] if folder.has_dossiers else ""
        head = [group.issue, dossier, len(group.actors), f"{folder.outcomes[n]:g}"]
        for one in result.scored:
            if not np.isnan(one.errors[n]):
                found = [f"{one.forecasts[n]:.6g}", f"{one.errors[n]:.6g}", *_spread(one, n)]
                rows.append([*head, one.name, *found])
    write_text(path, csv_text(rows, "\r\n"))


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


def tell(result: Backtest, out: Path) -> None:
    """Print the tables."""
    console = Console(highlight=False, markup=False)
    console.print(Text(subject(result), style="bold"))
    for note in result.notes:
        console.print(note)
    console.print()
    console.print(_point_table(result))
    console.print()
    console.print(_distribution_table(result))
    console.print()
    console.print(verdict(result))
    console.print(Text(NOTE.format(units=units(result)), style="italic"))
    console.print(f"Written to {out}: {', '.join(FILES)}")


def _table(first: str, *columns: str) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0))
    table.add_column(first, no_wrap=True)  # a name cut short names nothing
    for column in columns:
        table.add_column(column, justify="right")
    return table


def _point_table(result: Backtest) -> Table:
    table = _table(
        "Predictor", "Issues", "MAE", "Median", f"Within {WITHIN:g}", "MAE less compromise's"
    )
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
    table = _table(
        "Distribution", "CRPS", *shares, *(f"CRPS less {n}'s" for n in SPREAD_YARDSTICKS)
    )
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
    text = _signed(mean)
    if interval is not None:
        text += f" ({_signed(interval.low)} to {_signed(interval.high)})"
    return text


def _signed(value: float) -> str:
    # rounded first, so that a hair below 0 is no −0.00
    return f"{round(value, 2) + 0.0:+.2f}".replace("-", "−")
