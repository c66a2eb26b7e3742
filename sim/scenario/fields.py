"""Field types and base classes that the parts of the scenario format share."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, GetPydanticSchema
from pydantic_core import PydanticCustomError, core_schema

from sim.scenario.distributions import SHAPES, Number, parse_number

DAY = r"[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?"
"""A date, possibly without day or month."""
Identifier = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]


def _number_json_schema(low: float, high: float) -> dict[str, Any]:
    bounds: dict[str, Any] = {}
    if low > -1e300:
        bounds["minimum"] = low
    if high < 1e300:
        bounds["maximum"] = high
    any_of: list[dict[str, Any]] = [{"type": "number", **bounds}]
    for name, text in SHAPES.items():
        body: dict[str, Any] = {"description": text}
        if name == "fixed":
            body["type"] = "number"
        elif name == "choice":
            body["type"] = ["array", "object"]
        else:
            size = 3 if name == "triangular" else 2
            body |= {
                "type": "array",
                "items": {"type": "number"},
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


def uncertain(low: float = float("-inf"), high: float = float("inf")) -> Any:
    """A field type for a number or an inline distribution within bounds."""

    def parse(raw: Any) -> Number:
        try:
            return parse_number(raw, low, high)
        except ValueError as error:
            raise PydanticCustomError("number", str(error)) from None  # type: ignore[arg-type]

    def schema(_source: Any, _handler: Any) -> core_schema.CoreSchema:
        return core_schema.no_info_plain_validator_function(
            parse,
            serialization=core_schema.plain_serializer_function_ser_schema(lambda n: n.dump()),
            metadata={"pydantic_js_functions": [lambda _s, _h: _number_json_schema(low, high)]},
        )

    return GetPydanticSchema(schema)


OnScale = Annotated[Number, uncertain(0.0, 1.0)]
Share = Annotated[Number, uncertain(0.0, 1.0)]
Positive = Annotated[Number, uncertain(0.0)]
AnyNumber = Annotated[Number, uncertain()]


class Strict(BaseModel):
    """Base of all parts: unknown keys are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


def listed(raw: Any) -> Any:
    return [raw] if isinstance(raw, str | dict) else raw


class Sourced(Strict):
    """Something that rests on a source or is marked as a judgement."""

    source: Annotated[list[str], BeforeValidator(listed)] = Field(
        default=[], description="Key or keys of `sources`."
    )
    judgement: str | None = Field(
        default=None, description="The reason, where the number is the coder's judgement."
    )


class Line(Sourced):
    """A red line: what a side says, or is thought, not to sign beyond."""

    at: OnScale = Field(description="It signs nothing beyond this point, if the line binds.")
    stated: bool = Field(
        default=False,
        description="Said in public or to the other side: known to all. Else the coder's belief.",
    )
    binds: Share | None = Field(
        default=None,
        description="Probability that it would rather go without a deal than cross it, whatever "
        "else it gets; absent: `engine.stated_binds` or `engine.believed_binds`.",
    )

    @property
    def kind(self) -> Literal["stated", "believed"]:
        return "stated" if self.stated else "believed"


class Wish(Sourced):
    """What somebody wants on one issue, and beyond what point they refuse."""

    ideal: OnScale
    salience: Positive = Field(description="Weight; normalised over the issues that it names.")
    line: Annotated[list[Line], BeforeValidator(listed)] = Field(
        default=[],
        max_length=2,
        description="Red line on the far side of the ideal; or two, a stated one and a believed "
        "one, which counts where the stated one does not bind.",
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
    def upward(self) -> bool:
        """Whether they are upper ones: they lie toward the far end of the scale."""
        if self.lines and abs(self.ideal.median - 0.5) < 1e-9:
            return self.lines[0].at.median >= 0.5
        return self.ideal.median <= 0.5


class Bound(Strict):
    """A condition on another issue of the same package."""

    at_most: OnScale | None = None
    at_least: OnScale | None = None
