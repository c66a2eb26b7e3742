"""The labelled dataset of a run: built from finished models, saved, loaded."""

from __future__ import annotations

import datetime
import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from sim.arrays import Array
from sim.engine.recorder import EVERY_WORLD, IN_FORCE
from sim.engine.state import BROKEN_DOWN, SETTLED
from sim.files import written_whole
from sim.results.aftermath import afterwards_variables
from sim.results.experiments import PREFIX, experiment_variables, flags, packed
from sim.results.limited import limited_coordinates, limited_variables
from sim.results.netcdf import write_netcdf
from sim.results.outcomes import OUTCOMES, REASONS
from sim.scenario.schema import Scenario

if TYPE_CHECKING:
    from sim.engine.model import PeaceTalks

STORE = "store"
"""Attribute of a result that names the store of its worlds."""

Arrays = dict[str, NDArray[Any]]
Variables = dict[str, Any]
"""Dims, values and perhaps attributes by name, as a Dataset takes them."""
UNITS = {
    "day": "days of the run",
    "issue": "scale, 0 to 1",
    "utility": "utility, 0 to 1 over the party's issues",
    "month": "utility a month",
}


class ChunkResult(NamedTuple):
    """What came of one chunk.

    Attributes
    ----------
    outcomes, trace : dict of str to ndarray
        By name, worlds first: outcomes, and rounds where they were kept.
    central : CentralWorld or None
        Where it was run before the worlds of the chunk.
    """

    outcomes: Arrays
    trace: Arrays
    central: CentralWorld | None = None

    @classmethod
    def of(cls, model: PeaceTalks, trace: bool, keep: Iterable[str] | None = None) -> ChunkResult:
        """From a finished model, which has one central world at most, and first.

        ``trace`` says whether its rounds were kept in all worlds; of the outcomes those named in
        ``keep`` are, by default all.
        """
        outcomes = chunk_variables(model)
        kept = outcomes if keep is None else [name for name in keep if name in outcomes]
        rounds = trace_variables(model) if trace or model.draws.central else {}
        central = model.draws.central

        def own(values: NDArray[Any]) -> NDArray[Any]:
            # so that it lies in memory as it will when a worker has sent it: sums hang on that
            return np.asfortranarray(values[central:])

        return cls(
            {name: own(outcomes[name][1]) for name in kept},
            {name: own(rounds[name][1]) for name in EVERY_WORLD if trace and name in rounds},
            CentralWorld.of(model, outcomes, rounds) if central else None,
        )


def outcome_codes(model: PeaceTalks) -> NDArray[np.int8]:
    """Index into :data:`sim.results.outcomes.OUTCOMES` per world."""
    talks = model.talks
    now = np.any([np.zeros(talks.worlds), *(o.in_force for o in model.recorder.agreements)], axis=0)
    return _codes(talks.status, talks.stage, model.ratification.failed_last, now)


def _codes(
    status: NDArray[Any], stage: NDArray[Any], refused: NDArray[Any], limited: NDArray[Any]
) -> NDArray[np.int8]:
    kinds = [status == SETTLED, refused, stage > 0, status == BROKEN_DOWN, limited]
    return np.select(kinds, [0, 2, 1, 3, 5], 4).astype(np.int8)


def _at_deadline(model: PeaceTalks) -> dict[str, Any]:
    """The outcome taken at the deadline, where there is one."""
    if model.spec.deadline is None:
        return {}
    then = model.recorder
    codes = _codes(
        then.deadline_status, then.deadline_stage, then.deadline_refused, then.deadline_limited
    )
    codes = np.where(then.deadline_status < 0, outcome_codes(model), codes).astype(np.int8)
    return {"outcome_at_deadline": ("world", codes, flags(_kinds(model)))}


def _kinds(model: PeaceTalks) -> Sequence[str]:
    return OUTCOMES if model.tracks else OUTCOMES[:-1]


