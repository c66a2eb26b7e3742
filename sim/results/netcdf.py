"""NetCDF-4 files by h5py alone: h5netcdf takes four times as long for hundreds of variables.

The conventions are in the NetCDF User's Guide, appendix "File Format Specifications".
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import xarray as xr
from xarray.backends.common import WritableCFDataStore

BARE = "This is a netCDF dimension but not a netCDF variable."
"""Begins the name of the scale of a dimension without labels."""


def write_netcdf(
    path: Path, root: xr.Dataset, groups: Mapping[str, xr.Dataset], small: Sequence[str] = ()
) -> None:
    """Write a dataset, of which ``small`` is compressed, and groups that share its dimensions."""
    with h5py.File(path, "w", track_order=True) as file:
        whole = _Group(file, {}, small)
        root.dump_to_store(whole)
        for name, data in groups.items():
            group = file.create_group(name, track_order=True)
            data.dump_to_store(_Group(group, dict(whole.scales)))


class _Group(WritableCFDataStore):
    """A group of a file, to which xarray gives variables as they are to be written."""

    def __init__(self, group: Any, scales: dict[Hashable, Any], small: Sequence[str] = ()) -> None:
        self.group, self.scales, self.small = group, scales, small

    def set_dimensions(self, *_: Any, **__: Any) -> None:
        """Nothing: they are made with the variables."""

    def set_attributes(self, attributes: Mapping[str, Any]) -> None:
        self.group.attrs.update(attributes)

    def set_variables(self, variables: Mapping[str, xr.Variable], *_: Any, **__: Any) -> None:
        made: dict[Hashable, Any] = {n: self._written(n, v) for n, v in variables.items()}
        sizes = {dim: n for variable in variables.values() for dim, n in variable.sizes.items()}
        for dim in [dim for dim in sizes if dim not in self.scales]:
            scale = made.get(dim) or self.group.create_dataset(dim, (sizes[dim],), ">f4")
            scale.make_scale(dim if dim in made else f"{BARE}{sizes[dim]:10d}")
            scale.attrs["_Netcdf4Dimid"] = np.int32(len(self.scales))
            self.scales[dim] = scale
        for name, variable in variables.items():
            for axis, dim in zip(made[name].dims, variable.dims, strict=True):
                if self.scales[dim] != made[name]:
                    axis.attach_scale(self.scales[dim])

    def _written(self, name: str, variable: xr.Variable) -> Any:
        text = variable.dtype.kind in "OU"
        fill = variable.attrs.get("_FillValue")
        data = self.group.create_dataset(
            name,
            data=variable.values.astype(object) if text else variable.values,
            dtype=h5py.string_dtype() if text else None,
            fillvalue=fill,
            compression=1 if name in self.small else None,
        )
        own = {} if fill is None else {"_FillValue": np.atleast_1d(fill)}
        data.attrs.update(variable.attrs | own)
        return data
