"""Thresholds and named drafts: from the command line, SOURCE.md beside the table, or a default."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from pathlib import Path

from sim.prose import did_you_mean
from sim.scenario.errors import Place, Problem

PUBLISHED = {"ukraine": 5.0, "russia": 6.5, "usa": 3.0, "europe": 4.0}
"""Example thresholds of the CSIS Futures Lab's page "Ukraine–Russia Peace Agreement Simulator"
(2025, https://ayasiratalan.github.io/ukraine_peace/)."""
_THRESHOLDS = re.compile(r"thresholds?[ :]+((?:[a-z][\w ]*? [0-9.]*[0-9](?:,| and|;)?\s*)+)", re.I)
_ONE = re.compile(r"([a-z]\w*) ([0-9.]*[0-9])", re.I)
_PRESET = re.compile(r"[\"“]([^\"”\n]+)[\"”]\s*=\s*([\w ,]+?)\s*(?=[^\w ,]|$)", re.M)


class Sourcing:
    """What is known about a table besides its cells, and what is wrong with it.

    Parameters
    ----------
    path : Path
        The table; a file ``SOURCE.md`` in its folder is read if there is one.
    stakeholders : tuple of str
        Names in the table.
    scale : (float, float)
        Lowest and highest score.
    """

    def __init__(self, path: Path, stakeholders: tuple[str, ...], scale: tuple[float, float]):
        self.stakeholders, self.scale = stakeholders, scale
        self.problems: list[Problem] = []
        self.file = path.parent / "SOURCE.md"
        try:
            self.text = self.file.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            self.text = ""

    @property
    def heading(self) -> str | None:
        """The first heading of SOURCE.md."""
        found = re.search(r"^#+ +(.+?)\s*$", self.text, re.M)
        return found[1] if found else None

    def place(self, found: re.Match[str]) -> Place:
        return Place(str(self.file), self.text.count("\n", 0, found.start()) + 1)

    def problem(self, place: Place, key: str, message: str, fix: str = "") -> None:
        self.problems.append(Problem(place, key, message, fix))


def chosen_thresholds(
    sourcing: Sourcing, wished: dict[str, str]
) -> tuple[dict[str, float], list[str]]:
    """Threshold of every stakeholder, and sentences that say where they come from."""
    low, high = sourcing.scale
    asked: dict[str, float] = {}
    for name, text in wished.items():
        number = _threshold(sourcing, Place("--threshold"), name, text)
        if number is not None:
            asked[name.lower()] = number
    stated: dict[str, float] = {}
    found = _THRESHOLDS.search(sourcing.text)
    if found:
        for name, text in _ONE.findall(found[1]):
            number = _threshold(sourcing, sourcing.place(found), name, text)
            if number is not None:
                stated[name.lower()] = number
    published = PUBLISHED if set(sourcing.stakeholders) == set(PUBLISHED) else {}
    out: dict[str, float] = {}
    origin: dict[str, list[str]] = {}
    for name in sourcing.stakeholders:
        for known, words in (
            (asked, "from --threshold"),
            (stated, f"from {sourcing.file.name}"),
            (published, "the example thresholds that CSIS's page publishes"),
            (
                {name: (low + high) / 2},
                "NO SOURCE, the middle of the scale (set it with --threshold NAME=NUMBER)",
            ),
        ):
            if name in known:
                out[name] = float(known[name])
                origin.setdefault(words, []).append(f"{name} {out[name]:g}")
                break
    return out, [f"Thresholds {', '.join(each)}: {words}." for words, each in origin.items()]


def _threshold(sourcing: Sourcing, place: Place, name: str, text: str) -> float | None:
    low, high = sourcing.scale
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if name.lower() not in sourcing.stakeholders:
        known = sourcing.stakeholders
        fix = did_you_mean(name.lower(), known, "stakeholders")
        sourcing.problem(place, name, f"there is no stakeholder '{name}'", fix)
    elif not low <= number <= high:
        sourcing.problem(place, name, f"'{text}' is no number from {low:g} to {high:g}")
    else:
        return number
    return None


def chosen_presets(
    sourcing: Sourcing,
    wished: dict[str, str],
    labels: dict[str, str],
    conflicts: list[tuple[str, str]],
) -> dict[str, list[str]]:
    """Named drafts: those of SOURCE.md, and those of the command line, which take precedence.

    ``labels`` leads from an article as the table calls it to its key.
    """
    out: dict[str, list[str]] = {}
    for found in _PRESET.finditer(sourcing.text):
        if found[1] not in wished:
            place = sourcing.place(found)
            out[found[1]] = _draft(sourcing, place, found[1], found[2], labels, conflicts)
    for name, text in wished.items():
        out[name] = _draft(sourcing, Place("--preset"), name, text, labels, conflicts)
    return out


def _draft(
    sourcing: Sourcing,
    place: Place,
    name: str,
    text: str,
    labels: dict[str, str],
    conflicts: Iterable[tuple[str, str]],
) -> list[str]:
    chosen: list[str] = []
    for label in re.split(r"[\s,;]+", text.strip(" ,;")):
        if label not in labels:
            fix = did_you_mean(label, labels, "articles")
            sourcing.problem(place, name, f"there is no article '{label}'", fix)
        elif labels[label] in chosen:
            sourcing.problem(place, name, f"names article {label} twice", "name it once")
        else:
            chosen.append(labels[label])
    back = {key: label for label, key in labels.items()}
    for one, other in conflicts:
        if one in chosen and other in chosen:
            said = f"articles {back[one]} and {back[other]} exclude each other"
            sourcing.problem(place, name, said, "drop one of them")
    return chosen
