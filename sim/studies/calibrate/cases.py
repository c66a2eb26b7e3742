"""Past negotiations: scenario files with an ``outcome:``, frozen before it was written."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from sim.scenario import Loaded, load_scenario
from sim.scenario.errors import file_error
from sim.scenario.outcome import Outcome


@dataclass(frozen=True)
class Case:
    """One negotiation whose end is known."""

    name: str
    loaded: Loaded
    outcome: Outcome

    @property
    def day(self) -> float | None:
        """Day of the signature since day 0, if it came within the horizon."""
        signed, scenario = self.outcome.signed, self.loaded.scenario
        if signed is False:
            return None
        days = float((signed - scenario.war.start_date).days)
        return days if days <= scenario.horizon_days else None

    @property
    def signed(self) -> bool:
        """Whether what was asked for was signed within the horizon."""
        return self.day is not None


def load_case(path: Path) -> Case:
    """Read one case; raises ScenarioError with the place of what is wrong or missing."""
    loaded = load_scenario(path)
    outcome = loaded.scenario.outcome
    if outcome is None:
        raise file_error(
            str(path),
            "has no `outcome:`, so nothing can be learnt from it",
            "write what came of it as the last block",
            line=len(path.read_text(encoding="utf-8").splitlines()),
        )
    return Case(loaded.scenario.name, loaded, outcome)


def load_cases(folder: Path) -> list[Case]:
    """All cases of a folder, by name; at least three."""
    paths = sorted(folder.glob("*.yaml")) if folder.is_dir() else []
    if len(paths) < 3:
        raise file_error(
            str(folder),
            f"holds {len(paths)} scenario files, and at least three cases are needed",
            "give a folder of scenario files with `outcome:`",
        )
    return [load_case(path) for path in paths]


def coding_hash(path: Path) -> str:
    """SHA-256 of a file without its ``outcome:``, which has to be the last block."""
    text = path.read_text(encoding="utf-8")
    coding = ("\n" + text).split("\noutcome:", 1)[0].strip()
    return hashlib.sha256(coding.encode()).hexdigest()
