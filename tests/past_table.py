"""How the shipped past talks end in the model, worked out anew.

``python -m tests.past_table`` writes ``sim/scenario/past.json``: for each case whether it was
signed, and the shares of its worlds that settle, that end with red lines that leave no common
ground, and that do not reach a package that would suit all. The engine's settings are those that
runs have by default, learnt from all cases together.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import sim
from sim.results.summary import Summary
from sim.scenario.calibration import shipped
from sim.studies.calibrate.cases import Case, coding_hash, load_cases

# not that of conftest, which switches the calibration off
ROOT = Path(__file__).resolve().parents[1]
FOLDER, TARGET = ROOT / "scenarios" / "past", ROOT / "sim" / "scenario" / "past.json"
WORLDS = 2000


def ends(summary: Summary) -> dict[str, float]:
    """Shares of all worlds: settled, without common ground at the end, a package not reached."""
    settled = summary.outcomes["settlement"]
    shares = {"barred": "red_lines", "unreached": "not_reached"}
    failed = {key: (1 - settled) * summary.stuck_because[why] for key, why in shares.items()}
    return {"settled": settled} | {key: round(share, 3) for key, share in failed.items()}


def entry(case: Case, path: Path, worlds: int) -> dict[str, Any]:
    """One case."""
    found = ends(sim.load(path).run(worlds=worlds).summary)
    return {"coding": coding_hash(path), "signed": case.signed} | found


def main() -> None:
    """Write the table."""
    cases = {
        case.name: entry(case, FOLDER / f"{case.name}.yaml", WORLDS) for case in load_cases(FOLDER)
    }
    text = json.dumps({"worlds": WORLDS, "drawn": shipped().names, "cases": cases}, indent=1) + "\n"
    TARGET.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
