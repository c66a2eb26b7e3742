"""Domains in the XML of GENIUS, which NegMAS reads and writes, too.

A domain is a folder with one file that lists the issues and their options, and one file per
negotiator (a utility space) with weights, evaluations and reserved value. Lin et al. (2014),
Genius: an integrated environment for supporting the design of generic automated negotiators,
*Computational Intelligence* 30(1), doi:10.1111/j.1467-8640.2012.00463.x.
"""

from __future__ import annotations

import math
import re
from dataclasses import replace
from itertools import takewhile
from pathlib import Path

from sim.importing import Imported, Wishes
from sim.importing.domain import Domain, Profile, chosen, integers, listed_scenario, reals
from sim.importing.files import visible
from sim.importing.xml_tree import Element, read_xml
from sim.scenario.errors import Place, Problem

ROOTS = ("negotiation_template", "utility_space")
OURS = r"{}_utility_\d+_(.+)"
"""Names of utility spaces as :mod:`sim.importing.to_genius` writes them, of a domain."""
Roots = dict[Path, Element]


def read(path: Path, wishes: Wishes) -> Imported:
    """The scenario with listed options that a domain makes; see :func:`sim.importing.read`."""
    domain, problems = read_genius(path, wishes.profiles)
    return listed_scenario(domain, problems, wishes, path)


def read_genius(path: Path, profiles: str | None = None) -> tuple[Domain, list[Problem]]:
    """Read a domain.

    Parameters
    ----------
    path : Path
        The folder, or its domain file; other XML files of the folder are the utility spaces.
    profiles : str, optional
        Names of the utility spaces to take, separated by commas.

    Returns
    -------
    domain : Domain
        Not to be used where there are problems.
    problems : list of Problem
        Everything that is wrong, each with file, row and column.

    Remarks
    -------
    Evaluations are taken as they are (NegMAS writes values between 0 and 1), except that those of
    an issue whose largest one exceeds 1 are divided by it, as GENIUS does. Integers are listed, and
    real numbers cut into points as GENIUS cuts them.
    """
    folder = path if path.is_dir() else path.parent
    result = Domain(path, "XML of GENIUS", {}, [])
    if not path.exists():
        return result, [Problem(Place(str(path)), "", "there is no such file or folder")]
    roots, problems, strange = _roots(folder, path)
    spaces = {f: r for f, r in roots.items() if _is_space(r)}
    domains = {f: r for f, r in roots.items() if f not in spaces}
    if strange and (not domains or len(spaces) < 2):
        problems += strange  # one of them may be what is missing
    result.notes += [f"Left out: {Path(p.place.file).name} ({p.message})." for p in strange]
    if path in spaces:
        problems.append(
            Problem(Place(str(path)), "", "is a utility space, not a domain", "name the folder")
        )
    files, unknown = chosen(list(spaces), profiles)
    problems += unknown
    domains, spaces = _one_domain(domains, {f: spaces[f] for f in files}, path, problems, result)
    if problems or not (domains or spaces):
        return result, problems
    result.source, root = next(iter(domains.items() or spaces.items()))
    issues, problems = _issues(root)
    result.issues = {name: options for name, (options, _) in issues.items()}
    cut = [name for name, (_, kind) in issues.items() if kind == "real"]
    if cut:
        result.notes.append(f"Real numbers are cut into points: {', '.join(cut)}.")
    result.title = root.attributes.get("name", "") if domains else ""
    names = [space.attributes.get("name", "") for space in spaces.values()]
    for (file, space), name in zip(spaces.items(), names, strict=True):
        profile, found = _profile(space, result.issues)
        problems += found
        ours = re.fullmatch(OURS.format(re.escape(result.source.stem)), file.stem)
        said = name if names.count(name) == 1 else ""
        result.profiles.append(replace(profile, said=said, key=ours[1] if ours else ""))
    return result, problems


# --- files ---------------------------------------------------------------------------------------


def _roots(folder: Path, named: Path) -> tuple[Roots, list[Problem], list[Problem]]:
    """Files of a negotiation, what is wrong with such files, and what others cannot be read."""
    roots: Roots = {}
    problems: list[Problem] = []
    strange: list[Problem] = []
    for file in visible(folder, ".xml"):
        root, found = read_xml(file)
        if root is not None and root.tag in ROOTS:
            roots[file] = root
        elif root is None:
            ours = file == named or _speaks_of_negotiation(file)
            (problems if ours else strange).extend(found)
    return roots, problems, strange


