"""Domains in the JSON of GeniusWeb: profiles that each hold their domain.

A profile is a ``LinearAdditiveUtilitySpace`` with weights per issue, and per issue the utilities of
listed values or, for a range of numbers, those of its two ends. What no agreement is worth is
written as a bid of the same worth.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sim.importing import Imported, Wishes
from sim.importing.domain import Domain, Profile, chosen, integers, listed_scenario
from sim.importing.files import finite, part, read_folder, words
from sim.scenario.errors import ScenarioError, file_error

SPACE, DOMAIN = "LinearAdditiveUtilitySpace", "issuesValues"


def is_mine(data: Any) -> bool:
    """Whether data are a profile or a domain of this format."""
    return isinstance(data, dict) and (SPACE in data or DOMAIN in data)


def read(path: Path, wishes: Wishes) -> Imported:
    """The scenario with listed options that profiles make; see :func:`sim.importing.read`."""
    folder = path if path.is_dir() else path.parent
    result = Domain(path, "JSON of GeniusWeb", {}, [])
    found = {f: d for f, d in read_folder(folder, result.notes).items() if is_mine(d)}
    files, problems = chosen([f for f, data in found.items() if SPACE in data], wishes.profiles)
    whole = {f: data for f, data in found.items() if DOMAIN in data}
    if path in whole:
        whole = {path: whole[path]}
    try:
        if whole:
            result.source, data = next(iter(whole.items()))
            result.issues = _issues(result.source, data)
        for file in files:
            space = part(file, found[file], SPACE, dict)
            own = _issues(file, part(file, space, "domain", dict, SPACE))
            result.issues = result.issues or own
            if own == result.issues:
                result.profiles.append(_profile(file, space, own))
            else:
                result.notes.append(f"Left out, of another domain: {file.name}.")
    except ScenarioError as error:
        problems += error.problems
    return listed_scenario(result, problems, wishes, path)


def _issues(path: Path, domain: dict[str, Any]) -> dict[str, list[str]]:
    """Issue → options."""
    found = {}
    for name, spec in part(path, domain, DOMAIN, dict).items():
        if isinstance(spec, dict) and isinstance(spec.get("range"), list):
            ends = [finite(path, x, f"{name}.range") for x in spec["range"]]
            options = integers(*ends) if len(ends) == 3 else None
            if options is None:
                raise file_error(path, f"{name}.range is no lowest, highest value and step")
            found[str(name)] = options
        else:
            found[str(name)] = words(path, part(path, spec, "values", list, name), f"{name}.values")
    return found


def _profile(path: Path, space: dict[str, Any], issues: dict[str, list[str]]) -> Profile:
    weights = part(path, space, "issueWeights", dict, SPACE)
    spec = part(path, space, "issueUtilities", dict, SPACE)
    worth = {}
    for name, options in issues.items():
        weight = finite(path, weights.get(name), f"issueWeights.{name}")
        if weight < 0:
            raise file_error(path, f"issueWeights.{name} is negative")
        worth[name] = weight, _values(path, name, part(path, spec, name, dict), options)
    profile = Profile(path, worth)
    bid = space.get("reservationBid")
    if bid is None:
        return profile
    chosen_ = part(path, bid, "issuevalues", dict, "reservationBid")
    reserved = sum(w * values.get(str(chosen_.get(n)), 0.0) for n, (w, values) in worth.items())
    return Profile(path, worth, reserved)


def _values(path: Path, name: str, spec: dict[str, Any], options: list[str]) -> dict[str, float]:
    """Option → value; values that are not listed count nothing, as in GeniusWeb."""
    kind, inner = next(iter(spec.items()), ("", None))
    if kind.lower().startswith("discrete"):
        given = part(path, inner, "valueUtilities", dict, name)
        values = {str(k): finite(path, v, f"{name}.{k}") for k, v in given.items()}
        return {option: values.get(option, 0.0) for option in options}
    if kind.lower().startswith("number") and isinstance(inner, dict):
        low, high, first, last = (
            finite(path, inner.get(key), f"{name}.{key}")
            for key in ("lowValue", "highValue", "lowUtility", "highUtility")
        )
        slope = (last - first) / (high - low) if high != low else 0.0
        return {option: first + slope * (float(option) - low) for option in options}
    raise file_error(path, f"{name} has utilities of the kind {kind or 'none'}, which is not read")
