"""Scenarios side by side: run, aligned world by world, and compared with one of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

from sim.ensemble.executors import open_executor
from sim.ensemble.runner import Job, Progress, Run, RunError, run_jobs
from sim.prose import SaidError, counted, did_you_mean
from sim.results.allowed import RANGE, SAMPLING
from sim.results.certain import only_decided
from sim.scenario import Loaded
from sim.studies.compare.differences import Difference, differences
from sim.studies.compare.inputs import Entry, named, read_entries
from sim.studies.compare.ranking import Group, groups_of, places
from sim.studies.compare.shared import group_of, identities, scale_texts, shared_keys

DEFAULT_BASELINE = "baseline"
NOT_CALIBRATED = "not calibrated"


class ComparisonError(SaidError):
    """Nothing can be compared; the message says why."""


@dataclass
class Comparison:
    """Finished runs and how they differ.

    Attributes
    ----------
    runs : list of Run
        In the order given; ``run.scenario.name`` is distinct. Saved results among them have no
        rounds of single worlds, and neither have those that were run for the comparison.
    baseline : str
        Name of the scenario that the others are compared with.
    failed : dict of str to str
        What was given and could not be read or run → its error.
    missing : list of str
        Names of scenarios that an interrupt left out.
    notes : list of str
        What a reader has to know: what is left out where, what is not paired.
    """

    runs: list[Run]
    baseline: str
    failed: dict[str, str] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        names = [run.scenario.name for run in self.runs]
        issues = identities(
            {r.scenario.name: scale_texts(r.scenario) for r in self.runs}, self.baseline
        )
        actors = identities(
            {
                run.scenario.name: {
                    key: {run.scenario.actors[key].name, run.scenario.actors[key].short}
                    for key in map(str, run.ensemble.actor.values)
                }
                for run in self.runs
            },
            self.baseline,
        )
        #: scenarios that share issues, and the issues that at least half of them have
        self.issue_group, self.issues, own = _shared(issues, self.baseline)
        #: the same for those who sign
        self.actor_group, self.actors, self.rare_actors = _shared(actors, self.baseline)
        #: those of the notes that are about charts alone
        self.left_out = left_out_notes(names, self.issue_group, self.actor_group, own)
        self.notes += self.left_out
        self.notes += pairing_notes(self.runs, self.baseline)
        without = {name for name, run in zip(names, self.runs, strict=True)
                   if run.summary.allowed is None}  # fmt: skip
        #: scenarios whose worlds draw no calibration, where those of others do
        self.uncalibrated = without if len(without) < len(names) else set()
        self.notes += calibration_notes(sorted(self.uncalibrated))
        self.differences: list[Difference] = list(
            differences(self.runs, self.baseline, self.actors, self.actor_group)
        )

    @property
    def base(self) -> Run:
        """The baseline's run."""
        return self.run(self.baseline)

    def run(self, name: str) -> Run:
        """The run of a scenario by its name."""
        return next(run for run in self.runs if run.scenario.name == name)

    @cached_property
    def groups(self) -> list[Group]:
        """Scenarios of one war and day 0 together, ranked; the baseline's first."""
        found = groups_of(self.runs, self.baseline)
        days = [runs[0].scenario.war.start_date.isoformat() for runs, _ in found]
        return [
            Group(war, day, places(runs), any(only_decided(run.scenario) for run in runs))
            for (runs, war), day in zip(found, days, strict=True)
        ]

    @property
    def wars(self) -> list[list[Run]]:
        """Runs of the same war, whatever their day 0, in the order of the ranking."""
        found: dict[int, list[Run]] = {}
        for group in self.groups:
            found.setdefault(group.war, []).extend(self.run(p.scenario) for p in group.places)
        return list(found.values())

    @property
    def ranked(self) -> list[Run]:
        """Group by group, the best first: see :mod:`~.ranking`."""
        return [self.run(place.scenario) for group in self.groups for place in group.places]

    @property
    def alike(self) -> list[Run]:
        """Scenarios of the same parties as the baseline, itself among them, as ranked.

        All of them where the baseline stands alone.
        """
        group = self.actor_group
        if self.baseline not in group or len(group) == 1:
            return self.ranked
        return [run for run in self.ranked if run.scenario.name in group]

    @cached_property
    def staged(self) -> bool:
        """Whether any plan signs a stage before the whole: else a first stage is the settlement."""
        return any(len(run.scenario.stages) > 1 for run in self.runs)

    @cached_property
    def telling(self) -> list[Difference]:
        """Differences that say something of their own, of the same parties and of others."""
        return [
            one
            for one in self.differences
            if self.staged or not one.measure.key.startswith("first_stage")
        ]

    def of(self, scenario: str, measure: str) -> Difference | None:
        """The difference of a scenario to the baseline on a measure, where it is told."""
        for one in self.telling:
            if one.scenario == scenario and one.measure.key == measure:
                return one
        return None


