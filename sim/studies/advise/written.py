"""A plan as a scenario file that extends the original."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

from sim.scenario.distributions import SHAPES
from sim.scenario.loading import Loaded


def plan_file(
    original: Loaded, plan: Loaded, path: Path, title: str, about: Sequence[str], comment: str
) -> str:
    """Text of the file.

    Parameters
    ----------
    original : Loaded
        As its file has it, without changes on the command line.
    plan : Loaded
        What the file is to hold.
    path : Path
        Where the file will be: what it extends is told from there.
    title : str
    about : sequence of str
        What the plan changes, a line each.
    comment : str
        Lines at the top.
    """
    base = os.path.relpath(Path(original.files[-1]).resolve(), path.parent.resolve())
    content = {"extends": Path(base).as_posix(), "name": path.stem, "title": title}
    own = ("name", "title", "summary")
    before, after = ({k: v for k, v in one.raw.items() if k not in own} for one in (original, plan))
    body = yaml.safe_dump(
        content | {"summary": " ".join(f"{line}." for line in about)} | over(before, after),
        sort_keys=False,
        allow_unicode=True,
        width=96,
    )
    return "".join(f"# {line}".rstrip() + "\n" for line in comment.splitlines()) + body


def over(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """What a file has to say to make one mapping of another; null takes away.

    Examples
    --------
    >>> over({"a": {"b": 1, "c": 2}, "d": 3}, {"a": {"b": 1, "c": 4}})
    {'a': {'c': 4}, 'd': None}
    """
    out: dict[str, Any] = {}
    for key in [*after, *(k for k in before if k not in after)]:
        old: Any = before.get(key)
        new: Any = after.get(key)
        if old == new:
            continue
        both = isinstance(old, dict) and isinstance(new, dict)
        out[key] = over(old, new) if both and not (_is_whole(old) or _is_whole(new)) else new
    return out


def _is_whole(value: dict[str, Any]) -> bool:
    """Whether it is a distribution, which a file replaces and does not merge."""
    return len(value) == 1 and set(value) <= set(SHAPES)
