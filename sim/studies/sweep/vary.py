"""``--vary PATH=VALUES``: which parameter of a scenario is varied, and over what.

====================  ==========================================================================
``0:1:11``            11 evenly spaced values, both ends included
``0:1``               anything between (``--design sobol:N`` only)
``0.2,0.5,0.8``       these numbers; distributions such as ``{uniform: [0.2, 0.6]}`` may stand here
``0.5x,1x,2x``        factors: what the scenario holds there, multiplied; also ``0.5x:2x:4``
``13w,26w,1y``        durations; also ``13w:52w:4``, both ends in one unit
``shuttle,median``    words
====================  ==========================================================================
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import Any, NoReturn

import numpy as np

from sim.scenario.durations import DURATION, days_in, is_duration
from sim.scenario.errors import ScenarioError, file_error
from sim.scenario.merging import plain_data
from sim.scenario.yaml_source import parse_yaml

SCENARIO = "scenario"
"""Name of the parameter that several scenario files make."""
_FACTOR = re.compile(r"(?P<number>.+?)\s*[xX×]")
_DECIMAL = re.compile(r"(-?0),(0[0-9]*|[2-9]|[0-9]{2,})")
"""A decimal comma, as likely as not; 0,1 is more often the two ends of a scale."""
_PLAIN_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_RESERVED = {"null", "true", "false", "nan", "inf"}
_OPENING, _CLOSING = "[{", "]}"
MANY = 10_000
MOST = 1e12
"""Beyond what any key of a scenario takes."""


@dataclass(frozen=True)
class Setting:
    """One value of a varied parameter.

    Attributes
    ----------
    value : object
        A number, a word, None for a key taken away, a distribution as plain data; for a factor,
        the factor.
    factor : bool
        Whether it multiplies what the scenario holds.
    """

    value: Any
    factor: bool = False

    @property
    def is_number(self) -> bool:
        return isinstance(self.value, int | float) and not isinstance(self.value, bool)

    @property
    def number(self) -> float | None:
        """The value as a number, a duration in days; None for words."""
        if is_duration(self.value):
            return days_in(self.value)
        return float(self.value) if self.is_number else None

    @property
    def label(self) -> str:
        """As the user would type it: ``0.3``, ``0.5x``, ``26w``, ``shuttle``."""
        if is_duration(self.value):
            return str(self.value)
        return f"{self.value:.12g}x" if self.factor else flow(self.value)


@dataclass(frozen=True)
class Vary:
    """A parameter and what it is varied over.

    Attributes
    ----------
    path : str
        Dotted path of a key of the scenario, or :data:`SCENARIO`.
    settings : tuple of Setting
        The values in the order given; empty for a continuous range.
    low, high : float
        Ends of a continuous range.
    factor : bool
        Whether numbers are factors.
    text : str
        As typed, for errors.
    """

    path: str
    settings: tuple[Setting, ...] = ()
    low: float = math.nan
    high: float = math.nan
    factor: bool = False
    text: str = ""

    @property
    def continuous(self) -> bool:
        return not self.settings

    @property
    def numeric(self) -> bool:
        """Whether all are numbers, factors, or durations, so that they have an order."""
        durations = {is_duration(s.value) for s in self.settings}
        return len(durations) < 2 and all(s.number is not None for s in self.settings)


def parse_varies(given: Sequence[str | tuple[str, Iterable[Any]]]) -> list[Vary]:
    """Read all ``--vary`` options, or paths with values as they are.

    Raises
    ------
    ScenarioError
        With one sentence for each that cannot be read or that names a path twice.
    """
    varies: list[Vary] = []
    problems = []
    for one in given:
        try:
            vary = parse_vary(one) if isinstance(one, str) else vary_over(*one)
            _not_again(vary, varies)
            varies.append(vary)
        except ScenarioError as error:
            problems += error.problems
    if problems:
        raise ScenarioError(problems)
    return varies


def parse_vary(text: str) -> Vary:
    """Read one ``PATH=VALUES``.

    Examples
    --------
    >>> [s.value for s in parse_vary("war.cost.putin=0:0.04:5").settings]
    [0, 0.01, 0.02, 0.03, 0.04]
    >>> [s.label for s in parse_vary("war.cost.putin=0.5x,1x,2x").settings]
    ['0.5x', '1x', '2x']
    >>> [s.label for s in parse_vary("actors.putin.patience=13w:52w:4").settings]
    ['13w', '26w', '39w', '52w']

    Raises
    ------
    ScenarioError
        With one sentence that says what is wrong and how to write it.
    """
    path, equals, body = (part.strip() for part in text.partition("="))
    if not equals or not path or not body:
        _refuse(
            text,
            "is not of the form PATH=VALUES",
            "for example --vary war.cost.putin=0.5x,1x,2x or --vary a.path=0:1:11",
        )
    _refuse_scenarios(text, path)
    decimal = _DECIMAL.fullmatch(body)
    if decimal:
        _refuse(
            text,
            f"may be the number {decimal[1]}.{decimal[2]} or two values",
            f"a decimal has a point, {decimal[1]}.{decimal[2]}; two values a space, "
            f"{decimal[1]}, {decimal[2]}",
        )
    parts = split(body, ",")
    if any(len(split(part, ":")) > 1 for part in parts):
        if len(parts) > 1:
            _refuse(text, "mixes a range and a list", "write one of them")
        return _range(text, path, split(body, ":"))
    return _listed(text, path, [_setting(text, part) for part in parts])


def vary_over(path: str, values: Iterable[Any]) -> Vary:
    """A path with a list of values as Python has them.

    Examples
    --------
    >>> vary_over("a.b", [{"uniform": (0.1, 0.2)}, 1]).settings[0].value
    {'uniform': [0.1, 0.2]}
    >>> [s.label for s in vary_over("war.start_date", ["2026-01-01", "2026-02-01"]).settings]
    ['2026-01-01', '2026-02-01']
    """
    listed = [_as_date(value) for value in plain_data([*values])]
    text = f"{path}={', '.join(map(flow, listed))}"
    _refuse_scenarios(text, path)
    return _listed(text, path, [_plain_setting(text, value) for value in listed])


def _refuse_scenarios(text: str, path: str) -> None:
    if path == SCENARIO:
        said = "scenarios are varied by naming several files"
        _refuse(text, said, "for example one.yaml and two.yaml")


def _as_date(value: Any) -> Any:
    """A date that is written in quotation marks."""
    with suppress(ValueError):
        return date.fromisoformat(value) if isinstance(value, str) else value
    return value


def _plain_setting(text: str, value: Any) -> Setting:
    if isinstance(value, float) and not math.isfinite(value):
        _refuse(text, f"'{value}' is not a finite number")
    return Setting(plain(value) if isinstance(value, float) else value)


def _listed(text: str, path: str, settings: list[Setting]) -> Vary:
    """A list of values."""
    if any(s.factor for s in settings) and not all(s.factor for s in settings):
        _refuse(text, "mixes factors and values", "write all of them with an x, or none")
    labels = [s.label for s in settings]
    again = [label for n, label in enumerate(labels) if label in labels[:n]]
    if again:
        _refuse(text, f"the value {again[0]} stands twice", "each value once")
    if not settings:
        _refuse(text, "has no value", "give two or more")
    return Vary(path, tuple(settings), factor=settings[0].factor, text=text)


def refuse_single(varies: Sequence[Vary]) -> None:
    """What has one value only is not varied."""
    for vary in varies:
        if len(vary.settings) == 1:
            _refuse(
                vary.text,
                "has one value only, so nothing is varied",
                "give more factors, such as 0.5x,1x,2x"
                if vary.factor
                else f"use --set {vary.text}, or give more values",
            )


def _range(text: str, path: str, fields: list[str]) -> Vary:
    """``from:to`` and ``from:to:number``."""
    if len(fields) > 3:
        _refuse(text, "a range is written from:to:number", "for example 0:1:11")
    units = [spelt[2] if (spelt := re.fullmatch(DURATION, f)) else "" for f in fields[:2]]
    if units[0] != units[1]:
        _refuse(text, "the ends of a range are in different units", "for example 13w:52w:4")
    unit = units[0]
    if unit and len(fields) == 2:
        _refuse(text, "a range of durations says how many", f"for example {text}:4")
    ends = [_setting(text, field.removesuffix(unit)) for field in fields[:2]]
    for end, field in zip(ends, fields, strict=False):
        if not end.is_number:
            _refuse(text, f"'{field}' is not a number", "a range is written 0:1:11 or 0.5x:2x:4")
    if ends[0].factor != ends[1].factor:
        _refuse(text, "one end is a factor, the other is not", "write 0.5x:2x:4 or 0:1:11")
    low, high = float(ends[0].value), float(ends[1].value)
    if not max(abs(low), abs(high)) <= MOST or 0 < high - low < 1 / MOST:
        _refuse(text, f"a range lies within ±{MOST:g} and spans {1 / MOST:g} at least")
    if not low < high:
        _refuse(text, "a range goes from the lower to the higher number", "for example 0:1:11")
    if len(fields) == 2:
        return Vary(path, (), low, high, ends[0].factor, text)
    try:
        count = int(fields[2])
    except ValueError:
        _refuse(text, f"'{fields[2]}' is not a whole number of values", "for example 0:1:11")
    if not 2 <= count <= MANY:
        _refuse(
            text, f"a range has from 2 to {MANY:,} values, not {count}", "both ends are included"
        )
    between = [within(v, low, high) for v in np.linspace(low, high, count)[1:-1]]
    numbers = [plain(low), *between, plain(high)]
    settings = tuple(Setting(f"{v:.12g}{unit}" if unit else v, ends[0].factor) for v in numbers)
    return Vary(path, settings, factor=ends[0].factor, text=text)


def _setting(text: str, part: str) -> Setting:
    found = _FACTOR.fullmatch(part)
    if found:
        number = _yaml(text, found["number"])
        if isinstance(number, int | float) and not isinstance(number, bool):
            if not math.isfinite(number):
                _refuse(text, f"'{part}' is not a finite factor")
            if number < 0:
                _refuse(text, f"the factor {part} is negative", "factors are 0x or more")
            return Setting(plain(number), factor=True)
    if not part:
        _refuse(text, "a value is missing between two commas or colons")
    return _plain_setting(text, _yaml(text, part))


def _not_again(vary: Vary, others: Sequence[Vary]) -> None:
    for other in others:
        if other.path == vary.path:
            _refuse(vary.text, f"{vary.path} is varied twice", "put all values into one --vary")
        longer, shorter = sorted((vary.path, other.path), key=len, reverse=True)
        if longer.startswith(f"{shorter}."):
            _refuse(vary.text, f"{longer} lies within {shorter}, which is varied too", "vary one")


def split(text: str, separator: str) -> list[str]:
    """Parts between separators that stand in no brackets and no quotes."""
    parts, depth, quote = [""], 0, ""
    for character in text:
        if quote:
            quote = "" if character == quote else quote
        elif character in "\"'":
            quote = character
        elif character in _OPENING:
            depth += 1
        elif character in _CLOSING:
            depth -= 1
        if character == separator and depth == 0 and not quote:
            parts.append("")
        else:
            parts[-1] += character
    return [part.strip() for part in parts]


def _yaml(text: str, part: str) -> Any:
    try:
        return parse_yaml(part, f"--vary {text}")[0]
    except ScenarioError as error:
        _refuse(text, f"'{part}' {error.problems[0].message}", "quote words with special signs")


def _refuse(text: str, message: str, fix: str = "") -> NoReturn:
    raise file_error(f"--vary {text}", message, fix)


def plain(number: float) -> float | int:
    """A number without the noise of its last bits, whole where it is whole."""
    tidy = float(f"{number:.12g}")
    return int(tidy) if tidy.is_integer() and abs(tidy) < 1e15 else tidy


def within(value: float, low: float, high: float) -> float | int:
    """A value of a range, rounded to its millionth: enough, legible, and short to type again."""
    return plain(min(max(round(value, 7 - math.ceil(math.log10(high - low))), low), high))


def flow(value: Any) -> str:
    """A value as YAML on one line, as after ``--set KEY=``.

    Examples
    --------
    >>> flow({"triangular": [0.1, 0.2, 0.4]}), flow("shuttle"), flow(None), flow("a, b")
    ('{triangular: [0.1, 0.2, 0.4]}', 'shuttle', 'null', '"a, b"')
    """
    if isinstance(value, dict):
        return "{" + ", ".join(f"{flow(k)}: {flow(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(flow, value)) + "]"
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        if _PLAIN_WORD.fullmatch(value) and value.lower() not in _RESERVED:
            return value
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    if isinstance(value, int | float):
        return f"{value:.12g}"
    return str(value)
