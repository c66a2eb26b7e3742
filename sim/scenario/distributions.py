"""Numbers that may be uncertain: ``0.4``, ``{normal: [0.4, 0.1]}``, ``{uniform: [4w, 26w]}`` …

A :class:`Number` is sampled by its quantile function, so one uniform draw per world and per number
is enough, the central world is the draw 0.5, and the same world uses the same draw in every
scenario (common random numbers; Law 2015, *Simulation Modeling and Analysis*, ch. 11).
"""

from __future__ import annotations

import math
import re
import textwrap
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtri

from sim.arrays import Array
from sim.scenario.durations import HOW, days_in, is_duration, written

Kind = Literal["fixed", "normal", "uniform", "triangular", "choice"]
Unit = Literal["", "days", "rounds"]
SHAPES: dict[str, str] = {
    "normal": "[mean, standard deviation]",
    "uniform": "[low, high]",
    "triangular": "[low, most likely, high]",
    "choice": "[a, b, …] or {a: probability, b: probability, …}",
    "fixed": "a number that the default spread leaves alone",
}


class OutOfBounds(ValueError):
    """A number that is none of those which its key takes."""


@dataclass(frozen=True)
class Number:
    """A number, certain or not, with the bounds its draws are clipped to.

    Attributes
    ----------
    kind : str
        ``fixed``, ``normal``, ``uniform``, ``triangular`` or ``choice``.
    values : tuple of float
        The parameters of the kind, as in :data:`SHAPES`.
    weights : tuple of float
        Probabilities of a ``choice``.
    exact : bool
        True when the scenario's default spread must not widen it.
    low, high : float
        Draws are clipped to this interval.
    unit : str
        What a span of time is counted in: ``days``, or ``rounds`` where the file gives a plain
        number; empty for what is no span of time.
    """

    kind: Kind
    values: tuple[float, ...]
    weights: tuple[float, ...] = ()
    exact: bool = True
    low: float = -math.inf
    high: float = math.inf
    unit: Unit = ""

    def quantile(self, u: ArrayLike) -> Array:
        """Value at probability ``u`` (any shape, in (0, 1)); inverse of the distribution function.

        Examples
        --------
        >>> Number("triangular", (0.0, 0.5, 1.0)).quantile([0.125, 0.5])
        array([0.25, 0.5 ])
        """
        u = np.asarray(u, dtype=float)
        v = self.values
        if self.kind == "fixed":
            out = np.full(u.shape, v[0])
        elif self.kind == "normal":
            out = v[0] + v[1] * ndtri(u)
        elif self.kind == "uniform":
            out = v[0] + (v[1] - v[0]) * u
        elif self.kind == "triangular":
            low, mode, high = v
            width = high - low
            if width == 0:
                out = np.full(u.shape, mode)
            else:
                left = low + np.sqrt(u * width * (mode - low))
                right = high - np.sqrt((1 - u) * width * (high - mode))
                out = np.where(u * width < mode - low, left, right)
        else:
            order = np.argsort(v)
            cumulative = np.cumsum(np.asarray(self.weights)[order])
            index = np.searchsorted(cumulative, u * cumulative[-1], side="right")
            out = np.asarray(v)[order][np.minimum(index, len(v) - 1)]
        return np.clip(out, self.low, self.high)

    @property
    def median(self) -> float:
        """The value of the central world."""
        if self.kind == "fixed":  # asked for by the hundred when a scenario is checked
            return min(max(self.values[0], self.low), self.high)
        with np.errstate(over="ignore"):  # asked of numbers whose bounds are yet to be checked
            return float(self.quantile(0.5))

    @property
    def uncertain(self) -> bool:
        return self.kind != "fixed"

    def widened(self, sd: float) -> Number:
        """Itself, or a normal of standard deviation ``sd`` around a plain number."""
        if self.exact or sd <= 0 or self.kind != "fixed":
            return self
        return replace(self, kind="normal", values=(self.values[0], sd))

    def counted(self, each: float, round_days: float) -> Number:
        """A span of time counted in units of so many days, where a round has ``round_days``.

        Examples
        --------
        >>> parse_number("26w", spans=True).counted(7, 7).values
        (26.0,)
        >>> parse_number(26, spans=True).counted(7, 14).values
        (52.0,)
        """
        if self.unit == "rounds" and each == round_days:
            return self
        days = 1.0 if self.unit == "days" else round_days
        # divided last, so that whole numbers of units stay whole
        values = tuple(value * days / each for value in self.values)
        return replace(
            self, values=values, low=self.low * days / each, high=self.high * days / each
        )

    def dump(self) -> Any:
        """The form in which a scenario file writes it."""
        values = list(map(written, self.values)) if self.unit == "days" else list(self.values)
        if self.kind == "fixed":
            return values[0]
        if self.kind == "choice":
            return {"choice": dict(zip(values, self.weights, strict=True))}
        return {self.kind: values}


def parse_number(
    raw: Any, low: float = -math.inf, high: float = math.inf, spans: bool = False
) -> Number:
    """Read a number or an inline distribution.

    With ``spans``, spans of time: durations such as ``26w``, or plain numbers, which count rounds.

    Raises
    ------
    ValueError
        With one sentence that says what is wrong and how to write it.
    """
    if isinstance(raw, Number):
        return replace(raw, low=low, high=high)
    if spans:
        plain, unit = _in_days(raw)
        return replace(parse_number(plain, low, high), unit=unit)
    if isinstance(raw, dict):
        return _parse_distribution(raw, low, high)
    number = Number("fixed", (_finite(raw),), exact=False, low=low, high=high)
    _check_bounds(number)
    return number


