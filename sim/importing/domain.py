"""Domains with listed options, whichever format they come from, as scenarios."""

from __future__ import annotations

from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import numpy as np

from sim.importing import Imported, Wishes
from sim.importing.files import plain_key
from sim.importing.table import raise_all
from sim.scenario.errors import Place, Problem

REAL_STEPS = 21
"""Points into which an issue of real numbers is cut, as GENIUS does."""
MOST_OPTIONS = 10_000
"""Options of one issue; a range of more integers is refused."""


@dataclass(frozen=True)
class Profile:
    """What a negotiator wants.

    Attributes
    ----------
    file : Path
    worth : dict
        Issue as it is named → its weight, and option → value.
    reservation : float
        Utility of no agreement.
    discount : float
        Factor by which a whole session makes utility less; 1 for none.
    key : str
        Of what the actor's key is made; empty for the name of the file.
    said : str
        The negotiator's name as the file says it; empty where it says none.
    """

    file: Path
    worth: dict[str, tuple[float, dict[str, float]]]
    reservation: float = 0.0
    discount: float = 1.0
    key: str = ""
    said: str = ""

    @property
    def name(self) -> str:
        return self.said or self.key or self.file.stem


@dataclass
class Domain:
    """Issues, their options, and who negotiates, by names as they are written.

    ``title`` is empty where the source has none.
    """

    source: Path
    kind: str
    issues: dict[str, list[str]]
    profiles: list[Profile]
    notes: list[str] = field(default_factory=list)
    title: str = ""


def listed_scenario(domain: Domain, problems: list[Problem], wishes: Wishes, at: Path) -> Imported:
    """The scenario that a domain makes, unless something is wrong.

    Strategies have no place in these formats, so nothing is said of them and the defaults hold.

    Raises
    ------
    ScenarioError
    """
    if len(domain.profiles) < 2 and not problems:
        said = f"has {len(domain.profiles)} profiles of negotiators; at least 2 are needed"
        fix = "a file with weights and values for each beside the domain"
        problems.append(Problem(Place(str(at)), "", said, fix))
    raise_all(problems)
    keys: dict[str, str] = {}
    for name in domain.issues:
        keys[name] = plain_key(name, keys.values())
    actors: dict[str, Any] = {}
    for profile in domain.profiles:
        actor: dict[str, Any] = {"name": profile.name, "reservation": profile.reservation}
        if profile.discount != 1.0:
            actor["discount"] = profile.discount
        actor["positions"] = {
            keys[issue]: {"weight": weight, "values": values}
            for issue, (weight, values) in profile.worth.items()
        }
        actors[plain_key(profile.key or profile.name, actors)] = actor
    names = ", ".join(p.file.name for p in domain.profiles)
    raw: dict[str, Any] = {
        "name": plain_key(domain.source.stem),
        "title": wishes.title or domain.title or domain.source.stem,
        "summary": f"Read from {domain.source.name} and {names}.",
        "issues": {keys[n]: {"title": n, "options": o} for n, o in domain.issues.items()},
        "actors": actors,
        "protocol": {"name": "stacked", "steps": 100},
    }
    head = [
        f"Made by `python -m sim import {at}` from {domain.kind}.",
        "Strategies and the number of rounds are not part of that format: the defaults of",
        "docs/discrete-scenarios.md hold.",
    ]
    return Imported(raw, head, [str(raw["summary"]), *_notes(domain, wishes)])


def _notes(domain: Domain, wishes: Wishes) -> list[str]:
    notes = [*domain.notes, "Strategies and the number of rounds have no source: the defaults."]
    if len(domain.profiles) > 2 and not wishes.profiles:
        notes.append(
            f"All {len(domain.profiles)} profiles sit at the table; if they are alternatives, "
            "choose with --profiles NAME,NAME."
        )
    fading = [f"{p.name} {p.discount:g}" for p in domain.profiles if p.discount != 1.0]
    if fading:
        notes.append(
            f"Utility is discounted with time ({', '.join(fading)}): the run says what the "
            "agreement is worth when it is reached. Frontier and named points are those of day 0."
        )
    return notes


def chosen(files: list[Path], wished: str | None) -> tuple[list[Path], list[Problem]]:
    """The profiles named with ``--profiles``, in that order; all where nothing is named."""
    if not wished:
        return files, []
    known = {name.lower(): file for file in files for name in (file.stem, file.name)}
    found: list[Path] = []
    problems = []
    for name in filter(None, (part.strip() for part in wished.split(","))):
        file = known.get(name.lower())
        near = get_close_matches(name.lower(), known, 1)
        if file is None:
            stems = ", ".join(f.stem for f in files)
            fix = f"did you mean '{known[near[0]].stem}'?" if near else f"there are: {stems}"
            problems.append(Problem(Place("--profiles"), name, "there is no such profile", fix))
        elif file in found:
            problems.append(Problem(Place("--profiles"), name, "is named twice"))
        else:
            found.append(file)
    return found, problems


def integers(low: float, high: float, step: float = 1.0) -> list[str] | None:
    """Options of a range of numbers; None where they are too many or none."""
    if not (step > 0 and high >= low and (high - low) / step < MOST_OPTIONS):
        return None
    count = int((high - low) / step + 1e-9) + 1
    return [number(low + n * step) for n in range(count)]


def reals(low: float, high: float) -> list[str] | None:
    """Evenly spaced options of a range of real numbers; None where it has no width."""
    if not high > low:
        return None
    return [number(x) for x in np.linspace(low, high, REAL_STEPS)]


def number(value: float) -> str:
    """A number as the name of an option."""
    return f"{value:.10g}"
