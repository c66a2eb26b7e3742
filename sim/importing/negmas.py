"""Scenarios in the YAML or JSON of NegMAS: a file of issues and one of each utility function."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

from sim.importing import Imported, Wishes
from sim.importing.domain import Domain, Profile, chosen, integers, listed_scenario, reals
from sim.importing.files import finite, part, read_folder, words
from sim.scenario.errors import ScenarioError, file_error

ADDITIVE = ("LinearAdditiveUtilityFunction", "LinearUtilityAggregationFunction")
LINEAR = ("LinearUtilityFunction", "AffineUtilityFunction")
TYPE_KEYS = ("type", "__python_class__")


def kind_of(data: Any) -> str:
    """Name of the class that data are of, without its modules."""
    name = next((data[k] for k in TYPE_KEYS if k in data), "") if isinstance(data, dict) else ""
    return str(name).rpartition(".")[2]


def _is_domain(data: dict[Any, Any]) -> bool:
    issues = data.get("issues")
    return isinstance(issues, list) and all(isinstance(i, dict) and "values" in i for i in issues)


def _is_function(data: dict[Any, Any]) -> bool:
    return kind_of(data).endswith(("UtilityFunction", "AggregationFunction", "UFun"))


def is_mine(data: Any) -> bool:
    """Whether data are a domain or a utility function of this format."""
    return isinstance(data, dict) and (_is_domain(data) or _is_function(data))


def read(path: Path, wishes: Wishes) -> Imported:
    """The scenario with listed options that a folder makes; see :func:`sim.importing.read`."""
    folder = path if path.is_dir() else path.parent
    result = Domain(path, "files of NegMAS", {}, [])
    found = read_folder(folder, result.notes)
    whole = {f: data for f, data in found.items() if _is_domain(data)}
    if path in whole:
        whole = {path: whole[path]}
    files, problems = chosen([f for f, d in found.items() if _is_function(d)], wishes.profiles)
    try:
        if len(whole) != 1:
            raise file_error(
                path, f"has {len(whole)} files that list issues", "name the one that is meant"
            )
        ((result.source, data),) = whole.items()
        for number, spec in enumerate(data["issues"], 1):
            name = str(spec.get("name", f"issue {number}"))
            result.issues[name] = _options(result.source, name, spec, result.notes)
        result.profiles = [_profile(f, found[f], result.issues) for f in files]
    except ScenarioError as error:
        problems += error.problems
    return listed_scenario(result, problems, wishes, path)


def _options(path: Path, name: str, spec: dict[str, Any], notes: list[str]) -> list[str]:
    values, kind = spec["values"], kind_of(spec)
    if isinstance(values, int):
        values, kind = [0, values - 1], "ContiguousIssue"
    if not isinstance(values, list):
        raise file_error(path, f"{name}.values is no list")
    numeric = len(values) == 2 and all(isinstance(v, int | float) for v in values)
    if not (numeric and kind.startswith(("Contin", "Contig", "Integer", "Real"))):
        return words(path, values, f"{name}.values")
    low, high = (finite(path, v, f"{name}.values") for v in values)
    real = kind.startswith(("Continuous", "Real"))
    options = reals(low, high) if real else integers(low, high)
    if options is None:
        raise file_error(path, f"{name}.values span no usable range")
    if real:
        notes.append(f"Real numbers are cut into points: {name}.")
    return options


def _profile(path: Path, data: dict[str, Any], issues: dict[str, list[str]]) -> Profile:
    kind = kind_of(data)
    if kind not in (*ADDITIVE, *LINEAR):
        raise file_error(
            path, f"is a {kind}", "only weighted sums over the issues can be read, undiscounted"
        )
    weights = _by_issue(data.get("weights", [1.0] * len(issues)), issues)
    values = _by_issue(data.get("values", []), issues)
    worth = {}
    for name, options in issues.items():
        weight = finite(path, weights.get(name), f"weights.{name}")
        table = (
            {option: finite(path, option, f"{name}.values") for option in options}
            if kind in LINEAR
            else _values(path, name, values.get(name), options)
        )
        if weight < 0:  # the same function with a factor above 0
            weight, table = -weight, {o: -v for o, v in table.items()}
        worth[name] = weight, table
    reserved = data.get("reserved_value", 0.0)
    worst = sum(w * min(table.values()) for w, table in worth.values())
    if reserved is None or reserved in (-math.inf, "-inf", "-.inf"):
        return Profile(path, worth, worst)  # anything is better than nothing
    return Profile(path, worth, finite(path, reserved, "reserved_value"))


def _by_issue(given: Any, issues: dict[str, list[str]]) -> dict[str, Any]:
    """Issue → what is given for it, by name or in the order of the issues."""
    if isinstance(given, dict):
        return {str(k): v for k, v in given.items()}
    return dict(zip(issues, given, strict=False)) if isinstance(given, list) else {}


def _values(path: Path, name: str, spec: Any, options: list[str]) -> dict[str, float]:
    """Option → value, of a table or a linear function."""
    kind = kind_of(spec)
    if isinstance(spec, dict) and kind in ("TableFun", ""):
        given = part(path, spec, "mapping", dict, name) if "mapping" in spec else spec
        table = {str(k): finite(path, v, f"{name}.{k}") for k, v in given.items()}
        missing = [o for o in options if o not in table]
        if missing:
            raise file_error(path, f"{name} has no value of {', '.join(missing[:5])}")
        return {o: table[o] for o in options}
    if kind in ("IdentityFun", "LinearFun", "AffineFun"):
        slope = finite(path, spec.get("slope", 1.0), f"{name}.slope")
        bias = finite(path, spec.get("bias", 0.0), f"{name}.bias")
        return {o: bias + slope * finite(path, o, f"{name}.values") for o in options}
    raise file_error(path, f"{name} has values of the kind {kind or 'none'}, which is not read")
