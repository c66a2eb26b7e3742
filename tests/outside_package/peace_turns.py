"""A protocol and a tactic of another package, made known by entry points in its pyproject.toml."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

import sim


class Turns(sim.Protocol):
    """One signatory a round tables its position; what all accept is signed."""

    name = "turns"
    title = "one signatory a round tables its position, in turn"
    citation = "Rubinstein (1982), Econometrica 50(1), doi:10.2307/1912531"

    def bargain(self) -> None:
        parties = self.model.signatories
        speaker = parties[self.talks.round % len(parties)]
        speaker.put(speaker.propose(*self.others_of(speaker)), self.talks.talking)
        package = speaker.offer
        answers = {p.key: p.accepts(package[:, None])[:, 0] for p in parties}
        answers[speaker.key] = speaker.stands_behind(package)
        agreed = self.model.consented(answers) & self.talks.talking
        if agreed.any():
            self.model.sign(package, agreed)


class Stairs(sim.Tactic):
    """Concedes in equal steps."""

    name = "stairs"
    title = "concedes in equal steps"
    citation = "an example; no source"
    parameters: ClassVar[dict[str, sim.Parameter]] = {
        "steps": sim.Parameter(4.0, 1.0, 50.0, "number of steps over the patience")
    }
    looks_at_offers = False
    steps: float

    def aspiration(self, view: sim.View) -> np.ndarray:
        done = np.floor(np.clip(view.time, 0.0, 1.0) * self.steps)
        return 1.0 - done / self.steps
