"""The record of agreements and talks, worked out from the data sets that it is read from.

``python -m tests.record_tables`` writes ``sim/scenario/record.json`` anew: life tables, shares with
their intervals, and the fitted course of every kind. The data sets stay where they are.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from sim.formulas.holding import fit
from sim.formulas.statistics import Z95, wilson
from tests.conftest import ROOT, SHARED

TARGET = ROOT / "sim" / "scenario" / "record.json"
YEAR = 365.25
DAYS = (30, 90, 182, 365, 731, 1826, 3653)
"""Ends of the intervals of the life tables: 1, 3 and 6 months; 1, 2, 5 and 10 years."""
ENOUGH = 5
"""Agreements that have to be left for a share to say anything."""
ASKED = (30, 100, 365)
"""Days within which talks ended in an agreement."""


class Spells:
    """Agreements of a kind: when each began to count, when it ended, whether it failed, and where.

    Times are days from the signature; ``group`` is what makes rows hang together.
    """

    def __init__(
        self, days: Any, failed: Any, group: Any, entry: Any = None, peacekeepers: Any = ()
    ) -> None:
        self.days, self.failed = np.asarray(days, float), np.asarray(failed, bool)
        self.group = np.asarray(group).astype(str)
        self.peacekeepers = np.asarray(peacekeepers, bool)
        self.entry = np.full(len(self.days), -1.0) if entry is None else np.asarray(entry, float)

    def without(self, group: str) -> Spells:
        keep = self.group != group
        return Spells(self.days[keep], self.failed[keep], self.group[keep], self.entry[keep])

    def steps(self, start: float, end: float) -> list[tuple[int, int]]:
        """(at risk, failed) at every time of failure after ``start`` and up to ``end``."""
        times = np.unique(self.days[self.failed & (self.days > start) & (self.days <= end)])
        return [
            (
                int(((self.days >= t) & (self.entry < t)).sum()),
                int((self.failed & (self.days == t)).sum()),
            )
            for t in times
        ]

    def kaplan_meier(self, end: float) -> tuple[float, float]:
        """Share that holds beyond a day, and Greenwood's variance of its logarithm."""
        steps = self.steps(-1.0, end)
        share = float(np.prod([1 - d / n for n, d in steps]))
        return share, sum(d / (n * (n - d)) for n, d in steps if n > d)

    def life_table(self) -> list[list[float]]:
        """Years from and to, effective numbers at risk and failed: the curve and its variance."""
        table, start = [], -1.0
        for end in DAYS:
            steps = self.steps(start, float(end))
            lost = 1 - float(np.prod([1 - d / n for n, d in steps]))
            variance = sum(d / (n * (n - d)) for n, d in steps if n > d)
            held = ((self.days > start) & (self.entry <= start)).sum()
            at_risk = lost / (1 - lost) / variance if 0 < lost < 1 else float(held)
            years = (max(start, 0.0) / YEAR, end / YEAR)
            table.append([round(v, 4) for v in (*years, at_risk, at_risk * lost)])
            start = float(end)
        return table

    def design_effect(self) -> float:
        """How much wider intervals are if rows of a group hang together, at least 1.

        Variance by leaving out a group at a time (jackknife) over Greenwood's, on the last day on
        which some still hold and some do not.
        """
        day = max(d for d in DAYS if 0 < self.kaplan_meier(float(d))[0] < 1)
        share, variance = self.kaplan_meier(float(day))
        groups = np.unique(self.group)
        left = [self.without(g).kaplan_meier(float(day))[0] for g in groups]
        jackknife = (len(groups) - 1) / len(groups) * np.var(left) * len(groups)
        return max(1.0, float(jackknife / (share**2 * variance)))

    def shares(self) -> dict[str, list[float]]:
        """Share by day with its 95 % interval, on the scale of log(−log), while enough are left."""
        out = {}
        for day in DAYS:
            if (self.days >= day).sum() < ENOUGH:
                break
            share, variance = self.kaplan_meier(float(day))
            if 0 < share < 1:
                half = Z95 * np.sqrt(variance) / abs(np.log(share))
                span = [share ** np.exp(half), share ** np.exp(-half)]
            else:
                span = list(wilson(share * len(self.days), len(self.days)))
            out[str(day)] = [round(float(v), 4) for v in (share, *span)]
        return out


def agreements(folder: Path) -> dict[str, Spells]:
    """UCDP peace agreements: between states, and within them."""
    data = pd.read_csv(folder / "ucdp_peace_agreements/ucdp-peace-agreements-221.csv")
    signed = pd.to_datetime(data.pa_date)
    over = pd.to_datetime(data.duration, errors="coerce")
    ended = data.ended.astype(str).eq("True")
    known = (~ended | (over >= signed)) & signed.notna()
    last = over.where(ended, pd.Timestamp("2021-12-31"))
    states = data.gwno.astype(str).str.contains(",")
    return {
        kind: Spells(
            (last - signed).dt.days[rows],
            ended[rows],
            data.conflict_id[rows],
            peacekeepers=data.pko[rows] == 1,
        )
        for kind, rows in (
            ("any", known),
            ("interstate", known & states),
            ("intrastate", known & ~states),
        )
    }


