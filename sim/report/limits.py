"""What the model cannot say: one place for the text that every report prints."""

from __future__ import annotations

from sim.ensemble.runner import Run
from sim.views.run_data import is_group

POSTURES = (
    "Positions that follow from speeches may be bargaining postures; the model takes the coded "
    "ideals and red lines at face value."
)
COMMON = (
    "Odds are a model’s consequences, given its assumptions. They are not a forecast.",
    "Saliences and red lines are not known. They are judgements, drawn from distributions; "
    "intervals say how far shares would move with other random draws of the same size, and "
    "nothing about whether the assumptions are right.",
    "A party weighs only the stage on the table: the chance that the next stage succeeds is not "
    "part of what signing is worth to it.",
    POSTURES,
    "Not in the model: groups outside the room that fight on or spoil a deal, third parties that "
    "trade issues of their own, and learning about the others’ costs of war.",
    "Parties do not foresee votes at home: a gate of ratification is where their belief in what "
    "they can carry is wrong.",
    "The central world is one course among many, with every uncertain number at its median; it is "
    "not the mean of the worlds.",
)


def limits(run: Run) -> list[str]:
    """The model's limits, and what this scenario leaves out of it."""
    if is_group(run):  # nobody signs, ratifies or breaks anything
        saliences = "Positions, saliences and power are taken as they are coded."
        return [run.summary.note, saliences, POSTURES]
    found = list(map(run.scenario.war.told, COMMON))
    if not run.scenario.ratification:
        found.append(
            "This scenario does not look at ratification: what is signed counts as settled."
        )
    if run.scenario.durability is None:
        found.append(
            "This scenario does not look at durability: whether a settlement would hold is not "
            "asked."
        )
    else:
        found.append(
            "Durability compares keeping with breaking each year. Accidents come as often as in a "
            "record that counts every end, so some are counted twice; the record's agreements "
            "differ from this one."
        )
    if not any(a.levers for a in run.scenario.actors.values()):
        found.append("This scenario has no threats or promises from outside.")
    return found
