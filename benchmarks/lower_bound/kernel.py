"""The rounds of the shuttle, one world after the other, as compiled scalar code.

Every function names what it mirrors in :mod:`sim`. Arguments are the records of
:mod:`benchmarks.lower_bound.inputs`: ``r`` what is the same in all worlds, ``w`` one world's draws,
``s`` its state, ``b`` working memory. What the engine computes twice, or for worlds in which it
does not count, is computed once and where it counts; nothing that decides an outcome is left out.
"""

from __future__ import annotations

import math
from typing import Any

import numba
import numpy as np

from benchmarks.lower_bound.inputs import NEVER
from sim.engine.agents.mediator import PENALTY
from sim.engine.model import BEFORE_GATES, BROKEN_DOWN, OPEN, REJECTED, SETTLED
from sim.engine.ripeness import BEYOND, UNASKED
from sim.formulas.bargaining.drafting import FLOOR
from sim.formulas.bargaining.red_lines import TOLERANCE

LINKAGES_EVERY, FAMILIAR, STRENGTH = 8, 0.25, 2.0

VIOLATES, REFUSES = 0, 1

OPTIONS: dict[str, Any] = {"error_model": "numpy", "fastmath": {"contract"}, "_nrt": False}
entry = numba.njit(**OPTIONS)
compiled = numba.njit(**OPTIONS, no_cpython_wrapper=True, no_cfunc_wrapper=True)


@compiled
def clip(x, low, high):
    return min(max(x, low), high)


@compiled
def copy(source, target):
    for n in range(source.shape[0]):
        target[n] = source[n]


# --- sim.engine.model -----------------------------------------------------------------------------


@entry
def play_all(r, worlds, states, b):
    """All rounds of all worlds, without what is measured at the end."""
    for n in range(worlds.shape[0]):
        play(r, worlds[n], states[n], b)


@entry
def measure_all(r, worlds, states, b):
    """``PeaceTalks.finish`` in all worlds."""
    for n in range(worlds.shape[0]):
        finish(r, worlds[n], states[n], b)


@compiled
def play(r, w, s, b):
    """``PeaceTalks.run`` without ``finish``."""
    begin(r, w, s)
    for number in range(1, r.rounds + 1):
        s.round = number
        decide_at_gates(r, w, s, False)
        if s.status != OPEN and s.status != BEFORE_GATES:
            take_stock(r, w, s, b)
            break
        step(r, w, s, b)
        if s.status != OPEN and s.status != BEFORE_GATES:
            break


@compiled
def begin(r, w, s):
    """State before the first round, from what ``PeaceTalks.__init__`` has set up."""
    parties, issues = w.ideal.shape
    s.status = OPEN
    s.concluded_round = s.in_force_round = s.last_signed = s.first_signed = -1
    s.stage = s.round = s.truces_broken = s.due = s.will_pass = s.failures = s.ends_talks = 0
    s.has_text = 0
    s.assumed_at = -1
    s.elapsed = s.observed_months = s.told = s.clarity = 0.0
    for i in range(issues):
        s.agreed[i] = np.nan
        s.no_deal[i] = w.no_deal[i]
        s.lever_drift[i] = s.lever_drift_seen[i] = s.moved[i] = 0.0
    for stage in range(r.stages):
        s.signed_round[stage] = -1
        for k in range(parties):
            s.surplus_at_signing[stage, k] = np.inf
    for v in range(r.count_levers):
        s.triggered[v] = NEVER
        s.effective[v] = -1
        s.called[v] = s.in_effect[v] = 0
    for g in range(r.count_gates):
        s.known[g] = s.gate_refuses[g] = 0
        s.verdict[g] = np.nan
    for k in range(parties):
        s.refuses[k] = s.accepts[k] = s.violates[k] = s.who_left[k] = 0
        s.lever_cost[k] = s.payments[k] = 0.0
        s.value_at_signing[k] = s.gain[k] = np.nan
        for v in range(r.count_levers):
            s.payments[k] += w.credibility[v] * w.payment[v, k]
        for i in range(issues):
            s.offer[k, i] = w.ideal[k, i]
            s.low[k, i] = w.low_at_start[k, i]
            s.high[k, i] = w.high_at_start[k, i]
            s.seen[k, i] = 1.0 / issues
            s.belief[k, i] = w.belief[k, i]
            s.belief_variance[k, i] = w.belief_variance[k, i]


@compiled
def step(r, w, s, b):
    """``PeaceTalks.step`` after the gates; a world that waits for a vote only hears messages."""
    for v in range(r.count_levers):
        s.was_in_effect[v] = s.in_effect[v]
    is_open = s.status == OPEN
    if is_open:
        advance_war(r, w, s)
        for v in range(r.count_levers):
            advance_lever(r, w, s, v)
    s.told = 1.0 - (1.0 - s.told) * (1.0 - w.communication)
    s.clarity += w.communication
    if not is_open:
        return
    observe(r, w, s)
    price_of_war(r, w, s)
    take_stock(r, w, s, b)
    aspire(r, w, s)
    bargain(r, w, s, b)
    broken = break_truce(r, w, s, b)
    walk_away(r, w, s)
    if broken or s.last_signed == s.round:
        take_stock(r, w, s, b)
        for k in range(w.ideal.shape[0]):
            s.target_of_all[k] = max(s.target_of_all[k], s.reservation[k])


@compiled
def talking(s):
    """``PeaceTalks.talking``."""
    return s.status == OPEN and s.last_signed < s.round


@compiled
def break_truce(r, w, s, b):
    """``PeaceTalks._break_truces`` and ``Party.would_break_truce``."""
    if r.stages == 1 or s.stage == 0 or not talking(s):
        return False
    broken = False
    for k in range(w.ideal.shape[0]):
        if r.is_principal[k]:
            fighting_on = value_of_war(r, w, s, b, k)
            if fighting_on > s.reservation[k] + TOLERANCE:
                s.violates[k] += 1
                broken = True
    if broken:
        s.stage = 0
        s.truces_broken += 1
        for i in range(s.agreed.shape[0]):
            s.agreed[i] = np.nan
        for stage in range(r.stages):
            s.signed_round[stage] = -1
            for k in range(w.ideal.shape[0]):
                s.surplus_at_signing[stage, k] = np.inf
        for k in range(w.ideal.shape[0]):
            s.value_at_signing[k] = np.nan
    return broken


@compiled
def walk_away(r, w, s):
    """``PeaceTalks._walk_away``."""
    if s.status != OPEN:
        return
    for k in range(w.ideal.shape[0]):
        if r.may_walk_away[k] and s.round >= w.leave_after[k]:
            s.who_left[k] = 1
            s.status = BROKEN_DOWN
            s.concluded_round = s.round


