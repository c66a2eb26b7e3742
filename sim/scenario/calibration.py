"""Engine parameters that past negotiations allow, as a table that every world draws a row of."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import Field

from sim.arrays import Array
from sim.scenario.fields import Strict, refused

SHIPPED = Path(__file__).with_name("calibration.json")


class Calibration(Strict):
    """A sample of the joint distribution of engine parameters; all rows are alike."""

    names: tuple[str, ...] = Field(default=(), description="Engine parameters.")
    rows: tuple[tuple[float, ...], ...] = Field(
        default=(), description="Values that go together; every row is as likely as any other."
    )
    made_from: dict[str, str] = Field(
        default={}, description="Hashes and sizes of what it was learnt from."
    )

    def column(self, name: str) -> Array:
        """The values of one parameter, shape (rows,)."""
        return np.array([row[self.names.index(name)] for row in self.rows])

    def without(self, names: set[str]) -> Calibration:
        """The same but for some parameters."""
        kept = [n for n, name in enumerate(self.names) if name not in names]
        rows = tuple(tuple(row[n] for n in kept) for row in self.rows) if kept else ()
        return Calibration(
            names=tuple(self.names[n] for n in kept), rows=rows, made_from=self.made_from
        )


NONE = Calibration()


@cache
def shipped() -> Calibration:
    """The calibration that comes with the package; none where there is none."""
    return read_calibration(SHIPPED) if SHIPPED.exists() else NONE


def read_calibration(path: Path) -> Calibration:
    """Read a table that ``python -m sim calibrate`` has written.

    Raises
    ------
    OSError, ValueError
        If there is no such file, or it holds something else.
    """
    return Calibration.model_validate(json.loads(path.read_text(encoding="utf-8")))


def resolved(given: Any) -> Any:
    """``none``, a file, or a table as it stands."""
    if given is None:
        return shipped()
    if not isinstance(given, str):
        return given
    if given == "none":
        return NONE
    try:
        return read_calibration(Path(given))
    except (OSError, ValueError) as error:
        reason = "there is no such file" if isinstance(error, FileNotFoundError) else "not one"
        raise refused(
            f"'{given}' cannot be read as a calibration: {reason}",
            "give `none` or a file that `python -m sim calibrate` has written",
        ) from None
