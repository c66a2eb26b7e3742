"""What plans say, issue by issue, in the words of the scales."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from sim.ensemble.runner import Run
from sim.results.record import Record
from sim.scenario.schema import Issue, Scenario, point_text
from sim.studies.compare.shared import identities, scale_texts

SILENT = "silent"


@dataclass(frozen=True)
class Row(Record):
    """One thing on which plans differ.

    Attributes
    ----------
    about : str
        Title of the issue; or order, lever, talks beside.
    says : dict
        What is said → names of the scenarios that say so.
    """

    about: str
    says: dict[str, list[str]]


def contents(runs: Sequence[Run]) -> list[Row]:
    """Everything that a mediator puts forward and on which the scenarios are not of one mind."""
    scenarios = [run.scenario for run in runs]
    rows = [
        *_texts(scenarios),
        _row("Order", ((s.name, _order(s)) for s in scenarios)),
        _row("Between them", ((s.name, _mediators(s)) for s in scenarios)),
    ]
    listed = [
        _listed(scenarios, "Levers", _levers),
        _listed(scenarios, "Talks beside", lambda s: {k: t.title for k, t in s.tracks.items()}),
    ]
    return [row for row in rows if len(row.says) > 1] + [row for row in listed if row.says]


def text_of(scenario: Scenario) -> dict[str, float]:
    """The plan as published, or else the envoy's text: issue → point."""
    texts = [a.mediation.text for a in scenario.actors.values() if a.role == "formulator"]
    said = scenario.plan or (texts[0] if texts else {})
    return {issue: point.median for issue, point in said.items()}


def _texts(scenarios: Sequence[Scenario]) -> Iterable[Row]:
    """Issues on which some plan says something; those without any text are told once."""
    with_text = [s for s in scenarios if text_of(s)]
    if not with_text:
        return
    found = identities({s.name: scale_texts(s) for s in with_text}, with_text[0].name)
    every = dict.fromkeys(identity for own in found.values() for identity in own)
    for identity in every:
        having = [s for s in with_text if identity in found[s.name]]
        keys = {s.name: found[s.name][identity] for s in having}
        issues = on_one_scale([s.issues[keys[s.name]] for s in having])
        said = []
        for s, issue in zip(having, issues, strict=True):
            point = text_of(s).get(keys[s.name])
            told = SILENT if point is None else f"{point_text(issue, point)} ({point:.2f})"
            said.append((s.name, told))
        yield _row(issues[0].title, said)


def on_one_scale(issues: Sequence[Issue]) -> list[Issue]:
    """The issues, each with the texts of all, where no text stands at two points."""
    texts = {(text, point) for issue in issues for point, text in issue.scale.items()}
    if len({text for text, _ in texts}) < len(texts):
        return list(issues)
    every = {point: text for text, point in texts}
    return [i.model_copy(update={"scale": dict(sorted((every | i.scale).items()))}) for i in issues]


def _row(about: str, said: Iterable[tuple[str, str]]) -> Row:
    says: dict[str, list[str]] = {}
    for name, text in said:
        says.setdefault(text, []).append(name)
    return Row(about, says)


def _order(scenario: Scenario) -> str:
    titles = [stage.title or stage.name.replace("_", " ") for stage in scenario.stages]
    return ", then ".join(titles) if len(titles) > 1 else "everything at once"


def _mediators(scenario: Scenario) -> str:
    between = [a.short for a in scenario.actors.values() if a.role in ("formulator", "facilitator")]
    return ", ".join(between) or "nobody"


def _levers(scenario: Scenario) -> dict[str, str]:
    return {
        f"{key}.{name}": f"{lever.title} ({actor.short})"
        for key, actor in scenario.actors.items()
        for name, lever in actor.levers.items()
    }


def _listed(
    scenarios: Sequence[Scenario], what: str, of: Callable[[Scenario], dict[str, str]]
) -> Row:
    """What some have and others have not; together what the same ones have."""
    having: dict[str, list[str]] = {}
    titles: dict[str, str] = {}
    for scenario in scenarios:
        for key, title in of(scenario).items():
            titles.setdefault(key, title)
            having.setdefault(key, []).append(scenario.name)
    by_names: dict[tuple[str, ...], list[str]] = {}
    for key, names in having.items():
        if len(names) < len(scenarios):
            by_names.setdefault(tuple(names), []).append(titles[key])
    return Row(what, {"; ".join(said): list(names) for names, said in by_names.items()})
