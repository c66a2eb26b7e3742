"""Reading a scenario as written, whatever is wrong with it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sim.prose import did_you_mean
from sim.scenario.distributions import parse_number
from sim.scenario.yaml_source import Path_

Found = Iterator[tuple[Path_, str, str]]


def mapping(node: Any, *keys: str) -> dict[Any, Any]:
    """The mapping below these keys, empty where there is none."""
    for key in keys:
        node = node.get(key) if isinstance(node, dict) else None
    return node if isinstance(node, dict) else {}


LINES = ("limit", "line", "limits")
"""Ways to write red lines, of which a position takes one."""


def median(raw: Any) -> float | None:
    try:
        return parse_number(raw).median
    except (ValueError, TypeError):
        return None


def unknown(path: Path_, name: Any, among: Any, what: str) -> Found:
    if isinstance(name, str) and name not in among:
        yield path, f"there is no {what} '{name}'", did_you_mean(name, among, "declared")


def terms_checks(raw: dict[str, Any], path: Path_) -> Found:
    """A text names issues, and options where an issue has options."""
    issues = mapping(raw, "issues")
    for issue, point in mapping(raw, *path).items():
        yield from unknown((*path, issue), issue, issues, "issue")
        listed = mapping(issues, issue, "scale")
        fits = isinstance(point, int | float) and point in listed
        if mapping(issues, issue).get("kind") == "options" and not fits:
            options = ", ".join(map(str, listed))
            yield (*path, issue), "is not one of the issue's options", f"options: {options}"


def names(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value] if isinstance(value, str) else []


def signs(spec: Any) -> bool:
    """Whether an actor's consent is needed for something."""
    if not isinstance(spec, dict):
        return False
    consent = spec.get("consent", "all" if spec.get("role", "party") == "party" else "none")
    return bool(consent in ("all", "asked") or isinstance(consent, list))


def stage_names(raw: dict[str, Any]) -> list[str]:
    agenda = raw.get("agenda")
    if not isinstance(agenda, list) or not agenda:
        return ["settlement"]
    return [str(s["name"]) for s in agenda if isinstance(s, dict) and "name" in s]


def lines_as_written(position: dict[Any, Any]) -> list[tuple[Path_, dict[Any, Any]]]:
    """Red lines of a position with where they stand in it; ``limit`` is short for a line."""
    line = position.get("line")
    found: list[tuple[Path_, Any]] = []
    if position.get("limit") is not None:
        found.append((("limit",), {"at": position["limit"]}))
    if isinstance(line, list):
        found += [(("line", n), one) for n, one in enumerate(line)]
    elif line is not None:
        found.append((("line",), line))
    return [(where, one) for where, one in found if isinstance(one, dict)]


def line_checks(path: Path_, position: dict[Any, Any]) -> Found:
    """Red lines that make sense: on the far side, one of a kind, noted, in order."""
    lines, given = lines_as_written(position), [k for k in LINES if position.get(k) is not None]
    if len(given) > 1:
        yield (*path, given[1]), f"stands beside `{given[0]}`", "give one of the two"
    ideal = median(position.get("ideal"))
    for where, line in lines:
        place = (*path, *where) if where == ("limit",) else (*path, *where, "at")
        if ideal is not None:
            yield from wrong_side(place, ideal, line.get("at"))
        if where == ("limit",):
            continue
        if line.get("stated") is True and not line.get("source"):
            yield (*path, *where), "is a stated line without a source", "add who said it and when"
        elif not (line.get("source") or line.get("judgement")):
            yield (
                (*path, *where),
                "has neither a source nor a judgement",
                "add `source: KEY` or `judgement: the reason`",
            )
    if len(lines) == 2 and "line" in given:
        stated = [line.get("stated") is True for _, line in lines]
        if sum(stated) != 1:
            word = "stated" if all(stated) else "believed"
            yield (*path, "line"), f"holds two {word} lines", "give one stated and one believed"
            return
        said, thought = (median(lines[stated.index(kind)][1].get("at")) for kind in (True, False))
        if ideal is None or said is None or thought is None:
            return
        if (thought - said) * (said - ideal) < -1e-12:
            yield (
                (*path, "line"),
                f"the believed line {thought:g} is stricter than the stated one {said:g}",
                "leave the believed one out, or put it beyond the stated one",
            )


def wrong_side(place: Path_, ideal: float, line: Any) -> Found:
    """A red line between the ideal and the near end of the scale."""
    limit = median(line) if line is not None else None
    if limit is None or not (0 <= limit <= 1 and 0 <= ideal <= 1):
        return
    if (limit - ideal) * (0.5 - ideal) < -1e-12:
        yield (
            place,
            f"the line {limit:g} lies on the wrong side of the ideal {ideal:g}",
            "a line lies toward the far end of the scale; "
            "for red lines on both sides write `limits: [low, high]`",
        )
