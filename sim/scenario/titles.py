"""Paths of a scenario in its own words."""

from __future__ import annotations

import re
from collections.abc import Sequence

from sim.prose import possessive, sentence
from sim.scenario.judgements import Engine
from sim.scenario.schema import Scenario, Track, nearest_text

OF_POSITION = {
    "limit": "red line",
    "line": "red line",
    "limits": "red lines",
    "ideal": "ideal",
    "salience": "weight",
    "softening": "softening of the red line",
    "curvature": "curvature",
    "deferred": "worth of putting it off",
}
WHETHER = ": whether it is absolute"
"""Of a red line: whether its side would rather have no deal than cross it."""
ERROR = ": how much higher it lies than coded"
LINES = {"0": "lower ", "low": "lower ", "1": "upper ", "high": "upper ",
         "believed": "believed ", "stated": "stated "}  # fmt: skip
"""Which of two red lines, by the key after ``limits`` or ``line``."""
OF_LEVER = {"credibility": "Credibility", "delay": "Time until the effect", "effect": "Effect"}
OF_LEVER["pull"] = "Draw that is held against the credibility"
OF_STAGE = {"cost_factor": "Share of the cost of war left", "drift_factor": "Share of drift left"}
OF_ISSUE = {"no_deal": "without a deal", "deferred": "put off"}
OF_LIMITED = {
    "effect": "Effect",
    "trust": "Help with communication",
    "term": "Term",
    "breaks": "Probability a year of a break",
}
OF_ACTOR = {
    "leave_after": "time before it walks away",
    "foresight_months": "foresight in months",
    "communication": "help with communication",
    "flexibility": "general flexibility on red lines",
}
AS_CODED = "times what is assumed"
"""Follows the value of a number by which others of the scenario are multiplied."""
TIMES = f" ({AS_CODED})"
"""Ends its title."""
OF_ENGINE = {
    "stated_binds": "Chance that a stated red line is absolute",
    "believed_binds": "Chance that a red line that was never stated is absolute",
    "line_error": "How far red lines that were never stated may be misjudged",
    "credence": f"Odds that a threat or promise is carried out{TIMES}",
    "tempo": f"Everyone's patience{TIMES}",
    "cost_scale": f"Everyone's cost of war{TIMES}",
}


def title_of(path: str, scenario: Scenario) -> str:
    """A dotted path as a title for axes and tables.

    Examples
    --------
    ``actors.trump.levers.cut_arms.credibility`` is "Credibility of “Less US arms if Kyiv refuses”"
    for ``scenarios/kellogg.yaml``.
    """
    parts = re.split(r"(?<!\d)\.|\.(?!\d)", path)  # not within a number
    return scenario.war.told(_known(parts, scenario)) or _spelt(parts)


def _known(parts: list[str], scenario: Scenario) -> str:
    """The title of a path of a known shape, else an empty text."""
    head, rest = parts[0], parts[1:]
    if head == "actors" and len(rest) >= 2 and rest[0] in scenario.actors:
        return _of_actor(rest[0], rest[1:], scenario)
    if head == "war" and rest:
        return _of_war(rest, scenario)
    if head == "issues" and len(rest) == 2 and rest[1] in OF_ISSUE and rest[0] in scenario.issues:
        return f"{_issue(rest[0], scenario)} {OF_ISSUE[rest[1]]}"
    if head == "agenda" and len(rest) >= 2:
        return _of_stage(rest, scenario)
    if head == "tracks" and len(rest) >= 2 and rest[0] in scenario.tracks:
        return _of_track(scenario.tracks[rest[0]], rest[1:], scenario)
    if head == "plan" and len(rest) == 1:
        return f"The plan on {_issue(rest[0], scenario)}"
    if head == "spread" and len(rest) == 1:
        return f"Default spread of {_spelt(rest).lower()}"
    if head == "engine" and len(rest) == 1 and rest[0] in Engine.model_fields:
        if rest[0] in OF_ENGINE:
            return OF_ENGINE[rest[0]]
        return re.split(r"[.:]", Engine.model_fields[rest[0]].description or _spelt(rest))[0]
    if head == "ratification" and len(rest) >= 2 and rest[0] in scenario.ratification:
        what = "swing on the day" if rest[1:] == ["swing", "draw"] else _spelt(rest[1:]).lower()
        if rest[1] == "positions" and len(rest) > 3:
            of, more = _of_position(rest[3:], [], scenario)
            what = f"{of} on {_issue(rest[2], scenario)}{more}"
        return f"{scenario.ratification[rest[0]].title}: {what}"
    if head == "durability" and rest:
        return _afterwards(rest, scenario)
    whole = {"protocol.name": "Protocol", "horizon_days": "Horizon in days"}
    return whole.get(".".join(parts), "")