@compiled
def sign(r, w, s, b, package):
    """``PeaceTalks.sign`` and ``Recorder.signed``."""
    parties = w.ideal.shape[0]
    for j in range(r.count_on_stage[s.stage]):
        i = r.issues_on_stage[s.stage, j]
        s.agreed[i] = package[i]
    for k in range(parties):
        for j in range(r.count_on_stage[s.stage]):
            i = r.issues_on_stage[s.stage, j]
            s.offer[k, i] = s.agreed[i]
        worth = value(r, w, s, k, s.agreed)
        if r.asked[s.stage, k]:
            s.surplus_at_signing[s.stage, k] = worth - s.reservation[k]
        s.value_at_signing[k] = worth
        s.gain[k] = worth - s.reservation[k]
    if s.first_signed < 0:
        s.first_signed = s.round
    s.signed_round[s.stage] = s.round
    s.last_signed = s.round
    s.stage += 1
    if submit(r, w, s, b):
        s.status = BEFORE_GATES
        decide_at_gates(r, w, s, False)
    else:
        in_force(r, w, s, s.round)


@compiled
def in_force(r, w, s, number):
    """``PeaceTalks._in_force`` and ``ActiveLever.pay``."""
    if s.stage < r.stages:
        return
    s.status = SETTLED
    s.concluded_round = s.last_signed
    s.in_force_round = number
    for v in range(r.count_levers):
        if r.lever_pays[v]:
            if not w.carried_out[v]:
                s.called[v] = 1
            elif not s.in_effect[v]:
                s.triggered[v] = number
                s.in_effect[v] = 1
                s.effective[v] = number


@compiled
def decide_at_gates(r, w, s, all_of_them):
    """``PeaceTalks._decide_at_gates`` and ``Recorder.voted``."""
    if s.status != BEFORE_GATES or (s.due > s.round and not all_of_them):
        return
    s.status = OPEN
    if s.will_pass:
        in_force(r, w, s, s.due)
        return
    s.failures += 1
    s.stage -= 1
    s.signed_round[s.stage] = -1
    for j in range(r.count_on_stage[s.stage]):
        s.agreed[r.issues_on_stage[s.stage, j]] = np.nan
    for k in range(w.ideal.shape[0]):
        s.surplus_at_signing[s.stage, k] = np.inf
        s.value_at_signing[k] = np.nan
    if s.ends_talks:
        s.status = REJECTED
        s.concluded_round = s.due


# --- sim.engine.war -------------------------------------------------------------------------------


@compiled
def advance_war(r, w, s):
    """``War.advance`` of a world that is open."""
    s.elapsed += r.round_months
    s.observed_months = w.drift_factors[s.stage] * r.round_months
    for i in range(s.lever_drift.shape[0]):
        s.lever_drift_seen[i] = s.lever_drift[i]
    root = math.sqrt(s.observed_months)
    for d in range(r.count_drifting):
        i = r.drifting[d]
        moved = (w.drift[i] + s.lever_drift[i]) * s.observed_months
        moved += w.volatility[i] * root * w.shocks[s.round - 1, d]
        s.no_deal[i] = clip(s.no_deal[i] + moved, 0.0, 1.0)
        s.moved[i] = moved


@compiled
def observe(r, w, s):
    """``Beliefs.observe`` of all parties, with ``kalman_update``."""
    if s.observed_months <= 0.0:
        return
    for k in range(s.belief.shape[0]):
        for j in range(r.count_believed[k]):
            i = r.believed[k, j]
            observed = s.moved[i] / s.observed_months - s.lever_drift_seen[i]
            noise = w.volatility[i] ** 2 / s.observed_months
            total = s.belief_variance[k, i] + noise
            gain = s.belief_variance[k, i] / total if total > 0.0 else 0.0
            s.belief[k, i] += gain * (observed - s.belief[k, i])
            s.belief_variance[k, i] *= 1.0 - gain


@compiled
def price_of_war(r, w, s):
    """``War.cost_of_new_war`` and ``War.cost_now`` of all parties."""
    for k in range(w.cost.shape[0]):
        s.new_war[k] = w.cost[k] * max(1.0 + w.growth[k], 0.0) ** s.elapsed
        s.cost_now[k] = s.new_war[k] + s.lever_cost[k]


@compiled
def expect(r, w, s, k, fighting, kept, out):
    """``Outlook._expected``: the no-deal package ahead, with the first ``kept`` stages signed."""
    ahead = r.foresight[k] * fighting
    for i in range(out.shape[0]):
        if r.stage_of_issue[i] < kept:
            out[i] = s.agreed[i]
        else:
            drift = (s.belief[k, i] + s.lever_drift[i]) * ahead
            out[i] = clip(s.no_deal[i] + drift, 0.0, 1.0)


# --- sim.engine.levers ----------------------------------------------------------------------------


@compiled
def advance_lever(r, w, s, v):
    """``ActiveLever.advance`` of a world that is open."""
    if s.triggered[v] > s.round and not s.called[v] and conditions_hold(r, s, v):
        if w.carried_out[v]:
            s.triggered[v] = s.round
        else:
            s.called[v] = 1
    if not s.in_effect[v] and s.round >= s.triggered[v] + w.delay[v]:
        for k in range(s.lever_cost.shape[0]):
            s.lever_cost[k] += w.lever_cost[v, k]
        for j in range(r.count_moves[v]):
            i = r.lever_moves[v, j]
            s.lever_drift[i] += w.lever_drift[v, i]
            s.no_deal[i] = clip(s.no_deal[i] + w.lever_no_deal[v, i], 0.0, 1.0)
        s.in_effect[v] = 1
        s.effective[v] = s.round


@compiled
def conditions_hold(r, s, v):
    """``sim.engine.levers._holds`` for all conditions of a lever."""
    for c in range(r.count_conditions[v]):
        when = r.lever_conditions[v, c]
        if when[0] >= 0 and s.refuses[when[0]] < when[1]:
            return False
        if when[2] >= 0 and s.accepts[when[2]] < when[3]:
            return False
        if when[4] >= 0 and s.violates[when[4]] < when[5]:
            return False
        if when[6] >= 0 and s.stage <= when[6]:
            return False
        if when[7] >= 0 and not s.was_in_effect[when[7]]:
            return False
        if when[8] >= 0 and s.round < when[8]:
            return False
    return True


@compiled
def remaining(w, s, v):
    """``ActiveLever.remaining``."""
    return max(s.triggered[v] + w.delay[v] - s.round, 0.0)


@compiled
def pending(r, w, s, k, v):
    """``ActiveLever.pending`` for a party that the lever is on."""
    if s.triggered[v] > s.round or s.in_effect[v]:
        return 0.0
    return clip(1.0 - remaining(w, s, v) * r.round_months / r.foresight[k], 0.0, 1.0)


@compiled
def still_to_come(r, w, s, k, v, wait):
    """``ActiveLever._still_to_come``."""
    if s.called[v] or s.triggered[v] <= s.round:
        return 0.0
    share = 1.0 - (wait + w.delay[v]) * r.round_months / r.foresight[k]
    return w.credibility[v] * clip(share, 0.0, 1.0)