def ceasefires(folder: Path) -> dict[str, Spells]:
    """ETH/PRIO ceasefires of two or more sides: replaced ones count as held until then."""
    data = pd.read_csv(folder / "eth_prio_ceasefires/cf_ceasefire_level.csv")
    known = data.dur_days.notna()
    usable = data.took_effect.astype(bool) & ~data.inconsistent.astype(bool)
    usable &= (data.side >= 2) & (known | (data.ended == 0))
    until = (pd.Timestamp("2020-12-31") - pd.to_datetime(data.start, errors="coerce")).dt.days
    days = data.dur_days.where(known, until)
    failed = known & ~data.ended.isin([0, 4])
    whole = usable & (data.partial == 0) & (data.fixed <= 0)
    part = usable & (data.partial == 1)
    # a limited one that ran to its term did not fail
    kept = failed & (data.ended != 1)
    kinds = {
        "truce": (whole, failed),
        "truce_monitored": (whole & (data.implement == 1), failed),
        "truce_unmonitored": (whole & (data.implement == 0), failed),
        "limited": (part, kept),
        "limited_monitored": (part & (data.implement == 1), kept),
        "limited_unmonitored": (part & (data.implement == 0), kept),
    }
    return {k: Spells(days[m], f[m], data.location[m]) for k, (m, f) in kinds.items()}


def peace_spells(folder: Path) -> dict[str, Spells]:
    """Fortna's peace after civil wars that nobody won, with and without peacekeepers since 1989."""
    data = pd.read_csv(folder / "fortna_civilwar_pk/pk_spells_main_columns.csv")
    rows = (data.victory == 0) & data._t.notna()
    country = data.cname.str.split("-").str[0].str.strip()
    kinds = {"without_peacekeepers": 0, "with_peacekeepers": 1}
    out = {}
    for kind, coded in kinds.items():
        some = data[rows & (data.pk_dumC == coded)]
        entry = some._t0.where(some._t0 > 0, -1)
        out[kind] = Spells(some._t, some._d == 1, country[some.index], entry)
    return out


def mediated_crises(folder: Path) -> dict[str, dict[str, Any]]:
    """ICB: days from the first mediation to a formal or semi-formal agreement."""
    data = pd.read_csv(folder / "icb/icb1v14.csv")
    data = data[data.mediate == 4]

    def day(year: Any, month: Any, of_month: Any) -> Any:
        # unknown months and days: the middle of the year, the middle of the month
        parts = {
            "year": year.where(year.between(1900, 2030)),
            "month": month.where(month.between(1, 12), 6),
            "day": of_month.where(of_month.between(1, 31), 15).clip(upper=28),
        }
        return pd.to_datetime(pd.DataFrame(parts), errors="coerce")

    begun = day(data.yrmedst, data.momedst, data.damedst)
    took = (day(data.yrterm, data.moterm, data.daterm) - begun).dt.days
    data, took = data[took >= 0], took[took >= 0]
    agreed = data.forout.isin([1, 2])
    kinds = {
        "mediated_crisis": agreed | True,
        "mediated_war": data.viol == 4,
        "facilitation": data.medstyle == 2,
        "formulation": data.medstyle == 3,
        "manipulation": data.medstyle == 4,
    }
    out = {}
    for kind, rows in kinds.items():
        n, rates = int(rows.sum()), {}
        for within in ASKED:
            count = int((agreed & (took <= within))[rows].sum())
            rates[str(within)] = [round(v, 4) for v in (count / n, *wilson(count, n))]
        out[kind] = {"n": n, "rates": rates}
    return out


COUNTRIES = {
    "Bosnia and Herzegovina": "Bosnia-Herzegovina",
    "Cambodia": "Cambodia (Kampuchea)",
    "Congo-Brazzaville": "Congo",
    "Congo/Zaire": "DR Congo (Zaire)",
    "Democratic Republic of Congo (Zaire)": "DR Congo (Zaire)",
    "Macedonia": "Macedonia, FYR",
    "Myanmar": "Myanmar (Burma)",
    "Russia": "Russia (Soviet Union)",
    "UK": "United Kingdom",
    "Yemen": "Yemen (North Yemen)",
}
"""Countries of the mediation data as UCDP calls them."""