def _of_actor(key: str, rest: list[str], scenario: Scenario) -> str:
    actor = scenario.actors[key]
    who, field = possessive(actor.short), rest[0]
    if field == "levers" and len(rest) >= 3 and rest[1] in actor.levers:
        title = f"“{actor.levers[rest[1]].title}”"
        return _effect(rest[2:], title, scenario) or (
            f"{OF_LEVER.get(rest[2], _spelt(rest[2:]))} of {title}"
        )
    if field == "positions" and len(rest) > 4 and rest[2] == "conditional":
        where = f"conditional red line on {_issue(rest[1], scenario)}"
        if rest[4] == "when" and len(rest) == 7:
            where = f"condition for its {where}: {_issue(rest[5], scenario)}"
        return f"{who} {where}"
    if field == "positions" and len(rest) >= 3:
        lines = actor.positions[rest[1]].line if rest[1] in actor.positions else []
        what, more = _of_position(rest[2:], [line.kind for line in lines], scenario)
        return f"{who} {what} on {_issue(rest[1], scenario)}{more}"
    if field == "acceptability" and len(rest) == 2:
        return f"How acceptable {actor.short} is to {_actor(rest[1], scenario)}"
    if rest[0] == "mediation" and rest[1] in ("error", "doubt") and len(rest) == 4:
        return f"{who} {rest[1]} about {_actor(rest[2], scenario)} on {_issue(rest[3], scenario)}"
    if rest[:2] == ["mediation", "text"] and len(rest) == 3:
        return f"{who} first text on {_issue(rest[2], scenario)}"
    if field in ("tactic", "mediation"):
        return f"{who} {field}" + ("" if rest[1:] == ["name"] else f": {_spelt(rest[1:]).lower()}")
    if field in OF_ACTOR and len(rest) == 1:
        return f"{who} {OF_ACTOR[field]}"
    return f"{who} {_spelt(rest).lower()}"


def _of_position(rest: list[str], kinds: Sequence[str], scenario: Scenario) -> tuple[str, str]:
    """What a number of a position is, and what follows the issue; ``kinds`` are its two lines'."""
    if rest[0] == "conditional" and rest[-1] == "limit":
        return "red line under a condition", ""
    if rest[0] == "conditional" and len(rest) == 5:
        bound = rest[4].replace("_", " ")
        return "red line under a condition", f": {_issue(rest[3], scenario)} {bound}"
    if rest[0] in ("limit", "limits", "line") and len(rest) > 1:
        which = LINES.get(rest[1], "")
        if rest[0] == "line" and rest[1].isdigit():
            which = f"{kinds[int(rest[1])]} " if len(kinds) == 2 else ""
        return f"{which}red line", {"binds": WHETHER, "error": ERROR}.get(rest[-1], "")
    return OF_POSITION.get(rest[0], _spelt(rest).lower()), ""


def _of_war(rest: list[str], scenario: Scenario) -> str:
    kind, below = rest[0], rest[1:]
    if rest == ["round_days"]:
        return "Days of a round"
    if kind == "cost":
        if not below:
            return "Costs of war of all"
        growth = below[1:] == ["growth"]
        cost = f"{possessive(_actor(below[0], scenario))} cost of war"
        return f"Growth of {cost}" if growth else cost
    if kind == "drift" and below:
        what = "Volatility" if below[1:] == ["volatility"] else "Drift"
        return f"{what} of {_issue(below[0], scenario)}"
    if kind == "beliefs" and len(below) >= 2:
        doubt = "doubt" if below[2:] == ["sd"] else "belief"
        who = possessive(_actor(below[0], scenario))
        return f"{who} {doubt} about the drift of {_issue(below[1], scenario)}"
    return ""


