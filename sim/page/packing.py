"""Arrays and words of a page as one text that a browser unpacks."""

from __future__ import annotations

import base64
import json
import struct
import zlib
from typing import Any

import numpy as np
from numpy.typing import NDArray

Place = list[int]
"""Offset in bytes, number of values, bits of each."""
CHARACTERS = 1.25
"""So many stand for a byte."""


class Pack:
    """Small whole numbers one after the other, each array with as many bits as it needs."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self.size = 0

    def add(self, values: NDArray[Any], bits: int = 8) -> Place:
        """Append an array, flattened; returns where it is."""
        flat = np.ascontiguousarray(values, dtype=np.uint8).ravel()
        place = [self.size, len(flat), bits]
        if bits < 8:
            low_bits = np.unpackbits(flat[:, None], axis=1, bitorder="little")[:, :bits]
            flat = np.packbits(low_bits, bitorder="little")
        self._parts.append(flat.tobytes())
        self.size += len(flat)
        return place

    def text(self, words: dict[str, Any], level: int = 9) -> str:
        """Words and arrays, compressed: length of the JSON, the JSON, the arrays; before
        them how many bytes at the end are no part of them.

        In the alphabet of RFC 1924 with a point for ``<``, so that it can stand in a page: a
        sixteenth shorter than base64. ``level``: from 1, quick, to 9, small.
        """
        said = json.dumps(words, ensure_ascii=False, separators=(",", ":"), default=str).encode()
        packer = zlib.compressobj(level, zlib.DEFLATED, -15)
        whole = struct.pack("<I", len(said)) + said + b"".join(self._parts)
        small = packer.compress(whole) + packer.flush()
        filled = -(len(small) + 1) % 4
        whole = bytes([filled]) + small + bytes(filled)
        return base64.b85encode(whole).decode().replace("<", ".")
