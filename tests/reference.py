"""Reference summaries of the shipped scenarios: ``python -m tests.reference`` writes them anew.

They say what a scenario gave when its coding was last looked at, so that a change of the engine or
of the coding is seen in review. They prove nothing; formulas are tested against papers elsewhere.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from sim.ensemble.runner import run_scenario
from sim.scenario import load_scenario

ROOT = Path(__file__).resolve().parent.parent
FOLDER = Path(__file__).resolve().parent / "reference"
WORLDS, SEED = 200, 1
AS_CODED = ["engine.calibration=none"]
"""What past talks allow changes with every case; the coding and the engine are looked at here."""


def shipped() -> list[Path]:
    """All scenario files of the library."""
    return sorted((ROOT / "scenarios").glob("*.yaml"))


def reference(path: Path) -> dict[str, Any]:
    """The part of a scenario's summary that is worth keeping."""
    summary = run_scenario(load_scenario(path, AS_CODED), WORLDS, SEED).summary.to_json()
    keep = ("outcomes", "first_stage_ever", "stuck_on", "stuck_because", "no_common_ground")
    found = {key: summary[key] for key in keep}
    found["package"] = {i: entry["median"] for i, entry in summary["package"].items()}
    found["ripe_at_end"] = summary["ripeness"]["end"]["share_ripe"]
    found["actors"] = {
        actor: {key: entry[key] for key in ("utility", "reservation", "conceded")}
        for actor, entry in summary["actors"].items()
    }
    plan, durability = summary["plan"], summary["durability"]
    if plan is not None:
        found["plan"] = {
            "gain": {actor: entry["median"] for actor, entry in plan["gain"].items()},
            "crosses_any": plan["crosses_any"],
            "passed": plan["passed"],
        }
    if durability is not None:
        found["held"] = durability["held"]
    return {"worlds": WORLDS, "seed": SEED, "title": summary["title"], **found}


def main() -> None:
    """Write a reference for every shipped scenario."""
    FOLDER.mkdir(exist_ok=True)
    for path in shipped():
        text = json.dumps(reference(path), indent=1, ensure_ascii=False) + "\n"
        (FOLDER / f"{path.stem}.json").write_text(text, encoding="utf-8")
        print(path.stem)


if __name__ == "__main__":
    main()