@compiled
def chances(r, w, s, b, k, event):
    """``ActiveLever._chance`` of all levers, those that others answer first."""
    for n in range(r.count_levers):
        v = r.parents_first[n]
        chance, wait = 0.0, 0.0
        if r.lever_answers[v, k, event]:
            chance = 1.0
            for c in range(r.count_conditions[v]):
                when = r.lever_conditions[v, c]
                if when[8] >= 0:
                    wait = max(wait, float(when[8] - s.round))
                parent = when[7]
                if parent < 0:
                    continue
                if s.triggered[parent] <= s.round:
                    wait += remaining(w, s, parent)
                else:
                    before = b.chance[event, parent] * w.credibility[parent]
                    chance *= 0.0 if s.called[parent] else before
                    wait += w.delay[parent] + b.wait[event, parent]
        b.chance[event, v], b.wait[event, v] = chance, wait


@compiled
def answer(r, w, s, b, k, v, event):
    """``ActiveLever.weight`` for one event, without what is pending."""
    return b.chance[event, v] * still_to_come(r, w, s, k, v, b.wait[event, v])


@compiled
def weigh_refusing(r, w, s, b, k):
    """Weights of levers in ``Outlook._value_of_refusing``."""
    chances(r, w, s, b, k, REFUSES)
    for v in range(r.count_levers):
        weight = 0.0
        if r.lever_on[v, k]:
            weight = pending(r, w, s, k, v)
            if r.lever_answers[v, k, REFUSES]:
                weight += answer(r, w, s, b, k, v, REFUSES)
            if 0 <= r.promised_with[v] < s.stage:
                weight += still_to_come(r, w, s, k, v, 0.0)
        b.weight[v] = weight


@compiled
def weigh_war(r, w, s, b, k):
    """Weights of levers in ``Outlook.value_of_war``."""
    chances(r, w, s, b, k, VIOLATES)
    chances(r, w, s, b, k, REFUSES)
    for v in range(r.count_levers):
        weight = 0.0
        if r.lever_on[v, k]:
            weight = pending(r, w, s, k, v)
            if r.lever_answers[v, k, VIOLATES]:
                weight += answer(r, w, s, b, k, v, VIOLATES)
            elif r.lever_answers[v, k, REFUSES]:
                weight += answer(r, w, s, b, k, v, REFUSES)
        b.weight[v] = weight


@compiled
def weigh_signing(r, w, s, b, k):
    """Weights of levers in ``Outlook._value_of_stage``."""
    for v in range(r.count_levers):
        weight = 0.0
        if r.lever_on[v, k]:
            weight = pending(r, w, s, k, v)
            if r.promised_with[v] == s.stage:
                weight += still_to_come(r, w, s, k, v, 0.0)
        b.weight[v] = weight


@compiled
def of_levers(r, w, s, b, k, expected, remains, fighting, settled):
    """``Outlook._levers``; the first ``settled`` stages no lever moves."""
    total = 0.0
    ahead = r.foresight[k] * fighting
    for v in range(r.count_levers):
        if b.weight[v] == 0.0:
            continue
        change = 0.0
        for j in range(r.count_moves[v]):
            i = r.lever_moves[v, j]
            if r.stage_of_issue[i] >= settled:
                moved = expected[i] + w.lever_no_deal[v, i] + w.lever_drift[v, i] * ahead
                moved = clip(moved, 0.0, 1.0)
                nearer = abs(expected[i] - w.ideal[k, i]) - abs(moved - w.ideal[k, i])
                change += w.slope[k, i] * nearer
        change -= w.lever_cost[v, k] * remains * r.foresight[k]
        total += b.weight[v] * change
    return total


# --- sim.engine.agents.outlook and sim.engine.agents.preferences ----------------------------------


@compiled
def take_stock(r, w, s, b):
    """``Outlook.take_stock`` of all parties; only what is expected where nothing is open."""
    last = s.stage == r.stages - 1
    remains, fighting = w.cost_factors[s.stage], w.drift_factors[s.stage]
    after = min(s.stage + 1, r.stages)
    remains_next, fighting_next = w.cost_factors[after], w.drift_factors[after]
    for k in range(w.ideal.shape[0]):
        rest = s.rest[k]
        expect(r, w, s, k, fighting_next, s.stage, rest)
        if s.status != OPEN:
            continue
        months, expected = r.foresight[k], b.expected
        expect(r, w, s, k, fighting, s.stage, expected)
        now = utility(w, k, expected) - s.cost_now[k] * remains * months
        weigh_refusing(r, w, s, b, k)
        now += of_levers(r, w, s, b, k, expected, remains, fighting, s.stage)
        s.reservation[k] = now
        soften(w, s, k, w.reservation_at_start[k] - now)
        signed = off_table = 0.0
        for i in range(rest.shape[0]):
            loss = w.slope[k, i] * abs(rest[i] - w.ideal[k, i])
            if r.stage_of_issue[i] != s.stage:
                off_table += loss
            if r.stage_of_issue[i] < s.stage:
                signed += loss
        best = 1.0 - off_table - s.cost_now[k] * remains_next * months
        if last:
            best += s.payments[k]
        else:
            weigh_signing(r, w, s, b, k)
            best += of_levers(r, w, s, b, k, rest, remains_next, fighting_next, s.stage + 1)
        s.best[k] = best
        s.best_of_all[k] = 1.0 - signed + s.payments[k]


@compiled
def value_of_war(r, w, s, b, k):
    """``Outlook.value_of_war``."""
    expect(r, w, s, k, 1.0, 0, b.expected)
    weigh_war(r, w, s, b, k)
    plain = utility(w, k, b.expected) - s.cost_now[k] * r.foresight[k]
    return plain + of_levers(r, w, s, b, k, b.expected, 1.0, 1.0, 0)


@compiled
def utility(w, k, x):
    """``Preferences.utility``."""
    lost = 0.0
    for i in range(x.shape[0]):
        lost += w.slope[k, i] * abs(x[i] - w.ideal[k, i])
    return 1.0 - lost


@compiled
def value(r, w, s, k, x):
    """``Preferences.value``."""
    lost = 0.0
    for j in range(r.count_on_stage[s.stage]):
        i = r.issues_on_stage[s.stage, j]
        lost += w.slope[k, i] * abs(x[i] - w.ideal[k, i])
    return s.best[k] - lost


@compiled
def soften(w, s, k, lost):
    """``Preferences.soften``: only the far side gives way."""
    lost = max(lost, 0.0)
    for i in range(w.far.shape[1]):
        move = w.softening[k, i] * lost
        if w.far[k, i] > 0.5:
            s.high[k, i] = min(w.high_at_start[k, i] + move, w.far[k, i])
        else:
            s.low[k, i] = max(w.low_at_start[k, i] - move, w.far[k, i])


@compiled
def lines(r, w, s, b, k):
    """``Preferences.loosest_limits``, into ``line_low`` and ``line_high``."""
    for i in range(b.line_low.shape[0]):
        b.line_low[i], b.line_high[i] = s.low[k, i], s.high[k, i]
    for n in range(r.count_rules):
        if r.rule_party[n] == k:
            loosen(r, w, b, n)


