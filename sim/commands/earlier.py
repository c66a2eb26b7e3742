"""What a run would write over."""

from __future__ import annotations

import json
from pathlib import Path


def replaced_words(folder: Path, digest: str) -> str:
    """A sentence where a folder holds the results of other assumptions, else nothing.

    Parameters
    ----------
    folder : Path
        Where results are about to be written.
    digest : str
        Hash of the scenario that is run.
    """
    try:
        about = json.loads((folder / "summary.json").read_text(encoding="utf-8"))["provenance"]
        before, changes = about["scenario_hash"], about.get("overrides") or []
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return ""
    if before == digest:
        return ""
    of = f"changed by {', '.join(map(str, changes))}" if changes else "of a scenario that differs"
    return f"{folder}: replaces the results of a run {of}; --out keeps both."