def _shared(
    found: dict[str, dict[str, str]], baseline: str
) -> tuple[list[str], list[str], list[str]]:
    """Scenarios that hang together, the keys that they share, and the keys that only few have."""
    group = group_of({name: list(own) for name, own in found.items()}, baseline)
    shared = shared_keys({name: list(own) for name, own in found.items()}, group)
    keys = {identity: key for name in group for identity, key in found[name].items()}
    rare = [key for identity, key in keys.items() if identity not in shared]
    return group, list(dict.fromkeys(keys[identity] for identity in shared)), rare


def compare(
    given: Sequence[str | Loaded | Run],
    worlds: int = 1000,
    seed: int = 1,
    baseline: str | None = None,
    overrides: tuple[str, ...] = (),
    workers: int | None = 1,
    cluster: str | None = None,
    progress: Progress = lambda what, done, total: None,
) -> Comparison:
    """Run scenarios, read saved results, and compare them.

    Parameters
    ----------
    given : sequence of str
        Scenario files, names of shipped ones, ``result.nc`` files, or folders that hold one.
    worlds, seed : int
        Of the scenarios that are run; saved results have their own.
    baseline : str, optional
        Name of the scenario to compare with, or what was given for it; otherwise the one named
        ``baseline``, otherwise the first.
    overrides : tuple of str
        ``--set`` changes for every scenario.
    workers, cluster
        Where to run (see :func:`~sim.ensemble.executors.open_executor`); the results do not depend
        on it.
    progress : callable, optional
        Told how far the work is.

    Returns
    -------
    Comparison
        Also after an interrupt that left something finished: ``missing`` says what is not.

    Raises
    ------
    ComparisonError
        If nothing can be read or run, or the baseline is not among the scenarios.
    ExecutorError
        If the cluster cannot be had.
    """
    entries, failed = read_entries(given, overrides)
    if not entries:
        raise ComparisonError("\n".join(failed.values()))
    chosen = find_baseline(entries, failed, baseline)
    finished = {e.name: named(e.saved, e.name) for e in entries if e.saved is not None}
    to_run = [e for e in entries if e.loaded is not None]
    jobs = [Job(e.loaded, worlds, seed, overrides, traced=0) for e in to_run if e.loaded]
    missing: list[str] = []
    left_out: set[str] = set()
    notes = renamed_notes(entries)
    try:
        with open_executor(workers, cluster, sum(len(job.tasks) for job in jobs)) as executor:
            for place, result in run_jobs(jobs, executor, progress):
                entry = to_run[place]
                if isinstance(result, Run):
                    finished[entry.name] = named(result, entry.name)
                    notes += failure_notes(entry.name, result)
                else:
                    own = entry.given == jobs[place].loaded.scenario.name
                    failed[entry.name if own else entry.given] = failed_words(jobs[place], result)
                    left_out.add(entry.name)
    except KeyboardInterrupt:
        missing = [e.name for e in entries if e.name not in {*finished, *left_out}]
        if not finished:
            raise
    if not finished:
        raise ComparisonError("\n".join(failed.values()))
    runs = [finished[e.name] for e in entries if e.name in finished]
    if chosen not in finished:
        first = runs[0].scenario.name
        notes.append(f"The baseline {chosen} has no results: compared with {first} instead.")
        chosen = first
    return Comparison(runs, chosen, failed, missing, notes)


