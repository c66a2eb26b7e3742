"""Numbers that may be uncertain: ``0.4``, ``{normal: [0.4, 0.1]}``, ``{uniform: [0.2, 0.6]}`` …

A :class:`Number` is sampled by its quantile function, so one uniform draw per world and per number
is enough, the central world is the draw 0.5, and the same world uses the same draw in every
scenario (common random numbers; Law 2015, *Simulation Modeling and Analysis*, ch. 11).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtri

Kind = Literal["fixed", "normal", "uniform", "triangular", "choice"]
SHAPES: dict[str, str] = {
    "normal": "[mean, standard deviation]",
    "uniform": "[low, high]",
    "triangular": "[low, most likely, high]",
    "choice": "[a, b, …] or {a: probability, b: probability, …}",
    "fixed": "a number that the default spread leaves alone",
}


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
    """

    kind: Kind
    values: tuple[float, ...]
    weights: tuple[float, ...] = ()
    exact: bool = True
    low: float = -math.inf
    high: float = math.inf

    def quantile(self, u: ArrayLike) -> NDArray[np.float64]:
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
        return float(self.quantile(0.5))

    @property
    def uncertain(self) -> bool:
        return self.kind != "fixed"

    def widened(self, sd: float) -> Number:
        """Itself, or a normal of standard deviation ``sd`` around a plain number."""
        if self.exact or sd <= 0 or self.kind != "fixed":
            return self
        return replace(self, kind="normal", values=(self.values[0], sd))

    def dump(self) -> Any:
        """The form in which a scenario file writes it."""
        if self.kind == "fixed":
            return self.values[0]
        if self.kind == "choice":
            return {"choice": dict(zip(self.values, self.weights, strict=True))}
        return {self.kind: list(self.values)}


def parse_number(raw: Any, low: float = -math.inf, high: float = math.inf) -> Number:
    """Read a number or an inline distribution.

    Raises
    ------
    ValueError
        With one sentence that says what is wrong and how to write it.
    """
    if isinstance(raw, Number):
        return replace(raw, low=low, high=high)
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
        if not values or min(weights) < 0 or sum(weights) <= 0:
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


def _from_key(raw: Any) -> Any:
    """A key as a number where it is one: in JSON, as results keep their scenario, keys are text."""
    try:
        return float(raw) if isinstance(raw, str) else raw
    except ValueError:
        return raw


def _finite(raw: Any) -> float:
    if isinstance(raw, bool) or not isinstance(raw, int | float):
        hint = " (write 0.4 with a point)" if isinstance(raw, str) and "," in raw else ""
        raise ValueError(f"{raw!r} is not a number{hint}")
    value = float(raw)
    if not math.isfinite(value):
        raise ValueError(f"{raw!r} is not a finite number")
    return value


def _check_bounds(number: Number) -> None:
    """The centre and every hard bound must be inside; only a normal's tails are clipped."""
    inside = number.values[:1] if number.kind == "normal" else number.values
    for value in inside:
        if not number.low <= value <= number.high:
            if math.isinf(number.high):
                raise ValueError(f"{value:g} is below {number.low:g}")
            percent = f" (is {value:g} % meant? write {value / 100:g})" if 1 < value <= 100 else ""
            raise ValueError(f"{value:g} is outside {number.low:g} to {number.high:g}{percent}")