@compiled
def loosen(r, w, b, n):
    i = r.rule_column[n]
    if r.rule_upward[n]:
        b.line_high[i] = max(b.line_high[i], w.rule_line[n])
    else:
        b.line_low[i] = min(b.line_low[i], w.rule_line[n])


@compiled
def conditional_lines(r, w, s, b, k, x):
    """``Preferences.conditional_limits`` of one package, into ``line_low`` and ``line_high``."""
    for i in range(b.line_low.shape[0]):
        b.line_low[i], b.line_high[i] = s.low[k, i], s.high[k, i]
    if not r.has_rules[k]:
        return
    for n in range(r.count_rules):
        if r.rule_party[n] == k and met(r, w, s, k, n, x):
            loosen(r, w, b, n)
    for i in range(b.line_low.shape[0]):
        b.line_low[i] = min(b.line_low[i], w.ideal[k, i])
        b.line_high[i] = max(b.line_high[i], w.ideal[k, i])


@compiled
def met(r, w, s, k, n, x):
    """``Rule.met``; what is not on the table counts as expected."""
    for m in range(r.rule_bounds[n]):
        i = r.rule_issue[n, m]
        there = x[i] if r.stage_of_issue[i] == s.stage else s.rest[k, i]
        if there < w.rule_least[n, m] - TOLERANCE or there > w.rule_most[n, m] + TOLERANCE:
            return False
    return True


@compiled
def within_limits(r, w, s, b, k, x):
    """``Preferences.within_limits`` of one package."""
    conditional_lines(r, w, s, b, k, x)
    for j in range(r.count_on_stage[s.stage]):
        i = r.issues_on_stage[s.stage, j]
        if x[i] < w.terms_low[i] - TOLERANCE or x[i] > w.terms_high[i] + TOLERANCE:
            return False
        if r.consent[k, i] and (
            x[i] < b.line_low[i] - TOLERANCE or x[i] > b.line_high[i] + TOLERANCE
        ):
            return False
    return s.failures == 0 or acceptable(r, w, s, b, k, x)


# --- sim.engine.agents.party ----------------------------------------------------------------------


@compiled
def aspire(r, w, s):
    """``Party.aspire`` with a time-dependent tactic."""
    for k in range(w.ideal.shape[0]):
        time = clip((s.round - 1.0) / w.patience[k], 0.0, 1.0)
        conceded = r.opening[k] + (1.0 - r.opening[k]) * time ** r.exponent[k]
        aspiration = clip(1.0 - conceded, 0.0, 1.0)
        gap = max(s.best[k] - s.reservation[k], 0.0)
        hoped = max(s.best_of_all[k] - s.reservation[k], 0.0)
        s.target[k] = s.reservation[k] + gap * aspiration
        s.target_of_all[k] = s.reservation[k] + hoped * aspiration


@compiled
def propose(r, w, s, b, k):
    """``Party.propose`` and ``_explore``: two walks along one order, into ``proposal``."""
    lines(r, w, s, b, k)
    count = way_from_text(r, w, s, b, k) if s.has_text else way_from_offers(r, w, s, b, k)
    sort_segments(b, count)
    need, need_of_all = s.target[k] - s.best[k], s.target_of_all[k] - s.best_of_all[k]
    issues = w.ideal.shape[1]
    for i in range(issues):
        if r.stage_of_issue[i] >= s.stage:
            way = w.slope[k, i] * b.reach[i]
            need_of_all += way
            if r.stage_of_issue[i] == s.stage:
                need += way
    walk(r, s, b, count, need, s.stage, b.walked)
    for i in range(issues):
        if r.stage_of_issue[i] == s.stage:
            b.proposal[k, i] = w.ideal[k, i] + b.side[i] * (b.reach[i] - b.walked[i])
    if r.has_rules[k]:
        conditional_lines(r, w, s, b, k, b.proposal[k])
        for i in range(issues):
            if r.stage_of_issue[i] == s.stage:
                x = max(b.proposal[k, i], b.line_low[i])
                b.proposal[k, i] = min(x, b.line_high[i])
    if s.stage < r.stages - 1:
        walk(r, s, b, count, need_of_all, r.stages, b.walked)
        for i in range(issues):
            if r.stage_of_issue[i] > s.stage:
                b.proposal[k, i] = w.ideal[k, i] + b.side[i] * (b.reach[i] - b.walked[i])


@compiled
def way_from_text(r, w, s, b, k):
    """Segments of ``sim.formulas.bargaining.walk.walk`` from one stand: one for each open issue."""
    count = 0
    for i in range(w.ideal.shape[1]):
        if r.stage_of_issue[i] < s.stage:
            continue
        care = 0.0
        for o in range(w.ideal.shape[0]):
            if o != k and r.consent[o, i]:
                care += s.seen[o, i]
        offset = min(max(s.text[i], b.line_low[i]), b.line_high[i]) - w.ideal[k, i]
        b.side[i] = 1.0 if offset >= 0.0 else -1.0
        b.reach[i] = abs(offset)
        segment(w, b, k, i, count, b.reach[i], care)
        count += 1
    return count


@compiled
def way_from_offers(r, w, s, b, k):
    """The same from the stands of all others."""
    parties, issues = w.ideal.shape
    count = 0
    for i in range(issues):
        if r.stage_of_issue[i] < s.stage:
            continue
        leaning = 0.0
        for o in range(parties):
            if o != k and r.consent[o, i]:
                stand = min(max(s.offer[o, i], b.line_low[i]), b.line_high[i])
                leaning += s.seen[o, i] * np.sign(stand - w.ideal[k, i])
        side = 1.0 if leaning >= 0.0 else -1.0
        # stands on that side, the remotest first
        others, total = 0, 0.0
        for o in range(parties):
            if o == k:
                continue
            stand = min(max(s.offer[o, i], b.line_low[i]), b.line_high[i])
            distance = max((stand - w.ideal[k, i]) * side, 0.0)
            care = s.seen[o, i] * r.consent[o, i]
            total += care
            place = others
            while place > 0 and b.distance[place - 1] < distance:
                b.distance[place], b.rate[place] = b.distance[place - 1], b.rate[place - 1]
                place -= 1
            b.distance[place], b.rate[place] = distance, care
            others += 1
        b.side[i], b.reach[i] = side, b.distance[0]
        passed = 0.0
        for n in range(others):
            passed += b.rate[n]
            length = b.distance[n] - (b.distance[n + 1] if n < others - 1 else 0.0)
            segment(w, b, k, i, count, length, 2.0 * passed - total)
            count += 1
    return count


