"""The numbers of a run as one plain dictionary: what ``summary.json`` and ``--json`` hold."""

from __future__ import annotations

import json
import math
from collections import Counter
from typing import Any

import numpy as np
import xarray as xr

from sim.engine.protocols import PROTOCOLS
from sim.formulas.statistics import wilson
from sim.results.aftermath import durability_summary, plan_summary, ratification_summary
from sim.results.articles import articles_summary
from sim.results.dataset import OUTCOMES, REASONS
from sim.scenario.schema import Issue, Scenario, nearest_text

DAYS = (7, 30, 100, 180, 365)
NOTE = "A model's consequences, given these assumptions; not a forecast."


def summarise(scenario: Scenario, ensemble: xr.Dataset, central: xr.Dataset) -> dict[str, Any]:
    """Summary of an ensemble and its central world; plain types, rounded, in a fixed order."""
    worlds = ensemble.sizes["world"]
    horizon = max(scenario.horizon_days, scenario.war.round_days)
    codes = ensemble.outcome.values
    counts = {kind: int((codes == n).sum()) for n, kind in enumerate(OUTCOMES)}
    settled_day, first_day = ensemble.settled_day.values, ensemble.first_signed_day.values

    def by_day(days: np.ndarray) -> tuple[dict[str, Any], dict[str, Any]]:
        shares: dict[str, Any] = {}
        intervals: dict[str, Any] = {}
        for day in sorted({*DAYS, horizon}):
            known = day <= horizon
            count = int((days <= day).sum())
            shares[str(day)] = count / worlds if known else None
            intervals[str(day)] = list(wilson(count, worlds)) if known else None
        return shares, intervals

    reasons, left = ensemble.stuck_reason.values, ensemble.left.values.any(axis=1)
    failed = int((reasons >= 0).sum())
    deal, deal_interval = by_day(settled_day)
    first, first_interval = by_day(first_day)
    summary = {
        "scenario": scenario.name,
        "title": scenario.title,
        "question": scenario.question,
        "note": f"{NOTE} {PROTOCOLS[scenario.protocol.name].caution}".rstrip(),
        "seed": int(ensemble.attrs["seed"]),
        "worlds": worlds,
        "horizon_days": horizon,
        "outcomes": {kind: count / worlds for kind, count in counts.items()},
        "outcomes_interval": {k: list(wilson(c, worlds)) for k, c in counts.items()},
        "deal_by_day": deal,
        "deal_by_day_interval": deal_interval,
        "first_stage_by_day": first,
        "first_stage_by_day_interval": first_interval,
        "stages": _stages(scenario, ensemble),
        "package": _package(scenario, ensemble),
        "actors": _actors(ensemble),
        "plan": plan_summary(scenario, ensemble),
        "ratification": ratification_summary(scenario, ensemble),
        "durability": durability_summary(scenario, ensemble),
        "ripeness": {
            "start": _ripeness(ensemble.ripeness_start.values),
            "end": _ripeness(ensemble.ripeness_end.values),
        },
        "stuck_on": _shares(ensemble.stuck_issue.values, list(scenario.issues), failed),
        "stuck_because": _shares(reasons, list(REASONS), failed),
        "no_common_ground": _no_common_ground(ensemble),
        "levers": _levers(ensemble),
        "walked_away": _ratio(int(left.sum()), worlds),
        "walked_away_after_signing": _ratio(
            int((left & (ensemble.stages_signed.values > 0)).sum()), worlds
        ),
        "first_stage_ever": _ratio(int((first_day >= 0).sum()), worlds),
        "truces_broken": _ratio(int((ensemble.truces_broken.values > 0).sum()), worlds),
        "central": _central(scenario, central),
        "articles": articles_summary(scenario),
        "provenance": {
            key: ensemble.attrs[key]
            if key in {"scenario_hash", "protocol"}
            else json.loads(ensemble.attrs[key])
            for key in ("scenario_hash", "protocol", "tactics", "versions", "files", "overrides")
        },
    }
    rounded: dict[str, Any] = _rounded(summary)
    return rounded


def _stages(scenario: Scenario, data: xr.Dataset) -> dict[str, Any]:
    """Share of worlds in which each stage stands at the end."""
    worlds, signed = data.sizes["world"], data.stages_signed.values
    out = {}
    for number, stage in enumerate(scenario.stages):
        count = int((signed > number).sum())
        out[stage.name] = {"share": count / worlds, "interval": list(wilson(count, worlds))}
    return out


def _package(scenario: Scenario, data: xr.Dataset) -> dict[str, Any]:
    """Per issue: what stands agreed at the end, over the worlds in which it does."""
    out: dict[str, Any] = {}
    agreed = data.agreed.values
    for column, (key, issue) in enumerate(scenario.issues.items()):
        values = agreed[:, column]
        values = values[~np.isnan(values)]
        entry: dict[str, Any] = {"median": None, "p10": None, "p90": None, "text": None}
        entry |= {"most_common": None, "most_common_share": None, "worlds": len(values)}
        if len(values):
            low, median, high = (float(q) for q in np.quantile(values, [0.1, 0.5, 0.9]))
            times = text_counts(issue, values)
            text, count = min(times.items(), key=lambda pair: (-pair[1], pair[0]))
            entry |= {"median": median, "p10": low, "p90": high}
            entry["text"] = nearest_text(issue, median)
            entry |= {"most_common": text, "most_common_share": count / len(values)}
        out[key] = entry
    return out