def _of_stage(rest: list[str], scenario: Scenario) -> str:
    stages = {s.name: s for s in scenario.stages} | {
        str(n): s for n, s in enumerate(scenario.stages)
    }
    if rest[0] not in stages:
        return ""
    title = f"“{stages[rest[0]].title or _spelt([rest[0]])}”"
    if rest[1] in OF_STAGE:
        return f"{OF_STAGE[rest[1]]} after {title}"
    if rest[1] == "terms" and len(rest) == 4:
        return f"{_issue(rest[2], scenario)} in {title}: {_spelt(rest[3:]).lower()}"
    return f"{title}: {_spelt(rest[1:]).lower()}"


def _of_track(track: Track, rest: list[str], scenario: Scenario) -> str:
    kind, below = rest[0], rest[1:]
    issues = {key: issue.title for key, issue in track.issues.items()}
    if kind == "positions" and len(below) >= 3:
        position = track.positions.get(below[0], {}).get(below[1])
        kinds = [line.kind for line in position.line] if position else []
        what, more = _of_position(below[2:], kinds, scenario)
        where = issues.get(below[1]) or _issue(below[1], scenario)
        return f"{possessive(_actor(below[0], scenario))} {what} on {where}{more}"
    if kind == "issues" and len(below) == 2 and below[1] == "no_deal" and below[0] in issues:
        return f"{issues[below[0]]} without an agreement"
    stages = {s.name: s for s in track.stages} | {str(n): s for n, s in enumerate(track.stages)}
    if kind == "stages" and len(below) >= 2 and below[0] in stages:
        title = f"“{stages[below[0]].title or _spelt([below[0]])}”"
        if below[1] in ("terms", "monitoring") and len(below) == 4:
            where = issues.get(below[2]) or _issue(below[2], scenario)
            only = "" if below[1] == "terms" else "monitored with "
            return f"{title}: {only}{where} {below[3].replace('_', ' ')}"
        if below[1:] == ["effect", "trust", "per"]:
            return f"Time in which {title} helps so much"
        key = "trust" if below[1:3] == ["effect", "trust"] else below[1]
        return _effect(below[1:], title, scenario) or (
            f"{OF_LIMITED.get(key, _spelt(below[1:]))} of {title}"
        )
    return f"“{track.title}”: {_spelt(rest).lower()}"


def _afterwards(rest: list[str], scenario: Scenario) -> str:
    """What a number of ``durability`` is."""
    kind, *below = rest
    if kind == "expected_cost" and len(below) == 2:
        who, year = _actor(below[0], scenario), int(below[1]) + 1
        return f"Share of today's cost that {who} expects of a new war, year {year} after signing"
    issue = _issue(below[0], scenario) if below else ""
    if rest == ["expected_cost"]:
        return "Share of today's cost that is expected of a new war"
    if kind in ("monitoring", "peacekeepers") and len(below) == 2:
        return f"Durability: {kind} with {issue} {below[1].replace('_', ' ')}"
    if kind == "shift" and len(below) == 1:
        return f"Change a year, after signing, of what war would bring on {issue}"
    if kind == "balance" and len(below) == 3:
        return f"How far {issue} moves what war would bring on {_issue(below[2], scenario)}"
    if kind == "deterrence" and len(below) == 3 and below[0] in scenario.issues:
        text = nearest_text(scenario.issues[below[0]], float(below[2]))
        return f"Deterrence by {issue} at “{text}”"
    return f"Durability: {_spelt(rest).lower()}"


def _effect(rest: list[str], title: str, scenario: Scenario) -> str:
    """What a lever or a limited agreement changes, of which ``title`` is the name in quotes."""
    if len(rest) != 3 or rest[0] != "effect":
        return ""
    who, issue = _actor(rest[2], scenario), _issue(rest[2], scenario)
    return {
        "cost": f"Effect of {title} on {possessive(who)} cost of war",
        "drift": f"Effect of {title} on the drift of {issue}",
        "no_deal": f"Effect of {title} on {issue} without a deal",
        "payment": f"Worth of {title} to {who}",
    }.get(rest[1], "")


def _issue(key: str, scenario: Scenario) -> str:
    return scenario.issues[key].title if key in scenario.issues else _spelt([key])


def _actor(key: str, scenario: Scenario) -> str:
    return scenario.actors[key].short if key in scenario.actors else _spelt([key])


def _spelt(parts: list[str]) -> str:
    """Keys as words: ``cost_factor`` is "Cost factor"."""
    return sentence(", ".join(part.replace("_", " ") for part in parts))
