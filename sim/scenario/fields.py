"""Field types and base classes that the parts of the scenario format share."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetPydanticSchema,
    ValidationInfo,
    field_validator,
)
from pydantic_core import PydanticCustomError, core_schema

from sim.prose import did_you_mean, one_line
from sim.scenario.distributions import SHAPES, Number, OutOfBounds, parse_number
from sim.scenario.durations import DAYS_IN, DURATION, HOW, days_in, is_duration
from sim.scenario.yaml_source import Path_

DAY = r"[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?"
"""A date, possibly without day or month."""
NAME = r"^[a-z][a-z0-9_]*$"
Identifier = Annotated[str, Field(pattern=NAME, max_length=100)]


def refused(said: str, fix: str = "") -> PydanticCustomError:
    """What pydantic tells of a value in our own words, and the fix."""
    return PydanticCustomError("refused", "{said}", {"said": said, "fix": fix})


def registered(registry: Mapping[str, Any], what: str) -> AfterValidator:
    """Only names of what is registered, when a file is read."""

    def there(name: str) -> str:
        if name not in registry:
            raise refused(f"there is no {what} '{name}'; choose from {', '.join(registry)}")
        return name

    return AfterValidator(there)


def _declared(what: str) -> BeforeValidator:
    """Only names that the file declares; which they are is the context of the validation."""

    def known(name: Any, info: ValidationInfo) -> Any:
        among = (info.context or {}).get(what)
        if among is not None and isinstance(name, str) and name not in among:
            fix = did_you_mean(name, among, "declared")
            raise refused(f"there is no {what} '{name}'", fix)
        return name

    return BeforeValidator(known)


IssueName = Annotated[Identifier, _declared("issue")]
ActorName = Annotated[Identifier, _declared("actor")]
SignatoryName = Annotated[Identifier, _declared("signatory")]
StageName = Annotated[Identifier, _declared("stage")]
GateName = Annotated[Identifier, _declared("gate")]
LeverName = Annotated[str, _declared("lever")]
SourceName = Annotated[str, _declared("source")]
Title = Annotated[str, Field(max_length=500), AfterValidator(one_line)]
"""Words that stand on one line of a page, a chart or the terminal."""


def _link(url: str) -> str:
    if not re.fullmatch(r"https?://[^\s\"'<>/?#][^\s\"'<>]*", url):
        said = "is not a link to a page; it begins with https:// or http:// and has no spaces"
        raise refused(said)
    return url


Link = Annotated[str, AfterValidator(_link)]
"""An address on the web: what a browser would run, such as ``javascript:``, is none."""


def _number_json_schema(low: float, high: float, spans: bool) -> dict[str, Any]:
    bounds: dict[str, Any] = {}
    items: dict[str, Any] = {"type": ["number", "string"] if spans else "number"}
    if low > -1e300:
        bounds["minimum"] = low
    if high < 1e300:
        bounds["maximum"] = high
    any_of: list[dict[str, Any]] = [{"type": "number", **bounds}]
    if spans:
        any_of.insert(0, {"type": "string", "pattern": DURATION, "description": HOW})
    for name, text in SHAPES.items():
        body: dict[str, Any] = {"description": text}
        if name == "fixed":
            body |= items
        elif name == "choice":
            body["type"] = ["array", "object"]
        else:
            size = 3 if name == "triangular" else 2
            body |= {
                "type": "array",
                "items": items,
                "minItems": size,
                "maxItems": size,
            }
        any_of.append(
            {
                "type": "object",
                "properties": {name: body},
                "required": [name],
                "additionalProperties": False,
            }
        )
    return {"anyOf": any_of}


def uncertain(low: float, high: float, why: str = "", spans: bool = False) -> Any:
    """A field type for a number or an inline distribution within bounds, or a span of time.

    ``why`` there are these bounds is told with the error.
    """

    def parse(raw: Any) -> Number:
        try:
            return parse_number(raw, low, high, spans)
        except ValueError as error:
            said = f"{error}: {why}" if why and isinstance(error, OutOfBounds) else str(error)
            raise refused(said) from None

    def schema(_source: Any, _handler: Any) -> core_schema.CoreSchema:
        return core_schema.no_info_plain_validator_function(
            parse,
            serialization=core_schema.plain_serializer_function_ser_schema(lambda n: n.dump()),
            metadata={
                "pydantic_js_functions": [lambda _s, _h: _number_json_schema(low, high, spans)]
            },
        )

    return GetPydanticSchema(schema)


OnScale = Annotated[Number, uncertain(0.0, 1.0)]
Share = Annotated[Number, uncertain(0.0, 1.0)]
Weight = Annotated[Number, uncertain(0.0, 1e12, "only the ratios of weights count")]
Factor = Annotated[Number, uncertain(0.0, 100.0, "1 leaves things as they are")]
Movement = Annotated[Number, uncertain(-10.0, 10.0, "a scale is 1 long")]
Deviation = Annotated[Number, uncertain(0.0, 10.0, "a scale is 1 long")]
Worth = Annotated[Number, uncertain(-100.0, 100.0, "no package is worth more than 1")]
Growth = Annotated[
    Number, uncertain(-1.0, 0.5, "at 0.5 a month a cost is 130 times as high after a year")
]
LONGEST = 36_525.0
"""Days in a hundred years."""
Span = Annotated[
    Number, uncertain(0.0, LONGEST, "a hundred years of days, and no run is as long", spans=True)
]
"""A span of time: a duration such as ``26w``, or a plain number of rounds."""
SHORTEST = 0.25


def _certain(span: Number) -> Number:
    if span.uncertain or span.median < SHORTEST:
        said = "must be one duration above 0, of 0.25d at least, such as 2w"
        raise refused(said)
    return span


CertainSpan = Annotated[Span, AfterValidator(_certain)]


def span(days: float) -> Number:
    """A span of time as a default: so many days."""
    return Number("fixed", (days,), exact=False, low=0.0, unit="days")


_WRITTEN: Any = Annotated[str, Field(pattern=DURATION, description=HOW)]


def in_unit(unit: str, low: float, high: float) -> Any:
    """For a field type: a plain number of days or months within bounds, or a duration."""

    def parse(raw: Any) -> float:
        try:
            number = days_in(raw) / DAYS_IN[unit] if isinstance(raw, str) else raw
            return parse_number({"fixed": number}, low, high).median
        except ValueError as error:
            raise refused(str(error)) from None

    bounds = {"ge": low} | ({"le": high} if high < 1e300 else {})
    plain = Annotated[float, Field(**bounds)]  # type: ignore[arg-type]
    return BeforeValidator(parse, json_schema_input_type=plain | _WRITTEN)


def _sorted_points(at: dict[float, Any]) -> dict[float, Any]:
    for point in at:
        if not 0 <= point <= 1:
            said = f"the point {point:g} lies outside the scale 0 to 1"
            meant = f" (is {point:g} % meant? write {point / 100:g})" if 2 <= point <= 100 else ""
            raise refused(said + meant)
    return dict(sorted(at.items()))


ByPoint = AfterValidator(_sorted_points)
"""For a mapping from points of a scale: from 0 to 1, in their order."""


def _moment(raw: Any) -> Any:
    """A day of the scenario: a date, or days from day 0 as a number."""
    if is_duration(raw):
        if days_in(raw) > LONGEST:
            raise refused("lies more than a hundred years ahead")
        return days_in(raw)
    if isinstance(raw, date):
        return raw
    try:
        return date.fromisoformat(raw)
    except (TypeError, ValueError):
        how = "is neither a date such as 2025-04-30 nor a duration from day 0 such as 100d"
        raise refused(f"{raw!r} {how}") from None


Moment = Annotated[
    date | float,
    BeforeValidator(_moment, json_schema_input_type=date | Annotated[str, Field(pattern=DURATION)]),
]
"""A day: a date, or a duration from day 0 (days inside)."""


class Strict(BaseModel):
    """Base of all parts: unknown keys are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    @classmethod
    def __get_pydantic_json_schema__(cls, core: Any, handler: Any) -> dict[str, Any]:
        """As usual, with defaults that are uncertain numbers."""
        schema: dict[str, Any] = handler(core)
        keys = handler.resolve_ref_schema(schema)["properties"]
        for key, field in cls.model_fields.items():
            number = field.default
            if isinstance(number, Number):
                plain = number.unit == "" or not number.median
                keys[key]["default"] = number.median if plain else number.dump()
        return schema


