"""The conformance tests that every protocol and tactic inherits."""

import sim


class TestTurns(sim.ProtocolConformance):
    name = "turns"


class TestStairs(sim.TacticConformance):
    name = "stairs"
    parameters = {"steps": 3}  # noqa: RUF012