def _speaks_of_negotiation(file: Path) -> bool:
    """Whether a file that cannot be read was meant to be one of ours.

    What lies beside a domain (tables, results) must not block it.
    """
    try:
        with file.open("rb") as handle:
            start = handle.read(200_000)
    except OSError:
        return True
    return not start.strip() or any(b"<" + tag.encode() in start for tag in (*ROOTS, "!DOCTYPE"))


def _is_space(root: Element) -> bool:
    """Whether a file says what somebody wants, not only what there is."""
    wants = ("weight", "evaluator", "ufun", "reservation")
    return root.tag == "utility_space" and any(any(root.all(tag)) for tag in wants)


def _names(root: Element) -> set[str]:
    return {issue.attributes.get("name", "") for issue in root.all("issue")}


def _one_domain(
    domains: Roots, spaces: Roots, path: Path, problems: list[Problem], result: Domain
) -> tuple[Roots, Roots]:
    """One domain with the utility spaces that belong to it.

    Of several domains in a folder a space belongs to the one with the most issues in common, and
    among these to the one whose file name begins most like its own.
    """
    wanted = {path: domains[path]} if path in domains else domains
    if len(wanted) > 1:
        names = ", ".join(f.name for f in wanted)
        said = f"has several domain files: {names}"
        problems.append(Problem(Place(str(path)), "", said, "name the one that is meant"))
        return wanted, {}
    pool = domains or dict(list(spaces.items())[:1])

    def likeness(file: Path, other: Path) -> tuple[float, int]:
        one, two = _names(spaces[file]), _names(pool[other])
        letters = zip(file.stem.lower(), other.stem.lower(), strict=False)
        alike = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], letters))
        return len(one & two) / max(len(one | two), 1), alike

    kept: Roots = {}
    for file, root in spaces.items():
        best = max(likeness(file, other) for other in pool)
        own = next(iter(wanted), file) if domains else next(iter(pool))
        score = likeness(file, own)
        if score[0] > 0 and (score == best or not domains):
            kept[file] = root
        elif not domains and not score[0]:
            said = f"has no issue of {own.name}: these are profiles of different domains"
            fix = "choose those of one with --profiles"
            problems.append(Problem(Place(str(file)), "", said, fix))
    others = [f.name for f in spaces if f not in kept]
    if others and not problems:
        result.notes.append(f"Left out, of another domain: {', '.join(others)}.")
    return wanted, kept


# --- issues --------------------------------------------------------------------------------------


def _issues(root: Element) -> tuple[dict[str, tuple[list[str], str]], list[Problem]]:
    """Name → options and type."""
    issues: dict[str, tuple[list[str], str]] = {}
    problems: list[Problem] = []
    for issue in root.all("issue"):
        name = issue.attributes.get("name", "")
        kind = issue.attributes.get("vtype", issue.attributes.get("type", "")).lower()
        if not name:
            problems.append(issue.problem("an <issue> has no name"))
        elif name in issues:
            problems.append(issue.problem(f"the issue '{name}' stands twice"))
        elif kind in ("integer", "real"):
            issues[name] = (_range(issue, kind, problems), kind)
        elif kind in ("discrete", ""):
            issues[name] = (_options(issue, problems), "discrete")
        else:
            message = f"the issue '{name}' is of type {kind}; discrete, integer and real are read"
            problems.append(issue.problem(message))
    if not issues and not problems:
        problems.append(root.problem("there is no <issue>"))
    return issues, problems


def _options(issue: Element, problems: list[Problem]) -> list[str]:
    name, options = issue.attributes["name"], []
    for item in issue.own("item"):
        value = item.attributes.get("value")
        if value is None:
            problems.append(item.problem(f"an <item> of '{name}' has no value"))
        elif value in options:
            problems.append(item.problem(f"the option '{value}' stands twice"))
        else:
            options.append(value)
    if not options:
        problems.append(issue.problem(f"the issue '{name}' has no <item>"))
    return options


def _bounds(issue: Element) -> tuple[float, float]:
    """Ends of a range, wherever they stand; NaN where they are missing."""
    holders = [issue, *issue.own("range")]

    def end(key: str) -> float:
        texts = [h.attributes[key] for h in holders if key in h.attributes]
        try:
            return float(texts[-1]) if texts else math.nan
        except ValueError:
            return math.nan

    return end("lowerbound"), end("upperbound")


def _range(issue: Element, kind: str, problems: list[Problem]) -> list[str]:
    low, high = _bounds(issue)
    options = integers(low, high) if kind == "integer" else reals(low, high)
    if options is None:
        said = f"the {kind} issue '{issue.attributes['name']}' has no usable lowerbound, upperbound"
        problems.append(issue.problem(said))
    return options or []


