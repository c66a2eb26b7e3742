"""Domains in the XML of GENIUS, which NegMAS reads and writes, too.

A domain is a folder with one file that lists the issues and their options, and one file per
negotiator (a utility space) with weights, evaluations and reserved value. Lin et al. (2014),
Genius: an integrated environment for supporting the design of generic automated negotiators,
*Computational Intelligence* 30(1), doi:10.1111/j.1467-8640.2012.00463.x.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

from sim.importing import Imported, Wishes
from sim.importing.keys import plain_key
from sim.importing.table import raise_all
from sim.importing.xml_tree import Element, problem_at, read_xml
from sim.scenario.errors import Place, Problem

LISTED = {"discrete", ""}
"""Types of issues whose options are listed."""


def read(path: Path, wishes: Wishes) -> Imported:
    """The scenario with listed options that a domain makes; see :func:`sim.importing.read`."""
    raw, problems = read_genius(path)
    raise_all(problems)
    assert raw is not None
    if wishes.title:
        raw["title"] = wishes.title
    head = [
        f"Made by `python -m sim import {path}` from XML of GENIUS.",
        "Strategies and the number of rounds are not part of that format: what stands here are the",
        "defaults of docs/discrete-scenarios.md.",
    ]
    notes = [raw["summary"], "Tactics and the number of rounds have no source: the defaults."]
    return Imported(raw, head, notes)


def read_genius(path: str | Path) -> tuple[dict[str, Any] | None, list[Problem]]:
    """Read a domain into a scenario with listed options.

    Parameters
    ----------
    path : str or Path
        The folder, or its domain file; the other XML files of the folder are the utility spaces.

    Returns
    -------
    scenario : dict or None
        The content of a scenario file as plain data; None where something is wrong.
    problems : list of Problem
        Everything that is wrong, each with file, row and column.

    Remarks
    -------
    Evaluations are taken as they are (NegMAS writes values between 0 and 1), except that those of
    an issue whose largest one exceeds 1 are divided by it, as GENIUS does. Names become keys:
    small letters, digits and ``_``; the names as written are kept as titles.
    """
    path = Path(path)
    folder = path if path.is_dir() else path.parent
    files = sorted(p for p in folder.glob("*.xml")) if folder.is_dir() else []
    if not path.exists():
        return None, [Problem(Place(str(path)), "", "there is no such file or folder")]
    roots: dict[Path, Element] = {}
    problems: list[Problem] = []
    for file in files:
        root, found = read_xml(file)
        problems += found
        if root is not None and _is_negotiation(root):
            roots[file] = root
    spaces = {f: r for f, r in roots.items() if _is_space(r)}
    domains = {f: r for f, r in roots.items() if f not in spaces}
    if not path.is_dir() and path in spaces:
        problems.append(
            Problem(Place(str(path)), "", "is a utility space, not a domain", "name the folder")
        )
    if not path.is_dir() and path in domains:
        domains = {path: domains[path]}
    if len(domains) > 1:
        names = ", ".join(f.name for f in domains)
        problems.append(Problem(Place(str(folder)), "", f"has several domain files: {names}"))
    if len(spaces) < 2 and not problems:
        fix = "a domain needs a file with <weight> elements per negotiator"
        found_ = f"has {len(spaces)} utility spaces; at least 2 are needed"
        problems.append(Problem(Place(str(folder)), "", found_, fix))
    if problems:
        return None, problems
    source, domain = next(iter(domains.items() or spaces.items()))
    issues, problems = _issues(source, domain)
    actors: dict[str, Any] = {}
    for file, root in spaces.items():
        actor, found = _actor(file, root, issues)
        problems += found
        actors[plain_key(file.stem, actors)] = actor
    if problems:
        return None, problems
    return {
        "name": plain_key(source.stem),
        "title": source.stem,
        "summary": f"Read from {source.name} and {', '.join(f.name for f in spaces)}.",
        "issues": {
            key: {"title": title, "options": options} for key, title, options in issues.values()
        },
        "actors": actors,
        "protocol": {"name": "stacked", "steps": 100},
    }, []


Issues = dict[str, tuple[str, str, list[str]]]
"""Name as written → key, title, options."""


def _is_negotiation(root: Element) -> bool:
    return root.tag in ("negotiation_template", "utility_space")


def _is_space(root: Element) -> bool:
    """Whether a file says what somebody wants, not only what there is."""
    return root.tag == "utility_space" and any(root.all("weight"))


def _issues(path: Path, root: Element) -> tuple[Issues, list[Problem]]:
    issues: Issues = {}
    problems = []
    keys: dict[str, Any] = {}
    for issue in root.all("issue"):
        name = issue.attributes.get("name", "")
        where = (path, issue.line, issue.column)
        if not name:
            problems.append(problem_at(*where, "an <issue> has no name"))
            continue
        if name in issues:
            problems.append(problem_at(*where, f"the issue '{name}' stands twice"))
            continue
        kind = issue.attributes.get("vtype", issue.attributes.get("type", "")).lower()
        if kind not in LISTED:
            message = f"the issue '{name}' is of type {kind}; only listed options are read"
            problems.append(problem_at(*where, message))
            continue
        options: list[str] = []
        for item in issue.own("item"):
            value = item.attributes.get("value")
            here = (path, item.line, item.column)
            if value is None:
                problems.append(problem_at(*here, f"an <item> of '{name}' has no value"))
            elif value in options:
                problems.append(problem_at(*here, f"the option '{value}' stands twice"))
            else:
                options.append(value)
        if not options:
            problems.append(problem_at(*where, f"the issue '{name}' has no <item>"))
        key = plain_key(name, keys)
        keys[key] = True
        issues[name] = (key, name, options)
    if not issues and not problems:
        problems.append(problem_at(path, root.line, root.column, "there is no <issue>"))
    return issues, problems


def _actor(path: Path, root: Element, issues: Issues) -> tuple[dict[str, Any], list[Problem]]:
    """A utility space as an actor."""
    problems: list[Problem] = []

    def number(element: Element, attribute: str) -> float:
        text = element.attributes.get(attribute)
        try:
            value = float(text) if text is not None else math.nan
        except ValueError:
            value = math.nan
        if not math.isfinite(value):
            message = f"<{element.tag}> has no number as its {attribute}"
            if text is not None:
                message = f"<{element.tag}> has '{text}' as its {attribute}, not a number"
            problems.append(problem_at(path, element.line, element.column, message))
            return 0.0
        return value

    weights = {w.attributes.get("index", ""): w for w in root.all("weight")}
    positions: dict[str, Any] = {}
    for element in root.all("issue"):
        name = element.attributes.get("name", "")
        where = (path, element.line, element.column)
        if name not in issues:
            listed = f"the domain lists {', '.join(issues)}"
            problems.append(problem_at(*where, f"there is no issue '{name}'", listed))
            continue
        key, _, options = issues[name]
        if key in positions:
            problems.append(problem_at(*where, f"the issue '{name}' stands twice"))
            continue
        weight = weights.get(element.attributes.get("index", "-"))
        if weight is None:
            problems.append(problem_at(*where, f"the issue '{name}' has no <weight>"))
        values: dict[str, float] = {}
        for item in element.own("item"):
            option = item.attributes.get("value", "")
            if option not in options:
                message = f"there is no option '{option}' of '{name}'"
                problems.append(problem_at(path, item.line, item.column, message))
                continue
            values[option] = number(item, "evaluation")
        missing = [o for o in options if o not in values]
        if missing:
            message = f"the issue '{name}' has no evaluation of {', '.join(missing)}"
            problems.append(problem_at(*where, message))
        largest = max(values.values(), default=0.0)
        if largest > 1.0:
            values = {option: value / largest for option, value in values.items()}
        worth = 0.0 if weight is None else number(weight, "value")
        if worth < 0 and weight is not None:
            message = f"the weight of '{name}' is negative"
            problems.append(problem_at(path, weight.line, weight.column, message))
        positions[key] = {"weight": worth, "values": values}
    reservation = [number(r, "value") for r in root.all("reservation")]
    for discount in root.all("discount_factor"):
        if number(discount, "value") not in (0.0, 1.0):  # GENIUS writes 0 for none, too
            message = "utilities are discounted with time, which is not read"
            problems.append(problem_at(path, discount.line, discount.column, message))
    actor = {
        "name": path.stem,
        "tactic": "boulware",
        "reservation": reservation[0] if reservation else 0.0,
        "positions": positions,
    }
    return actor, problems
