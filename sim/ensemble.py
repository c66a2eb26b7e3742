"""Many worlds: fixed chunks, one after the other, joined into one set of outcomes."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from sim.model import PeaceTalks
from sim.scenario.draws import CHUNK, Draws
from sim.scenario.schema import Scenario

Progress = Callable[[int, int], None]
"""Called with (worlds × rounds done, worlds × rounds in all)."""


def central_world(scenario: Scenario) -> PeaceTalks:
    """The world in which every uncertain number is at its median and no shock occurs.

    It carries the story; it is one world of its own, not an average of the others.
    """
    model = PeaceTalks(scenario, Draws(0, 1, central=True), trace=True)
    model.run()
    return model


def run_chunks(
    scenario: Scenario,
    worlds: int,
    seed: int,
    traced: int = CHUNK,
    progress: Progress | None = None,
) -> Iterator[PeaceTalks]:
    """Run an ensemble chunk by chunk; a finished model is yielded per chunk, then released.

    Chunk ``c`` uses the c-th spawn of the seed, and within a chunk draws are prefix-invariant: the
    first worlds of a longer run are those of a shorter one.

    Parameters
    ----------
    scenario : Scenario
        A checked scenario.
    worlds : int
        Number of worlds.
    seed : int
        The run's seed.
    traced : int
        Keep every round of the chunks that begin before this world.
    progress : callable, optional
        Told how far the work is.
    """
    rounds = scenario.rounds
    for chunk, start in enumerate(range(0, worlds, CHUNK)):
        size = min(CHUNK, worlds - start)
        model = PeaceTalks(scenario, Draws(seed, size, chunk), trace=start < traced)
        for _ in range(rounds):
            if not model.goes_on:
                break
            model.step()
            if progress is not None:
                progress(start * rounds + size * model.round, worlds * rounds)
        model.finish()
        yield model
        model.release()
