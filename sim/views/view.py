"""What every chart says around its panels, and in place of them."""

from __future__ import annotations

from dataclasses import dataclass

from sim.ensemble.runner import Run
from sim.prose import counted
from sim.views.run_data import files


@dataclass(frozen=True)
class View:
    """A chart as data; those of a kind add what their panels show.

    Attributes
    ----------
    foot : str
        What the chart rests on.
    headline : str
        What it finds.
    subtitle : str
        What is shown.
    """

    foot: str
    headline: str
    subtitle: str

    @property
    def words(self) -> list[str]:
        """The chart in sentences, for those who cannot see it."""
        return []


def foot_line(run: Run) -> str:
    """What a chart is, how many worlds it rests on, and where the sources are."""
    return (
        f"Model's consequences, given the assumptions in {files(run)}; not a forecast. "
        f"{counted(run.summary.worlds, 'world')}, seed {run.summary.seed}. "
        "Sources: in the scenario file."
    )