# --- utility spaces ------------------------------------------------------------------------------


class _Reader:
    """Numbers of a utility space, and what is wrong with them."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def problem(self, element: Element, message: str, fix: str = "") -> None:
        self.problems.append(element.problem(message, fix))

    def number(self, element: Element, attribute: str, absent: float | None = None) -> float:
        text = element.attributes.get(attribute)
        if text is None and absent is not None:
            return absent
        try:
            value = float(text) if text is not None else math.nan
        except ValueError:
            value = math.nan
        if math.isfinite(value):
            return value
        message = f"<{element.tag}> has no number as its {attribute}"
        if text is not None:
            message = f"<{element.tag}> has '{text}' as its {attribute}, not a number"
        self.problem(element, message)
        return 0.0

    def values(self, issue: Element, options: list[str]) -> dict[str, float]:
        """Option → value, of a list or of a formula."""
        formula = issue.own("evaluator")
        if formula and not issue.own("item"):
            return self._formula(issue, formula[0], options)
        name, values = issue.attributes["name"], {}
        for item in issue.own("item"):
            option = item.attributes.get("value", "")
            if option in options:
                values[option] = self.number(item, "evaluation")
            else:
                self.problem(item, f"there is no option '{option}' of '{name}'")
        missing = [o for o in options if o not in values]
        if missing:
            said = f"the issue '{name}' has no evaluation of {', '.join(missing[:5])}"
            self.problem(issue, said)
        largest = max(values.values(), default=0.0)
        return {o: v / largest for o, v in values.items()} if largest > 1.0 else values

    def _formula(self, issue: Element, formula: Element, options: list[str]) -> dict[str, float]:
        """Linear or constant, cut off at 0 and 1, as GENIUS has it.

        Of integers the offset is the value of the lower bound, of real numbers that of 0.
        """
        kind = formula.attributes.get("ftype", "linear").lower()
        if kind not in ("linear", "constant"):
            self.problem(formula, f"has a function of the type {kind}; linear ones are read")
            return {}
        steps = "offset" in formula.attributes
        offset = self.number(formula, "offset" if steps else "parameter0")
        slope = self.number(formula, "slope" if steps else "parameter1", 0.0)
        slope = 0.0 if kind == "constant" else slope
        start = float(options[0]) if steps and options else 0.0
        try:
            points = {option: float(option) - start for option in options}
        except ValueError:
            said = f"the options of '{issue.attributes['name']}' are no numbers, its formula is"
            self.problem(formula, said)
            return {}
        return {o: min(max(offset + slope * x, 0.0), 1.0) for o, x in points.items()}


def _profile(root: Element, issues: dict[str, list[str]]) -> tuple[Profile, list[Problem]]:
    reader = _Reader()
    bent = next((e for tag in ("ufun", "hyperRectangle") for e in root.all(tag)), None)
    if bent is not None:
        reader.problem(
            bent,
            "utilities are hyper-rectangles: bonuses for combinations of options",
            "only weighted sums over the issues can be read",
        )
        return Profile(root.file, {}), reader.problems
    weights = {w.attributes.get("index", ""): w for w in root.all("weight")}
    worth: dict[str, tuple[float, dict[str, float]]] = {}
    for element in root.all("issue"):
        name = element.attributes.get("name", "")
        if name not in issues:
            fix = f"the domain lists {', '.join(issues)}"
            reader.problem(element, f"there is no issue '{name}'", fix)
            continue
        if name in worth:
            reader.problem(element, f"the issue '{name}' stands twice")
            continue
        weight = weights.get(element.attributes.get("index", "-"))
        factor = 0.0
        if weight is None:
            reader.problem(element, f"the issue '{name}' has no <weight>")
        else:
            factor = reader.number(weight, "value")
            if factor < 0:
                reader.problem(weight, f"the weight of '{name}' is negative")
        worth[name] = (factor, reader.values(element, issues[name]))
    reserved = [reader.number(r, "value") for r in root.all("reservation")]
    reserve = (reserved or [0.0])[0]
    return Profile(root.file, worth, reserve, _discount(reader, root)), reader.problems


def _discount(reader: _Reader, root: Element) -> float:
    """The factor of a whole session; GENIUS writes 0 for none, too."""
    for element in root.all("discount_factor"):
        factor = reader.number(element, "value")
        if not 0 <= factor <= 1:
            reader.problem(element, f"discounts by {factor:g}; a factor lies between 0 and 1")
        return factor or 1.0
    return 1.0
