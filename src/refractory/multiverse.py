"""Every universe of a study, run on records that are read once: what is common to several is worked out once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from refractory.analysis.estimates import estimate_all
from refractory.analysis.multiverse_analysis import Universes, analyse_multiverse
from refractory.analysis.results import DialHead, MultiverseResults, NamedEstimate, Results, UniverseRow
from refractory.analysis.sparing_estimates import estimate_sparing
from refractory.cohort.build import Cohort, build_cohort
from refractory.dials import describe_key
from refractory.errors import ProtocolError, RefractoryError
from refractory.narrowing import EVERYTHING, Family, family_of, narrow_to_cohort, narrow_to_family
from refractory.outcomes.assess import Patient, assess_cohort
from refractory.protocol import Protocol
from refractory.protocol_mistakes import say_nearest
from refractory.records.read import Records
from refractory.records.remembering import Names, RememberingStore
from refractory.records.schema import Problem
from refractory.records.source import Source
from refractory.statistics.estimate import EstimateKind
from refractory.study import derive_results, has_labels, plan_of, read_study
from refractory.universes import Universe, UniversePlan, without_choices

Counted = Callable[[int, int], None]
Said = Callable[[str], None]
# What every universe says, whatever results are followed.
PERSONS, EVALUABLE = "cohort.persons", "response.overall.evaluable"


@dataclass(frozen=True)
class UniverseRun:
    """One universe that was run, or why it was not.

    Args:
        universe: Its choices.
        estimates: The followed results by id, and the two that every universe says; empty where it was not run. A
            result that this universe does not have is absent.
        why_not: Why it was not run.
    """

    universe: Universe
    estimates: Mapping[str, NamedEstimate]
    why_not: str = ""


@dataclass(frozen=True)
class MultiverseRun:
    """All universes of a study.

    Args:
        plan: What was run.
        results: Ids of the followed results.
        runs: One per universe, in the order of the plan.
        as_written: Everything that the study itself found.
        records: What was read for the study as it is written.
        labels: Name of the file of labels; None without one.
    """

    plan: UniversePlan
    results: tuple[str, ...]
    runs: tuple[UniverseRun, ...]
    as_written: Results
    records: Records
    labels: str | None


@dataclass(frozen=True)
class Reading:
    """Records that were read for universes with the same needs; the store remembers what was made of them."""

    records: Records
    store: RememberingStore
    problems: tuple[Problem, ...]
    names: Names
    key: str


class Stages:
    """The stages of a run, each worked out once for equal arguments.

    A stage is told a protocol that holds nothing but what the stage may look at (narrowing), and what it found is
    known by the fingerprint of exactly that protocol: a choice that a stage can see is part of its key.
    """

    def __init__(self, source: Source, labels: Path | None, say: Said = lambda _: None) -> None:
        self._source = source
        self._labels = labels
        self._say = say
        self._readings: dict[str, Reading] = {}
        self._cohorts: dict[tuple[str, str], tuple[Cohort, Names]] = {}
        self._patients: dict[tuple[str, str], tuple[tuple[Patient, ...], Names]] = {}
        self._estimates: dict[tuple[str, str, str], dict[str, NamedEstimate]] = {}
        self._results: dict[tuple[str, str], Results] = {}

    def read(self, protocol: Protocol) -> Reading:
        """Read what a protocol needs of the records, once for all protocols with the same needs."""
        key = _spell_needs(protocol)
        if key not in self._readings:
            records, problems = read_study(protocol, self._source, self._labels, self._say)
            store = RememberingStore(records.store)
            self._readings[key] = Reading(replace(records, store=store), store, problems, store.names, key)
        return self._readings[key]

    def build_cohort(self, protocol: Protocol, reading: Reading) -> tuple[Cohort, Names]:
        """Build the cohort of a protocol."""
        narrow = narrow_to_cohort(protocol)
        key = reading.key, narrow.hash
        if key not in self._cohorts:
            reading.store.come_back(reading.names)
            cohort = build_cohort(reading.store, narrow.leaves, narrow.cohort_definition)
            self._cohorts[key] = cohort, reading.store.names
        return self._cohorts[key]

    def assess(self, protocol: Protocol, reading: Reading) -> tuple[tuple[Patient, ...], Names]:
        """Assess the persons of the cohort of a protocol."""
        key = reading.key, protocol.hash
        if key not in self._patients:
            cohort, names = self.build_cohort(protocol, reading)
            reading.store.come_back(names)
            patients = assess_cohort(reading.store, protocol.leaves, cohort, protocol.outcome_definition)
            self._patients[key] = patients, reading.store.names
        return self._patients[key]

    def estimate(self, protocol: Protocol, family: Family, reading: Reading) -> Mapping[str, NamedEstimate]:
        """Estimate the results of one family."""
        narrow = narrow_to_family(protocol, family)
        key = reading.key, family.name, narrow.hash
        if key not in self._estimates:
            self._estimates[key] = {one.id: one for one in self._estimate(narrow, family, reading)}
        return self._estimates[key]

    def _estimate(self, narrow: Protocol, family: Family, reading: Reading) -> Iterable[NamedEstimate]:
        if family.is_everything:
            return self.run(narrow, reading).estimates
        patients, _ = self.assess(narrow, reading)
        if family.has_sparing and narrow.sparing:
            return estimate_sparing(patients, plan_of(narrow), narrow.sparing)
        return estimate_all(patients, plan_of(narrow))

    def run(self, protocol: Protocol, reading: Reading) -> Results:
        """Derive everything that a run of a protocol finds."""
        whole = without_choices(protocol)
        key = reading.key, whole.hash
        if key not in self._results:
            cohort, _ = self.build_cohort(whole, reading)
            patients, names = self.assess(whole, reading)
            reading.store.come_back(names)
            self._results[key] = derive_results(
                protocol,
                reading.records,
                cohort,
                patients,
                reading.problems,
                has_labels=has_labels(self._source, self._labels),
            )
        return self._results[key]


def _spell_needs(protocol: Protocol) -> str:
    """Spell everything that the reading of the records depends on."""
    sets = protocol.model_dump_json(include={"concepts", "instrument"})
    contents = "".join(one.content for one in protocol.instrument.values())
    units = sorted(protocol.measurement_units.items())
    entered = [(one.file, one.content) for one in protocol.cohort_definition.entered]
    return f"{sets}{contents}{protocol.treatment.concept}{protocol.drug_sets}{units}{entered}"


def run_multiverse(
    plan: UniversePlan,
    source: Source,
    labels: Path | None = None,
    results: Sequence[str] = (),
    say: Said = lambda _: None,
    progress: Counted = lambda _done, _all: None,
) -> MultiverseRun:
    """Run every universe of a study.

    Args:
        plan: The universes.
        source: Where the records are; only read.
        labels: CSV of adjudicated labels; None without.
        results: Ids of the results that are followed; none: those that the study names.
        say: Is told each step as it begins.
        progress: Is told how many universes are done, of how many.

    Raises:
        RefractoryError: The study as it is written cannot be run, or has no result of a name that is followed.
    """
    stages = Stages(source, labels, say)
    reading = stages.read(plan.protocol)
    say("Running the study as it is written")
    as_written = stages.run(plan.protocol, reading)
    followed = _find_followed(plan.protocol, as_written, tuple(results))
    families = find_families(stages, plan.protocol, (PERSONS, EVALUABLE, *followed), as_written)
    runs = []
    for done, universe in enumerate(plan.universes):
        progress(done, len(plan.universes))
        runs.append(run_universe(stages, universe, families))
    progress(len(plan.universes), len(plan.universes))
    return MultiverseRun(plan, followed, tuple(runs), as_written, reading.records, labels.name if labels else None)


def derive_multiverse_results(run: MultiverseRun) -> MultiverseResults:
    """Bring what the universes found to results."""
    protocol = run.plan.protocol
    rows = tuple(
        UniverseRow(
            number, one.universe.choices, {name: found.estimate for name, found in one.estimates.items()}, one.why_not
        )
        for number, one in enumerate(run.runs, start=1)
    )
    dials = tuple(
        DialHead(dial.name, describe_key(Protocol, dial.key), tuple(one.said for one in dial.choices), dial.written)
        for dial in run.plan.dials
    )
    named = {one.id: one for one in run.as_written.estimates}
    universes = Universes(
        rows=rows,
        dials=dials,
        followed=tuple(named[one] for one in run.results),
        benchmarks=protocol.benchmark,
        is_benefit=protocol.response.means == "benefit",
        combinations=run.plan.combinations,
        seed=protocol.multiverse.seed,
    )
    return analyse_multiverse(universes, run.as_written.head)


def run_universe(stages: Stages, universe: Universe, families: Mapping[str, Family]) -> UniverseRun:
    """Run one universe; a reason that the run cannot go on is its answer.

    Args:
        stages: What is known already.
        universe: Its choices.
        families: The results to find, each with the family by which it is found.
    """
    if universe.protocol is None:
        return UniverseRun(universe, {}, universe.why_not)
    found: dict[str, NamedEstimate] = {}
    try:
        reading = stages.read(universe.protocol)
        for family in dict.fromkeys(families.values()):
            estimates = stages.estimate(universe.protocol, family, reading)
            found |= {one: estimates[one] for one, own in families.items() if own is family and one in estimates}
    except RefractoryError as error:
        return UniverseRun(universe, {}, error.what)
    return UniverseRun(universe, {one: found[one] for one in families if one in found})


def find_families(stages: Stages, protocol: Protocol, results: Sequence[str], as_written: Results) -> dict[str, Family]:
    """Find for each result the family by which it is found.

    A result is found by a narrow protocol only where that gives the study as written the very number that its whole
    run gives; every other result is found by whole runs.

    Args:
        stages: What is known already.
        protocol: The study as written.
        results: Ids of the results.
        as_written: What the study itself found.
    """
    whole = {one.id: one for one in as_written.estimates}
    reading = stages.read(protocol)
    families = {}
    for result in results:
        family = family_of(result)
        is_narrow = stages.estimate(protocol, family, reading).get(result) == whole.get(result)
        families[result] = family if is_narrow else EVERYTHING
    return families


def _find_followed(protocol: Protocol, results: Results, asked: tuple[str, ...]) -> tuple[str, ...]:
    """Find the results to follow: those asked for, else those that the study names, else the usual ones it has."""
    kinds = {one.id: one.estimate.kind for one in results.estimates}
    known = list(kinds)
    where = "--results" if asked else "[multiverse] results"
    named = tuple(dict.fromkeys(asked or protocol.multiverse.results))
    if not named:
        usual = ("response.overall", "response.difference", "sparing.glucocorticoid_lower")
        return tuple(one for one in usual if one in known)
    for one in named:
        if one not in known:
            raise ProtocolError(
                f'the study has no result "{one}".{say_nearest(one, known)}',
                where=where,
                remedy="results are named by the column `additional_level` of results.csv of a run.",
            )
        if kinds[one] is EstimateKind.TEST:
            raise ProtocolError(
                f'"{one}" is a P value, and P values are not followed over universes: they invite a choice of the '
                "smallest.",
                where=where,
                remedy="follow the estimate that the test is about.",
            )
    return named
