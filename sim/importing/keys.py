"""Plain names for what other formats call by any text."""

from __future__ import annotations

import re
from collections.abc import Container

PLAIN_NAMES = ("articles", "positions")
"""Names of files that say less than the name of their folder."""


def plain_key(name: str, taken: Container[str] = ()) -> str:
    """Small letters, digits and ``_`` made of a name; numbered where that is taken.

    Examples
    --------
    >>> plain_key("EU (incl. Norway)"), plain_key("2100"), plain_key("EU", {"eu"})
    ('eu_incl_norway', 'x_2100', 'eu_2')
    """
    plain = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_") or "x"
    plain = plain if plain[0].isalpha() else f"x_{plain}"
    key, n = plain, 1
    while key in taken:
        n += 1
        key = f"{plain}_{n}"
    return key
