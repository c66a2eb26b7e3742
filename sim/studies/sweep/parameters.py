"""What a value of a varied parameter changes in a scenario, and what the scenario itself says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from sim.prose import did_you_mean
from sim.scenario import Loaded, ScenarioError, load_variant
from sim.scenario.distributions import Number, parse_number
from sim.scenario.durations import is_duration
from sim.scenario.errors import file_error
from sim.scenario.overrides import step_to
from sim.scenario.titles import title_of
from sim.scenario.wording import fields_at, names_are_free
from sim.scenario.yaml_source import Path_, dotted
from sim.studies.explain.inputs import scale_words
from sim.studies.sweep.vary import SCENARIO, Setting, Vary, flow, plain


@dataclass(frozen=True)
class Parameter:
    """A varied parameter as results tell it.

    Attributes
    ----------
    path : str
        As after ``--vary``; ``scenario`` for the files.
    title : str
        In the words of the scenario, with what plain numbers count where that is rounds.
    labels : tuple of str
        Its values in order, as typed; empty for a continuous range.
    numbers : tuple of float
        The same as numbers, durations in days; empty where some value is none.
    low, high : float or None
        Ends of a continuous range.
    factor : bool
        Whether values are factors.
    own : float, str or None
        What the scenario itself says there, counted as the values are (the median where it is
        uncertain; 1 for factors).
    words : tuple of str
        Texts of the scale nearest to the values; empty where they lie on none.
    """

    path: str
    title: str
    labels: tuple[str, ...]
    numbers: tuple[float, ...]
    low: float | None
    high: float | None
    factor: bool
    own: float | str | None
    words: tuple[str, ...] = ()

    @property
    def continuous(self) -> bool:
        return not self.labels

    @property
    def numeric(self) -> bool:
        return self.continuous or bool(self.numbers)


def describe(vary: Vary, base: Loaded, own: float | str | None, unit: str = "") -> Parameter:
    """The parameter of a ``--vary`` in the words of a scenario."""
    ordered = vary.numeric and not vary.continuous
    numbers = tuple(s.number for s in vary.settings if s.number is not None) if ordered else ()
    on_scale = tuple(float(s.value) for s in vary.settings if ordered and s.is_number)
    on_scale = () if vary.factor else on_scale
    words = tuple(scale_words(vary.path, value, base.scenario) for value in on_scale)
    return Parameter(
        vary.path,
        title_of(vary.path, base.scenario) + (f" (in {unit})" if unit else ""),
        tuple(s.label for s in vary.settings),
        numbers,
        vary.low if vary.continuous else None,
        vary.high if vary.continuous else None,
        vary.factor,
        own,
        words if all(words) else (),
    )


def scenarios_parameter(names: list[str]) -> Parameter:
    """The parameter that several files make."""
    return Parameter(SCENARIO, "Scenario", tuple(names), (), None, None, False, None)


def own_value(vary: Vary, base: Loaded) -> float | str | None:
    """What the scenario says at the path; None where it leaves it to the default."""
    if vary.factor:
        return 1.0
    found, node = _node(base.raw, _target(base.raw, vary.path))
    if not found:
        return None
    number = _number(node)
    if number is None:
        return flow(node)
    one = _one_of(vary)
    if _holds_durations(node) == is_duration(one.value):
        return number.median
    said, typed = _time_at(base, vary.path), _time_at(_with_one(vary, base), vary.path)
    return one.number * said / typed if said is not None and typed and one.number else None


def counted_in(vary: Vary, base: Loaded) -> str:
    """What plain numbers of a varied time count, in words, where it is rounds."""
    if vary.factor or not vary.numeric or is_duration(_one_of(vary).value):
        return ""
    part = _part_at(_with_one(vary, base), vary.path)
    in_rounds = isinstance(part, Number) and part.unit == "rounds"
    return f"rounds of {base.scenario.war.round_days:g} days" if in_rounds else ""


def _one_of(vary: Vary) -> Setting:
    """A value that tells in what all are counted: 0 does not."""
    return next((s for s in vary.settings if s.number), Setting(vary.high or vary.low))


def _with_one(vary: Vary, base: Loaded) -> Loaded | None:
    """The scenario with that value; None where it is none that the format takes."""
    try:
        return load_variant(base, (f"{vary.path}={_one_of(vary).label}",))
    except ScenarioError:
        return None


def _time_at(loaded: Loaded | None, path: str) -> float | None:
    """The time at a path: of an uncertain one days, else in the unit of its key."""
    part = _part_at(loaded, path)
    if loaded is not None and isinstance(part, Number):
        return part.counted(1.0, loaded.scenario.war.round_days).median
    return part if isinstance(part, float | int) else None


def _part_at(loaded: Loaded | None, path: str) -> Any:
    """The part of a checked scenario at a path as typed; None where there is none of that name."""
    node: Any = None if loaded is None else loaded.scenario
    for key in path.split("."):
        if isinstance(node, list):
            names = {
                name: e for n, e in enumerate(node) for name in (str(n), getattr(e, "name", None))
            }
            node = names.get(key)
        else:
            node = node.get(key) if isinstance(node, dict) else getattr(node, key, None)
    return node


class Changes:
    """What values change in scenarios, as ``--set`` would be told: ``key.path=value``.

    A number is certain wherever the format takes uncertain ones (``{fixed: 0.3}``): the scenario's
    ``spread`` would otherwise blur the very number that is varied. A factor multiplies every
    parameter of a distribution, its spread included. ``war.cost.ACTOR`` with ``growth`` and
    ``per_month`` means its ``per_month``.

    Parameters
    ----------
    scenarios : mapping of str to Loaded
        The files by name.
    """

    def __init__(self, scenarios: Mapping[str, Loaded]) -> None:
        self.scenarios = scenarios
        self._uncertain: dict[tuple[str, str], bool] = {}

    def of(self, vary: Vary, setting: Setting, name: str) -> tuple[str, ...]:
        """What one value changes in the scenario of this name.

        Raises
        ------
        ScenarioError
            Where there is no number to multiply.
        """
        base = self.scenarios[name]
        path = _target(base.raw, vary.path)
        if setting.factor:
            source = f"--vary {vary.text}"
            where = f" in {name}" if len(self.scenarios) > 1 else ""
            return tuple(
                f"{_typed(leaf)}={flow(_scaled(node, float(setting.value)))}"
                for leaf, node in _leaves(base.raw, path, source, where)
            )
        value = setting.value
        certain = setting.is_number or is_duration(value)
        if certain and self._may_be_uncertain(path, value, name):
            value = {"fixed": value}
        return (f"{_typed(path)}={flow(value)}",)

    def _may_be_uncertain(self, path: Path_, value: float | str, name: str) -> bool:
        key = (_typed(path), name)
        if key not in self._uncertain:
            try:
                load_variant(self.scenarios[name], (f"{key[0]}={{fixed: {value}}}",))
            except ScenarioError:
                return False
            self._uncertain[key] = True
        return True


def _target(raw: dict[str, Any], path: str) -> Path_:
    """The key that is meant by a path: ``war.cost.ACTOR`` may be short for its ``per_month``."""
    keys: Path_ = tuple(part.strip() for part in path.split("."))
    if len(keys) == 3 and keys[:2] == ("war", "cost"):
        found, node = _node(raw, keys)
        if found and isinstance(node, dict) and "per_month" in node:
            return (*keys, "per_month")
    return keys


def _leaves(
    raw: dict[str, Any], path: Path_, source: str, where: str
) -> Iterator[tuple[Path_, Any]]:
    """The numbers that a factor multiplies: the one named, or all costs of war or of an effect."""
    (parent, last), problem = step_to(dict(raw), path, source)
    if problem is not None:
        raise ScenarioError([problem])
    found, node = _node(raw, path)
    if not found:
        known = [str(k) for k in parent] if isinstance(parent, dict) else []
        fields = [] if names_are_free(path[:-1]) else fields_at(path[:-1])
        allowed = [*known, *(f for f in fields if f not in known)]
        fix = (
            "it keeps the format's default; give numbers instead of factors"
            if last in fields
            else did_you_mean(last, allowed, "there is")
        )
        raise file_error(source, f"the scenario says nothing at {dotted(path)}{where}", fix)
    if _number(node) is not None:
        yield path, node
        return
    block = isinstance(node, dict) and (path[:2] == ("war", "cost") or "effect" in path)
    below = list(_numbers_below(node, path)) if block else []
    if not below:
        inside = (
            [str(k) for k, v in node.items() if _number(v) is not None]
            if (isinstance(node, dict))
            else []
        )
        fix = "name one of the numbers in it: " + ", ".join(inside) if inside else "list words"
        what = "is a block" if isinstance(node, dict) else f"is {flow(node)}, not a number"
        raise file_error(source, f"{dotted(path)} {what}, which no factor multiplies", fix)
    yield from below


def _numbers_below(node: Any, path: Path_) -> Iterator[tuple[Path_, Any]]:
    if _number(node) is not None:
        yield path, node
    elif isinstance(node, dict):
        # growth is a rate of the cost, not a cost
        keys = ["per_month"] if "per_month" in node else list(node)
        for key in keys:
            yield from _numbers_below(node[key], (*path, key))


def _number(node: Any) -> Number | None:
    try:
        return parse_number(node, spans=_holds_durations(node))
    except (ValueError, TypeError):
        return None


def _scaled(node: Any, factor: float) -> Any:
    number = parse_number(node, spans=_holds_durations(node))
    values = tuple(float(plain(factor * v)) for v in number.values)
    if number.kind == "choice" and len(set(values)) < len(values):
        number, values = replace(number, kind="fixed", exact=True), values[:1]  # times 0
    scaled = replace(number, values=values).dump()
    return {"fixed": scaled} if number.kind == "fixed" and number.exact else scaled


def _holds_durations(node: Any) -> bool:
    body = next(iter(node.values()), None) if isinstance(node, dict) and len(node) == 1 else node
    return any(map(is_duration, body if isinstance(body, list | dict) else [body]))


def _node(raw: dict[str, Any], path: Path_) -> tuple[bool, Any]:
    """Whether there is something at a path, and what."""
    (parent, last), problem = step_to(dict(raw), path, "")
    if problem is not None or (isinstance(parent, dict) and last not in parent):
        return False, None
    return True, parent[last]


def _typed(path: Path_) -> str:
    return ".".join(map(str, path))


def common_value(own: list[float | str | None]) -> float | str | None:
    """The value that all scenarios have; None where they differ."""
    return own[0] if all(o == own[0] for o in own) else None
