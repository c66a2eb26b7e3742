"""Published plans of the same war, with which what is found is compared."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from sim.scenario import ScenarioError
from sim.scenario.errors import file_error
from sim.scenario.loading import Loaded, load_any, load_scenario, shipped_scenarios
from sim.scenario.schema import Scenario
from sim.studies.advise.space import Space
from sim.studies.compare.contents import text_of


@dataclass(frozen=True)
class Published:
    """A published plan.

    Attributes
    ----------
    name, title : str
    text : dict
        Issue → point.
    loaded : Loaded
        Of the same day 0: its scenario as it is. Of another: this scenario with its text.
    moved : bool
        Whether only its text has been taken over.
    variant : bool
        Whether its file is built on another plan's, as the library's what-if pairs are: shown, and
        not counted among what was published.
    """

    name: str
    title: str
    text: dict[str, float]
    firmness: float
    loaded: Loaded
    moved: bool
    variant: bool = False


def same_war(one: Scenario, two: Scenario) -> bool:
    """Whether most issues of the shorter list have the same texts, and a signatory is the same."""
    alike = sum(
        key in two.issues and bool({*issue.scale.values()} & {*two.issues[key].scale.values()})
        for key, issue in one.issues.items()
    )
    names = [{a.name for a in s.actors.values() if a.signs} for s in (one, two)]
    return 2 * alike >= min(len(one.issues), len(two.issues)) and bool(names[0] & names[1])


def rivals(scenario: Scenario) -> list[str]:
    """Names of the library's other plans of the same war and day 0, which `compare` ranks."""
    return [
        path.stem
        for path, other in _library(scenario, {})
        if other.war.start_date == scenario.war.start_date and same_war(scenario, other)
    ]


def _library(scenario: Scenario, failed: dict[str, str]) -> Iterator[tuple[Path, Scenario]]:
    """Every other scenario of the library with its file; notes which cannot be read, and why."""
    for path, other in _read(shipped_scenarios()):
        if isinstance(other, str):
            failed[str(path)] = other
        elif other.name != scenario.name:
            yield path, other


@cache
def _read(folder: Path) -> list[tuple[Path, Scenario | str]]:
    """Scenarios of a folder, but those of listed options; of those that cannot be read why."""
    found: list[tuple[Path, Scenario | str]] = []
    for path in sorted(folder.glob("*.yaml")):
        try:
            one = load_any(path)
        except ScenarioError as error:
            found.append((path, str(error)))
            continue
        if isinstance(one, Loaded):
            found.append((path, one.scenario))
    return found


def others(
    loaded: Loaded, against: Sequence[str], overrides: Sequence[str]
) -> tuple[list[Loaded], dict[str, str]]:
    """The scenarios named, or those of the library with a text of their own about this war.

    Returns
    -------
    list of Loaded
    dict of str to str
        Files of the library that cannot be read, and why.

    Raises
    ------
    ScenarioError
        If one that is named cannot be read, or is about another war.
    """
    if against:
        plans = [load_scenario(name, overrides) for name in against]
        for name, plan in zip(against, plans, strict=True):
            if not same_war(loaded.scenario, plan.scenario):
                said = (
                    f"is not about the war of {loaded.scenario.name}: too few issues are the same"
                )
                raise file_error(
                    Path(name), said, "leave it out, or set them side by side: compare"
                )
        return plans, {}
    own = text_of(loaded.scenario)
    # those of the engine count for every plan, the rest is about one scenario
    engine = [text for text in overrides if text.startswith(("engine.", "horizon_days="))]
    found: list[Loaded] = []
    failed: dict[str, str] = {}
    for path, other in _library(loaded.scenario, failed):
        text = text_of(other)
        if text and text != own and same_war(loaded.scenario, other):
            found.append(load_scenario(path, engine))
    # of variants with one text the plainest stands for all
    found.sort(key=lambda one: (len(one.files), len(str(one.raw))))
    texts: list[dict[str, float]] = []
    plain = [one for one in found if _is_new(text_of(one.scenario), texts)]
    plain.sort(key=lambda one: (one.scenario.war.start_date, one.scenario.name))
    return plain, failed


def _is_new(text: dict[str, float], known: list[dict[str, float]]) -> bool:
    if text in known:
        return False
    known.append(text)
    return True


def published(space: Space, plans: Sequence[Loaded]) -> list[Published]:
    """What the plans are in the worlds of a scenario."""
    out, own = [], space.loaded.scenario
    for one in plans:
        scenario, text = one.scenario, text_of(one.scenario)
        firm = [a.mediation.attachment for a in scenario.actors.values() if a.role == "formulator"]
        firmness = firm[0].median if firm else 0.0
        moved = scenario.war.start_date != own.war.start_date
        if moved and space.mediator is None:
            continue
        loaded = space.built(space.with_text(text, firmness)) if moved else one
        variant = bool({*one.files[:-1]} & {plan.files[-1] for plan in [space.loaded, *plans]})
        out.append(Published(scenario.name, scenario.title, text, firmness, loaded, moved, variant))
    return out
