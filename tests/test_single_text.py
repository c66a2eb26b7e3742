"""The one-text procedure: criticism, revision, take it or leave it."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.engine.draws import Draws
from sim.engine.model import SETTLED, PeaceTalks
from sim.formulas.bargaining.criticism import heard, revised
from sim.formulas.bargaining.drafting import at, nash_welfare
from sim.scenario import ScenarioError, load_data
from tests.conftest import ENVOY, build, lines_at, opened, simulate
from tests.test_engine import scenarios

MARGIN, ENOUGH = 0.5, 0.01


def one_text(data: dict[str, Any], acceptability: float = 1.0, **mediation: Any) -> dict[str, Any]:
    """The scenario with an envoy who keeps one text."""
    data["protocol"] = {"name": "single_text"}
    data["actors"]["envoy"] = ENVOY | {
        "acceptability": {"a": acceptability, "b": acceptability},
        "mediation": {"every": 1, "error": 0} | mediation,
    }
    return data


def free(toy: dict[str, Any], **ideals: tuple[float, float]) -> dict[str, Any]:
    """The toy without red lines and drift, no deal in the middle, with other ideals if wanted."""
    for number, actor in enumerate(("a", "b")):
        for issue, position in toy["actors"][actor]["positions"].items():
            position.pop("limit", None)
            if issue in ideals:
                position["ideal"] = ideals[issue][number]
    toy["issues"]["arms"]["no_deal"] = 0.5
    toy["war"] = {"start_date": "2025-01-20", "cost": {"a": 0.02, "b": 0.02}}
    return toy


def rounds_of_offers(model: PeaceTalks) -> list[int]:
    """Runs the model; the rounds in which a text was put to all in world 0."""
    protocol, found = model.protocol, []
    put = protocol.put_to_all

    def watched(envoy: Any, text: Any, where: Any) -> Any:
        if where[0]:
            found.append(model.talks.round)
        return put(envoy, text, where)

    protocol.put_to_all = watched  # type: ignore[method-assign]
    model.run()
    return found


# --- what criticism says -----------------------------------------------------------------------


@st.composite
def namings(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    count = draw(st.integers(2, 6))
    numbers = st.floats(0.05, 1.0)
    one = st.lists(numbers, min_size=count, max_size=count)
    return tuple(np.array([draw(one)]) for _ in range(3))  # type: ignore[return-value]


@settings(max_examples=200)
@given(namings())
def test_belief_agrees_with_what_was_named_and_moves_no_further(
    drawn: tuple[np.ndarray, np.ndarray, np.ndarray],
) -> None:
    weight, distance, guess = drawn
    belief = np.log(guess)
    named = (weight * distance).argmax(axis=1)
    everything, here = np.ones_like(weight, dtype=bool), np.ones(1, dtype=bool)
    after = heard(belief, distance, named, everything, here, MARGIN)
    assert after.sum() == pytest.approx(belief.sum())
    worth = after + np.log(distance)
    others = np.delete(worth[0], named[0])
    assert worth[0, named[0]] >= others.max() + MARGIN - 1e-9
    # said again, it teaches nothing
    assert heard(after, distance, named, everything, here, MARGIN) == pytest.approx(after)
    # a projection never leads away from a truth that agrees with what was named
    truth = np.log(weight) + np.log(distance)
    if truth[0, named[0]] >= np.delete(truth[0], named[0]).max() + MARGIN:
        truth = np.log(weight) + (belief.sum() - np.log(weight).sum()) / weight.size
        assert ((after - truth) ** 2).sum() <= ((belief - truth) ** 2).sum() + 1e-9


def test_what_could_not_be_named_teaches_nothing() -> None:
    belief, distance = np.zeros((1, 3)), np.array([[1.0, 1.0, 0.0]])
    open_ = np.array([[True, True, False]])
    after = heard(belief, distance, np.array([0]), open_, np.array([True]), MARGIN)
    assert after == pytest.approx(np.array([[MARGIN / 2, -MARGIN / 2, 0.0]]))
    assert heard(
        belief, distance, np.array([0]), open_, np.array([False]), MARGIN
    ) == pytest.approx(belief)


# --- revision ----------------------------------------------------------------------------------


@settings(max_examples=100)
@given(st.integers(0, 10**6), st.booleans())
def test_a_revision_never_lowers_the_worth_of_a_text(seed: int, excluding: bool) -> None:
    rng = np.random.default_rng(seed)
    issues, worlds, parties, points = 3, 4, 2, 5
    loss = rng.uniform(0, 0.5, (issues, parties, worlds, points))
    gap = rng.uniform(0.2, 1.5, (parties, worlds))
    extra = rng.normal(0, 0.5, (issues, worlds, points))
    pairs = [(0, 1)] if excluding else []
    choice = rng.integers(0, points, (issues, worlds))
    choice[0] = np.where(excluding & (choice[1] > 0), 0, choice[0])
    named = rng.integers(0, issues, (parties, worlds))
    wanted = rng.integers(0, points, (parties, worlds))
    spoken = rng.random((parties, worlds)) < 0.8

    def worth(chosen: np.ndarray) -> np.ndarray:
        surplus = gap - at(loss, chosen[:, None]).sum(axis=0)
        return nash_welfare(surplus) + at(extra, chosen).sum(axis=0)

    after, changed = revised(
        choice, loss, gap, extra, named, wanted, spoken, nash_welfare, ENOUGH, pairs
    )
    assert (worth(after) >= worth(choice) - 1e-9).all()
    assert (changed == (after != choice).any(axis=0)).all()
    assert not (changed & ~spoken.any(axis=0)).any()
    if excluding:
        assert not ((after[0] > 0) & (after[1] > 0)).any()
        return
    for world in range(worlds):
        for issue in np.flatnonzero(after[:, world] != choice[:, world]):
            assert issue in named[:, world][spoken[:, world]]


def test_to_take_up_an_option_its_rival_is_dropped() -> None:
    """The second option is worth 0.3 more to both than the first, which is in the text."""
    loss = np.array([[[[0.2, 0.0]], [[0.2, 0.0]]], [[[0.5, 0.0]], [[0.5, 0.0]]]])
    one, gap, extra = np.ones((2, 1), dtype=np.intp), np.ones((2, 1)), np.zeros((2, 1, 2))
    choice, rules = np.array([[1], [0]]), (nash_welfare, ENOUGH, [(0, 1)])
    after, changed = revised(choice, loss, gap, extra, one, one, one.astype(bool), *rules)
    assert changed.all()
    assert after.tolist() == [[0], [1]]


# --- the procedure -----------------------------------------------------------------------------


def test_mirrored_saliences_lead_from_the_middle_to_the_logroll(toy: dict[str, Any]) -> None:
    """a: land .7, arms .3; b the other way round. From (.5, .5) each gets all that is dear to it.

    There nobody can be helped but at a greater loss of the other's, so that the text is put, and
    accepted the first time.
    """
    data = one_text(free(toy), text={"land": 0.5, "arms": 0.5})
    model = opened(data)
    assert len(rounds_of_offers(model)) == 1
    assert model.talks.status[0] == SETTLED
    assert model.talks.agreed[0] == pytest.approx([0.0, 1.0])
    for party in model.signatories:
        seen = party.salience_seen[0]
        assert seen.argmax() == party.weight[0].argmax()


def test_without_conflict_everybody_gets_its_ideal(toy: dict[str, Any]) -> None:
    data = free(toy, land=(0.2, 0.2), arms=(0.85, 0.85))
    data = one_text(data, text={"land": 0.9, "arms": 0.1})
    model = simulate(build(data), worlds=1, central=True)
    assert model.talks.agreed[0] == pytest.approx([0.2, 0.85])
    assert model.talks.events["refuses"]["a"][0] == 0


@pytest.mark.parametrize(("per_round", "expected"), [(1, 11), (2, 7), (5, 3)])
def test_after_the_last_draft_it_is_take_it_or_leave_it(
    toy: dict[str, Any], per_round: int, expected: int
) -> None:
    """Somebody can never sign, so all five drafts are made."""
    data = one_text(
        lines_at(toy, a=0.2, b=0.6), first_round=3, every=2, drafts=5, drafts_per_round=per_round
    )
    model = opened(data)
    found = rounds_of_offers(model)
    assert found[0] == expected
    refused = np.array([model.talks.events["refuses"][p.key][0] for p in model.signatories])
    assert refused.max() == len(found)  # a draft is not refused, only what is put to all
    # what was refused is the first draft of the next series
    between = -(-4 // per_round) * 2
    assert set(np.diff(found)) == {between}


def test_one_draft_is_the_published_text_and_offers_come_to_an_end(toy: dict[str, Any]) -> None:
    published = one_text(free(copy.deepcopy(toy)), text={"land": 0.41, "arms": 0.63}, drafts=1)
    model = simulate(build(published), worlds=1, central=True)
    assert model.talks.concluded_round[0] == 1
    assert model.talks.agreed[0] == pytest.approx([0.41, 0.63])
    data = one_text(lines_at(toy, a=0.2, b=0.6), drafts=3, final_offers=2)
    model = PeaceTalks(build(data), Draws(0, 1, central=True), story=True)
    assert rounds_of_offers(model) == [3, 5]
    assert not model.protocol.envoy.active.any()  # type: ignore[attr-defined]
    assert (5, "withdrawn", "envoy") in model.recorder.history


def test_an_envoy_who_is_not_trusted_is_not_believed_that_this_is_the_last_text(
    toy: dict[str, Any],
) -> None:
    """At acceptability 1 all take what beats fighting on; at 0 they ask for their target."""
    trusted = simulate(build(one_text(free(toy), 1.0, text={"land": 0.5})), worlds=5)
    distrusted = simulate(build(one_text(toy, 0.0, text={"land": 0.5})), worlds=5)
    assert (trusted.talks.concluded_round < distrusted.talks.concluded_round).all()
    assert (distrusted.talks.events["refuses"]["a"] > 0).all()


def test_criticism_brings_the_text_inside_red_lines_that_were_misjudged(
    toy: dict[str, Any],
) -> None:
    """A text that somebody said it cannot sign is not put before the drafts run out."""
    data = one_text(toy, error=0.3, drafts=40, text={"land": 0.9, "arms": 0.9})
    model = PeaceTalks(build(data), Draws(2, 300))
    protocol = model.protocol
    put, within = protocol.put_to_all, []

    def watched(envoy: Any, text: Any, where: Any) -> Any:
        early = where & (protocol.drafts < 40)
        within.extend(~p.cannot_sign(text)[early].any() for p in model.signatories)
        return put(envoy, text, where)

    protocol.put_to_all = watched  # type: ignore[method-assign]
    model.run()
    assert within
    assert all(within)
    assert (model.talks.status == SETTLED).mean() > 0.9


@settings(max_examples=25)
@given(scenarios(), st.integers(0, 1000))
def test_the_worth_of_the_text_never_falls_from_draft_to_draft(
    data: dict[str, Any], seed: int
) -> None:
    data["protocol"] = {"name": "single_text"}
    # a plan on drafting points: rounding to them could cost something once
    plan = dict.fromkeys(data["issues"], 0.5)
    data["actors"]["envoy"] = ENVOY | {"mediation": {"text": plan, "attachment": 0.2}}
    model = PeaceTalks(build(data), Draws(seed, 20))
    protocol = model.protocol
    revise, envoy = protocol._revise, protocol.envoy

    def worth(choice: np.ndarray, worlds: np.ndarray, issues: np.ndarray) -> np.ndarray:
        loss, gap, extra, _ = envoy.estimates(worlds, issues)
        surplus = gap - at(loss, choice[:, None]).sum(axis=0)
        return nash_welfare(surplus) + at(extra, choice).sum(axis=0)

    def watched(worlds: np.ndarray, issues: np.ndarray) -> Any:
        before = envoy.nearest_points(worlds, issues)
        answer = revise(worlds, issues)
        after = envoy.nearest_points(worlds, issues)
        assert (worth(after, worlds, issues) >= worth(before, worlds, issues) - 1e-9).all()
        assert (answer[0] == (after != before).any(axis=0)).all()
        return answer

    protocol._revise = watched  # type: ignore[method-assign]
    model.run()


def test_who_votes_a_text_down_is_heard_afterwards(toy: dict[str, Any]) -> None:
    """The gate wants land at 0.6 or more: the log-roll at 0 fails, a later text passes."""
    data = one_text(free(toy), text={"land": 0.5, "arms": 0.5})
    data["war"]["cost"] = {"a": 0.05, "b": 0.05}
    positions = {"land": {"ideal": 1, "salience": 1}}
    vote = {"title": "Vote", "of": "b", "positions": positions, "judgement": "test"}
    data["ratification"] = {"vote": vote | {"threshold": {"fixed": 0.6}}}
    model = simulate(build(data), worlds=1, central=True)
    kinds = [kind for _, kind, _ in model.recorder.history]
    assert kinds.index("rejected") < kinds.index("ratified")
    assert model.talks.status[0] == SETTLED
    assert model.talks.agreed[0, 0] >= 0.6 - 1e-9


def test_a_stage_whose_terms_nobody_wants_is_drafted_within_them(toy: dict[str, Any]) -> None:
    data = one_text(free(toy, land=(0.2, 0.4)), text={"land": 0.3, "arms": 0.5})
    data["agenda"] = [
        {"name": "all", "issues": ["land", "arms"], "terms": {"land": {"at_most": 0.1}}}
    ]
    model = simulate(build(data), worlds=1, central=True)
    assert model.talks.status[0] == SETTLED
    assert model.talks.agreed[0, 0] <= 0.1 + 1e-9


# --- bad input ---------------------------------------------------------------------------------


def test_a_scenario_without_an_envoy_is_told_so(toy: dict[str, Any]) -> None:
    with pytest.raises(ScenarioError) as caught:
        load_data(toy).with_({"protocol.name": "single_text"})
    (line,) = str(caught.value).splitlines()
    assert "protocol.name: 'single_text' needs an envoy" in line
    assert "role: formulator" in line
    with pytest.raises(ValueError, match="formulator"):
        opened(toy | {"protocol": {"name": "single_text"}})
