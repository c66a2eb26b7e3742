"""Fit the settlement predictor: ``python benchmarks/settlement.py DIR``.

Prints what each part of the mixture contributes, each issue predicted without its dossier, and with
``--write`` puts the parameters fitted on all issues into ``sim/formulas/groups/fitted.py``.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

from sim.files import written_whole
from sim.formulas.groups.distributions import resampled_mean
from sim.formulas.groups.settlement import CHOICES, Fit, fingerprint, settlement
from sim.studies.backtest.folder import load_folder
from sim.studies.backtest.scores import mean_interval

TARGET = Path(__file__).resolve().parent.parent / "sim" / "formulas" / "groups" / "fitted.py"
ONLY_ZERO = (0.0,)
VARIANTS = {
    "all parts": CHOICES,
    "without the positions held": CHOICES | {"held": ONLY_ZERO},
    "without the reference point": CHOICES | {"reference": ONLY_ZERO},
    "around the mean only": CHOICES | {"held": ONLY_ZERO, "reference": ONLY_ZERO},
}
HEAD = '''"""Parameters of the settlement predictor.

Written by ``python benchmarks/settlement.py DIR --write``; run that again to refit, do not edit.
"""

from sim.formulas.groups.settlement import Parameters

'''


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--write", action="store_true", help=f"write {TARGET.name}")
    arguments = parser.parse_args()
    folder = load_folder(arguments.folder)
    groups, outcomes = folder.groups, folder.outcomes
    width = np.array([g.width for g in groups]) / 100
    pairs = list(zip(groups, outcomes, strict=True))
    bootstrap = np.array([resampled_mean(g).crps(y) for g, y in pairs]) / width
    print(f"{folder.name}: {len(groups)} issues, {len(set(folder.dossiers))} dossiers; CRPS")
    print(f"{'actors resampled, no parameters':<34}{bootstrap.mean():7.2f}")
    for name, choices in VARIANTS.items():
        found = Fit(groups, outcomes, choices).best_without(folder.dossiers)
        scores = [settlement(g, p).crps(y) for (g, y), p in zip(pairs, found, strict=True)]
        difference = np.array(scores) / width - bootstrap
        low, high = mean_interval(difference, folder.dossiers, 10_000, seed=1)
        print(
            f"{name:<34}{(difference + bootstrap).mean():7.2f}   against resampling "
            f"{difference.mean():+.2f} ({low:+.2f} to {high:+.2f})"
        )
    best = Fit(groups, outcomes).best()
    print(best)
    if arguments.write:
        prints = sorted({fingerprint(g, y) for g, y in pairs})
        rows = [f"{' '.join(prints[n : n + 10])}" for n in range(0, len(prints), 10)]
        with written_whole(TARGET) as path:
            path.write_text(
                f"{HEAD}PARAMETERS = {best}\n"
                f'FITTED_ON = "{folder.name}, {len(groups)} issues"\n'
                'ISSUES = """\n' + "\n".join(rows) + '\n"""\n'
                '"""Fingerprints; on these issues parameters are cross-validated instead."""\n',
                encoding="utf-8",
            )


if __name__ == "__main__":
    main()
