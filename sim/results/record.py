"""Results as frozen dataclasses whose fields are the keys of the JSON that is written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from functools import cache
from types import UnionType
from typing import Any, Self, Union, get_args, get_origin, get_type_hints

OMITTED = {"omitted": True}
"""Metadata of a field that is left out of what is written where it is None."""
DIGITS = 6
"""After the point, of numbers that are written."""


@dataclass(frozen=True)
class Record:
    """Plain data: other records, mappings, lists, intervals, numbers, texts and None."""

    def to_json(self) -> dict[str, Any]:
        """As dicts and lists, in the order of the fields."""
        plain: dict[str, Any] = _plain(self)
        return plain

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> Self:
        """Back from what :meth:`to_json` gives; what is missing becomes None."""
        made: Self = _made(cls, raw)
        return made

    def rounded(self) -> Self:
        """With numbers as they are written."""
        return type(self).from_json(_rounded(self.to_json()))


def _plain(value: Any) -> Any:
    if isinstance(value, Record):
        return {
            field.name: _plain(one)
            for field in fields(value)
            if (one := getattr(value, field.name)) is not None or not field.metadata.get("omitted")
        }
    if isinstance(value, Mapping):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return value


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, DIGITS) + 0.0
    if isinstance(value, dict):
        return {key: _rounded(one) for key, one in value.items()}
    return [_rounded(one) for one in value] if isinstance(value, list) else value


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def _made(kind: Any, raw: Any) -> Any:
    """The value of a type hint from plain data."""
    origin, arguments = get_origin(kind), get_args(kind)
    if raw is None or kind is Any:
        return raw
    if origin in (Union, UnionType):
        return _made(next(one for one in arguments if one is not type(None)), raw)
    if is_dataclass(kind):
        return kind(**{k: _made(hint, raw.get(k)) for k, hint in _hints(kind).items()})  # type: ignore[arg-type, operator]
    if origin is dict:
        return {key: _made(arguments[1], one) for key, one in raw.items()}
    if origin is list:
        return [_made(arguments[0], one) for one in raw]
    if isinstance(kind, type) and issubclass(kind, tuple):
        return kind(*raw)
    return raw
