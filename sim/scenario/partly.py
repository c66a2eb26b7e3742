"""Data that are wrong in part: the names that they declare, and what of them is right."""

from __future__ import annotations

from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, TypeAdapter, ValidationError

Declared = dict[str, list[Any] | None]


def mapping(node: Any, *keys: str) -> dict[Any, Any]:
    """The mapping below these keys, empty where there is none."""
    for key in keys:
        node = node.get(key) if isinstance(node, dict) else None
    return node if isinstance(node, dict) else {}


def declared(raw: dict[str, Any]) -> Declared:
    """What each sort of name may be: the context in which a scenario is validated.

    None where that cannot be said, as what declares them is missing or of another kind.
    """

    def keys(found: Any) -> list[Any] | None:
        return list(found) if isinstance(found, dict) else None

    actors, agenda = mapping(raw, "actors"), raw.get("agenda") or [{"name": "settlement"}]
    stages = [mapping(one).get("name") for one in agenda] if isinstance(agenda, list) else None
    return {
        "issue": keys(raw.get("issues")),
        "actor": keys(raw.get("actors")),
        "signatory": keys(actors) and [key for key, spec in actors.items() if _signs(spec)],
        "gate": keys(raw.get("ratification") or {}),
        "source": keys(raw.get("sources") or {}),
        "stage": stages and [name for name in stages if isinstance(name, str)],
        "lever": [f"{key}.{one}" for key in actors for one in mapping(actors, key, "levers")],
    }


def _signs(spec: Any) -> bool:
    actor = mapping(spec)
    by_role = "all" if actor.get("role", "party") == "party" else "none"
    return bool(actor.get("consent", by_role) != "none")


def what_is_right(kind: Any, raw: Any) -> Any:
    """A value as its type has it, without what the type refuses: that is no attribute then.

    None where nothing of it is right; a list is right if all of it is.
    """
    try:
        return TypeAdapter(kind).validate_python(raw)
    except ValidationError:
        args = get_args(kind)
    origin = get_origin(kind)
    if origin is Annotated:
        found = what_is_right(args[0], raw)  # of a plain value the annotations are what is wrong
        return found if isinstance(found, list | dict | BaseModel) else None
    if origin in (Union, UnionType):
        options = (what_is_right(one, raw) for one in args)
        return next((found for found in options if found is not None), None)
    if origin is dict and isinstance(raw, dict):
        return {key: what_is_right(args[1], value) for key, value in raw.items()}
    if origin is list and isinstance(raw, list | dict):
        ones = [what_is_right(args[0], one) for one in (raw if isinstance(raw, list) else [raw])]
        return None if None in ones else ones
    if not (isinstance(kind, type) and issubclass(kind, BaseModel) and isinstance(raw, dict)):
        return None
    given = {name: what_is_right(_type_of(kind, name), raw[name]) for name in raw
             if name in kind.model_fields}  # fmt: skip
    part = kind.model_construct(**given)
    for name, value in given.items():
        if value is None:
            del vars(part)[name]
    return part


def _type_of(kind: type[BaseModel], name: str) -> Any:
    field = kind.model_fields[name]
    whole: Any = field.annotation
    for one in field.metadata:
        whole = Annotated[whole, one]
    return whole
