"""What was learnt from past talks, and how good it is, in words."""

from __future__ import annotations

from pathlib import Path

from sim.prose import counted
from sim.studies.calibrate.afterwards import YEARS
from sim.studies.calibrate.folder import Calibrated, Scored, summary_of
from sim.studies.calibrate.recovery import RETURNS
from sim.studies.calibrate.score import METHODS, MODEL, SURE, Gain


def told_calibration(made: Calibrated, out: Path) -> str:
    """Prior and posterior of each parameter, and whether so many cases can inform it."""
    signed = sum(case.signed for case in made.cases)
    lines = [
        f"Learnt from {len(made.cases)} past negotiations, {signed} of them signed, "
        f"{made.worlds:,} worlds each.",
        "",
        f"{'parameter':<16}{'before (10, 50, 90 %)':>24}{'after':>22}  can be known",
    ]
    for row in summary_of(made):
        before, after = ("  ".join(f"{v:.2f}" for v in row[k]) for k in ("prior", "posterior"))
        known = "yes" if row["explained"] >= RETURNS else "hardly"
        share = f"{known} ({100 * max(row['explained'], 0):.0f} %)"
        lines.append(f"{row['parameter']:<16}{before:>24}{after:>22}  {share}")
    lines += [
        "",
        "“Can be known”: share of the spread before that is explained where ends are simulated",
        f"with known values. {made.effective:.0f} of the prior's rows remain in effect.",
        f"Written to {out}: calibration.json, parameters.json.",
        f"Use it: python -m sim kellogg --calibration {out / 'calibration.json'}",
    ]
    return "\n".join(lines)


def verdict(one: Gain) -> str:
    """Better, worse, or not to be told apart."""
    if not one.cases:
        return "nothing to compare"
    if one.low > 0:
        return "better"
    return "worse" if one.high < 0 else "not shown"


def told_afterwards(made: Scored) -> list[str]:
    """How long deals held, and stated lines that were crossed, where cases were signed."""
    after, out = made.afterwards, []
    if after.names:
        out.append(f"How long {len(after.names)} deals held, share after each time:")
        out.append(f"{'':<13}" + "".join(f"{counted(year, 'year'):>10}" for year in YEARS))
        for who, shares in (
            ("happened", after.held.mean(axis=0)),
            ("simulator", after.model.mean(axis=0)),
            ("record", after.record),
        ):
            out.append(f"{who:<13}" + "".join(f"{100 * share:>8.0f} %" for share in shares))
        for kind, (ours, theirs) in (("Brier", after.brier()), ("log", after.log(SURE))):
            better = made.held_better[kind.lower()]
            out.append(
                f"{kind} {ours.mean():.3f}, of the record alone {theirs.mean():.3f}: better by "
                f"{better.mean:+.3f} ({better.low:+.3f} to {better.high:+.3f}): {verdict(better)}"
            )
    if after.lines:
        fates = [line[3] for line in after.lines]
        expected = sum(line[4] for line in after.lines)
        kept, passed = (
            [line[4] for line in after.lines if (line[3] == "held") is held]
            for held in (True, False)
        )
        out.append(
            f"Of {counted(len(fates), 'stated line')} in talks that were signed "
            f"{fates.count('crossed')} were crossed, {fates.count('part')} in part, "
            f"{fates.count('held')} held; the worlds that sign cross {expected:.1f}"
            + (
                f", {100 * sum(passed) / len(passed):.0f} % of the former and "
                f"{100 * sum(kept) / len(kept):.0f} % of those held."
                if kept and passed
                else "."
            )
        )
    return out


def told_scores(made: Scored, out: Path) -> str:
    """Mean scores, and what the differences say."""
    signed = sum(case.signed for case in made.cases)
    lines = [
        f"{len(made.cases)} past negotiations, {signed} of them signed; each left out of what is "
        "used to forecast it.",
        "",
        f"{'':<13}{'Brier':>8}{'log':>8}{'RPS':>8}{'terms':>8}   Brier better by",
    ]
    for method in METHODS:
        one = made.scores[method]
        means = [
            f"{v[v == v].mean():.3f}" if (v == v).any() else "–"
            for v in (one.brier, one.log, one.rps, one.distance)
        ]
        by = ""
        if method != MODEL:
            g = made.gains["brier"][method]
            by = f"   {g.mean:+.3f} ({g.low:+.3f} to {g.high:+.3f}): {verdict(g)}"
        lines.append(f"{method:<13}" + "".join(f"{m:>8}" for m in means) + by)
    lines += ["", *(f"{method}: {what}" for method, what in METHODS.items())]
    for name, (first, other) in made.twice.items():
        lines.append(f"Coded twice, {name}: odds {100 * first:.0f} and {100 * other:.0f} %")
    lines += ["", *told_afterwards(made)]
    lines.append(f"Written to {out}: scores.json, forecasts.csv, reliability.png.")
    return "\n".join(lines)
