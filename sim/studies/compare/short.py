"""A comparison on one screen of 80 columns: the answer, one table, the largest differences."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import zip_longest
from pathlib import Path

from sim.prose import WIDTH, counted, listing, span_words, wrapped
from sim.results.allowed import RANGE, SAMPLING
from sim.results.certain import alike, only_decided
from sim.results.outcomes import NOTE, lasting_years
from sim.studies.compare.comparison import NOT_CALIBRATED, Comparison
from sim.studies.compare.differences import Difference, Pair
from sim.studies.compare.ranking import Group, Place, criteria, ranked
from sim.studies.compare.words import amounts, of_100, worlds_words
from sim.words.shares import bare_odds, failed_share
from sim.words.short import term_words

SETTLES = "settlement"
PER_MEASURE, MOST = 2, 6
"""Differences that are told: of each measure, and of all."""
DECISIONS = 2
"""Issues of which it is told what a group decides."""
RANKED = (
    "Ahead, Behind: how many plans of that day 0 are worse, and better, by the first of these that "
    "tells two apart: settlements, those that hold, the least gain of a side, first stages, how "
    "far red lines miss each other."
)
BY_CHANCE = "of twenty without any true one, one would by chance"
NOT_BETTER = "a higher share may come from the date"
UTILITY = "Utility: points, 100 is all that a side wants. "
ROOM = "Room for a deal: points of 100 that all could gain at once over no deal. "


def short_words(comparison: Comparison, folder: Path, written: list[str]) -> list[tuple[str, bool]]:
    """Lines, and whether each is a heading."""
    title = f"{counted(len(comparison.runs), 'scenario')}, compared with {comparison.baseline}"
    if len(comparison.runs) == 1:
        title = f"{comparison.baseline} alone: name more scenarios to compare it with"
    head = [f"{title}; {worlds_words(comparison)}", *changed_words(comparison)]
    paragraphs = [
        ranking_lines(comparison),
        difference_lines(comparison),
        [
            *(line for text in _notes(comparison) for line in wrapped(text)),
            *wrapped(f"Written to {folder}: {files_words(written)}"),
            "The rest, with what the plans say: --full; on one page with sources: --report.",
            NOTE,
        ],
    ]
    lines = [(line, True) for text in head for line in wrapped(text)]
    said = [*answer_words(comparison), *decided_words(comparison)]
    lines += [(line, False) for text in said for line in wrapped(text)]
    for paragraph in filter(None, paragraphs):
        lines += [("", False), *((line, line.endswith(":")) for line in paragraph)]
    return lines


def changed_words(comparison: Comparison) -> list[str]:
    """What ``--set`` has changed: in all, and in results that were saved with changes of their own.

    Each as typed.
    """
    changes = {r.scenario.name: r.summary.provenance.overrides for r in comparison.runs}
    common = [one for one in changes[comparison.baseline]
              if all(one in own for own in changes.values())]  # fmt: skip
    where = {"all": common} | {
        name: [one for one in own if one not in common] for name, own in changes.items()
    }
    return [f"Changed in {name}: {', '.join(own)}" for name, own in where.items() if own]


def files_words(written: list[str]) -> str:
    """Names of tables and pages; charts, which are many, by their kind.

    Examples
    --------
    >>> files_words(["compare.json", "odds.png", "time.png", "report.html"])
    'compare.json, report.html, 2 charts'
    """
    suffixes = (".png", ".svg", ".pdf")
    charts = [name for name in written if name.endswith(suffixes)]
    told = [name for name in written if name not in charts]
    return ", ".join([*told, counted(len(charts), "chart")] if charts else told)


def answer_words(comparison: Comparison) -> list[str]:
    """Which plan is ahead among those of each war and day 0, and of whom, and by what."""
    groups = ranked(comparison.groups)
    if all(group.decided for group in comparison.groups):
        return ["Not ranked: groups decide, and what a side has without a decision is not known."]
    if groups or len(comparison.groups) == 1:
        return [_ahead(comparison, group) for group in groups]
    return [f"Not ranked: each has its {_own(comparison)}, so {NOT_BETTER}."]


def decided_words(comparison: Comparison) -> list[str]:
    """What groups decide, on the first few issues of each."""
    told = []
    for run in comparison.runs:
        scenario = run.scenario
        known = [(scenario.issues[k], one) for k, one in run.summary.package.items() if one.worlds]
        if known and only_decided(scenario):
            said = [term_words(*one) for one in known[:DECISIONS]]
            more = [counted(len(known) - DECISIONS, "more issue")] if len(known) > DECISIONS else []
            told.append(f"{scenario.name} decides: {'; '.join([*said, *more])}.")
    return told


def _own(comparison: Comparison) -> str:
    wars = {group.war for group in comparison.groups}
    return f"own day 0{' or conflict' if len(wars) > 1 else ''}"


def _tells_any(group: Group) -> bool:
    return any(place.ahead for place in group.places)


def _ahead(comparison: Comparison, group: Group) -> str:
    first = [place for place in group.places if place.rank == 1]
    names = listing(place.scenario for place in first)
    others = len(group.places) - len(first)
    day = f" of day 0 {group.day_0}" if len(comparison.groups) > 1 else ""
    if not _tells_any(group):
        return f"Nothing tells the {len(first)} plans{day} apart: none is ahead."
    behind = [p.scenario for p in group.places if all(p.scenario in one.ahead for one in first)]
    if not behind:
        return f"No plan{day} is ahead of {names}, and nothing tells these apart."
    lead = _lead(comparison, group, behind[0])
    if len(group.places) == 2:
        return f"{names} is ahead of {behind[0]}, {lead}."
    verb, leader = "is", ""
    if len(first) > 1:
        verb, leader = "are, not told apart,", f"{first[0].scenario} "
    whom = f"{len(behind)} of the {others} others" if len(behind) < others else "all others"
    text = f"{names} {verb} ahead of {whom}{day}; {leader}of {behind[0]}, the nearest, {lead}."
    if len(behind) < others:
        text += f" Nothing tells {'it' if len(first) == 1 else 'them all'} from the rest."
    return text


def _lead(comparison: Comparison, group: Group, behind: str) -> str:
    """By how much the first is ahead of another, on the measure that tells them apart."""
    first = group.places[0]
    measures = criteria([comparison.run(place.scenario) for place in group.places])
    measure = next(one for one in measures if one.key == first.ahead[behind])
    one = Pair(comparison.run(first.scenario), comparison.run(behind)).difference(measure)
    assert one is not None  # it is what told them apart
    value, low, high = amounts(one)
    span = f" ({SAMPLING if one.allowed is None else '10–90 %'} {low} to {high})"
    return f"by {value} {measure.unit}{span * (low != high)} in {measure.title}"


def ranking_lines(comparison: Comparison) -> list[str]:
    """One row for each scenario, block by block: of one war and day 0, then those by themselves."""
    groups = ranked(comparison.groups)
    alone = [g for g in comparison.groups if len(g.places) == 1 and not g.decided]
    ranges = "95 %" if all(run.summary.allowed is None for run in comparison.runs) else "10–90 %"
    rows = [
        [
            "Ahead Behind" if groups else "Day 0",
            "Scenario",
            "Settles",
            ranges,
            "Holds",
            "No settlement: stuck on",
        ]
    ]
    titles: dict[int, str] = {}
    for group in groups:
        if len(groups) > 1:
            titles[len(rows)] = f"Day 0 {group.day_0}:"
        rows += [_row(comparison, place, _counts(group, place)) for place in group.places]
    if groups and alone:
        titles[len(rows)] = f"Not ranked ({_own(comparison)}; {NOT_BETTER}):"
    rows += [_row(comparison, group.places[0], group.day_0) for group in alone]
    found: list[str] = []
    for number, line in enumerate(_aligned(rows) if len(rows) > 1 else ()):
        found += wrapped(titles[number]) if number in titles else []
        found += line
    return found


def _counts(group: Group, place: Place) -> str:
    ahead, behind = group.standing(place)
    return f"{ahead:>5} {behind:>6}"


def _row(comparison: Comparison, place: Place, where: str) -> list[str]:
    run = comparison.run(place.scenario)
    summary = run.summary
    name = place.scenario + "*" * (place.scenario in comparison.uncalibrated)
    certain = alike(run.scenario, run.ensemble)
    span = None if certain else summary.outcome_spans["settlement"]
    stuck = "—"
    if any(summary.stuck_on.values()):
        issue, share = max(summary.stuck_on.items(), key=lambda one: one[1])
        title = run.scenario.issues[issue].title
        stuck = f"{title} {failed_share(share, summary)}"
    settles = bare_odds(place.settlement, summary.worlds, span)
    holds = bare_odds(place.holds, summary.worlds)
    # a range in per cent says nothing beside a count
    ranged = "—" if " of " in settles else span_words(span).removesuffix(" %") or "—"
    return [where, name, settles, ranged, holds, stuck]


def _aligned(rows: list[list[str]]) -> Iterator[list[str]]:
    """Rows with their columns below each other, numbers to the right; a long last cell goes on."""
    *widths, _ = (max(map(len, column)) for column in zip(*rows, strict=True))
    for row in rows:
        first, name, *numbers, last = row
        numbers = [text.rjust(width) for text, width in zip(numbers, widths[2:], strict=True)]
        text = " ".join([first.ljust(widths[0]), name.ljust(widths[1]), *numbers])
        room = max(WIDTH - len(text) - 2, 20)
        lines = wrapped(last, width=room)
        yield [f"{text}  {lines[0]}", *(" " * (len(text) + 2) + line for line in lines[1:])]


def largest(comparison: Comparison) -> list[Difference]:
    """Of settlements the largest visible difference from the baseline, then the largest of all.

    First those of plans of its own day 0; in all :data:`MOST` with one for settlements, of each
    measure :data:`PER_MEASURE`.
    """
    own_day = comparison.base.scenario.war.start_date
    near = {r.scenario.name for r in comparison.alike if r.scenario.war.start_date == own_day}
    seen = sorted(
        (one for one in _known(comparison) if one.visible),
        key=lambda one: (one.scenario not in near, -abs(one.value)),
    )
    first = _of(seen, SETTLES)[:1]
    few = [one for key in _keys(seen) for one in _of(seen, key)[:PER_MEASURE]]
    rest = [one for one in seen if one in few and one not in first]
    return [*first, *rest[: MOST - 1]]


def _known(comparison: Comparison) -> list[Difference]:
    """Differences in worlds or points of 100; none between two that are certain and alike."""
    sure = {r.scenario.name for r in comparison.runs if alike(r.scenario, r.ensemble)}
    return [
        one
        for run in comparison.alike
        for one in of_100(comparison, run.scenario.name)
        if one.value or not {one.scenario, one.baseline} <= sure
    ]


def difference_lines(comparison: Comparison) -> list[str]:
    """The largest differences, each measure's together; of settlements also that none is seen."""
    known, found = _known(comparison), largest(comparison)
    settling = _of(known, SETTLES)
    if not settling:
        return []
    groups = [
        (of[0].measure.head, [row for one in of for row in _difference_rows(one)])
        for of in (_of(found, key) for key in _keys(found))
    ]
    if not _of(found, SETTLES):
        widest = max(settling, key=lambda one: one.holding.high - one.holding.low)
        low, high = amounts(widest, widest.holding)[1:]
        none = ["none visible", "", f"{low} to {high} at the widest"]
        groups.insert(0, (widest.measure.head, [none]))
    kind = SAMPLING if all(one.allowed is None for one in known) else "10–90 %"
    head = f"Largest differences from {comparison.baseline}, of 100 ({kind}):"
    return [head, *_named_rows(groups)]