def text_counts(issue: Issue, values: np.ndarray) -> Counter[str]:
    """How often each text of the scale is the nearest one (as :func:`nearest_text`)."""
    if issue.numeric is not None:
        return Counter(nearest_text(issue, float(v)) for v in values)
    points = sorted(issue.scale)
    nearest = np.abs(values[:, None] - np.array(points)).argmin(axis=1)
    counts: Counter[str] = Counter()
    for point, count in zip(points, np.bincount(nearest, minlength=len(points)), strict=True):
        if count:
            counts[issue.scale[point]] += int(count)
    return counts


def _actors(data: xr.Dataset) -> dict[str, Any]:
    out = {}
    settled = data.outcome.values == 0
    for actor in data.actor.values:
        one = data.sel(actor=actor)
        entry: dict[str, Any] = {}
        utility, reservation = one.utility.values, one.reservation_end.values
        for name, values in (("utility", utility), ("reservation", reservation)):
            low, median, high = np.quantile(values, [0.1, 0.5, 0.9])
            entry |= {name: float(median), f"{name}_p10": float(low), f"{name}_p90": float(high)}
        entry["reservation_at_start"] = float(np.median(one.reservation_start.values))
        gain = (utility - reservation)[settled]
        entry["gain_from_settling"] = float(np.median(gain)) if len(gain) else None
        conceded = one.conceded.values
        entry["conceded"] = float(np.median(conceded.sum(axis=1)))
        entry["conceded_by_issue"] = {
            str(i): float(np.median(conceded[:, n])) for n, i in enumerate(data.issue.values)
        }
        entry["violations"] = float((one.violates_count.values > 0).mean())
        out[str(actor)] = entry
    return out


def _ripeness(values: np.ndarray) -> dict[str, Any]:
    """Quantiles where something is unsettled, and how often a package exists that all prefer."""
    values = values[~np.isnan(values)]
    if not len(values):
        return {"median": None, "p10": None, "p90": None, "share_ripe": None, "worlds": 0}
    low, median, high = np.quantile(values, [0.1, 0.5, 0.9])
    ripe = float((values > 0).mean())
    return {
        "median": float(median),
        "p10": float(low),
        "p90": float(high),
        "share_ripe": ripe,
        "worlds": len(values),
    }


def _shares(codes: np.ndarray, names: list[str], failed: int) -> dict[str, float]:
    """Share of the failed worlds with each code."""
    return {name: _ratio(int((codes == n).sum()), failed) for n, name in enumerate(names)}


def _no_common_ground(data: xr.Dataset) -> dict[str, float]:
    """Share of the failed worlds in which red lines miss each other on an issue not yet signed."""
    gaps = data.red_line_gap.values[data.outcome.values != 0]
    missed = (gaps > 1e-9).mean(axis=0) if len(gaps) else np.zeros(gaps.shape[1])
    return {str(i): float(m) for i, m in zip(data.issue.values, missed, strict=True)}


def _levers(data: xr.Dataset) -> dict[str, Any]:
    out = {}
    pulled_day, effect_day = data.lever_pulled_day.values, data.lever_effect_day.values
    for n, lever in enumerate(data.lever.values):
        pulled = ~np.isnan(pulled_day[:, n])
        effect = effect_day[:, n]
        acted = ~np.isnan(effect)
        out[str(lever)] = {
            "pulled": float(pulled.mean()),
            "in_effect": float(acted.mean()),
            "median_day": float(np.median(effect[acted])) if acted.any() else None,
        }
    return out


def _central(scenario: Scenario, central: xr.Dataset) -> dict[str, Any]:
    day, first = float(central.settled_day), float(central.first_signed_day)
    agreed = central.agreed.values
    code, reason = int(central.stuck_issue), int(central.stuck_reason)
    return {
        "outcome": OUTCOMES[int(central.outcome)],
        "settled_day": None if math.isnan(day) else day,
        "first_signed_day": None if math.isnan(first) else first,
        "agreed": {
            key: None if math.isnan(v) else {"point": float(v), "text": nearest_text(issue, v)}
            for (key, issue), v in zip(scenario.issues.items(), agreed, strict=True)
        },
        "stuck_on": None if code < 0 else str(central.issue.values[code]),
        "stuck_because": None if reason < 0 else REASONS[reason],
        "ripeness_start": float(central.ripeness_start),
        "ripeness_end": _number(central.ripeness_end),
    }


def _number(value: Any) -> float | None:
    number = float(value)
    return None if math.isnan(number) else number


def _ratio(part: int, whole: int) -> float:
    return part / whole if whole else 0.0


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, 6) + 0.0
    if isinstance(value, dict):
        return {key: _rounded(v) for key, v in value.items()}
    if isinstance(value, list):
        return [_rounded(v) for v in value]
    return value
