"""What advice leaves behind: the scenario file of a plan, and what the search took."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

from sim.prose import counted, percent, span_words
from sim.scenario.loading import Loaded
from sim.scenario.merging import is_whole
from sim.studies.advise.advice import Advice, Judged
from sim.studies.advise.judging import Judge
from sim.studies.advise.words import TITLES, telling


def spent_words(*judges: Judge) -> str:
    """Processor time that worlds took, and what was there already."""
    cpu, kept = sum(one.cpu for one in judges), sum(one.kept for one in judges)
    return f"{cpu:.0f} s of processor time; {counted(kept, 'trial')} taken from an earlier run."


def figures(judged: Judged, found: Advice) -> str:
    """What a plan's file says of itself at its top."""
    lines = [
        f"Found by `advise {found.scenario}`; judged in {counted(found.worlds, 'world')} of seed "
        f"{found.judged_seed}, in which nothing was searched:"
    ]
    for measure in telling(found):
        value = judged.values[measure]
        if measure in judged.intervals:
            share = judged.intervals[measure]
            lines.append(f"  {TITLES[measure]}: {percent(value, share)} ({span_words(share)})")
        else:
            lines.append(f"  {TITLES[measure]}: {value:.4f} of utility ({judged.worst_off})")
    return "\n".join([*lines, found.note])


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
        out[key] = over(old, new) if both and not (is_whole(old) or is_whole(new)) else new
    return out
