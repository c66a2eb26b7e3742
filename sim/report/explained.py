"""The first section of a report: why it ends so, and what would change it."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

from sim.ensemble.runner import Run
from sim.files import written_whole
from sim.plots.drawing import Drawing
from sim.plots.explain import explained
from sim.report.basis import typed_name
from sim.report.page import render
from sim.report.tables import page_chart
from sim.studies.explain.findings import Explanation
from sim.studies.explain.outline import identity, outline
from sim.studies.explain.words import answer_words, explain_words, sections
from sim.views.explain import explain_view

SAVED = "explain"
"""What files of an explanation begin with, in the folder of a run."""
SECTION = re.compile(r'<section id="why" data-of="([0-9a-f]*)".*?</section>', re.DOTALL)


def file_of(actor: str | None) -> str:
    """Name of the file that holds an explanation, or what one actor alone could change."""
    return f"{SAVED}_{actor}.json" if actor else f"{SAVED}.json"


def saved_explanation(run: Run, folder: Path) -> Explanation:
    """What ``explain`` has found of this very scenario, with actors' own changes.

    Where it has not been asked, what the worlds of the run say by themselves.
    """
    about, found = identity(run), {}
    for path in sorted(folder.glob(f"{SAVED}*.json")):
        try:
            one = Explanation.from_json(json.loads(path.read_text("utf-8")))
        except (OSError, ValueError, AttributeError, TypeError):
            continue  # not ours, or of another version
        if one.identity == about:
            found[path.name] = one
    whole = found.pop(file_of(None), None)
    if whole is None:  # what one actor could change was found beside the same outline
        whole = next((one.outlined for one in found.values()), None) or outline(run)
    own = [change for one in found.values() for change in one.changes]
    return replace(whole, changes=[*whole.changes, *own])


def why_context(run: Run, found: Explanation) -> dict[str, Any]:
    """What the section says."""
    scenario, known = run.scenario, run.summary.provenance
    view = explain_view(run, found)
    file = typed_name(run)
    shown = {SAVED: Drawing(view, explained(view))} if view.drivers or view.panels else {}
    chart = page_chart(shown, SAVED)
    parts, beside = sections(found, scenario, file, known.overrides)
    return {
        "of": found.identity,
        "chart": chart and replace(chart, words=[]),  # the section says them
        # beside past talks is told at the top of the page
        "answer": [one for one in answer_words(found, scenario) if one != found.beside_past],
        "parts": parts,
        "beside": beside,
        "more": "" if found.searched else explain_words(file, known.overrides),
    }


def put_into_report(run: Run, path: Path) -> bool:
    """Put what was found into the report of a run of the same scenario; whether there is one."""
    if not path.exists():
        return False
    text = path.read_text("utf-8")
    there = SECTION.search(text)
    if there is None or there[1] != identity(run):
        return False
    found = saved_explanation(run, path.parent)
    section = render("why.html.j2", {"why": why_context(run, found)})
    with written_whole(path) as temporary:
        new = text[: there.start()] + section.strip() + text[there.end() :]
        temporary.write_text(new, encoding="utf-8", newline="\n")
    return True