def listed(raw: Any) -> Any:
    return [raw] if isinstance(raw, str | dict) else raw


class Sourced(Strict):
    """Something that rests on a source or is marked as a judgement."""

    source: Annotated[list[SourceName], BeforeValidator(listed)] = Field(
        default=[], description="Key or keys of `sources`."
    )
    judgement: str | None = Field(
        default=None, description="The reason, where the number is the coder's judgement."
    )


def every_part(node: Any, path: Path_ = ()) -> Iterator[tuple[Path_, Any]]:
    """Every value of a checked scenario with its place, each before its parts."""
    ahead = [(path, node)]
    while ahead:
        path, node = ahead.pop()
        yield path, node
        inside = vars(node) if isinstance(node, BaseModel) else node
        if isinstance(inside, dict):
            ahead += [((*path, key), value) for key, value in reversed(inside.items())]
        elif isinstance(inside, list):
            ahead += [((*path, n), inside[n]) for n in reversed(range(len(inside)))]


def sourced_parts(scenario: BaseModel) -> Iterator[tuple[Path_, Sourced]]:
    """Parts of a scenario that can carry a source or a judgement, with their places."""
    return ((path, part) for path, part in every_part(scenario) if isinstance(part, Sourced))


class Line(Sourced):
    """A red line: what a side says, or is thought, not to sign beyond."""

    at: OnScale = Field(description="Where it lies.")
    stated: bool = Field(
        default=False,
        description="Said in public or to the other side before the first day, so all know it and"
        " offers respect it; needs a source. Else the coder's belief, which the "
        "others have to find out.",
    )
    binds: Share | None = Field(
        default=None,
        description="Probability that the side would rather go without a deal than cross it, "
        "whatever else it gets. Absent: that of its kind, `engine`.",
    )

    @property
    def kind(self) -> Literal["stated", "believed"]:
        return "stated" if self.stated else "believed"


