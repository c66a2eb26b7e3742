"""Advice and the parts of a mediation from the command line: the steps and their files."""

from __future__ import annotations

from sim.commands.errors import say_left_out
from sim.commands.work import Work
from sim.ensemble.executors import Executor
from sim.ensemble.runner import Progress
from sim.files import json_text
from sim.prose import counted, percent, span_words
from sim.scenario.loading import Loaded, load_scenario
from sim.studies.advise.advice import UNSEEN, Advice, Judged, advise
from sim.studies.advise.judging import Judge
from sim.studies.advise.mediation import Mediated, mediated
from sim.studies.advise.published import others
from sim.studies.advise.words import TITLES, telling
from sim.studies.advise.written import plan_file


def measured(
    loaded: Loaded, worlds: int, seed: int, work: Work, executor: Executor, progress: Progress
) -> tuple[Mediated, str]:
    """Measure the parts of a mediation, write ``mediation.json``, and say what it took."""
    judge = Judge(worlds, seed, executor, work.kept)
    found = mediated(loaded, judge, progress)
    work.write("mediation.json", json_text(found.to_json()))
    return found, _spent(judge)


def advised(
    file: str,
    loaded: Loaded,
    overrides: tuple[str, ...],
    against: tuple[str, ...],
    asked: tuple[int, int, int],
    searched: tuple[int, float],
    judged: tuple[int, int],
    work: Work,
    executor: Executor,
    progress: Progress,
) -> tuple[Advice, str]:
    """Search for plans, judge them, write ``advice.json`` and a scenario for each plan.

    Parameters
    ----------
    asked : tuple of int
        Plans of a generation, generations, plans shown.
    searched : (int, float)
        Worlds of the search, and minutes that it may take.
    judged : (int, int)
        Worlds of the judging, and the seed.

    Returns
    -------
    Advice
    str
        What it took.
    """
    original = load_scenario(file)  # now: files may change during a long search
    known, failed = others(loaded, against, overrides)
    say_left_out(failed)
    (worlds, minutes), (many, seed) = searched, judged
    searching = Judge(worlds, seed, executor, work.kept)
    judging = Judge(many, seed + UNSEEN, executor, work.kept)
    found, plans = advise(loaded, known, searching, judging, *asked, progress, minutes)
    for one, plan in zip(found.plans, plans, strict=True):
        path, about = work.folder / f"{one.key}.yaml", figures(one, found)
        work.write(path.name, plan_file(original, plan, path, one.title, one.what, about))
    for old in work.folder.glob(f"{found.scenario}_plan_*.yaml"):
        if old.name not in work.written:
            old.unlink()
    work.write("advice.json", json_text(found.to_json()))
    return found, _spent(searching, judging)


def _spent(*judges: Judge) -> str:
    """Processor time that worlds took, and what was there already."""
    cpu, kept = sum(one.cpu for one in judges), sum(one.kept for one in judges)
    return f"{cpu:.0f} s of processor time; {counted(kept, 'trial')} taken from an earlier run."


def figures(judged: Judged, found: Advice) -> str:
    """What a plan's file says of itself at its top."""
    lines = [
        f"Found by `advise {found.scenario}`; judged in {found.worlds:,} worlds of seed "
        f"{found.judged_seed}, in which nothing was searched:"
    ]
    for measure in telling(found):
        value = judged.values[measure]
        if measure in judged.intervals:
            share = judged.intervals[measure]
            lines.append(f"  {TITLES[measure]}: {percent(value, share)} ({span_words(share)})")
        else:
            lines.append(f"  {TITLES[measure]}: {value:.4f} of utility ({judged.worst_off})")
    return "\n".join([*lines, found.note])
