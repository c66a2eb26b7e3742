"""Which issues and which signatories scenarios have in common."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set

from sim.scenario.schema import Scenario


def scale_texts(scenario: Scenario) -> dict[str, set[str]]:
    """Issue → the texts of its scale."""
    return {key: set(issue.scale.values()) for key, issue in scenario.issues.items()}


def identities(
    texts: Mapping[str, Mapping[str, Set[str]]], first: str
) -> dict[str, dict[str, str]]:
    """Tell apart what goes by the same key in scenarios about different things.

    Parameters
    ----------
    texts : mapping
        Scenario → key → what it says: two of the same key are the same thing if any text is.
    first : str
        The scenario whose keys stay as they are.

    Returns
    -------
    dict
        Scenario → identity → key; an identity is the key, with a number where it is another thing.

    Examples
    --------
    >>> own = {"a": {"arms": {"none", "all"}}, "b": {"arms": {"none"}}, "c": {"arms": {"few"}}}
    >>> identities(own, "a")["c"]
    {'arms (2)': 'arms'}
    """
    known: dict[str, list[set[str]]] = {}
    found: dict[str, dict[str, str]] = {}
    for name in sorted(texts, key=lambda n: n != first):
        found[name] = {}
        for key, said in texts[name].items():
            kinds = known.setdefault(key, [])
            place = next((n for n, kind in enumerate(kinds) if kind & said), len(kinds))
            if place == len(kinds):
                kinds.append(set())
            kinds[place] |= said
            found[name][key if place == 0 else f"{key} ({place + 1})"] = key
    return {name: found[name] for name in texts}


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
