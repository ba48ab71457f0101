"""The run of a study: records, exposures, cohort, outcomes, analysis, results."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from refractory.analysis.analyse import analyse
from refractory.analysis.cautions import RunFacts
from refractory.analysis.earlier_treatment import EarlierTreatment
from refractory.analysis.estimates import Plan
from refractory.analysis.results import Results
from refractory.analysis.shared import SharedResults
from refractory.cohort.build import Cohort, build_cohort
from refractory.cohort.refractory import CourseBefore
from refractory.explain import explain_protocol
from refractory.exposures.adequacy import Adequacy
from refractory.outcomes.assess import Patient, assess_cohort, assess_readings
from refractory.outcomes.explanations import read_explanations
from refractory.outcomes.scores import count_origins
from refractory.protocol import Protocol
from refractory.records.from_labels import read_labels
from refractory.records.later import later
from refractory.records.members import Doubt
from refractory.records.read import RecordNeeds, Records, read_records
from refractory.records.schema import LABEL, Problem
from refractory.records.source import Source
from refractory.records.store import Store
from refractory.records.translation import IsTranslated
from refractory.shared_study import derive_shared_results
from refractory.study_head import build_head

if TYPE_CHECKING:
    import ibis.expr.types as ir

Progress = Callable[[str], None]


@dataclass(frozen=True)
class StudyRun:
    """A run that has ended: its results, and what stands behind them.

    Args:
        protocol: The study.
        results: Everything that the report prints.
        shared: What of it may be sent to others.
        patients: The analysis set.
        records: What was read; its store still holds every table of the run.
        problems: Source rows and labels that were not used as written.
        labels: Name of the file of labels; None without one.
    """

    protocol: Protocol
    results: Results
    shared: SharedResults
    patients: tuple[Patient, ...]
    records: Records
    problems: tuple[Problem, ...]
    labels: str | None


def run_study(
    protocol: Protocol, source: Source, labels: Path | None = None, progress: Progress = lambda _: None
) -> StudyRun:
    """Run a study from its records to its results.

    Args:
        protocol: The study.
        source: Where the records are; only read.
        labels: CSV of adjudicated labels; None without.
        progress: Is told each step as it begins.

    Raises:
        RefractoryError: When the run cannot go on, in words that a user can act on.
    """
    records, problems = read_study(protocol, source, labels, progress)
    progress("Building the cohort")
    cohort = build_cohort(records.store, protocol.leaves, protocol.cohort_definition)
    progress("Assessing outcomes")
    patients = assess_cohort(records.store, protocol.leaves, cohort, protocol.outcome_definition)
    progress("Estimating")
    are_labelled = has_labels(source, labels)
    results = derive_results(protocol, records, cohort, patients, problems, has_labels=are_labelled)
    progress("Suppressing small counts")
    shared = derive_shared_results(protocol, plan_of(protocol), records, results, patients)
    return StudyRun(protocol, results, shared, patients, records, problems, labels.name if labels else None)


def build_study_cohort(protocol: Protocol, source: Source, labels: Path | None = None) -> Cohort:
    """Read the records of a study and build its cohort, without looking at any outcome."""
    records, _ = read_study(protocol, source, labels, lambda _: None)
    return build_cohort(records.store, protocol.leaves, protocol.cohort_definition)


def has_labels(source: Source, labels: Path | None) -> bool:
    """Say whether there are adjudicated labels: in a file of their own, or in the records themselves."""
    return labels is not None or (isinstance(source, IsTranslated) and source.has_labels)


def needs_of(protocol: Protocol) -> RecordNeeds:
    """Say what a study needs of its records."""
    return RecordNeeds(
        concept_sets=protocol.concept_sets,
        treatment=protocol.treatment.concept,
        drug_sets=protocol.drug_sets,
        measurement_units=protocol.measurement_units,
        definitions=protocol.cohort_definition.entered,
    )


def read_study(
    protocol: Protocol,
    source: Source,
    labels: Path | None,
    progress: Progress,
    look_closer: Callable[[Store], None] | None = None,
) -> tuple[Records, tuple[Problem, ...]]:
    """Read the records and the labels of a study, and say what was not used as written."""
    records = read_records(source, needs_of(protocol), progress, look_closer)
    problems = tuple(records.problems)
    own = source if isinstance(source, IsTranslated) else None
    if own:
        problems += own.add_labels(records.store, are_replaced=labels is not None)
    if labels is not None:
        progress("Reading labels")
        problems += read_labels(labels, records.store, own.person_ids() if own else None)
    elif own is None:
        records.store.add("label", LABEL)
    return records, problems


def derive_results(
    protocol: Protocol,
    records: Records,
    cohort: Cohort,
    patients: tuple[Patient, ...],
    problems: tuple[Problem, ...],
    *,
    has_labels: bool,
) -> Results:
    """Derive the results of a study from what its store holds after the assessment."""
    plan = plan_of(protocol)
    earlier = _find_earlier_treatment(protocol, records, cohort)
    facts = _find_facts(protocol, records, cohort, problems, earlier, has_labels=has_labels)
    explanations = read_explanations(
        records.store,
        protocol.leaves,
        cohort,
        patients,
        protocol.outcome_definition,
        protocol.explanations,
        protocol.cohort_definition,
    )
    analysis = analyse(patients, plan, protocol.published, facts, earlier, explanations)
    return Results(
        head=build_head(protocol, records),
        attrition=cohort.attrition,
        estimates=analysis.estimates,
        tables=analysis.tables,
        comparisons=analysis.comparisons,
        cautions=analysis.cautions,
        methods=explain_protocol(protocol),
        accounts=tuple(records.accounts),
        problems=count_problems(problems),
        listings=analysis.listings,
        curves=analysis.curves,
        figures=analysis.figures,
        person_figures=analysis.person_figures,
    )


def plan_of(protocol: Protocol) -> Plan:
    """Return the part of the protocol that the estimates need."""
    return Plan(
        analysis=protocol.analysis,
        response=protocol.response,
        sparing=protocol.sparing,
        strata=protocol.stratum,
        subtypes=protocol.subtype,
        has_cycles=protocol.treatment.cycle is not None,
        has_refractory_rule=protocol.refractory is not None,
        lines=protocol.lines,
        safety=protocol.safety,
        follow_up=protocol.follow_up,
        benchmarks=protocol.benchmark,
        explanations=protocol.explanations,
        active_at_least=protocol.refractory.active.at_least
        if protocol.refractory and protocol.refractory.active
        else None,
        # What is drawn at random depends on what was chosen and on nothing else.
        seed=int(protocol.hash, 16) % 2**32,
    )


def count_problems(problems: tuple[Problem, ...]) -> tuple[tuple[str, int], ...]:
    """Count the rows of each kind of problem: table, rule and what was done, in words."""
    counts: dict[str, int] = {}
    for problem in problems:
        column = f", {problem.column}" if problem.column else ""
        said = f"{problem.table}{column}: {problem.rule} ({problem.done})"
        counts[said] = counts.get(said, 0) + problem.rows
    return tuple(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def _find_earlier_treatment(protocol: Protocol, records: Records, cohort: Cohort) -> EarlierTreatment | None:
    """Return what the persons of the cohort had tried before, and the readings of the refractory rule."""
    if protocol.refractory is None:
        return None
    store = records.store
    courses = store.table("courses_before").semi_join(store.table("cohort"), ["person_id", "day0_date"])
    columns = ["person_id", "concept_set", "covered_days", "mean_daily_mg", "adequacy", "stop_reason", "counts"]
    ordered = courses.order_by(["concept_set", "person_id", "start_date"]).select(*columns, "start_date")
    found = tuple(
        CourseBefore(person, drug, days, mg, Adequacy(adequacy), reason, counts)
        for person, drug, days, mg, adequacy, reason, counts, _ in store.rows(ordered)
    )
    answers = assess_readings(
        store, protocol.leaves, cohort, protocol.response, protocol.outcome_definition.instruments
    )
    return EarlierTreatment(found, answers, protocol.refractory.failed)


def _find_facts(
    protocol: Protocol,
    records: Records,
    cohort: Cohort,
    problems: tuple[Problem, ...],
    earlier: EarlierTreatment | None,
    *,
    has_labels: bool,
) -> RunFacts:
    store = records.store
    exposures = store.table("exposures").semi_join(store.table("cohort"), "person_id")
    counts = _count_exposures(exposures, protocol.leaves[protocol.treatment.concept])
    found, start_only, treatment, unknown = (value or 0 for value in store.rows(counts)[0])
    seen = _sets_in(records)
    unresolved = records.concept_sets.unresolved
    named = sorted({leaf for leaves in protocol.leaves.values() for leaf in leaves} - set(protocol.item_sets))
    return RunFacts(
        is_invented=records.is_invented,
        is_observation_known=cohort.is_observation_known,
        start_only_exposures=start_only,
        exposures=found,
        unknown_routes=unknown if protocol.treatment.routes else 0,
        treatment_records=treatment,
        has_vocabulary=records.concept_sets.has_vocabulary,
        unresolved_codes=sum(one.doubt is Doubt.NOT_FOUND and one.confidence is None for one in unresolved),
        doubtful_codes=sum(one.doubt is Doubt.NAMES_SOMETHING_ELSE for one in unresolved),
        empty_sets=(*(name for name in named if name not in seen), *_empty_instruments(protocol, seen)),
        rows_left_out=sum(problem.rows for problem in problems if problem.is_left_out),
        unknown_courses=earlier.unknown_persons if earlier else 0,
        has_labels=has_labels,
        score_origins=count_origins(store) if protocol.instrument else {},
        definition_gaps=records.definition_gaps,
    )


def _empty_instruments(protocol: Protocol, seen: set[str]) -> list[str]:
    """Name the instruments of which the records hold no item at all."""
    owners = protocol.item_sets
    return sorted(set(owners.values()) - {owners[leaf] for leaf in seen if leaf in owners})


@later
def _count_exposures(exposures: ir.Table, treatment: Sequence[str]) -> ir.Table:
    """Count exposures, those of which only the start is known, those to the treatment, and those by unknown route."""
    import ibis

    is_treatment = exposures.concept_set.isin(list(treatment))
    return exposures.aggregate(
        exposures=exposures.count(),
        # An infusion is over on the day it starts: its missing end is no gap in knowledge.
        start_only=ibis.ifelse(exposures.has_known_end | is_treatment, 0, 1).sum().cast("int64"),
        treatment=ibis.ifelse(is_treatment, 1, 0).sum().cast("int64"),
        unknown=ibis.ifelse(is_treatment & (exposures.route == "unknown"), 1, 0).sum().cast("int64"),
    )


def _sets_in(records: Records) -> set[str]:
    """Return the concept sets that name any record."""
    tables = [records.store.table(name) for name in ("event", "drug", "measurement")]
    return {name for (name,) in records.store.rows(_derive_sets(tables))}


@later
def _derive_sets(tables: Sequence[ir.Table]) -> ir.Table:
    import ibis

    return ibis.union(*(table.select("concept_set") for table in tables), distinct=True)
