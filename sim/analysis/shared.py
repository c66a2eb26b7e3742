"""Which issues and which signatories scenarios have in common."""

from __future__ import annotations

from collections.abc import Mapping, Sequence


def group_of(keys: Mapping[str, Sequence[str]], baseline: str) -> list[str]:
    """Scenarios that hang together: linked to each other by keys that they share.

    The group of the baseline, unless the baseline is alone in it: then the largest.

    Parameters
    ----------
    keys : mapping of str to sequence of str
        Scenario → its issues (or signatories).
    baseline : str
        A key of ``keys``.

    Returns
    -------
    list of str
        Names in the order of ``keys``; those of one scenario at least.

    Examples
    --------
    >>> group_of({"a": ["x"], "b": ["x", "y"], "c": ["y"], "d": ["z"]}, "a")
    ['a', 'b', 'c']
    """
    groups: list[set[str]] = []
    for name, own in keys.items():
        linked = [g for g in groups if any(set(own) & set(keys[other]) for other in g)]
        groups = [g for g in groups if g not in linked] + [{name}.union(*linked)]
    chosen = next(g for g in groups if baseline in g)
    if len(chosen) == 1:
        chosen = max(groups, key=len)
    if len(chosen) == 1:
        chosen = {baseline}
    return [name for name in keys if name in chosen]


def shared_keys(keys: Mapping[str, Sequence[str]], group: Sequence[str]) -> list[str]:
    """Keys that at least half of the group have, in the order in which they first occur.

    Examples
    --------
    >>> shared_keys({"a": ["x"], "b": ["x", "y"], "c": ["y", "w"]}, ["a", "b", "c"])
    ['x', 'y']
    """
    order = dict.fromkeys(key for name in group for key in keys[name])
    return [k for k in order if 2 * sum(k in keys[name] for name in group) >= len(group)]