@compiled
def segment(w, b, k, i, n, length, rate):
    """One segment and its price, as in ``fractional_knapsack``."""
    gain, loss = length * w.slope[k, i], length * rate
    price = np.inf
    if loss <= 0.0:
        price = -1.0
    elif gain > 0.0:
        price = np.rint(loss / gain * 1e10) / 1e10
    b.segment_issue[n], b.length[n], b.gain[n], b.price[n] = i, length, gain, price


@compiled
def sort_segments(b, count):
    """Stable order by price."""
    for n in range(count):
        price = b.price[n]
        place = n
        while place > 0 and b.price[b.order[place - 1]] > price:
            b.order[place] = b.order[place - 1]
            place -= 1
        b.order[place] = n


@compiled
def walk(r, s, b, count, need, last_stage, walked):
    """``fractional_knapsack`` over the segments up to a stage; scale units walked by issue."""
    walked[:] = 0.0
    before = 0.0
    for n in range(count):
        m = b.order[n]
        i = b.segment_issue[m]
        if r.stage_of_issue[i] > last_stage:
            continue
        if b.price[m] < 0.0:
            walked[i] += b.length[m]
        elif before >= need:
            break
        elif b.gain[m] > 0.0:
            walked[i] += b.length[m] * clip((need - before) / b.gain[m], 0.0, 1.0)
        before += b.gain[m]


@compiled
def put(r, w, s, b, k):
    """``Party.put``: a position, and what the others learn from it."""
    issues = w.ideal.shape[1]
    total = 0.0
    for i in range(issues):
        if r.stage_of_issue[i] >= s.stage:
            s.offer[k, i] = b.proposal[k, i]
        b.moved[i] = abs(s.offer[k, i] - w.ideal[k, i])
        total += b.moved[i]
    if issues == 1:
        s.seen[k, 0] = (1.0 - s.told) + s.told * w.weight[k, 0]
        return
    strength = STRENGTH * (total / (total + FAMILIAR)) / (issues - 1.0)
    scale = issues / total if total > 0.0 else 0.0
    whole = 0.0
    for i in range(issues):
        learnt = math.exp(-strength * (b.moved[i] * scale - 1.0))
        s.seen[k, i] = learnt
        whole += learnt
    for i in range(issues):
        s.seen[k, i] = (1.0 - s.told) * s.seen[k, i] / whole + s.told * w.weight[k, i]


@compiled
def accepts(r, w, s, b, k, x, threshold):
    """``Party.accepts`` and, at the reservation value, ``Party.stands_behind``."""
    if not r.asked[s.stage, k]:
        return True
    if value(r, w, s, k, x) < max(threshold, s.reservation[k]) - TOLERANCE:
        return False
    return within_limits(r, w, s, b, k, x)


# --- sim.engine.protocols.shuttle -----------------------------------------------------------------


