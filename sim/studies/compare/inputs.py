"""What is to be compared: scenario files to run, and results that were saved."""

from __future__ import annotations

import itertools
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from sim.ensemble.runner import Run
from sim.ensemble.store import load_results
from sim.prose import listing
from sim.registry import PROTOCOLS, TACTICS
from sim.results.summary import summarise
from sim.scenario import Loaded, Scenario, ScenarioError, load_scenario
from sim.scenario.errors import file_error
from sim.scenario.loading import identifier, load_data


@dataclass(frozen=True)
class Entry:
    """A scenario that can be compared: still to be run, or read from a file.

    Attributes
    ----------
    given : str
        What the user wrote.
    name : str
        The scenario's name, made distinct among the entries.
    loaded : Loaded or None
        The scenario to run.
    saved : Run or None
        The results that were read.
    """

    given: str
    name: str
    loaded: Loaded | None = None
    saved: Run | None = None

    @property
    def place(self) -> Path:
        """The file, without what says nothing about which scenario it is."""
        path = Path(self.given)
        if self.loaded is not None and (file := Path(self.loaded.files[-1])).suffix:
            return file.with_suffix("")  # data have none
        return path.parent if path.suffix else path


def read_entries(
    given: Sequence[str | Loaded | Run], overrides: tuple[str, ...] = ()
) -> tuple[list[Entry], dict[str, str]]:
    """Read everything that can be read.

    Parameters
    ----------
    given : sequence of str, Loaded or Run
        Scenario files, names of shipped scenarios, ``result.nc`` files or folders that hold one;
        or what has been read already.
    overrides : tuple of str
        ``--set`` changes for all.

    Returns
    -------
    entries : list of Entry
        With distinct names, in the order given.
    failed : dict of str to str
        What could not be read, and why.
    """
    entries, failed = [], {}
    for one in given:
        try:
            entries.append(read_entry(one, overrides))
        except ScenarioError as error:
            failed[str(one)] = str(error)
    return with_distinct_names(entries), failed


def read_entry(given: str | Loaded | Run, overrides: tuple[str, ...]) -> Entry:
    """Read one; raises :class:`~sim.scenario.ScenarioError` where that is not possible."""
    if not isinstance(given, str):
        name = given.scenario.name
        return (
            Entry(name, name, loaded=given)
            if isinstance(given, Loaded)
            else Entry(name, name, saved=given)
        )
    path = Path(given)
    if path.is_dir() or path.suffix == ".nc":
        if overrides:
            raise file_error(
                path,
                "saved results cannot be changed by --set",
                "give the scenario file, which is then run",
            )
        run = read_saved(path)
        return Entry(given, run.scenario.name, saved=run)
    loaded = load_scenario(given, overrides)
    return Entry(given, loaded.scenario.name, loaded=loaded)


def read_saved(path: Path, rounds: bool = False) -> Run:
    """The run that a ``result.nc``, or the folder that holds it, was saved from.

    Without the ``rounds`` of single worlds unless they are wanted: they fill the memory.

    Raises
    ------
    ScenarioError
        If there is none, or it cannot be read.
    """
    file = path / "result.nc" if path.is_dir() else path
    if not file.exists():
        problem = (
            "there is no result.nc in this folder" if path.is_dir() else "there is no such file"
        )
        raise file_error(path, problem)
    again = "run its scenario again, or give the scenario file"
    try:
        ensemble, central = load_results(file)
        said = json.loads(ensemble.attrs["scenario_json"])
        _refuse_unknown_rules(file, ensemble.attrs)
        try:
            scenario = Scenario.model_validate(said)
        except ValidationError:
            scenario = load_data(said, str(file)).scenario  # which says it in sentences
        if not rounds:
            ensemble = ensemble.drop_dims("traced", errors="ignore")
        return Run(scenario, ensemble, central, summarise(scenario, ensemble, central))
    except ScenarioError:
        raise
    except KeyError as error:
        raise file_error(file, f"has no {error}: saved by another version", again) from error
    except Exception as error:  # a damaged file makes its libraries fail in any way
        raise file_error(file, f"cannot be read as results of a run: {error}", again) from error


def _refuse_unknown_rules(file: Path, about: Mapping[str, Any]) -> None:
    """A protocol or tactic of a package that has not been imported here."""
    protocol, tactics = about["protocol"], json.loads(about["tactics"]).values()
    unknown = [f"the protocol '{protocol}'"] if protocol not in PROTOCOLS else []
    unknown += [f"the tactic '{name}'" for name in sorted({*tactics}) if name not in TACTICS]
    if unknown:
        said = f"was run with {listing(unknown)}, unknown here"
        raise file_error(file, said, "import the package that brings it, then read it again")


def with_distinct_names(entries: list[Entry]) -> list[Entry]:
    """Entries of the same name told apart by their file, or by a number.

    A scenario that extends another without a name of its own has the name of the other.
    """
    names = [entry.name for entry in entries]
    for name in sorted({n for n in names if names.count(n) > 1}):
        places = [n for n, other in enumerate(names) if other == name]
        taken = {n for n in names if n != name}
        for place, new in zip(
            places, _told_apart([entries[p] for p in places], taken), strict=True
        ):
            names[place] = new
    return [replace(entry, name=name) for entry, name in zip(entries, names, strict=True)]


def _told_apart(entries: list[Entry], taken: set[str]) -> list[str]:
    """Names from ever more parts of the paths; numbers where the paths are the same too."""
    longest = max(len(entry.place.parts) for entry in entries)
    for depth in range(1, longest + 1):
        names = [
            identifier("_".join(entry.place.parts[-depth:]).strip("./\\")) for entry in entries
        ]
        if len(set(names)) == len(names) and not taken & set(names):
            return names
    free = (f"{entries[0].name}_{n}" for n in itertools.count(2))
    others = itertools.islice((name for name in free if name not in taken), len(entries) - 1)
    return [entries[0].name, *others]


def named(run: Run, name: str) -> Run:
    """The run with its scenario under another name."""
    if run.scenario.name == name:
        return run
    scenario = run.scenario.model_copy(update={"name": name})
    return replace(run, scenario=scenario, summary=replace(run.summary, scenario=name))