def stuck(model: PeaceTalks) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The issue that blocks a failed world, and the reason (index into :data:`REASONS`).

    Both concern the stage on the table at the end. Where red lines miss each other: the issue with
    the widest miss. Otherwise the issue on which the last positions are furthest apart in utility.
    −1 where everything was signed. Where the text signed last was not ratified, that is the reason
    and no issue blocks.
    """
    recorder = model.recorder
    gaps = np.where(model.talks.on_table, recorder.stage_gaps, 0.0)
    apart = np.where(model.talks.on_table, recorder.apart, -1.0)
    missed = gaps.max(axis=1) > 1e-9
    issue = np.where(missed, gaps.argmax(axis=1), apart.argmax(axis=1))
    reason = np.where(missed, 0, np.where(recorder.stage_ripeness_at_end > 1e-9, 2, 1))
    failed, refused = model.talks.status != SETTLED, model.ratification.failed_last
    reason = np.where(refused, 3, reason)
    return np.where(failed & ~refused, issue, -1), np.where(failed, reason, -1)


def _names_it(scenario: Scenario) -> bool:
    """Whether a lever hangs on a side that signs alone; no other result says how often one did."""
    levers = [v for actor in scenario.actors.values() for v in actor.levers.values()]
    return any(c.signs_alone is not None for v in levers for c in v.when)


def chunk_dataset(model: PeaceTalks) -> xr.Dataset:
    """Outcomes of one finished model, dims world, actor, issue, stage, lever."""
    return xr.Dataset(chunk_variables(model), coords=_coordinates(model))


def chunk_variables(model: PeaceTalks) -> Variables:
    """The same by name, without coordinates; dim world first."""
    recorder, days = model.recorder, model.spec.war.round_days

    def day(rounds: NDArray[Any]) -> Array:
        return np.where(rounds >= 0, rounds * float(days), np.nan)

    issue, reason = stuck(model)
    never = np.iinfo(np.int32).max
    triggered = np.stack([v.triggered for v in model.levers], axis=1) if model.levers else None
    worlds, levers = model.talks.worlds, len(model.levers)
    pulled = (
        np.full((worlds, 0), np.nan)
        if triggered is None
        else np.where(triggered < never, triggered * float(days), np.nan)
    )
    rounds = np.array([v.effective for v in model.levers]).reshape(levers, worlds).T
    effective = day(rounds)
    moved = recorder.last_offer - recorder.first_offer
    first, last = (
        np.stack([p.loss(offers[:, k]) for k, p in enumerate(model.signatories)], axis=1)
        for offers in (recorder.first_offer, recorder.last_offer)
    )
    settled = model.talks.status == SETTLED
    events = {
        f"{event}_count": (
            ("world", "actor"),
            np.stack([model.talks.events[event][p.key] for p in model.signatories], axis=1),
            {"long_name": f"times the actor {event}"},
        )
        for event in model.talks.events
        if event != "signs_alone" or _names_it(model.spec)
    }
    return {
        "outcome": (
            "world",
            outcome_codes(model),
            flags(_kinds(model)),
        ),
        **_at_deadline(model),
        "settled_day": (
            "world",
            day(np.where(settled, model.talks.concluded_round, -1)),
            _unit("day"),
        ),
        "concluded_day": ("world", day(model.talks.concluded_round), _unit("day")),
        "first_signed_day": ("world", day(recorder.first_signed), _unit("day")),
        "stages_signed": (
            "world",
            model.talks.stage.astype(np.int16),
            {"long_name": "stages that stand at the end"},
        ),
        "stage_day": (("world", "stage"), day(model.talks.signed_round), _unit("day")),
        "truces_broken": (
            "world",
            recorder.truces_broken.astype(np.int16),
            {"long_name": "times a truce was broken"},
        ),
        "agreed": (("world", "issue"), model.talks.agreed, _unit("issue")),
        "utility": (("world", "actor"), recorder.utility, _unit("utility")),
        "reservation_start": (("world", "actor"), recorder.reservation_at_start, _unit("utility")),
        "reservation_end": (("world", "actor"), recorder.reservation_at_end, _unit("utility")),
        "surplus_at_signing": (
            ("world", "stage", "actor"),
            np.where(np.isinf(recorder.surplus_at_signing), np.nan, recorder.surplus_at_signing),
            _unit("utility"),
        ),
        "ripeness_start": ("world", recorder.ripeness_at_start, _unit("utility")),
        "ripeness_end": ("world", recorder.ripeness_at_end, _unit("utility")),
        "left": (("world", "actor"), recorder.who_left, {"long_name": "walked away"}),
        "red_line_gap": (("world", "issue"), recorder.gaps, _unit("issue")),
        "stuck_issue": ("world", issue, flags(model.talks.issues)),
        "stuck_reason": ("world", reason, flags(REASONS)),
        "lever_pulled_day": (("world", "lever"), pulled, _unit("day")),
        "lever_effect_day": (("world", "lever"), effective, _unit("day")),
        "moved": (("world", "actor", "issue"), moved, _unit("issue")),
        "conceded": (("world", "actor", "issue"), last - first, _unit("utility")),
        **events,
        **limited_variables(model.tracks, settled, [p.key for p in model.signatories], days),
        **afterwards_variables(model),
        **experiment_variables(model.draws, model.spec),
    }


def trace_dataset(model: PeaceTalks) -> xr.Dataset:
    """Every round of one traced model, dims traced, round, actor, issue."""
    return xr.Dataset(trace_variables(model), coords=_coordinates(model))


def trace_variables(model: PeaceTalks) -> Variables:
    """The same by name, without coordinates; dim traced first."""
    recorder = model.recorder
    rounds = model.spec.rounds + 1
    units = {
        "offer": "issue",
        "no_deal": "issue",
        "low": "issue",
        "high": "issue",
        "value": "utility",
        "target": "utility",
        "reservation": "utility",
        "cost": "month",
    }
    dims = {
        "offer": ("actor", "issue"),
        "low": ("actor", "issue"),
        "high": ("actor", "issue"),
        "no_deal": ("issue",),
        IN_FORCE: ("limited",),
    }
    data = {}
    for name, history in recorder.rounds.items():
        # a model in which all worlds concluded early keeps its last state
        filled = [*history, *[history[-1]] * (rounds - len(history))]
        array = np.stack(filled, axis=1)
        if array.dtype == np.float64:
            array = array.astype(np.float32)
        data[name] = (
            ("traced", "round", *dims.get(name, ("actor",))),
            array,
            {"long_name": "in force"} if name == IN_FORCE else _unit(units.get(name, "")),
        )
    return data


def _coordinates(model: PeaceTalks) -> dict[str, Any]:
    scenario = model.spec
    days = np.arange(scenario.rounds + 1) * scenario.war.round_days
    start = np.datetime64(scenario.war.start_date)
    return {
        "actor": [p.key for p in model.signatories],
        "issue": model.talks.issues,
        "stage": model.talks.stage_names,
        "lever": _names(v.key for v in model.levers),
        "gate": _names(g.key for g in model.ratification.gates),
        "term": _names(model.yardsticks.durable.terms if model.yardsticks.durable else ()),
        **limited_coordinates(model.tracks),
        "day": ("round", days, _unit("day")),
        "date": ("round", (start + days.astype("timedelta64[D]")).astype("datetime64[ns]")),
    }


def _names(keys: Iterable[str]) -> NDArray[np.str_]:
    return np.array(list(keys), dtype=object).astype(str)


def _unit(kind: str) -> dict[str, str]:
    return {"units": UNITS[kind]} if kind in UNITS else {}


class CentralWorld(NamedTuple):
    """What is kept of a central world, as plain arrays: datasets are slow to load and to pass on.

    Attributes
    ----------
    alone : dict
        Outcome, rounds and texts, without a world axis and what was drawn: the medians.
    every : dict
        What an ensemble of its scenario holds, with this world's values.
    coordinates : dict
        Of both.
    """

    alone: Variables
    every: Variables
    coordinates: Variables

    @classmethod
    def of(cls, model: PeaceTalks, outcomes: Variables, rounds: Variables) -> CentralWorld:
        """From a finished model that tells the story of its first world, and its variables."""
        first = {
            name: (dims, values[:1].copy(), *attributes)
            for name, (dims, values, *attributes) in (outcomes | rounds).items()
        }
        alone = {
            name: (() if isinstance(dims, str) else dims[1:], values[0], *attributes)
            for name, (dims, values, *attributes) in first.items()
            if not name.startswith(PREFIX)
        }
        every = {name: first[name] for name in first if name in outcomes or name in EVERY_WORLD}
        return cls(alone | _text_variables(model), every, _coordinates(model))

    def dataset(self) -> xr.Dataset:
        """The world by itself."""
        return xr.Dataset(self.alone, coords=self.coordinates)

    def template(self) -> xr.Dataset:
        """What all chunks have: these variables, types and coordinates, whatever happens there."""
        return xr.Dataset(self.every, coords=self.coordinates)


def build_dataset(
    results: Mapping[int, ChunkResult], like: xr.Dataset, attributes: dict[str, Any]
) -> xr.Dataset:
    """One dataset from finished chunks of an ensemble.

    Parameters
    ----------
    results : mapping of int to ChunkResult
        Finished chunks, or parts of one, by the number of their first world.
    like : Dataset
        As :meth:`CentralWorld.template` gives it.
    attributes : dict
        Attributes of the dataset.

    Returns
    -------
    Dataset
        The dim ``world`` runs over all these worlds, with their numbers in the ensemble,
        and ``traced`` over those whose every round was kept.
    """
    starts = sorted(results)
    joined: dict[str, Any] = {}
    for part in ("outcomes", "trace"):
        arrays = [kept for start in starts if (kept := getattr(results[start], part))]
        for name in arrays[0] if arrays else ():
            values = [one[name] for one in arrays]
            whole = values[0] if len(values) == 1 else np.concatenate(values)
            joined[name] = (like.variables[name].dims, whole, like.variables[name].attrs)
    worlds = [start + np.arange(len(results[start].outcomes["outcome"])) for start in starts]
    coordinates = {name: like.variables[name] for name in like.coords} | {
        "world": np.concatenate(worlds)
    }
    return xr.Dataset(joined, coords=coordinates, attrs=attributes)


def _text_variables(model: PeaceTalks) -> Variables:
    """Texts that were put forward and who accepted them, and what else happened."""
    texts, history = model.recorder.texts, model.recorder.history
    keys = [p.key for p in model.signatories]
    accepted = np.array([[t["accepted"][k] for k in keys] for t in texts], dtype=np.int8)
    package = np.array([t["text"] for t in texts]).reshape(len(texts), len(model.talks.issues))
    rounds = np.array([h[0] for h in history], dtype=np.int64)
    kinds, whats = (_names(str(h[column]) for h in history) for column in (1, 2))
    return {
        "text": (("text_number", "issue"), package, _unit("issue")),
        "text_accepted": (
            ("text_number", "actor"),
            accepted.reshape(len(texts), len(keys)),
            {"long_name": "accepted by the actor"},
        ),
        "history_round": ("history", rounds, {"long_name": "round of what happened"}),
        "history_kind": ("history", kinds, {"long_name": "kind of what happened"}),
        "history_what": ("history", whats, {"long_name": "to what or whom it happened"}),
        "text_round": (
            "text_number",
            np.array([t["round"] for t in texts], dtype=np.int64),
            {"long_name": "round in which the text was put forward"},
        ),
        "text_stage": (
            "text_number",
            np.array([t["stage"] for t in texts], dtype=np.int64),
            {"long_name": "number of the stage that it is for"},
        ),
    }


def save_results(
    ensemble: xr.Dataset, central: xr.Dataset, path: Path, store: Path | None = None
) -> None:
    """Write both as one NetCDF file: the ensemble at the root, the group ``central``.

    An ensemble that is in a store stays there: the root then says only what it is of, and where,
    from the folder of the file.
    """
    if store is not None:
        ensemble = ensemble.drop_vars([*ensemble.data_vars, "world"])
        ensemble = ensemble.assign_attrs({STORE: os.path.relpath(store, path.parent)})
    with written_whole(path) as temporary:
        write_netcdf(temporary, packed(ensemble), {"central": central}, small=["offer"])


def date_of(scenario: Scenario, day: float) -> datetime.date:
    """Calendar date of a day of the run."""
    return scenario.war.start_date + datetime.timedelta(days=round(day))
