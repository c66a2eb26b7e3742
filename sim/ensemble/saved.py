"""Saved results, read back with the worlds that lie in a store beside them."""

from __future__ import annotations

from pathlib import Path

import xarray as xr

from sim.ensemble.store import read_store
from sim.results.dataset import STORE
from sim.results.experiments import unpacked


def load_results(path: Path) -> tuple[xr.Dataset, xr.Dataset]:
    """Read back what :func:`~sim.results.dataset.save_results` wrote.

    An ensemble that is in a store is opened there: its variables are read when they are asked for.

    Raises
    ------
    OSError, ValueError
        If the file or its store cannot be read, or the store is not that of this file, or not
        whole.
    """
    ensemble = unpacked(xr.load_dataset(path, engine="h5netcdf"))
    central = xr.load_dataset(path, engine="h5netcdf", group="central")
    if STORE in ensemble.attrs:
        place = path.parent / ensemble.attrs.pop(STORE)
        ensemble = read_store(place, ensemble.attrs)
    return ensemble, central
