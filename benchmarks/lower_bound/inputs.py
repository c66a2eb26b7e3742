"""What the kernel starts from: a model that has just been built, as one record per world.

Everything that is read from the engine is read here. A record holds all numbers of one world side
by side, so that a world stays in the first-level cache while its rounds are played.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.engine.model import PeaceTalks
from sim.formulas.bargaining.red_lines import subsets
from sim.scenario.schema import Condition, Lever, Scenario

Records = NDArray[np.void]
TACTICS = ("boulware", "linear", "conceder")
EVENTS = ("refuses", "accepts", "violates")
ANSWERED = ("violates", "refuses")
POINTS, DRAFTS_MIXED, SHARPNESS = 21, 17, (30.0, 300.0, 16)
NEVER = int(np.iinfo(np.int32).max)
"""Round in which a lever is triggered that is not."""


class NotCovered(ValueError):
    """The scenario has something that the kernel does not compute."""


class Inputs(NamedTuple):
    """What :func:`benchmarks.lower_bound.kernel.play_all` takes.

    Attributes
    ----------
    rules : record
        What is the same in all worlds: who, what, when.
    worlds : records, shape (worlds,)
        The draws of each world.
    states : records, shape (worlds,)
        To be filled: what happens in each world.
    scratch : record
        Working memory of the kernel.
    """

    rules: Any
    worlds: Records
    states: Records
    scratch: Any


def check_covered(scenario: Scenario) -> None:
    """Refuse what the kernel does not compute.

    Raises
    ------
    NotCovered
        With one sentence that says what it is.
    """
    signing = {k: a for k, a in scenario.actors.items() if a.consents_to != "none"}
    reasons = [
        (scenario.protocol.name != "shuttle", f"the protocol '{scenario.protocol.name}'"),
        (all(a.role != "formulator" for a in scenario.actors.values()), "talks without an envoy"),
        (any(i.kind == "options" for i in scenario.issues.values()), "issues with fixed options"),
        (bool(scenario.conflicts or scenario.articles), "options that exclude each other"),
    ]
    for key, actor in signing.items():
        curved = any(p.curvature != 1.0 for p in actor.positions.values())
        reasons += [
            (curved, f"curved losses (actors.{key})"),
            (actor.noise > 0, f"noise in decisions (actors.{key})"),
            (actor.tactic.name not in TACTICS, f"the tactic '{actor.tactic.name}' (actors.{key})"),
        ]
    for found, what in reasons:
        if found:
            raise NotCovered(f"The lower bound does not cover {what}.")


def inputs_of(model: PeaceTalks) -> Inputs:
    """Records for a model that has been built and has not played a round.

    The draws of the war's shocks are made here, by the engine's own streams.

    Raises
    ------
    NotCovered
        Where the scenario has something that the kernel does not compute.
    """
    check_covered(model.spec)
    rules = _record(_rules(model))
    worlds = _records(_world(model), model.talks.worlds)
    return Inputs(rules, worlds, _empty_states(model), _scratch(model))


def shocks(model: PeaceTalks) -> NDArray[np.float64]:
    """Shocks of the war, shape (worlds, rounds, drifting issues)."""
    draws, names = model.draws, [model.talks.issues[i] for i in model.war.drifting]
    rounds = range(1, model.spec.rounds + 1)
    return np.array(
        [[draws.normal(f"war.shock.{name}", r) for name in names] for r in rounds]
    ).transpose(2, 0, 1)


# --- the same in all worlds ------------------------------------------------------------------


def _rules(model: PeaceTalks) -> dict[str, Any]:
    spec, parties, war = model.spec, model.signatories, model.war
    stages = range(model.talks.stages)
    on_stage = [np.flatnonzero(model.talks.stage_of_issue == stage) for stage in stages]
    assert model.envoy is not None
    envoy = model.envoy.spec
    principal = [p.index for p in parties if p.key == envoy.principal]
    consent = spec.protocol.consent
    walks = [p.is_principal and p.spec.role == "party" for p in parties]
    exponents = [1.0 / p.tactic.beta for p in parties]  # type: ignore[attr-defined]
    return {
        "rounds": spec.rounds,
        "stages": model.talks.stages,
        "round_months": war.months,
        "quorum": -1.0 if consent == "unanimity" else float(consent),
        "stage_of_issue": model.talks.stage_of_issue,
        "issues_on_stage": _ragged(on_stage, len(model.talks.issues)),
        "count_on_stage": [len(issues) for issues in on_stage],
        "asked": [[p.consent[issues].any() for p in parties] for issues in on_stage],
        "consent": [p.consent for p in parties],
        "is_principal": [p.is_principal for p in parties],
        "may_walk_away": walks,
        "foresight": [p.months for p in parties],
        "exponent": exponents,
        "opening": [p.tactic.opening for p in parties],  # type: ignore[attr-defined]
        "drifting": _ragged([war.drifting], len(model.talks.issues))[0],
        "count_drifting": len(war.drifting),
        "believed": _ragged([p.beliefs.columns for p in parties], len(model.talks.issues)),
        "count_believed": [len(p.beliefs.columns) for p in parties],
        "first_text": envoy.mediation.first_round,
        "text_every": envoy.mediation.every,
        "published": bool(envoy.mediation.text),
        "principal_of_envoy": principal[0] if principal else -1,
        "points": np.linspace(0.0, 1.0, POINTS),
        "mixed_shares": np.linspace(0.0, 1.0, DRAFTS_MIXED) ** 2,
        "sharpness": np.geomspace(*SHARPNESS),
        **_red_lines(model),
        **_levers(model),
        **_gates(model),
        **_durability(model),
    }


def _red_lines(model: PeaceTalks) -> dict[str, Any]:
    """Conditional red lines, and the choices of them that are tried."""
    rules = [r for p in model.signatories for r in p.rules]
    columns = sorted({r.column for r in rules} | {i for r in rules for i, _, _ in r.bounds})
    choices = [[number in subset for number in range(len(rules))] for subset in subsets(len(rules))]
    most = max([1, *(len(r.bounds) for r in rules)])
    return {
        "count_rules": len(rules),
        "rule_party": [r.party for r in rules] or [0],
        "rule_column": [r.column for r in rules] or [0],
        "rule_upward": [r.upward for r in rules] or [0],
        "rule_bounds": [len(r.bounds) for r in rules] or [0],
        "rule_issue": _ragged([[i for i, _, _ in r.bounds] for r in rules] or [[]], most),
        "has_rules": [bool(p.rules) for p in model.signatories],
        "rule_columns": columns or [0],
        "count_rule_columns": len(columns),
        "choices": choices if rules else [[0]],
    }


def _levers(model: PeaceTalks) -> dict[str, Any]:
    keys = [p.key for p in model.signatories]
    numbers = {lever.key: n for n, lever in enumerate(model.levers)}
    specs = [lever.spec for lever in model.levers]
    conditions = [[_condition(c, model, keys, numbers) for c in s.when] for s in specs]
    most = max([1, *map(len, conditions)])
    empty = [-1] * 9
    moved = [
        [
            n
            for n, i in enumerate(model.talks.issues)
            if i in s.effect.drift or i in s.effect.no_deal
        ]
        for s in specs
    ]
    return {
        "count_levers": len(specs),
        "lever_on": [[key in s.on for key in keys] for s in specs] or [[0] * len(keys)],
        "lever_answers": [[[_answers(s, key, e) for e in ANSWERED] for key in keys] for s in specs]
        or [[[0, 0]] * len(keys)],
        "promised_with": [_promised_with(s, model.talks.stage_names) for s in specs] or [-1],
        "lever_conditions": [c + [empty] * (most - len(c)) for c in conditions] or [[empty]],
        "count_conditions": [len(c) for c in conditions] or [0],
        "parents_first": _parents_first(specs, numbers) or [0],
        "lever_moves": _ragged(moved or [[]], len(model.talks.issues)),
        "count_moves": [len(m) for m in moved] or [0],
        "lever_pays": [bool(s.effect.payment) for s in specs] or [0],
    }


def _condition(
    condition: Condition, model: PeaceTalks, keys: list[str], numbers: dict[str, int]
) -> list[int]:
    """Who and how often for each kind of event, then stage, lever and round; −1: not asked."""
    row: list[int] = []
    for event in EVENTS:
        count = getattr(condition, event)
        row += [-1, -1] if count is None else [keys.index(count.actor), count.times]
    row.append(-1 if condition.signed is None else model.talks.stage_names.index(condition.signed))
    row.append(-1 if condition.pulled is None else numbers[condition.pulled])
    row.append(-1 if condition.round is None else condition.round)
    return row


def _answers(spec: Lever, actor: str, event: str) -> bool:
    """Mirrors ``sim.engine.levers._can_answer``."""
    if any(c.signed is not None or c.accepts is not None for c in spec.when):
        return False
    named = [
        (kind, count.actor)
        for c in spec.when
        for kind, count in (("refuses", c.refuses), ("violates", c.violates))
        if count is not None
    ]
    return not named or (event, actor) in named


def _promised_with(spec: Lever, stages: list[str]) -> int:
    """Stage that a promise hangs on and on nothing else, or −1; of ``ActiveLever.promise``."""
    if any(set(c.model_fields_set) != {"signed"} for c in spec.when):
        return -1
    return max((stages.index(str(c.signed)) for c in spec.when), default=-1)


def _parents_first(specs: list[Lever], numbers: dict[str, int]) -> list[int]:
    order: list[int] = []

    def add(number: int) -> None:
        for condition in specs[number].when:
            if condition.pulled is not None and numbers[condition.pulled] not in order:
                add(numbers[condition.pulled])
        if number not in order:
            order.append(number)

    for number in range(len(specs)):
        add(number)
    return order


def _gates(model: PeaceTalks) -> dict[str, Any]:
    gates = model.ratification.gates
    cases = max([1, *(len(g.terms) for g in gates)])
    bounds = max([1, *(len(terms) for g in gates for terms in g.terms)])
    columns = np.full((max(1, len(gates)), cases, bounds), -1)
    for n, gate in enumerate(gates):
        for case, terms in enumerate(gate.terms):
            columns[n, case, : len(terms)] = [column for column, _, _ in terms]
    return {
        "count_gates": len(gates),
        "gate_owner": [g.owner for g in gates] or [0],
        "gate_stage": [g.stage for g in gates] or [0],
        "gate_rounds": [g.rounds for g in gates] or [0],
        "gate_ends_talks": [g.spec.on_failure == "end_of_talks" for g in gates] or [0],
        "gate_cases": [len(g.terms) for g in gates] or [0],
        "gate_columns": columns,
    }


def _durability(model: PeaceTalks) -> dict[str, Any]:
    durable, issues = model.yardsticks.durable, len(model.talks.issues)
    if durable is None:
        return {
            "years": 0,
            "fought_over": [0] * issues,
            "count_terms": 0,
            "term_column": [0],
            "deters": [[0] * len(model.signatories)],
            "deterrent_points": [[0.0, 1.0]],
            "count_deterrent_points": [2],
        }
    most = max([2, *(len(points) for _, points, _ in durable.deterrents.values())])
    deters, points, counts = [], np.zeros((max(1, len(durable.terms)), most)), []
    for n, term in enumerate(durable.terms):
        on, at, _ = durable.deterrents.get(term, ([], np.array([0.0, 1.0]), None))
        deters.append([p.key in on for p in model.signatories])
        points[n, : len(at)] = at
        counts.append(len(at))
    return {
        "years": durable.spec.years,
        "fought_over": durable.fought_over,
        "count_terms": len(durable.terms),
        "term_column": [model.talks.issues.index(t) for t in durable.terms] or [0],
        "deters": deters or [[0] * len(model.signatories)],
        "deterrent_points": points,
        "count_deterrent_points": counts or [2],
    }


# --- world by world --------------------------------------------------------------------------


def _world(model: PeaceTalks) -> dict[str, NDArray[Any]]:
    parties, war, envoy, count = model.signatories, model.war, model.envoy, model.talks.worlds
    assert envoy is not None

    def of_parties(name: str) -> NDArray[np.float64]:
        return np.stack([getattr(p, name) for p in parties], axis=1)

    never = np.full(count, np.inf)
    zero = np.zeros(count)
    rules, levers = [r for p in model.signatories for r in p.rules], model.levers
    most = max([1, *(len(r.bounds) for r in rules)])
    least_, most_ = np.zeros((2, count, max(1, len(rules)), most))
    for n, rule in enumerate(rules):
        for m, (_, least, at_most) in enumerate(rule.bounds):
            least_[:, n, m], most_[:, n, m] = least, at_most
    keys = [p.key for p in parties]
    return {
        **{
            name: of_parties(name)
            for name in ("ideal", "weight", "slope", "softening", "far", "patience")
        },
        "low_at_start": of_parties("low_at_start"),
        "high_at_start": of_parties("high_at_start"),
        "reservation_at_start": of_parties("reservation_at_start"),
        "leave_after": np.stack(
            [never if p.leave_after is None else p.leave_after for p in parties], axis=1
        ),
        "rule_line": _stacked([r.line for r in rules], zero),
        "rule_least": least_,
        "rule_most": most_,
        "no_deal": war.no_deal,
        "drift": war.drift,
        "volatility": war.volatility,
        "shocks": shocks(model) if war.drifting else np.zeros((count, model.spec.rounds, 1)),
        "cost": np.stack([war.cost[key] for key in keys], axis=1),
        "growth": np.stack([war.growth[key] for key in keys], axis=1),
        "belief": np.stack([p.beliefs.mean for p in parties], axis=1),
        "belief_variance": np.stack([p.beliefs.variance for p in parties], axis=1),
        "terms_low": model.talks.terms_low,
        "terms_high": model.talks.terms_high,
        "cost_factors": model.talks.cost_factors.T,
        "drift_factors": model.talks.drift_factors.T,
        "communication": model.communication,
        "credibility": _stacked([v.credibility for v in levers], zero),
        "delay": _stacked([v.delay for v in levers], zero),
        "carried_out": _stacked([v.carried_out for v in levers], zero > 0),
        "lever_cost": _stacked([_by_key(v.shift.cost, keys, count) for v in levers], zero, keys),
        "payment": _stacked([_by_key(v.payment, keys, count) for v in levers], zero, keys),
        "lever_drift": _stacked([v.shift.drift for v in levers], zero, model.talks.issues),
        "lever_no_deal": _stacked([v.shift.no_deal for v in levers], zero, model.talks.issues),
        "accepted_at": np.stack([envoy.accepted_at[key] for key in keys], axis=1),
        "tilt": envoy.tilt,
        "attachment": envoy.attachment,
        "misjudged": envoy.misjudged.transpose(1, 0, 2),
        "plan": envoy.plan,
        "envoy_patience": np.min([never, *envoy.patience], axis=0),
        "ripeness_choice": model.yardsticks.ripeness.choice.T,
        **_world_of_gates(model),
        **_world_of_durability(model),
    }


def _world_of_gates(model: PeaceTalks) -> dict[str, NDArray[Any]]:
    gates, zero = model.ratification.gates, np.zeros(model.talks.worlds)
    shape = (model.talks.worlds, *_gates(model)["gate_columns"].shape)
    least_, most_ = np.zeros((2, *shape))
    for n, gate in enumerate(gates):
        for case, terms in enumerate(gate.terms):
            for m, (_, least, most) in enumerate(terms):
                least_[:, n, case, m], most_[:, n, case, m] = least, most
    return {
        "gate_ideal": _stacked([g.ideal for g in gates], zero, model.talks.issues),
        "gate_weight": _stacked([g.weight for g in gates], zero, model.talks.issues),
        "gate_low": _stacked([g.low for g in gates], zero, model.talks.issues),
        "gate_high": _stacked([g.high for g in gates], zero, model.talks.issues),
        "gate_threshold": _stacked([g.threshold for g in gates], zero),
        "gate_least": least_,
        "gate_most": most_,
    }


def _world_of_durability(model: PeaceTalks) -> dict[str, NDArray[Any]]:
    durable, count, parties = model.yardsticks.durable, model.talks.worlds, len(model.signatories)
    if durable is None:
        return {
            "shift": np.zeros((count, 1, len(model.talks.issues))),
            "expected_cost": np.zeros((count, 1, parties)),
            "term_moves": np.zeros((count, 1, len(model.talks.issues))),
            "deterrence": np.zeros((count, 1, 2)),
        }
    expected = np.zeros((count, durable.spec.years, parties))
    for party in durable.principals:
        expected[:, :, party.index] = np.transpose(durable.expected_cost[party.key])
    points = _durability(model)["deterrent_points"]
    moves = np.zeros((count, len(points), len(model.talks.issues)))
    deterrence = np.zeros((count, *points.shape))
    for n, term in enumerate(durable.terms):
        for column, by in durable.moves.get(term, {}).items():
            moves[:, n, column] = by
        if term in durable.deterrents:
            values = durable.deterrents[term][2]
            deterrence[:, n, : values.shape[1]] = values
    return {
        "shift": durable.shifts.transpose(1, 0, 2),
        "expected_cost": expected,
        "term_moves": moves,
        "deterrence": deterrence,
    }


# --- records ---------------------------------------------------------------------------------


def _empty_states(model: PeaceTalks) -> Records:
    """What happens in each world, and what the kernel keeps of it from round to round."""
    parties, issues, stages = len(model.signatories), len(model.talks.issues), model.talks.stages
    levers, gates = max(1, len(model.levers)), max(1, len(model.ratification.gates))
    terms = max(1, len(model.yardsticks.durable.terms)) if model.yardsticks.durable else 1
    whole: dict[str, tuple[int, ...]] = {
        **dict.fromkeys(("round", "stage", "status", "last_signed", "concluded_round"), ()),
        **dict.fromkeys(("in_force_round", "first_signed", "truces_broken", "broken_by"), ()),
        **dict.fromkeys(("due", "will_pass", "failures", "ends_talks", "has_text"), ()),
        **dict.fromkeys(("triggered", "effective", "called", "in_effect"), (levers,)),
        "was_in_effect": (levers,),
        **dict.fromkeys(EVENTS, (parties,)),
        **dict.fromkeys(("known", "gate_refuses"), (gates,)),
        "signed_round": (stages,),
        "assumed": (max(1, len([r for p in model.signatories for r in p.rules])),),
        "assumed_at": (),
        "who_left": (parties,),
    }
    real: dict[str, tuple[int, ...]] = {
        **dict.fromkeys(("elapsed", "observed_months", "told", "clarity"), ()),
        **dict.fromkeys(("ripeness", "stage_ripeness", "years_held"), ()),
        **dict.fromkeys(("agreed", "no_deal", "lever_drift", "lever_drift_seen"), (issues,)),
        **dict.fromkeys(("moved", "text", "gaps", "stage_gaps", "apart"), (issues,)),
        **dict.fromkeys(("offer", "low", "high", "rest", "seen"), (parties, issues)),
        **dict.fromkeys(("belief", "belief_variance"), (parties, issues)),
        **dict.fromkeys(("reservation", "best", "best_of_all", "payments"), (parties,)),
        **dict.fromkeys(("target", "target_of_all", "new_war", "cost_now"), (parties,)),
        **dict.fromkeys(("lever_cost", "value_at_signing", "gain", "utility"), (parties,)),
        "surplus_at_signing": (stages, parties),
        "verdict": (gates,),
        "years_without": (terms,),
    }
    fields = [(name, np.int64, shape) for name, shape in whole.items()]
    fields += [(name, np.float64, shape) for name, shape in real.items()]
    return np.zeros(model.talks.worlds, dtype=np.dtype(fields, align=True))


def _scratch(model: PeaceTalks) -> Any:
    parties, issues = len(model.signatories), len(model.talks.issues)
    levers, rules = (
        max(1, len(model.levers)),
        max(1, len([r for p in model.signatories for r in p.rules])),
    )
    judges = parties + len(model.ratification.gates)
    segments = issues * max(1, parties - 1)
    whole: dict[str, tuple[int, ...]] = {
        "choice": (issues,),
        "kept_choice": (issues,),
        "among": (issues,),
        "corner": (issues,),
        "is_among": (issues,),
        "order": (segments,),
        "segment_issue": (segments,),
        "holds": (rules,),
        "chosen": (rules,),
        "passes": (max(1, len(model.ratification.gates)),),
        "votes": (max(1, len(model.ratification.gates)),),
        "answers": (parties,),
    }
    real: dict[str, tuple[int, ...]] = {
        "table": (issues, judges, POINTS),
        "extra": (issues, POINTS),
        **dict.fromkeys(("score", "product"), (POINTS,)),
        **dict.fromkeys(("surplus", "without", "gap", "care", "there", "mixed"), (judges,)),
        **dict.fromkeys(("low", "high", "low_kept", "high_kept", "proposal"), (parties, issues)),
        **dict.fromkeys(("line_low", "line_high", "expected", "package"), (issues,)),
        **dict.fromkeys(("side", "reach", "walked", "explored", "moved"), (issues,)),
        **dict.fromkeys(("distance", "rate"), (parties,)),
        **dict.fromkeys(("length", "gain", "price"), (segments,)),
        "rule_line": (rules,),
        **dict.fromkeys(("chance", "wait"), (2, levers)),
        "weight": (levers,),
    }
    fields = [(name, np.int64, shape) for name, shape in whole.items()]
    fields += [(name, np.float64, shape) for name, shape in real.items()]
    return np.zeros(1, dtype=np.dtype(fields, align=True))[0]


def _records(fields: dict[str, NDArray[Any]], count: int) -> Records:
    """One record per world from arrays with the world as first axis."""
    kinds = []
    for name, array in fields.items():
        assert array.shape[0] == count, name
        kind = np.int64 if array.dtype.kind in "biu" else np.float64
        kinds.append((name, kind, array.shape[1:]))
    records = np.zeros(count, dtype=np.dtype(kinds, align=True))
    for name, array in fields.items():
        records[name] = array
    return records


def _record(fields: dict[str, Any]) -> Any:
    """One record."""
    return _records({name: np.asarray(value)[None] for name, value in fields.items()}, 1)[0]


def _ragged(rows: Sequence[Any], width: int) -> NDArray[np.int64]:
    """Rows of integers, filled up with −1."""
    out = np.full((len(rows), width), -1)
    for row, values in zip(out, rows, strict=True):
        row[: len(values)] = values
    return out


def _stacked(
    arrays: list[NDArray[Any]], missing: NDArray[Any], columns: Sequence[str] | None = None
) -> NDArray[Any]:
    """Arrays (worlds, …) side by side, shape (worlds, arrays, …); one empty one for none."""
    if arrays:
        return np.stack(arrays, axis=1)
    empty = missing[:, None]
    return empty if columns is None else np.repeat(empty[:, :, None], len(columns), axis=2)


def _by_key(
    changes: dict[str, NDArray[np.float64]], keys: list[str], count: int
) -> NDArray[np.float64]:
    """Changes by actor as columns of the signatories, shape (worlds, parties)."""
    zero = np.zeros(count)
    return np.stack([changes.get(key, zero) for key in keys], axis=1)
