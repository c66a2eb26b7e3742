"""Articles of an agreement with scores of satisfaction: other people's coding, kept as it was."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from sim.scenario.fields import Identifier, IssueName, SignatoryName, Strict

Score = Annotated[float, Field(allow_inf_nan=False)]
Scores = dict[SignatoryName, dict[IssueName, Score]]


class Articles(Strict):
    """Scores from which a scenario of yes/no issues was made; they do not enter the bargaining."""

    scale: tuple[Score, Score] = Field(description="Lowest and highest of all scores.")
    thresholds: dict[SignatoryName, Score] = Field(
        min_length=2, description="Actor → number: mean satisfaction from which it accepts a draft."
    )
    satisfaction: Scores = Field(
        min_length=2,
        description="Actor → issue → number: its scores; the same issues for every actor, each "
        "with the options 0 and 1.",
    )
    negotiability: Scores = Field(
        default={},
        description="Actor → issue → number: how ready it is to talk about an article. Kept, not "
        "used in a run.",
    )
    presets: dict[str, list[Identifier]] = Field(
        default={}, description="Name of a published draft → the articles that it contains."
    )
    red_line: Score | None = Field(
        default=None,
        description="Articles scored no higher, and under the actor's threshold, count as across "
        "its red line in the summary. Absent: the lowest quarter of the scale (3.25 "
        "of 1 to 10).",
    )

    @property
    def issues(self) -> list[str]:
        """The articles, in the order of the first actor's scores."""
        return list(next(iter(self.satisfaction.values())))

    @property
    def lowest_scores(self) -> float:
        """The score up to which an article counts as across a red line."""
        low, high = self.scale
        return low + (high - low) / 4 if self.red_line is None else self.red_line