def _parse_distribution(raw: dict[Any, Any], low: float, high: float) -> Number:
    if len(raw) != 1 or (name := next(iter(raw))) not in SHAPES:
        names = ", ".join(SHAPES)
        raise ValueError(
            f"a distribution is one of {names}, for example {{normal: [0.4, 0.1]}}; "
            f"found {', '.join(map(str, raw)) or 'nothing'}"
        )
    body = raw[name]
    if name == "fixed":
        number = Number("fixed", (_finite(body),), low=low, high=high)
    elif name == "choice":
        if isinstance(body, dict):
            values = tuple(_finite(_from_key(k)) for k in body)
            weights = tuple(_finite(p) for p in body.values())
        elif isinstance(body, list):
            values = tuple(_finite(v) for v in body)
            weights = (1.0,) * len(values)
        else:
            values, weights = (), ()
        if not values or min(weights) < 0 or not 1e-9 <= sum(weights) <= 1e9:
            raise ValueError(f"choice is written {SHAPES['choice']}")
        total = sum(weights)
        number = Number("choice", values, tuple(w / total for w in weights), True, low, high)
    else:
        size = 3 if name == "triangular" else 2
        if not isinstance(body, list) or len(body) != size:
            raise ValueError(f"{name} is written {{{name}: {SHAPES[name]}}}")
        values = tuple(_finite(v) for v in body)
        if name == "normal" and values[1] < 0:
            raise ValueError("the standard deviation of a normal cannot be negative")
        if name != "normal" and list(values) != sorted(values):
            raise ValueError(f"{name} wants its numbers in rising order: {SHAPES[name]}")
        number = Number(name, values, (), True, low, high)
    _check_bounds(number)
    return number


def _in_days(raw: Any) -> tuple[Any, Unit]:
    """A span of time as plain numbers, and what they count."""
    ends = _ends(raw)
    for end in ends:
        if isinstance(_from_key(end), str) and not is_duration(end):
            days_in(end)  # says how to write it
    given = [is_duration(end) for end in ends]
    # nothing is as long in every unit
    if not all(yes or _from_key(end) == 0 for yes, end in zip(given, ends, strict=True)):
        if any(given):
            raise ValueError(f"mixes durations and plain numbers; {HOW}")
        return raw, "rounds"
    return _with_days(raw), "days"


def _ends(raw: Any) -> list[Any]:
    """The numbers that a number or distribution is written with."""
    if isinstance(raw, dict):
        body = next(iter(raw.values()), None)
        return list(body) if isinstance(body, list | dict) else [body]
    return [raw]


def _with_days(raw: Any) -> Any:
    """The same with days in place of durations; probabilities of a choice stay."""
    if isinstance(raw, dict) and len(raw) == 1:
        kind, body = next(iter(raw.items()))
        if isinstance(body, dict):
            return {kind: {_with_days(k): p for k, p in body.items()}}
        return {kind: list(map(_with_days, body)) if isinstance(body, list) else _with_days(body)}
    return days_in(raw) if is_duration(raw) else raw


def _from_key(raw: Any) -> Any:
    """A key as a number where it is one: in JSON, as results keep their scenario, keys are text."""
    try:
        return float(raw) if isinstance(raw, str) else raw
    except ValueError:
        return raw


def _finite(raw: Any) -> float:
    if isinstance(raw, bool) or not isinstance(raw, int | float):
        said = str(raw).lower() if isinstance(raw, bool) else textwrap.shorten(repr(raw), 60)
        if isinstance(raw, list | dict):
            said = "a list" if isinstance(raw, list) else "a mapping"
        raise ValueError(f"{said} is not a number ({_meant(raw)})")
    try:
        value = float(raw)
    except OverflowError:
        value = math.inf
    if not math.isfinite(value):
        raise ValueError(f"{value:g} is not a finite number (write one such as 0.4)")
    return value


def _meant(raw: Any) -> str:
    """How to write what somebody seems to have meant by something that is no number.

    Examples
    --------
    >>> _meant("3 %"), _meant("0,4"), _meant("0.4"), _meant("much")
    ('write 0.03', 'write 0.4', 'write 0.4 without quotation marks', 'write one such as 0.4')
    """
    text = str(raw).replace(",", ".").strip()
    plain = text.rstrip("% ")
    if re.fullmatch(r"-?[0-9.]*[0-9]", plain) and plain.count(".") < 2:
        bare = " without quotation marks" if plain == raw else ""
        return f"write {float(plain) / (100 if plain != text else 1):g}{bare}"
    return "write one such as 0.4"


def _check_bounds(number: Number) -> None:
    """The centre and every hard bound must be inside; only a normal's tails are clipped."""
    inside = number.values[:1] if number.kind == "normal" else number.values
    for value in inside:
        if not number.low <= value <= number.high:
            if value < number.low == 0 and number.high > 1:
                raise ValueError(f"{value:g} is below 0")
            meant = number.high == 1 and 2 <= value <= 100
            percent = f" (is {value:g} % meant? write {value / 100:g})" if meant else ""
            raise OutOfBounds(f"{value:g} is outside {number.low:g} to {number.high:g}{percent}")
    if number.kind == "normal" and number.values[1] > number.high - number.low:
        raise OutOfBounds(
            f"a standard deviation of {number.values[1]:g} is wider than all that is allowed, "
            f"{number.low:g} to {number.high:g}"
        )