def civil_wars(folder: Path) -> dict[str, dict[str, Any]]:
    """Days to the next agreement in the country, from mediation and from any day of a civil war.

    Mediation: efforts of 1989–2009 that began on a known day before the end of their episode. Any
    day: the 15th of each month of the years in which UCDP has a civil war in one of the same
    countries. Ceasefires are of two or more sides and not limited. Intervals count countries as
    clusters: Wilson's with the effective number of a jackknife over them.
    """
    data = pd.read_csv(folder / "cwm_mediation/CWM.csv", encoding="latin-1")
    country = data.country.str.strip().replace(COUNTRIES)
    begun, over = (_two_digit_years(data[c]) for c in ("med.begins", "episode.end.date"))
    rows = begun.dt.year.between(1989, 2009) & ~(begun >= over)
    mediated = list(zip(country[rows], begun[rows], strict=True))

    wars = pd.read_csv(folder / "ucdp_termination/ucdp-term-dyad-3-2021.csv")
    fought = wars[(wars.type_of_conflict2 == 3) & wars.year.between(1989, 2009)]
    fought = fought[fought.location.isin(set(country[rows]))]
    years = fought[["location", "year"]].drop_duplicates().itertuples(index=False)
    any_day = [
        (where, pd.Timestamp(year, month, 15)) for where, year in years for month in range(1, 13)
    ]

    papers = pd.read_csv(folder / "ucdp_peace_agreements/ucdp-peace-agreements-221.csv")
    at = papers.conflict_name.str.split(":").str[0].str.strip()
    agreed = pd.Series(pd.to_datetime(papers.pa_date).values, index=at)
    truces = pd.read_csv(folder / "eth_prio_ceasefires/cf_ceasefire_level.csv")
    truces = truces[(truces.side >= 2) & (truces.partial == 0)]
    ceased = pd.Series(pd.to_datetime(truces.start).values, index=truces.location)
    either = pd.concat([agreed, ceased])
    return {
        "mediated_civil_war": _first_within(mediated, agreed),
        "civil_war_ceasefire": _first_within(mediated, either),
        "any_day_of_war": _first_within(any_day, either),
    }


def _two_digit_years(text: Any) -> Any:
    days = pd.to_datetime(text, format="%m/%d/%y", errors="coerce")
    return days.where(~(days > "2014-12-31"), days - pd.DateOffset(years=100))


def _first_within(begun: list[tuple[str, Any]], events: Any) -> dict[str, Any]:
    """Share of beginnings with an event in the country within :data:`ASKED` days."""
    by_country = {where: events[events.index == where].sort_values() for where, _ in begun}
    took, where_from = [], np.array([where for where, _ in begun])
    for where, day in begun:
        later = by_country[where][by_country[where] >= day]
        took.append((later.iloc[0] - day).days if len(later) else np.inf)
    countries, n, rates = np.unique(where_from), len(begun), {}
    for within in ASKED:
        happened = np.array(took) <= within
        left = [happened[where_from != one].mean() for one in countries]
        jackknife = (len(countries) - 1) * np.var(left)
        share = float(happened.mean())
        effective = min(float(n), share * (1 - share) / float(jackknife))
        span = wilson(share * effective, effective)
        rates[str(within)] = [round(float(v), 4) for v in (share, *span)]
    return {"n": n, "rates": rates}


def record(folder: Path) -> dict[str, Any]:
    """All that the package keeps of the record, texts and sources aside."""
    found: dict[str, Any] = {"holding": {}}
    spells = agreements(folder) | ceasefires(folder) | peace_spells(folder)
    for kind, some in spells.items():
        entry = {
            "n": int((some.entry < 0).sum()),
            "groups": len(np.unique(some.group)),
            "failed": int(some.failed.sum()),
            "shares": some.shares(),
            "table": some.life_table(),
            "design_effect": round(some.design_effect(), 3),
        }
        if kind == "intrastate":
            entry["peacekeepers"] = int(some.peacekeepers.sum())
        found["holding"][kind] = entry
    for kind, entry in found["holding"].items():
        if not kind.endswith("_peacekeepers"):
            entry["fit"] = _fitted([entry])
    both = [found["holding"][k] for k in ("without_peacekeepers", "with_peacekeepers")]
    both[0]["fit"] = _fitted(both)
    found["talks"] = mediated_crises(folder) | civil_wars(folder)
    return found


def _fitted(entries: list[dict[str, Any]]) -> dict[str, Any]:
    tables = [np.array(e["table"]) for e in entries]
    found = fit(tables, max(e["design_effect"] for e in entries))
    return {"mean": found.mean.round(5).tolist(), "covariance": found.covariance.round(6).tolist()}


def main() -> None:
    """Write the figures anew; texts and sources of the file stay."""
    kept = json.loads(TARGET.read_text(encoding="utf-8")) if TARGET.exists() else {}
    new = record(SHARED / "data" / "base_rates")
    for part, entries in new.items():
        old = kept.setdefault(part, {})
        for kind, entry in entries.items():
            old[kind] = old.get(kind, {}) | entry
    text = json.dumps(kept, indent=1, ensure_ascii=False)
    TARGET.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