class Wish(Sourced):
    """What somebody wants on one issue, and beyond what point they refuse."""

    ideal: OnScale = Field(description="The point it wants most.")
    salience: Weight = Field(
        description="Weight of the issue; only the proportions among the actor's issues count."
    )
    line: Annotated[list[Line], BeforeValidator(listed)] = Field(
        default=[],
        max_length=2,
        description="`{at: …}`, or a list of two, one stated: the red line toward the far end of "
        "the scale, above an ideal below 0.5, below an ideal above 0.5, on either side of 0.5. "
        "Absent: none.",
    )
    limit: OnScale | None = Field(
        default=None, description="Short for `line: {at: …}`, a line that the coder believes in."
    )

    @property
    def lines(self) -> list[Line]:
        """Its red lines on the far side, the one that is held first coming first."""
        lines = self.line if self.limit is None else [Line(at=self.limit)]
        return sorted(lines, key=lambda line: not line.stated)

    @property
    def notes(self) -> list[Sourced]:
        """What may give reasons: the wish as a whole and each of its red lines."""
        return [self, *self.line]

    @property
    def upward(self) -> bool:
        """Whether they are upper ones: they lie toward the far end of the scale."""
        if self.lines and abs(self.ideal.median - 0.5) < 1e-9:
            return self.lines[0].at.median >= 0.5
        return self.ideal.median <= 0.5


class Bound(Strict):
    """A condition on another issue of the same package."""

    at_most: OnScale | None = Field(
        default=None, description="The issue is settled at this point or below."
    )
    at_least: OnScale | None = Field(
        default=None, description="The issue is settled at this point or above."
    )


class Source(Strict):
    """A reference that positions cite by key."""

    title: Title = Field(description="Author, title, publication.")
    date: str | None = Field(
        default=None,
        pattern=f"^{DAY}$",
        description="Compared with `known_by` as far as it is given.",
    )
    url: Link | None = Field(default=None, description="Where to find it.")

    @field_validator("date", mode="before")
    @classmethod
    def _text(cls, raw: Any) -> Any:
        return str(raw) if isinstance(raw, date | int) else raw


class Rate(Strict):
    """A share of what is left that goes in a span of time."""

    share: Share = Field(description="Share of the misjudgement that goes.")
    per: CertainSpan = Field(description="The span of time, such as 1w.")


def _rate(raw: Any) -> Any:
    """A share alone is one of each round."""
    if isinstance(raw, Rate) or (isinstance(raw, dict) and set(raw) & set(Rate.model_fields)):
        return raw
    return {"share": raw, "per": 1}


PerTime = Annotated[Rate, BeforeValidator(_rate)]
"""A share in a span of time, or in each round."""