@compiled
def bargain(r, w, s, b):
    """``Shuttle.bargain`` of a world that is talking."""
    parties = w.ideal.shape[0]
    if s.round > r.first_text and not s.has_text:  # a vote was pending at the first text
        begin_text(r, w, s)
    for k in range(parties):
        propose(r, w, s, b, k)
    for k in range(parties):
        put(r, w, s, b, k)
    since = s.round - r.first_text
    if since >= 0 and since % r.text_every == 0:
        first = not s.has_text
        if first:
            begin_text(r, w, s)
        if s.round == 1 or s.round - 1 < w.envoy_patience:
            if not (first and r.published):
                draft(r, w, s, b, since // r.text_every)
            put_to_all(r, w, s, b)
    if talking(s):
        sign_positions(r, w, s, b)


@compiled
def put_to_all(r, w, s, b):
    """``Mediated.put_to_all``."""
    parties = w.ideal.shape[0]
    yes = 0
    for k in range(parties):
        margin = (1.0 - w.accepted_at[k]) * (s.target[k] - s.reservation[k])
        if accepts(r, w, s, b, k, s.text, s.reservation[k] + margin):
            s.accepts[k] += 1
            yes += 1
        else:
            s.refuses[k] += 1
            yes += not r.asked[s.stage, k]
    if enough(r, yes, parties):
        sign(r, w, s, b, s.text)


@compiled
def enough(r, yes, parties):
    """``PeaceTalks.quorum``."""
    if r.quorum < 0.0:
        return yes == parties
    return yes / parties >= r.quorum


@compiled
def sign_positions(r, w, s, b):
    """``Shuttle._sign_positions``."""
    parties = w.ideal.shape[0]
    best, largest = -1, -1.0
    for m in range(parties):
        yes = 0
        for k in range(parties):
            threshold = s.reservation[k] if k == m else s.target[k]
            b.answers[k] = accepts(r, w, s, b, k, s.offer[m], threshold)
            yes += b.answers[k]
            if r.quorum < 0.0 and not b.answers[k]:
                break
        if not enough(r, yes, parties):
            continue
        product = 1.0
        for k in range(parties):
            surplus = value(r, w, s, k, s.offer[m]) - s.reservation[k]
            if surplus <= 0.0:
                surplus = 0.0 if b.answers[k] and r.asked[s.stage, k] else 1.0
            product *= surplus
        if product > largest:
            best, largest = m, product
    if best >= 0:
        copy(s.offer[best], b.package)
        sign(r, w, s, b, b.package)


# --- sim.engine.agents.mediator -------------------------------------------------------------------


@compiled
def begin_text(r, w, s):
    """``Formulator.begin``."""
    parties, issues = w.ideal.shape
    for i in range(issues):
        s.text[i] = w.plan[i]
        if np.isnan(w.plan[i]):
            total = 0.0
            for k in range(parties):
                total += s.offer[k, i]
            s.text[i] = total / parties
    s.has_text = 1


@compiled
def draft(r, w, s, b, tabled):
    """``Formulator._draft_stage``: the text of this round."""
    parties, points = w.ideal.shape[0], r.points
    count = among_stage(r, s, b)
    estimated_lines(r, w, s, b, tabled, count)
    judges = parties
    for k in range(parties):
        b.gap[k] = s.best[k] - s.reservation[k]
    for n in range(count):
        i = b.among[n]
        for k in range(parties):
            rate = s.seen[k, i] / max(w.ideal[k, i], 1.0 - w.ideal[k, i])
            for p in range(points.shape[0]):
                b.table[i, k, p] = rate * abs(points[p] - w.ideal[k, i])
        interests(r, w, b, i)
        for p in range(points.shape[0]):
            beyond = 0.0
            for k in range(parties):
                excess = max(points[p] - b.high[k, i], b.low[k, i] - points[p])
                beyond += max(excess, 0.0)
            b.extra[i, p] -= PENALTY * beyond
        b.choice[i] = nearest(points, s.text[i])
    for g in range(r.count_gates):
        if s.known[g] and r.gate_stage[g] == s.stage:
            gate_in_draft(r, w, s, b, g, judges, count)
            judges += 1
    coordinate_ascent(r, b, count, judges, 3 if tabled < 2 else 1)
    for n in range(count):
        i = b.among[n]
        s.text[i] = points[b.choice[i]]


@compiled
def among_stage(r, s, b):
    """The issues on the table as those that are drafted."""
    count = r.count_on_stage[s.stage]
    b.is_among[:] = 0
    for n in range(count):
        b.among[n] = r.issues_on_stage[s.stage, n]
        b.is_among[b.among[n]] = 1
    return count


@compiled
def nearest(points, x):
    """Index of the nearest of equally spaced points, of equals the first."""
    last = points.shape[0] - 1
    middle = int(clip(x, 0.0, 1.0) * last)
    best = max(middle - 1, 0)
    for p in range(best + 1, min(middle + 1, last) + 1):
        if abs(points[p] - x) < abs(points[best] - x):
            best = p
    return best


@compiled
def interests(r, w, b, i):
    """``Formulator._interests`` on one issue, into ``extra``."""
    points = r.points
    held = 0.0 if np.isnan(w.plan[i]) else w.attachment
    plan = 0.0 if np.isnan(w.plan[i]) else w.plan[i]
    for p in range(points.shape[0]):
        b.extra[i, p] = -held * abs(points[p] - plan)
    principal = r.principal_of_envoy
    if principal >= 0:
        lean = w.tilt * w.slope[principal, i]
        for p in range(points.shape[0]):
            b.extra[i, p] -= lean * abs(points[p] - w.ideal[principal, i])


@compiled
def estimated_lines(r, w, s, b, tabled, count):
    """Red lines as ``Formulator._beyond_limits`` estimates them, into ``low`` and ``high``."""
    for k in range(w.ideal.shape[0]):
        known = math.exp(-s.clarity) * 0.5 ** s.refuses[k]
        for n in range(count):
            i = b.among[n]
            low, high, error = s.low[k, i], s.high[k, i], w.misjudged[k, i] * known
            low = clip(low + error, 0.0, w.ideal[k, i]) if low > 0.0 else 0.0
            high = clip(high + error, w.ideal[k, i], 1.0) if high < 1.0 else 1.0
            if not r.consent[k, i]:
                low, high = 0.0, 1.0
            b.low[k, i] = max(low, w.terms_low[i])
            b.high[k, i] = min(high, w.terms_high[i])
    if r.count_rules == 0:
        return
    for n in range(r.count_rules):
        k, i = r.rule_party[n], r.rule_column[n]
        error = w.misjudged[k, i] * (math.exp(-s.clarity) * 0.5 ** s.refuses[k])
        b.rule_line[n] = clip(w.rule_line[n] + error, 0.0, 1.0)
    which_can_hold(r, w, s, b)
    if tabled % LINKAGES_EVERY == 0 or s.assumed_at != s.stage:
        best_linkages(r, w, b, count)
        copy(b.chosen, s.assumed)
        s.assumed_at = s.stage
    copy(s.assumed, b.chosen)
    boxes(r, w, b)
    for k in range(w.ideal.shape[0]):
        for n in range(count):
            i = b.among[n]
            b.low[k, i] = max(b.low[k, i], w.terms_low[i])
            b.high[k, i] = min(b.high[k, i], w.terms_high[i])


# --- sim.formulas.bargaining.red_lines ------------------------------------------------------------


@compiled
def which_can_hold(r, w, s, b):
    """Rules whose conditions are on the table or met by what is expected, into ``holds``."""
    for n in range(r.count_rules):
        b.holds[n] = 1
        for m in range(r.rule_bounds[n]):
            i = r.rule_issue[n, m]
            rest = s.rest[r.rule_party[n], i]
            if not b.is_among[i] and (rest < w.rule_least[n, m] or rest > w.rule_most[n, m]):
                b.holds[n] = 0


@compiled
def boxes(r, w, b):
    """``boxes``: red lines with the chosen rules in force, in ``low`` and ``high``."""
    for n in range(r.count_rules):
        if b.chosen[n] and b.holds[n]:
            k, i = r.rule_party[n], r.rule_column[n]
            if r.rule_upward[n]:
                b.high[k, i] = max(b.high[k, i], b.rule_line[n])
            else:
                b.low[k, i] = min(b.low[k, i], b.rule_line[n])
    for n in range(r.count_rules):
        if b.chosen[n] and b.holds[n]:
            k = r.rule_party[n]
            for m in range(r.rule_bounds[n]):
                i = r.rule_issue[n, m]
                b.low[k, i] = max(b.low[k, i], w.rule_least[n, m])
                b.high[k, i] = min(b.high[k, i], w.rule_most[n, m])


@compiled
def missed_on(b, i):
    """By how much the boxes miss each other on one issue, as in ``gaps``."""
    lowest, highest = 0.0, 1.0
    for k in range(b.low.shape[0]):
        lowest = max(lowest, b.low[k, i])
        highest = min(highest, b.high[k, i])
    return max(lowest - highest, 0.0)


@compiled
def missed_by(b, count):
    """Sum of ``gaps``."""
    total = 0.0
    for n in range(count):
        total += missed_on(b, b.among[n])
    return total


@compiled
def copy_rule_columns(r, low, high, low_to, high_to):
    """What rules can change of boxes."""
    for c in range(r.count_rule_columns):
        i = r.rule_columns[c]
        for k in range(low.shape[0]):
            low_to[k, i], high_to[k, i] = low[k, i], high[k, i]


@compiled
def choose(r, b, row):
    """Assume a choice of rules; false where one of them cannot hold, as a smaller choice is it."""
    for n in range(r.count_rules):
        b.chosen[n] = r.choices[row, n]
        if b.chosen[n] and not b.holds[n]:
            return False
    return True


@compiled
def best_linkages(r, w, b, count):
    """``best_linkages``, into ``chosen``; ``low`` and ``high`` are as before."""
    least, best = np.inf, 0
    copy_rule_columns(r, b.low, b.high, b.low_kept, b.high_kept)
    for row in range(r.choices.shape[0]):
        if not choose(r, b, row):
            continue
        boxes(r, w, b)
        missed = missed_by(b, count)
        copy_rule_columns(r, b.low_kept, b.high_kept, b.low, b.high)
        if missed < least - 1e-12:
            least, best = missed, row
        if least == 0.0:
            break
    for n in range(r.count_rules):
        b.chosen[n] = r.choices[best, n]


# --- sim.formulas.bargaining.drafting -------------------------------------------------------------


@compiled
def coordinate_ascent(r, b, count, judges, sweeps):
    """``coordinate_ascent`` with ``nash_welfare``: better ``choice`` and its ``surplus``."""
    points = r.points.shape[0]
    for k in range(judges):
        b.surplus[k] = b.gap[k]
        for n in range(count):
            i = b.among[n]
            b.surplus[k] -= b.table[i, k, b.choice[i]]
    for _ in range(sweeps):
        changed = False
        for n in range(count):
            i = b.among[n]
            now = b.choice[i]
            for p in range(points):
                b.score[p], b.product[p] = b.extra[i, p], 1.0
            for k in range(judges):
                without = b.without[k] = b.surplus[k] + b.table[i, k, now]
                for p in range(points):
                    left = without - b.table[i, k, p]
                    b.product[p] *= max(left, FLOOR)
                    b.score[p] += (min(left, FLOOR) - FLOOR) / FLOOR
            best = 0
            for p in range(points):
                b.score[p] += math.log(b.product[p])
                if b.score[p] > b.score[best]:
                    best = p
            if b.score[best] > b.score[now] + 1e-12:
                b.choice[i] = best
                changed = True
            for k in range(judges):
                b.surplus[k] = b.without[k] - b.table[i, k, b.choice[i]]
        if not changed:
            break


@compiled
def max_min(r, w, b, count):
    """``max_min``: the largest surplus that all can have at once."""
    parties, points = w.ideal.shape[0], r.points.shape[0]
    coordinate_ascent(r, b, count, parties, 2)
    best = smallest(b.surplus, parties)
    for beta in r.sharpness:
        low, total = smallest(b.surplus, parties), 0.0
        for k in range(parties):
            b.care[k] = math.exp(-beta * (b.surplus[k] - low))
            total += b.care[k]
        for k in range(parties):
            b.care[k] /= total
            b.there[k] = b.gap[k]
        for n in range(count):
            i = b.among[n]
            for p in range(points):
                b.score[p] = b.extra[i, p]
            for k in range(parties):
                for p in range(points):
                    b.score[p] -= b.care[k] * b.table[i, k, p]
            corner = 0
            for p in range(points):
                if b.score[p] > b.score[corner]:
                    corner = p
            for k in range(parties):
                b.there[k] -= b.table[i, k, corner]
        top, step = -np.inf, 0.0
        for share in r.mixed_shares:
            low, spread = np.inf, 0.0
            for k in range(parties):
                b.mixed[k] = b.surplus[k] + share * (b.there[k] - b.surplus[k])
                low = min(low, b.mixed[k])
            for k in range(parties):
                spread += math.exp(-beta * (b.mixed[k] - low))
            soft = low - math.log(spread) / beta
            if soft > top:
                top, step = soft, share
        for k in range(parties):
            b.surplus[k] += step * (b.there[k] - b.surplus[k])
        best = max(best, smallest(b.surplus, parties))
    return best


@compiled
def smallest(surplus, parties):
    low = surplus[0]
    for k in range(1, parties):
        low = min(low, surplus[k])
    return low


# --- sim.engine.ratification ----------------------------------------------------------------------


@compiled
def submit(r, w, s, b):
    """``Ratification.submit``: whether what has just been signed must be voted on."""
    issues = w.ideal.shape[1]
    for i in range(issues):
        b.package[i] = s.no_deal[i] if np.isnan(s.agreed[i]) else s.agreed[i]
    is_pending, last, first_no = False, 0, NEVER
    for g in range(r.count_gates):
        s.gate_refuses[g] = 0
        b.votes[g] = s.stage == r.gate_stage[g] + 1 and concerned(r, w, g, b.package)
        if b.votes[g]:
            is_pending = True
            b.passes[g] = passes(w, g, b.package)
            last = max(last, r.gate_rounds[g])
            if not b.passes[g]:
                first_no = min(first_no, r.gate_rounds[g])
    if not is_pending:
        return False
    decided = min(first_no, last)
    s.due = s.round + decided
    s.will_pass = first_no == NEVER
    s.ends_talks = 0
    for g in range(r.count_gates):
        if b.votes[g] and r.gate_rounds[g] <= decided:
            s.verdict[g] = b.passes[g]
            if not b.passes[g]:
                s.gate_refuses[g] = s.known[g] = 1
                if r.gate_ends_talks[g]:
                    s.ends_talks = 1
    return True


@compiled
def concerned(r, w, g, x):
    """``ActiveGate.concerned``."""
    if r.gate_cases[g] == 0:
        return True
    for case in range(r.gate_cases[g]):
        found = True
        for m in range(r.gate_columns.shape[2]):
            i = r.gate_columns[g, case, m]
            if i >= 0 and (
                x[i] < w.gate_least[g, case, m] - TOLERANCE
                or x[i] > w.gate_most[g, case, m] + TOLERANCE
            ):
                found = False
        if found:
            return True
    return False


@compiled
def passes(w, g, x):
    """``ActiveGate.passes``."""
    worth = 1.0
    for i in range(x.shape[0]):
        ideal = w.gate_ideal[g, i]
        worth -= w.gate_weight[g, i] * (abs(x[i] - ideal) / max(ideal, 1.0 - ideal))
        if x[i] < w.gate_low[g, i] - TOLERANCE or x[i] > w.gate_high[g, i] + TOLERANCE:
            return False
    return worth >= w.gate_threshold[g] - TOLERANCE


@compiled
def acceptable(r, w, s, b, k, x):
    """``Ratification.acceptable``."""
    for i in range(x.shape[0]):
        if r.stage_of_issue[i] == s.stage:
            b.expected[i] = x[i]
        else:
            b.expected[i] = s.agreed[i] if r.stage_of_issue[i] < s.stage else s.no_deal[i]
    for g in range(r.count_gates):
        minds = r.quorum >= 0.0 or r.gate_owner[g] == k
        at_stake = minds and s.known[g] and r.gate_stage[g] == s.stage
        if at_stake and concerned(r, w, g, b.expected) and not passes(w, g, b.expected):
            return False
    return True


@compiled
def gate_in_draft(r, w, s, b, g, judge, count):
    """``Ratification.in_draft`` for one gate that is known to object."""
    points = r.points
    left = 1.0 - w.gate_threshold[g]
    for i in range(w.ideal.shape[1]):
        ideal, weight = w.gate_ideal[g, i], w.gate_weight[g, i]
        rate = weight / max(ideal, 1.0 - ideal)
        if not b.is_among[i]:
            x = s.agreed[i] if r.stage_of_issue[i] < s.stage else s.no_deal[i]
            left -= rate * abs(x - ideal)
            continue
        for p in range(points.shape[0]):
            b.table[i, judge, p] = rate * abs(points[p] - ideal)
            excess = max(points[p] - w.gate_high[g, i], w.gate_low[g, i] - points[p])
            b.extra[i, p] -= PENALTY * max(excess, 0.0)
    b.gap[judge] = left


# --- sim.engine.recorder, sim.engine.ripeness and sim.engine.durability ---------------------------


@compiled
def finish(r, w, s, b):
    """``PeaceTalks.finish`` and ``Recorder.finish``."""
    decide_at_gates(r, w, s, True)
    parties, issues = w.ideal.shape
    for i in range(issues):
        b.kept_choice[i] = w.ripeness_choice[i]
    fill_ripeness_table(r, w, b)
    s.ripeness = ripeness(r, w, s, b)
    s.stage_ripeness = stage_ripeness(r, w, s, b)
    settled = s.stage == r.stages
    for k in range(parties):
        s.utility[k] = s.reservation[k]
        if settled:
            s.utility[k] = s.value_at_signing[k]
            for v in range(r.count_levers):
                s.utility[k] += (s.in_effect[v] - w.credibility[v]) * w.payment[v, k]
        else:
            s.gain[k] = np.nan
    s.years_held, s.broken_by = np.nan, -1
    s.years_without[:] = np.nan
    if settled and r.years > 0:
        price_of_war(r, w, s)
        s.years_held = years_held(r, w, s, b, -1)
        for term in range(r.count_terms):
            breaker = s.broken_by
            s.years_without[term] = years_held(r, w, s, b, term)
            s.broken_by = breaker
    for i in range(issues):
        middle = 0.0
        for k in range(parties):
            middle += s.offer[k, i]
        middle /= parties
        apart = 0.0
        for k in range(parties):
            nearer = abs(middle - w.ideal[k, i]) - abs(s.offer[k, i] - w.ideal[k, i])
            apart += w.slope[k, i] * nearer
        s.apart[i] = max(apart, 0.0)


@compiled
def fill_ripeness_table(r, w, b):
    """``Ripeness.loss``."""
    for i in range(w.ideal.shape[1]):
        for k in range(w.ideal.shape[0]):
            for p in range(r.points.shape[0]):
                b.table[i, k, p] = w.slope[k, i] * abs(r.points[p] - w.ideal[k, i])


@compiled
def ripeness(r, w, s, b):
    """``Ripeness.measure`` and the gaps of red lines over all that is open."""
    parties, issues = w.ideal.shape
    count = 0
    for i in range(issues):
        b.is_among[i] = r.stage_of_issue[i] >= s.stage
        if b.is_among[i]:
            b.among[count] = i
            count += 1
    for k in range(parties):
        signed, asked = 0.0, False
        for i in range(issues):
            if b.is_among[i]:
                asked = asked or r.consent[k, i] == 1
            else:
                signed += w.slope[k, i] * abs(s.agreed[i] - w.ideal[k, i])
        gap = 1.0 - signed + s.payments[k] - s.reservation[k]
        b.gap[k] = gap if asked else UNASKED
    return largest(r, w, s, b, count, s.gaps)


@compiled
def stage_ripeness(r, w, s, b):
    """``Ripeness.measure_stage`` and the gaps of red lines on the table."""
    s.stage_gaps[:] = 0.0
    if s.stage == r.stages:
        return np.nan
    count = among_stage(r, s, b)
    for k in range(w.ideal.shape[0]):
        b.gap[k] = s.best[k] - s.reservation[k] if r.asked[s.stage, k] else UNASKED
    return largest(r, w, s, b, count, s.stage_gaps)


@compiled
def largest(r, w, s, b, count, gaps):
    """``Ripeness._largest`` and ``red_line_gaps``."""
    gaps[:] = 0.0
    if count == 0:
        return np.nan
    own_lines(r, w, s, b, count)
    which_can_hold(r, w, s, b)
    for n in range(r.count_rules):
        b.rule_line[n] = w.rule_line[n]
    if r.count_rules:
        best_linkages(r, w, b, count)
        boxes(r, w, b)
        for n in range(count):
            i = b.among[n]
            for k in range(w.ideal.shape[0]):
                b.low[k, i] = max(b.low[k, i], w.terms_low[i])
                b.high[k, i] = min(b.high[k, i], w.terms_high[i])
    for n in range(count):
        gaps[b.among[n]] = missed_on(b, b.among[n])
    copy(b.kept_choice, b.choice)
    best = within_boxes(r, w, b, count)
    copy(b.choice, b.kept_choice)
    if best > 0.0 or r.count_rules == 0:
        return best
    # other linkages: ``Ripeness._with_other_linkages``
    for row in range(r.choices.shape[0]):
        if not choose(r, b, row):
            continue
        own_lines(r, w, s, b, count)
        boxes(r, w, b)
        if missed_by(b, count) <= 1e-9:
            copy(b.kept_choice, b.choice)
            best = max(best, within_boxes(r, w, b, count))
    return best


@compiled
def own_lines(r, w, s, b, count):
    """``sim.engine.ripeness.own_lines``, into ``low`` and ``high``."""
    for k in range(w.ideal.shape[0]):
        for n in range(count):
            i = b.among[n]
            low = s.low[k, i] if r.consent[k, i] else 0.0
            high = s.high[k, i] if r.consent[k, i] else 1.0
            b.low[k, i], b.high[k, i] = max(low, w.terms_low[i]), min(high, w.terms_high[i])


@compiled
def within_boxes(r, w, b, count):
    """``Ripeness._within``."""
    for n in range(count):
        i = b.among[n]
        for p in range(r.points.shape[0]):
            beyond = 0.0
            for k in range(w.ideal.shape[0]):
                excess = max(r.points[p] - b.high[k, i], b.low[k, i] - r.points[p])
                beyond += max(excess, 0.0)
            b.extra[i, p] = -BEYOND - BEYOND * beyond if beyond > 1e-9 else 0.0
    return max_min(r, w, b, count)


@compiled
def years_held(r, w, s, b, without):
    """``Durable.holds`` of what has been signed, without one term; sets ``broken_by``."""
    parties, issues = w.ideal.shape
    for i in range(issues):
        b.moved[i] = 0.0
    for term in range(r.count_terms):
        if term != without:
            column = r.term_column[term]
            above = s.agreed[column] - s.no_deal[column]
            for i in range(issues):
                b.moved[i] += w.term_moves[term, i] * above
    for year in range(r.years):
        top, who = 0.0, -1
        for k in range(parties):
            if not r.is_principal[k]:
                continue
            for i in range(issues):
                b.expected[i] = s.no_deal[i]
                if r.fought_over[i]:
                    ahead = s.agreed[i] + s.belief[k, i] * r.foresight[k] + b.moved[i]
                    b.expected[i] = clip(ahead + w.shift[year, i], 0.0, 1.0)
            cost = s.new_war[k] * w.expected_cost[year, k] * r.foresight[k]
            fought = utility(w, k, b.expected) - cost
            keeping = deterred(r, w, s, k, without) + utility(w, k, s.agreed)
            if fought - keeping - 1e-9 > top:
                top, who = fought - keeping - 1e-9, k
        if who >= 0:
            s.broken_by = who
            return float(year)
    s.broken_by = -1
    return float(r.years)


@compiled
def deterred(r, w, s, k, without):
    """``Durable._deterred`` with ``interpolated``."""
    total = 0.0
    for term in range(r.count_terms):
        if term == without or not r.deters[term, k]:
            continue
        x = s.agreed[r.term_column[term]]
        right = 1
        while right < r.count_deterrent_points[term] - 1 and r.deterrent_points[term, right] < x:
            right += 1
        start, end = r.deterrent_points[term, right - 1], r.deterrent_points[term, right]
        share = clip((x - start) / (end - start), 0.0, 1.0)
        total += (1.0 - share) * w.deterrence[term, right - 1] + share * w.deterrence[term, right]
    return total
