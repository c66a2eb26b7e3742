"""The solution of a scenario as plain data."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from sim import __version__
from sim.formulas.solutions.analysis import Point
from sim.prose import listing, sentence, signed
from sim.scenario import Loaded, LoadedDiscrete
from sim.studies.solve.deals import Deals
from sim.studies.solve.subject import Subject

TITLES = {
    "nash": "Nash",
    "kalai_smorodinsky": "Kalai–Smorodinsky",
    "kalai_smorodinsky_least_spread": "Kalai–Smorodinsky, least spread",
    "egalitarian": "Egalitarian",
    "utilitarian": "Utilitarian",
    "relative_welfare": "Relative welfare",
    "least_bad": "Least bad",
}
"""Name of a point → as it is printed."""


ZONE = "There is a zone of possible agreement"
NOTHING = 1e-5
"""Gains up to this are none where they come of optimisation."""


def statement(subject: Subject) -> str:
    """Whether there is anything to agree on, in a sentence or two."""
    analysis = subject.analysis
    where = " and keep to all red lines" if subject.has_red_lines else ""
    if analysis.status == "zone":
        nothing = NOTHING if analysis.packages is None else 0.0
        if max(p.gain.max() for p in analysis.frontier) <= nothing:
            return (
                "There is nothing to gain: no package is worth more than no deal to anybody "
                "without being worth less to another."
            )
        if max(p.gain.min() for p in analysis.frontier) <= nothing:
            return (
                f"{sentence(_share(subject))} are worth no less than no deal to everyone{where}, "
                "but none is better than no deal for all."
            )
        return f"{ZONE}: {_share(subject)} are at least as good as no deal for all{where}."
    if analysis.status == "no_gain":
        where = (
            "Packages inside all red lines exist, but none of them beats"
            if subject.has_red_lines
            else "No package beats"
        )
        assert analysis.least_bad is not None
        worst = int(analysis.least_bad.gain.argmin())
        lost = points(-analysis.least_bad.gain[worst], subject.unit)
        return (
            f"There is no zone of possible agreement. {where} no deal for everyone. In the least "
            f"bad one {subject.labels[worst]} is {lost} worse off than without a deal."
        )
    return (
        "There is no zone of possible agreement: no package is inside all red lines. The least bad "
        f"one goes beyond them by {_beyond(analysis.beyond.sum())} scale units in all: "
        f"{'; '.join(crossings(subject))}."
    )


def crossings(subject: Subject) -> list[str]:
    """Whose red lines the least bad package crosses, and by how much."""
    who = [*subject.labels, "the terms of a stage"]
    return [
        f"{who[k]} on {subject.issue_titles[i]} by {_beyond(subject.analysis.beyond[k, i])}"
        for k, i in zip(*np.nonzero(subject.analysis.beyond > 5e-4), strict=True)
    ]


def _beyond(units: float) -> str:
    """Scale units with two digits, and never as none."""
    return f"{units:.2f}" if units >= 0.005 else "less than 0.01"


def loosening(subject: Subject) -> list[str]:
    """Every conditional red line that gave way for a point, by which points, and the way back."""
    told: dict[tuple[str, str], list[str]] = {}
    for name, found in all_points(subject).items():
        for point in found:
            for one in subject.given_way(point.package):
                told.setdefault((one.words, one.set), []).append(TITLES[name])
    every = len(all_points(subject))
    told = {k: list(dict.fromkeys(names)) for k, names in told.items()}
    return [
        f"{words} ({'all points' if 1 < every == len(names) else listing(names)}). Without this "
        f"rule: --set '{key}'"
        for (words, key), names in told.items()
    ]


def trying(subject: Subject) -> str:
    """What moving the lines that the least bad package crosses would do."""
    least = subject.analysis.least_bad
    if least is None or not subject.to_move:
        return ""
    worst = int(least.gain.argmin())
    gains = (
        "better than no deal for every side"
        if least.gain[worst] > 0
        else f"still {points(-least.gain[worst])} worse than no deal for {subject.labels[worst]}"
    )
    return (
        "To try: this moves every line that the least bad package crosses to where that package "
        f"lies, which is then inside all of them and {gains}. It is the central world only; how "
        "many of all worlds settle, the run says."
    )


def points(gain: float, unit: float = 100.0) -> str:
    """Utility in points, of a hundred where utilities run from 0 to 1."""
    return utility_text(gain, unit) + " points"


def utility_text(utility: float, unit: float) -> str:
    """Utility with one decimal, in the unit of :attr:`~sim.studies.solve.subject.Subject.unit`."""
    return signed(f"{unit * utility:z.1f}")


def _share(subject: Subject) -> str:
    analysis = subject.analysis
    if analysis.packages is not None:
        count = round(analysis.share * analysis.packages)
        return f"{count:,} of {analysis.packages:,} packages"
    count = round(analysis.share * analysis.sampled)
    if count == 0:
        return f"some packages, but none of {analysis.sampled:,} drawn at random,"
    return f"{count:,} of {analysis.sampled:,} packages drawn at random"


def method(subject: Subject) -> str:
    """How the points were found, in a sentence."""
    analysis = subject.analysis
    if analysis.method == "enumeration":
        return f"Exact: all {analysis.packages:,} packages were looked at."
    return (
        "By optimisation (linear and mixed-integer programmes), as more can be agreed than can be "
        "listed; the frontier is a sample."
    )


def all_points(subject: Subject) -> dict[str, list[Point]]:
    """Named points, or the least bad package where there are none."""
    analysis = subject.analysis
    if analysis.least_bad is not None:
        return {"least_bad": [analysis.least_bad]}
    return analysis.points


def provenance(loaded: Loaded | LoadedDiscrete, overrides: Sequence[str]) -> dict[str, Any]:
    """Of which scenario results are, with which changes, and by which version."""
    return {
        "scenario_hash": loaded.digest,
        "files": [Path(f).name for f in loaded.files],
        "overrides": list(overrides),
        "sim": __version__,
    }


def foot_of(content: dict[str, Any]) -> str:
    """What a chart of these results says of what they rest on."""
    about = content["provenance"]
    changes = f" with {', '.join(about['overrides'])}" if about["overrides"] else ""
    return (
        f"Model's consequences, given the assumptions in {about['files'][-1]}{changes}; not a "
        "forecast."
    )


def summary(subject: Subject, deals: Deals | None, provenance: dict[str, Any]) -> dict[str, Any]:
    """Everything that ``solve`` found; plain types, rounded, in a fixed order."""
    analysis = subject.analysis
    names = analysis.parties
    return rounded(
        {
            "scenario": subject.name,
            "title": subject.title,
            "note": subject.note,
            "method": analysis.method,
            "packages": analysis.packages,
            "status": analysis.status,
            "statement": statement(subject),
            "parties": {
                key: {"label": label, "reservation": float(r)}
                for key, label, r in zip(names, subject.labels, analysis.reservation, strict=True)
            },
            "zone": {
                "share": analysis.share,
                "share_inside_red_lines": analysis.share_inside,
                "estimated_from": analysis.sampled or None,
                "largest_gain": dict(zip(names, analysis.largest_gain.tolist(), strict=True)),
                "most_inside_red_lines": dict(
                    zip(names, analysis.most_inside.tolist(), strict=True)
                ),
            },
            "points": {
                name: [_point(subject, p) for p in found] for name, found in analysis.points.items()
            },
            "least_bad": None
            if analysis.least_bad is None
            else _point(subject, analysis.least_bad)
            | {"crosses": crossings(subject), "set": list(subject.to_move)},
            "frontier": [_point(subject, p, brief=True) for p in analysis.frontier],
            "deals": None if deals is None else deals.summary(),
            "provenance": provenance,
        }
    )


def _point(subject: Subject, point: Point, brief: bool = False) -> dict[str, Any]:
    analysis = subject.analysis
    terms: dict[str, Any] = {}
    for number, (issue, term) in enumerate(zip(analysis.issues, point.package, strict=True)):
        text = subject.words(number, float(term))
        value: Any = float(term) if subject.is_scale else text
        terms[issue] = {"point": value, "text": text} if subject.is_scale and not brief else value
    gain = dict(zip(analysis.parties, point.gain.tolist(), strict=True))
    utility = dict(zip(analysis.parties, (point.gain + analysis.reservation).tolist(), strict=True))
    plain: dict[str, Any] = {"terms": terms, "utility": utility, "gain": gain}
    if subject.is_scale and not brief:
        plain["given_way"] = [one.to_json() for one in subject.given_way(point.package)]
    return plain


def point_rows(subject: Subject) -> Iterator[dict[str, Any]]:
    """Of every solution its name, the parties' gains over no deal, and its terms in words."""
    analysis = subject.analysis
    for name, found in all_points(subject).items():
        for point in found:
            gains = dict(zip(analysis.parties, point.gain, strict=True))
            terms = zip(analysis.issues, point.package, strict=True)
            words = {i: subject.words(n, float(term)) for n, (i, term) in enumerate(terms)}
            yield {"solution": name, **gains, **words}


def rounded(value: Any) -> Any:
    """Numbers to nine digits, NaN as None."""
    if isinstance(value, float):
        return None if np.isnan(value) else round(value, 9) + 0.0
    if isinstance(value, dict):
        return {key: rounded(v) for key, v in value.items()}
    if isinstance(value, list):
        return [rounded(v) for v in value]
    return value