def find_baseline(entries: list[Entry], failed: dict[str, str], wanted: str | None) -> str:
    """Name of the baseline; the first entry's where the one that was wanted cannot be read."""
    names = [e.name for e in entries]
    if wanted is None:
        return DEFAULT_BASELINE if DEFAULT_BASELINE in names else names[0]
    for entry in entries:
        if wanted in (entry.name, entry.given):
            return entry.name
    if wanted in failed:
        return wanted
    hint = did_you_mean(wanted, names, "choose from")
    raise ComparisonError(f"--baseline {wanted}: there is no such scenario among them ({hint})")


def failed_words(job: Job, error: RunError) -> str:
    """Why a scenario has no results, in one sentence."""
    first = error.failures[0]
    return f"{job.loaded.files[-1]}: the run failed with {first.error}: {first.message}"


def failure_notes(name: str, run: Run) -> list[str]:
    """That some worlds of a run are in none of the numbers."""
    missing = sum(failure.task.worlds for failure in run.failures)
    if not missing:
        return []
    lacking = counted(missing, "world")
    return [f"{name} lacks {lacking} that failed; the first failure: {run.failures[0]}."]


def renamed_notes(entries: list[Entry]) -> list[str]:
    """Which scenarios go by another name than their own."""
    notes = []
    for entry in entries:
        scenario = (
            entry.loaded.scenario if entry.loaded else entry.saved.scenario if entry.saved else None
        )
        if scenario is not None and scenario.name != entry.name:
            notes.append(f"{entry.name} is the scenario '{scenario.name}' of {entry.given}.")
    return notes


def left_out_notes(
    names: list[str], issue_group: list[str], actor_group: list[str], own: list[str]
) -> list[str]:
    """Which scenarios and issues some charts leave out, and why."""
    notes = []
    for group, what, charts in (
        (issue_group, "issue", "charts packages and stuck"),
        (actor_group, "signatory", "charts gains and differences"),
    ):
        out = [name for name in names if name not in group]
        if out and len(group) == 1:
            notes.append(
                f"No two of the scenarios share a {what}: the {charts} set them side by side."
            )
        elif out:
            verb = "shares" if len(out) == 1 else "share"
            listed = ", ".join(out)
            notes.append(f"{listed} {verb} no {what} with the others: left out of the {charts}.")
    if own:
        notes.append(
            "Issues of fewer than half of the scenarios, left out of the charts packages and "
            f"stuck: {', '.join(dict.fromkeys(own))}."
        )
    return notes


def calibration_notes(uncalibrated: list[str]) -> list[str]:
    """That some ranges are of another kind than the others."""
    if not uncalibrated:
        return []
    verb, whose = ("draws", "its") if len(uncalibrated) == 1 else ("draw", "their")
    return [
        f"{', '.join(uncalibrated)} {verb} no calibration, marked “{NOT_CALIBRATED}”: {whose} "
        f"ranges are {SAMPLING}s of sampling alone, the others' {RANGE}."
    ]


def pairing_notes(runs: list[Run], baseline: str) -> list[str]:
    """Where the scenarios do not have the same worlds."""
    base = next(run for run in runs if run.scenario.name == baseline)
    seed, worlds = base.summary.seed, base.summary.worlds
    notes = []
    for run in runs:
        name, own, count = run.scenario.name, run.summary.seed, run.summary.worlds
        if own != seed:
            notes.append(
                f"{name} has seed {own} and {baseline} has seed {seed}: their worlds are not the "
                "same, so their differences are not paired."
            )
        elif count != worlds:
            notes.append(
                f"{name} has {counted(count, 'world')} and {baseline} {worlds:,}: paired on the "
                f"{min(count, worlds):,} that they share."
            )
    return notes
