"""One file over another: ``extends``, deep merge, and what is taken whole."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, time, timedelta
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import numpy as np

from sim.registry import TACTICS
from sim.scenario.distributions import SHAPES
from sim.scenario.errors import Place, file_error
from sim.scenario.wording import kind_of
from sim.scenario.yaml_source import Path_, Places, read_yaml


def shipped_scenarios() -> Path:
    """The folder of the scenarios that come with the package."""
    package = Path(__file__).parents[1]
    # a wheel has them inside; in a clone, installed editable or not, they stand beside
    return next(f for f in (package / "shipped", package.parent / "scenarios") if f.is_dir())


def read_with_bases(
    path: Path, trail: tuple[Path, ...]
) -> tuple[dict[str, Any], Places, list[str]]:
    """The file merged over the files that it extends."""
    return with_bases(*read_yaml(path), path, trail)


def with_bases(
    data: Any, places: Places, path: Path, trail: tuple[Path, ...]
) -> tuple[dict[str, Any], Places, list[str]]:
    """Data, as a file at ``path`` holds them, merged over what they extend."""
    if not isinstance(data, dict):
        raise file_error(
            path,
            f"holds {kind_of(data)}, not keys and values",
            "a scenario starts like `title: …`; see docs/scenario-format.md",
            places[()].line,
        )
    _with_neutral_word(data, places, path)
    bases = data.pop("extends", None)
    if bases is None:
        return data, places, [str(path)]
    where = places.get(("extends",), Place(str(path)))
    names = bases if isinstance(bases, list) else [bases]
    merged: dict[str, Any] = {}
    merged_places: Places = {}
    files: list[str] = []
    for name in names:
        if not isinstance(name, str):
            said = "extends wants a file name or a list of them"
            raise file_error(path, said, "for example extends: kellogg.yaml", where.line)
        base = path.parent / name
        chain = (*trail, path)
        if any(base.resolve() == other.resolve() for other in chain):
            loop = " → ".join([*(p.name for p in chain), base.name])
            raise file_error(path, f"extends goes in a circle: {loop}", line=where.line)
        if not base.exists() and Path(name).parent == Path():
            shipped = (shipped_scenarios() / name).with_suffix(".yaml")
            base = shipped if shipped.exists() else base
        if base.is_dir():
            raise file_error(path, f"extends a folder: {name}", "name a file in it", where.line)
        if not base.exists():
            near = get_close_matches(base.name, [p.name for p in base.parent.glob("*.y*ml")], 1)
            raise file_error(
                path,
                f"extends a file that does not exist: {name}",
                f"did you mean '{near[0]}'?" if near else "the path is taken from this file",
                where.line,
            )
        below, below_places, below_files = read_with_bases(base, chain)
        _merge(merged, merged_places, below, below_places, ())
        files += below_files
    # what one file says of itself is not inherited
    for own in ("name", "title", "summary"):
        if own != "title" or "title" in data:
            merged.pop(own, None)
    _merge(merged, merged_places, data, places, ())
    return merged, merged_places, [*files, str(path)]


def _with_neutral_word(data: dict[str, Any], places: Places, path: Path) -> None:
    """`status_quo:` is `war:` in a word for where there is none."""
    if "status_quo" not in data:
        return
    if "war" in data:
        raise file_error(
            path,
            "has both `war` and `status_quo`, which are two words for one thing",
            "keep one",
            places.get(("status_quo",), Place(str(path))).line,
        )
    calm = data.pop("status_quo")
    data["war"] = {"neutral": True} | calm if isinstance(calm, dict) else calm
    for old in [where for where in places if where[:1] == ("status_quo",)]:
        places[("war", *old[1:])] = places.pop(old)


def _merge(
    into: dict[Any, Any],
    into_places: Places,
    over: dict[Any, Any],
    over_places: Places,
    path: Path_,
) -> None:
    """Deep merge: mappings are joined, anything else replaces, null removes."""
    for key, value in over.items():
        where = (*path, key)
        place = over_places.get(where)
        if value is None and not _is_slip(key):
            into.pop(key, None)
            if place is not None:
                into_places[where] = place
        elif isinstance(value, dict) and not _replaces(value, into.get(key)):
            _merge(into[key], into_places, value, over_places, where)
        else:
            for below in paths_in(into.get(key), where):
                into_places.pop(below, None)
            into[key] = value
            for below in paths_in(value, where):
                if below in over_places:
                    into_places[below] = over_places[below]
        if place is not None:
            into_places.setdefault(where, place)


def paths_in(value: Any, path: Path_) -> Iterator[Path_]:
    """The path of a value and of everything in it."""
    yield path
    if isinstance(value, dict | list):
        for key, below in value.items() if isinstance(value, dict) else enumerate(value):
            yield from paths_in(below, (*path, key))


def _replaces(new: dict[Any, Any], old: Any) -> bool:
    """Whether a mapping is taken whole, not merged key by key.

    So are distributions, the texts of a scale, and a tactic of another name, whose parameters
    would mean nothing.
    """
    if not isinstance(old, dict):
        return True
    return is_whole(new) or is_whole(old) or other_tactic(new, old)


def is_whole(value: dict[Any, Any]) -> bool:
    """Whether it is a distribution or a scale, which a file replaces and does not merge."""
    keys = set(value)
    return bool(keys) and (
        (len(keys) == 1 and keys <= set(SHAPES)) or all(isinstance(k, int | float) for k in keys)
    )


def other_tactic(new: dict[Any, Any], old: dict[Any, Any]) -> bool:
    name = new.get("name")
    return isinstance(name, str) and name in TACTICS and old.get("name", name) != name


_TIMES = {"M": "datetime64[us]", "m": "timedelta64[us]"}
"""Kinds of arrays whose elements are plain numbers otherwise."""


def plain_data(node: Any, nulls: bool = False) -> Any:
    """A copy in plain types; keys that say `null` are keys that are not there, unless wanted.

    Examples
    --------
    >>> plain_data({"cost": (0.1, np.float32(0.5)), "no": None, "for": timedelta(days=14)})
    {'cost': [0.1, 0.5], 'for': '14d'}
    >>> plain_data(np.arange("2026-01", "2026-03", dtype="datetime64[M]"))
    [datetime.date(2026, 1, 1), datetime.date(2026, 2, 1)]
    """
    if isinstance(node, Mapping):
        return {
            key: plain_data(value, nulls)
            for key, value in node.items()
            if nulls or value is not None or _is_slip(key)
        }
    if hasattr(node, "to_numpy"):  # pandas and xarray
        node = node.to_numpy()
    if isinstance(node, np.ndarray | np.generic):
        node = node.astype(_TIMES.get(node.dtype.kind, node.dtype)).tolist()
    if isinstance(node, list | tuple | range):
        return [plain_data(value, nulls) for value in node]
    if isinstance(node, timedelta):
        return f"{node / timedelta(days=1):g}d"
    if isinstance(node, datetime) and node.time() == time():
        return node.date()
    return node


def _is_slip(key: Any) -> bool:
    """Whether a key without a value must not go unseen.

    A number such as `0,7`, or what stands after a comma in a text without quotation marks.
    """
    return not isinstance(key, str) or " " in key
