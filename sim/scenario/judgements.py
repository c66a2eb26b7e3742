"""What no source gives: the spread of plain numbers, and judgements of the engine."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator, Field, model_validator

from sim.scenario.calibration import Calibration, resolved, shipped
from sim.scenario.fields import Strict

Part = Annotated[float, Field(ge=0, le=1)]
Half = Annotated[float, Field(ge=0, le=0.5)]
Few = Annotated[float, Field(ge=0, le=10)]
Factor = Annotated[float, Field(gt=0, le=10)]


class Spread(Strict):
    """Default uncertainty of every plain number of a sort (standard deviations)."""

    ideal: Half = Field(default=0.0, description="Standard deviation of ideals, scale units.")
    limit: Half = Field(
        default=0.0,
        description="Standard deviation of red lines, conditional ones included, scale units.",
    )
    salience: Part = Field(
        default=0.0,
        description="Standard deviation of saliences, as a share of the number itself.",
    )
    cost: Part = Field(
        default=0.0,
        description="Standard deviation of the cost of war `per_month`, as a share of the number.",
    )
    patience: Part = Field(
        default=0.0,
        description="Standard deviation of `patience` and `leave_after`, as a share of the number.",
    )
    acceptability: Half = Field(default=0.0, description="Standard deviation of acceptabilities.")
    credibility: Half = Field(
        default=0.0, description="Standard deviation of levers' credibilities."
    )
    firmness: Part = Field(
        default=0.0,
        description="No standard deviation: how strongly the uncertain red lines of one actor go "
        "together. 0: each is drawn by itself; 1: in a world all are firm or all "
        "flexible. It counts for distributions written in place, too.",
    )


class Engine(Strict):
    """Judgements of the engine itself: no source gives them, and a scenario may vary them."""

    calibration: Annotated[Calibration, BeforeValidator(resolved)] = Field(
        default_factory=shipped,
        description="Values in each world, a row each, in place of those below that the scenario "
        "does not give. Absent: what past talks allow, as shipped; a file that "
        "`python -m sim calibrate` has written; `none`: the values below.",
    )
    stated_binds: Part = Field(
        default=1.0,
        description="Probability that a stated red line binds: that the side would rather go "
        "without a deal than cross it.",
    )
    believed_binds: Part = Field(
        default=1.0,
        description="Probability that a red line binds that was not stated: the coder believes "
        "in it.",
    )
    line_error: Half = Field(
        default=0.0,
        description="The coder's error of believed lines: standard deviation on the scale, beside "
        "the spread that the scenario gives.",
    )
    cost_scale: Factor = Field(default=1.0, description="Factor on all costs of war.")
    tempo: Factor = Field(
        default=1.0, description="Factor on all patience: above 1 all concede later."
    )
    credence: Factor = Field(
        default=1.0,
        description="Factor on the odds (p to 1 − p) that a threat or promise is carried out, and"
        " thought to be.",
    )

    accidents: Few = Field(
        default=1.0,
        description="Factor on the hazard that truces and settlements end by accident, as they "
        "have in the past; 0: they never do.",
    )
    concession_strength: Few = Field(
        default=2.0,
        description="How far conceding on one issue only lowers the log-weight that others "
        "believe it has. 2: an issue conceded alone is thought to weigh e² times "
        "less; 0: nobody learns from concessions.",
    )
    concession_familiar: Factor = Field(
        default=0.25,
        description="Scale units conceded in all after which half of that is believed: a few small "
        "steps say little.",
    )
    criticism_margin: float = Field(
        default=0.5,
        ge=0,
        le=5,
        description="One-text procedure: how much more, in logarithms, the change named first is "
        "believed to be worth than those left for later. 0 believes the order only.",
    )
    criticism_enough: Part = Field(
        default=0.01,
        description="One-text procedure: least rise of the logarithm of Nash's product for which "
        "the text is reopened. 0.01 is one per cent, below which drafting would never"
        " end.",
    )
    line_step: float = Field(
        default=0.05,
        gt=0,
        le=1,
        description="Scale units by which the others come nearer after a refusal that names an "
        "issue: they know that the line lies short of that point, and not where.",
    )
    draft_floor: float = Field(
        default=0.02,
        gt=0,
        le=0.5,
        description="Surplus below which the envoy's welfare goes on as the tangent of the "
        "logarithm, so that a text is drafted also where somebody would lose by it.",
    )
    linkages_every: int = Field(
        default=8,
        ge=1,
        le=1000,
        description="Texts between two searches for the conditional red lines to build a draft "
        "on: a mediator does not change its approach with every text.",
    )

    @model_validator(mode="after")
    def _what_is_given_counts(self) -> Engine:
        given = self.model_fields_set & set(self.calibration.names)
        if given:
            object.__setattr__(self, "calibration", self.calibration.without(given))
        return self
