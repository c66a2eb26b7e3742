"""Days that a scenario names, and times that it counts in rounds."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from pydantic import TypeAdapter, ValidationError

from sim.scenario.distributions import Number
from sim.scenario.errors import Place
from sim.scenario.fields import Moment, every_part, in_unit
from sim.scenario.raw import Found, mapping, names, unknown
from sim.scenario.schema import Condition, Scenario
from sim.scenario.yaml_source import Path_

_HORIZON: TypeAdapter[float] = TypeAdapter(Annotated[float, in_unit("d", 1, 3660)])
_MOMENT: TypeAdapter[Any] = TypeAdapter(Moment)


def _days_named(raw: dict[str, Any]) -> Found:
    """A deadline lies within the run, days asked for after day 0; who knows of it is declared."""
    start = _read(_MOMENT, mapping(raw, "war").get("start_date"))
    horizon = _read(_HORIZON, raw.get("horizon_days", 365))
    asked = raw.get("ask")
    moments: list[tuple[Path_, Any]] = [
        (("ask", n, "by"), mapping(one).get("by"))
        for n, one in enumerate(asked if isinstance(asked, list) else [])
    ]
    deadline = mapping(raw, "deadline")
    for path, written in [(("deadline", "at"), deadline.get("at")), *moments]:
        moment = _read(_MOMENT, written)
        if isinstance(moment, date):
            moment = (moment - start).days if isinstance(start, date) else None
        if moment is None:
            continue
        if moment <= 0:
            yield path, f"is not after day 0 ({start})", "name a later day"
        elif path[0] == "deadline" and horizon is not None and moment > horizon:
            said = f"is day {moment:g}, beyond the horizon of {horizon:g} days"
            yield path, said, f"an earlier day, or horizon_days: {moment:g}"
    known_to = deadline.get("known_to")
    for actor in [] if known_to == "all" else names(known_to):
        yield from unknown(("deadline", "known_to"), actor, mapping(raw, "actors"), "actor")


def _read(adapter: TypeAdapter[Any], raw: Any) -> Any:
    """A value of the type, or None where it is wrong, which is told elsewhere."""
    try:
        return adapter.validate_python(raw)
    except (ValidationError, TypeError):
        return None


TIME_CHECKS = (_days_named,)


def counted_in_rounds(scenario: Scenario) -> list[Path_]:
    """Paths of the times that are plain numbers, and so hang on the length of a round."""
    found = []
    for path, part in every_part(scenario):
        if isinstance(part, Number) and part.unit == "rounds":
            found.append(path)
        elif isinstance(part, Condition) and part.round is not None:
            found.append((*path, "round"))
    return found


def note_on_rounds(round_days: float, found: list[tuple[Place, str]]) -> list[str]:
    """A sentence for each file that counts times in rounds, with the places."""
    notes = []
    for file in dict.fromkeys(place.file for place, _ in found):
        here = [(place.line, key) for place, key in found if place.file == file]
        where = ", ".join(f"{key} (line {line})" if line else key for line, key in sorted(here))
        notes.append(
            f"{file}: note: plain numbers count rounds (war.round_days: {round_days:g}) and mean "
            f"another time with others: {where}; durations such as 26w do not"
        )
    return notes
