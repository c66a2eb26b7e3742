"""What was drawn and what came of it: two tables with one row per world.

The ensemble holds every number that was drawn once a world as a variable ``x.PATH`` of dim
``world``, marked ``role="experiment"``, beside the outcomes (the pair of tables is that of Kwakkel
2017, "The Exploratory Modeling Workbench", *Environmental Modelling & Software* 96).
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import xarray as xr

from sim.engine.draws import Draws
from sim.scenario.schema import Scenario
from sim.scenario.titles import title_of

if TYPE_CHECKING:
    import pandas as pd

ROLE = "experiment"
PACKED = "experiments"
"""All of them in a file as one variable: hundreds would each take as long to write."""
PREFIX = "x."
SCALE, SHARE, MONTHLY = "scale, 0 to 1", "share", "utility a month"
UNITS = {
    r"\.pull": "uniform draw, 0 to 1",
    r"\.flexibility|\.draw|\.error\..+|\.positions\..+\.error": "standard normal draw",
    r"\.effect\.drift\..+|war\.(drift|beliefs)\..+": "scale units a month",
    r"war\.cost\..+\.growth": "relative, a month",
    r"\.effect\.cost\..+|war\.cost\..+": MONTHLY,
    r"\.effect\.payment\..+|\.threshold|durability\.deterrence\..+": "utility",
    r"\.patience|\.leave_after|\.delay|\.term": "days",
    r"\.salience|\.power": "weight",
    r"\.softening": "scale units per utility",
    r"\.ideal|\.limit|\.limits\.[01]|\.line(\.[01])?\.at": SCALE,
    r"\.at_(least|most)|.*\.no_deal.*|plan\..+": SCALE,
    r"\.mediation\.(error|text\..+)": SCALE,
    r"durability\.shift\..+": "scale units a year",
    r"durability\.balance\..+": "scale units per scale unit",
}
"""Unit by how a path ends; anything else is a share."""


def experiment_variables(draws: Draws, scenario: Scenario) -> dict[str, Any]:
    """What was drawn, as variables for the dataset."""
    return {
        f"{PREFIX}{path}": (
            "world",
            drawn,
            {"long_name": title_of(path, scenario), "units": unit_of(path), "role": ROLE},
        )
        for path, drawn in draws.once.items()
    }


@cache
def unit_of(path: str) -> str:
    """What a number is counted in, by its path."""
    found = (unit for end, unit in UNITS.items() if re.search(f"(?:{end})$", path))
    return next(found, SHARE)


def without_experiments(dataset: xr.Dataset) -> xr.Dataset:
    """The outcomes alone."""
    return dataset.drop_vars(list(drawn_variables(dataset)))


def drawn_variables(dataset: xr.Dataset) -> dict[Any, xr.Variable]:
    """What was drawn, by name."""
    return {n: v for n, v in dataset.variables.items() if v.attrs.get("role") == ROLE}


def packed(dataset: xr.Dataset) -> xr.Dataset:
    """With one variable (world, experiment) in place of those of the experiments."""
    found = drawn_variables(dataset)
    if not found:
        return dataset
    paths = [str(name).removeprefix(PREFIX) for name in found]
    words = {key: [v.attrs[key] for v in found.values()] for key in ("long_name", "units")}
    values = np.stack([v.values for v in found.values()], axis=1)
    return dataset.drop_vars(list(found)).assign(
        {
            "experiment": paths,
            PACKED: (("world", "experiment"), values, {"role": ROLE}),
            **{f"experiment_{key}": ("experiment", texts) for key, texts in words.items()},
        }
    )


def unpacked(dataset: xr.Dataset) -> xr.Dataset:
    """What :func:`packed` was given."""
    if PACKED not in dataset:
        return dataset
    names, units = dataset["experiment_long_name"].values, dataset["experiment_units"].values
    words = zip(dataset["experiment"].values, names, units, dataset[PACKED].values.T, strict=True)
    variables = {
        f"{PREFIX}{path}": ("world", values, {"long_name": name, "units": unit, "role": ROLE})
        for path, name, unit, values in words
    }
    return dataset.drop_dims("experiment").assign(variables)


def experiments(dataset: xr.Dataset) -> pd.DataFrame:
    """What was drawn in each world.

    Returns
    -------
    DataFrame
        Index ``world``; a column per path, as after ``--set`` where it is a number of the scenario.
        Titles and units are in ``dataset["x.PATH"].attrs``. Certain numbers have no column.
    """
    columns = {
        str(name).removeprefix(PREFIX): variable.values
        for name, variable in drawn_variables(dataset).items()
    }
    return _frame(columns, dataset)


def outcomes_table(dataset: xr.Dataset) -> pd.DataFrame:
    """What came of each world.

    Returns
    -------
    DataFrame
        Index ``world``; a column per outcome, as in ``docs/outputs.md``. An outcome of several
        actors, issues, stages … has a column for each: ``utility.putin``, ``moved.putin.arms``.
        Codes with names, such as ``outcome``, are categories, missing where there is nothing to
        name. Rounds are left out.
    """
    columns: dict[str, Any] = {}
    for name, variable in without_experiments(dataset).data_vars.items():
        if variable.dims[:1] == ("world",):
            labels = [dataset[dim].values.astype(str) for dim in variable.dims[1:]]
            flat = variable.values.reshape(dataset.sizes["world"], -1)
            for column, keys in enumerate(itertools.product(*labels)):
                columns[".".join((str(name), *keys))] = _named(flat[:, column], variable.attrs)
    return _frame(columns, dataset)


def flags(names: Sequence[str], first: Sequence[int] = ()) -> dict[str, Any]:
    """Attributes of a variable of codes: from 0, but for those that come ``first``, rising."""
    codes = [*first, *range(len(names) - len(first))]
    return {"flag_values": codes, "flag_meanings": " ".join(names)}


def _named(values: np.ndarray[Any, Any], attributes: dict[str, Any]) -> Any:
    """Values of flags by name, those that are none of them as missing; others as they are."""
    if "flag_meanings" not in attributes:
        return values
    import pandas as pd

    known = np.atleast_1d(attributes["flag_values"])
    places = np.searchsorted(known, values).clip(max=len(known) - 1)
    codes = np.where(known[places] == values, places, -1)
    return pd.Categorical.from_codes(codes, attributes["flag_meanings"].split())


def _frame(columns: dict[str, Any], dataset: xr.Dataset) -> pd.DataFrame:
    import pandas as pd

    index = dataset["world"].values if "world" in dataset.coords else range(dataset.sizes["world"])
    return pd.DataFrame(columns, index=pd.Index(index, name="world"))