def _difference_rows(one: Difference) -> list[list[str]]:
    """Scenario, difference and range; below them, in a cell, where there are no such talks."""
    value, low, high = amounts(one)
    row = [one.scenario, value, f"{low} to {high}"]
    return [row, [f"no such talks in {one.without}"]] if one.without else [row]


def _named_rows(groups: Sequence[tuple[str, list[list[str]]]]) -> Iterator[str]:
    """Rows with their columns below each other; a long name goes on beside the rows."""
    cells = [row for _, rows in groups for row in rows if len(row) > 1]
    who, value, span = (max(map(len, column)) for column in zip(*cells, strict=True))
    names = [wrapped(name, width=max(WIDTH - who - value - span - 8, 20)) for name, _ in groups]
    wide = max(len(line) for lines in names for line in lines)
    for lines, (_, rows) in zip(names, groups, strict=True):
        for name, row in zip_longest(lines, rows):
            first, middle, last = [*(row or ()), "", "", ""][:3]
            told = f"{first:<{who}}  {middle:>{value}}  {last}"
            yield f"  {name or '':<{wide}}  {told}".rstrip()


def _of(found: list[Difference], key: str) -> list[Difference]:
    return [one for one in found if one.measure.key == key]


def _keys(found: list[Difference]) -> list[str]:
    """Measures in the order in which they first occur."""
    return list(dict.fromkeys(one.measure.key for one in found))


def _notes(comparison: Comparison) -> list[str]:
    """What the table's signs mean, how far intervals carry, and what else a reader has to know."""
    years = lasting_years([run.scenario for run in comparison.runs])
    calibrated = any(run.summary.allowed is not None for run in comparison.runs)
    keys = _keys(largest(comparison))
    about = ROOM * ("ripeness" in keys) + UTILITY * any(key.startswith("utility") for key in keys)
    both = "its 10–90 % range and 95 % interval leave" if calibrated else "its interval leaves"
    said = [
        "A world is one run with one value of each uncertain number.",
        f"10–90 %: over {RANGE.partition(' of ')[2]}." if calibrated else "",
        f"Holds: settles and holds {counted(years, 'year')}." if years else "",
        f"*: {NOT_CALIBRATED}, {SAMPLING}." if comparison.uncalibrated else "",
        RANKED if any(map(_tells_any, comparison.groups)) else "",
        f"{about}A difference counts where {both} 0 out; {BY_CHANCE}."
        if comparison.differences
        else "",
    ]
    notes = [note for note in comparison.notes if note not in comparison.left_out]
    return [" ".join(filter(None, said)), *notes]
