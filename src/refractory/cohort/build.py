"""The cohort: candidates go through one criterion after another, and each leaves its step of attrition."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from refractory.cohort.activity import classify_activity
from refractory.cohort.attrition import Attrition, AttritionStep, derive_losses
from refractory.cohort.criteria import Criterion, Leaves, derive_facts, derive_findings, keep_where
from refractory.cohort.eligibility import EligibilityDefinition, ExclusionDefinition, require_age, require_observation
from refractory.cohort.readings import derive_readings
from refractory.cohort.refractory import (
    DrugsTaken,
    RefractoryDefinition,
    derive_courses_before,
    require_failed_drugs,
)
from refractory.cohort.strata import (
    FeatureDefinition,
    GroupDefinition,
    Member,
    StratumDefinition,
    classify_group,
    is_aged,
)
from refractory.cohort.time_zero import (
    DiseaseDefinition,
    derive_candidates,
    derive_entry_evidence,
    keep_first_days,
    require_disease,
    require_washout,
)
from refractory.dates import say_days
from refractory.exposures.dose import derive_daily_doses
from refractory.exposures.eras import derive_exposures
from refractory.exposures.treatment import TreatmentDefinition, has_route, say_unknown_route
from refractory.exposures.written_doses import keep_written_doses
from refractory.records.adjudicated import FINAL_LABEL, derive_final_labels
from refractory.records.store import Store

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from refractory.records.circe.definition import CirceDefinition


@dataclass(frozen=True)
class CohortDefinition:
    """Everything that decides who is in the cohort and in which group."""

    treatment: TreatmentDefinition
    disease: DiseaseDefinition
    eligibility: EligibilityDefinition
    refractory: RefractoryDefinition | None
    exclusions: tuple[ExclusionDefinition, ...]
    features: tuple[FeatureDefinition, ...]
    strata: tuple[StratumDefinition, ...]
    subtypes: tuple[GroupDefinition, ...]

    @property
    def entered(self) -> tuple[CirceDefinition, ...]:
        """The cohort definitions of ATLAS that it names, each once, in the order of their files."""
        criteria: list[Criterion | None] = [*self.exclusions, self.eligibility.data_at_diagnosis]
        criteria += [one for feature in self.features for one in (*feature.any, *feature.none)]
        named = [self.disease.circe, *(one.circe for one in criteria if one)]
        found = {one.file: one for one in named if one}
        return tuple(found[file] for file in sorted(found))


@dataclass(frozen=True)
class Cohort:
    """The persons of the study at time zero, and how they were found.

    The store holds beside it: `cohort` (one row per person: person_id, day0_date, diagnosis_date, drugs_before),
    `courses_before` (the proof of the refractory rule), `readings` (its stricter and its laxer reading, see
    cohort.readings.derive_readings), `losses` (one row per person who ever had the treatment and is not in the
    cohort: person_id, criterion), `final_labels` (one row per person, adjudicated item and date), `exposures` and
    `dosed` (the same with daily doses).
    """

    members: tuple[Member, ...]
    attrition: tuple[AttritionStep, ...]
    is_observation_known: bool


def build_cohort(
    store: Store, leaves: Leaves, definition: CohortDefinition, progress: Callable[[str], None] = lambda _: None
) -> Cohort:
    """Build the cohort of a study from the records in the store.

    Args:
        store: Holds the tables of records.schema.
        leaves: The leaf concept sets of each concept set.
        definition: Who is in the cohort.
        progress: Is told each criterion as it is applied.

    Returns:
        The cohort; what the store holds beside it is said there.
    """
    written = store.once(keep_written_doses)
    exposures = store.keep("exposures", derive_exposures(store.table("drug"), written))
    store.keep("dosed", derive_daily_doses(exposures, written))
    if store.tally("label")[1]:
        store.keep("final_labels", derive_final_labels(store.table("label")))
    else:
        store.add("final_labels", FINAL_LABEL)
    attrition = Attrition(store)
    is_observation_known = store.tally("observation_period")[1] > 0
    candidates = _require_treatment(store, attrition, exposures, leaves, definition)
    progress("Disease")
    evidence = _find_evidence(store, leaves, definition.disease)
    candidates = attrition.require(
        require_disease(candidates, evidence, definition.disease),
        "Disease",
        definition.disease.describe(),
        f"Not enough evidence of {definition.disease.name} by then",
    )
    candidates = _require_eligible(store, attrition, candidates, definition.eligibility, is_observation_known)
    progress("Findings")
    candidates = _require_findings(store, attrition, candidates, leaves, definition)
    eligible = candidates
    if definition.refractory:
        progress("Refractory rule")
        candidates = _require_refractory(store, attrition, candidates, leaves, definition.refractory)
    candidates = _require_no_exclusion(store, attrition, candidates, eligible, leaves, definition.exclusions)
    _require_first(store, candidates, attrition)
    if definition.refractory:
        _read_rule_otherwise(store, eligible, definition.refractory, has_exclusions=bool(definition.exclusions))
    members = _describe_members(store, leaves, definition)
    return Cohort(members=members, attrition=tuple(attrition.steps), is_observation_known=is_observation_known)


def name_kept(attrition: Sequence[AttritionStep]) -> tuple[str, ...]:
    """Name the tables that build_cohort left of the candidates: before the first criterion, and after each."""
    return (*(f"candidates_{number}" for number in range(len(attrition) - 1)), "cohort")


def _require_treatment(
    store: Store, attrition: Attrition, exposures: ir.Table, leaves: Leaves, definition: CohortDefinition
) -> ir.Table:
    treatment = definition.treatment
    given = exposures.filter(exposures.concept_set.isin(list(leaves[treatment.concept])))
    candidates = attrition.start(derive_candidates(given), "Treatment", f"Any record of {treatment.concept}")
    studied = store.keep("treatment", given.filter(has_route(given, treatment.routes, treatment.unknown_route)))
    if treatment.routes:
        by_route = " or ".join(treatment.routes)
        candidates = attrition.require(
            derive_candidates(studied),
            "Route",
            f"By {by_route} route ({say_unknown_route(treatment.unknown_route)})",
            f"Never by {by_route} route",
        )
    if treatment.washout:
        candidates = attrition.require(
            require_washout(candidates, studied, treatment.washout),
            "Washout",
            f"No such treatment in the {say_days(treatment.washout)} before: day 0 opens a course",
            "No day that opens a course",
        )
    return candidates


def _find_evidence(store: Store, leaves: Leaves, disease: DiseaseDefinition) -> ir.Table:
    if disease.circe:
        return derive_entry_evidence(store.table("entry"), disease.circe)
    evidence = store.table("event")
    return evidence.filter(evidence.concept_set.isin(list(leaves[disease.concept])))


def _entries(store: Store) -> ir.Table | None:
    return store.table("entry") if store.has("entry") else None


def _require_eligible(
    store: Store,
    attrition: Attrition,
    candidates: ir.Table,
    eligibility: EligibilityDefinition,
    is_observation_known: bool,
) -> ir.Table:
    days = eligibility.observed_before
    if days and is_observation_known:
        candidates = attrition.require(
            require_observation(candidates, store.table("observation_period"), days),
            "Observation",
            f"Observed for at least {say_days(days)} before day 0",
            f"Observed for fewer than {say_days(days)} before",
        )
    if eligibility.age:
        candidates = attrition.require(
            require_age(candidates, store.table("person"), eligibility.age),
            "Age",
            f"Aged {eligibility.age.describe()} at day 0",
            f"Not aged {eligibility.age.describe()}, or age not known",
        )
    return candidates


def _facts(store: Store) -> ir.Table:
    if not store.has("facts"):
        store.keep("facts", derive_facts(store.table("event"), store.table("drug"), store.table("measurement")))
    return store.table("facts")


def _require_findings(
    store: Store, attrition: Attrition, candidates: ir.Table, leaves: Leaves, definition: CohortDefinition
) -> ir.Table:
    wanted = definition.eligibility.data_at_diagnosis
    if wanted is None:
        return candidates
    findings = store.keep(
        "found_at_diagnosis", derive_findings(candidates, _facts(store), {"found": wanted}, leaves, _entries(store))
    )
    return attrition.require(
        keep_where(candidates, findings, "found", is_wanted=True),
        "Data at diagnosis",
        f"Clinical data at diagnosis: {wanted.describe()}",
        "No clinical data at diagnosis",
    )


def _require_refractory(
    store: Store, attrition: Attrition, candidates: ir.Table, leaves: Leaves, definition: RefractoryDefinition
) -> ir.Table:
    eligible = candidates
    measurement = store.table("measurement")

    def measured(name: str | None) -> ir.Table:
        return measurement.filter(measurement.concept_set.isin(list(leaves[name]) if name else [""]))

    taken = DrugsTaken(
        store.table("exposures"), store.table("dosed"), measured(definition.weight), store.table("final_labels")
    )
    drugs = leaves[definition.among]
    courses = store.keep("courses_before", derive_courses_before(candidates, taken, drugs, definition, store.keep))
    candidates = attrition.require(
        require_failed_drugs(candidates, courses, definition.failed),
        "Refractory",
        definition.describe(),
        f"Fewer than {definition.failed} adequate earlier drugs",
    )
    if definition.active is None:
        return candidates
    active = definition.active
    # Of all candidates that come to the rule: its other readings need it too.
    activity = store.keep(
        "activity", classify_activity(eligible, store.table("final_labels"), measured(active.score), active)
    )
    keys = ["person_id", "day0_date"]
    return attrition.require(
        candidates.semi_join(activity.filter(activity.is_active), keys),
        "Active disease",
        active.describe(),
        "Disease not active at day 0",
    )


def _require_no_exclusion(
    store: Store,
    attrition: Attrition,
    candidates: ir.Table,
    eligible: ir.Table,
    leaves: Leaves,
    exclusions: tuple[ExclusionDefinition, ...],
) -> ir.Table:
    if not exclusions:
        return candidates
    criteria = {f"exclusion_{number}": exclusion for number, exclusion in enumerate(exclusions)}
    findings = store.keep("exclusions", derive_findings(eligible, _facts(store), criteria, leaves, _entries(store)))
    for column, exclusion in criteria.items():
        candidates = attrition.require(
            keep_where(candidates, findings, column, is_wanted=False),
            exclusion.name,
            f"No {exclusion.describe()}",
            exclusion.name,
        )
    return candidates


def _read_rule_otherwise(
    store: Store, eligible: ir.Table, definition: RefractoryDefinition, *, has_exclusions: bool
) -> None:
    activity = store.table("activity") if definition.active else None
    exclusions = store.table("exclusions") if has_exclusions else None
    courses = store.table("courses_before")
    store.keep("readings", derive_readings(eligible, courses, activity, exclusions, definition.failed))


def _require_first(store: Store, candidates: ir.Table, attrition: Attrition) -> None:
    """Keep each person's first candidate as day 0, and note at which criterion everybody else was lost."""
    attrition.require(
        keep_first_days(candidates),
        "Day 0",
        "Day 0 is the first day that meets every criterion",
        "A later day of the same person",
    )
    store.rename(attrition.kept[-1], "cohort")
    attrition.kept[-1] = "cohort"
    kept = [store.table(name) for name in attrition.kept]
    if len(kept) > 1:
        store.keep("losses", derive_losses(kept, [step.criterion for step in attrition.steps[1:]]))
    else:
        store.add("losses", {"person_id": "int64", "criterion": "string"})


def _describe_members(store: Store, leaves: Leaves, definition: CohortDefinition) -> tuple[Member, ...]:
    criteria = {}
    for feature in definition.features:
        for side, wanted in (("any", feature.any), ("none", feature.none)):
            for number, criterion in enumerate(wanted):
                criteria[f"{feature.name}/{side}/{number}"] = criterion
    columns = {f"finding_{number}": name for number, name in enumerate(criteria)}
    cohort = store.table("cohort")
    found: dict[int, dict[str, bool]] = {}
    if criteria:
        asked = {column: criteria[name] for column, name in columns.items()}
        for row in store.records(derive_findings(cohort, _facts(store), asked, leaves, _entries(store))):
            found[row["person_id"]] = {name: bool(row[column]) for column, name in columns.items()}
    person = cohort.left_join(store.table("person"), "person_id").drop("person_id_right").order_by("person_id")
    known_by = {}
    if store.has("activity"):
        activity = store.table("activity")
        known_by = {(row["person_id"], row["day0_date"]): row["known_by"] for row in store.records(activity)}
    return tuple(
        _describe_member(row, found.get(row["person_id"], {}), definition, known_by) for row in store.records(person)
    )


def _describe_member(
    row: dict[str, Any], found: dict[str, bool], definition: CohortDefinition, known_by: dict[Any, str]
) -> Member:
    features = {feature.name: _has_feature(feature, row, found) for feature in definition.features}
    return Member(
        person_id=row["person_id"],
        day0_date=row["day0_date"],
        diagnosis_date=row["diagnosis_date"],
        birth_earliest=row["birth_earliest"],
        birth_latest=row["birth_latest"],
        sex=row["sex"] or "unknown",
        race=row["race"],
        drugs_before=row.get("drugs_before"),
        active_by=known_by.get((row["person_id"], row["day0_date"])),
        features=features,
        stratum=classify_group(features, definition.strata),
        subtype=classify_group(features, definition.subtypes),
    )


def _has_feature(feature: FeatureDefinition, row: dict[str, Any], found: dict[str, bool]) -> bool | None:
    answers: list[bool | None] = []
    if feature.any:
        answers.append(any(found.get(f"{feature.name}/any/{number}", False) for number in range(len(feature.any))))
    if feature.none:
        names = [f"{feature.name}/none/{number}" for number in range(len(feature.none))]
        answers.append(not any(found.get(name, False) for name in names))
    if feature.sex:
        answers.append(None if row["sex"] in (None, "unknown") else row["sex"] == feature.sex)
    born = (row["birth_earliest"], row["birth_latest"])
    if feature.age:
        answers.append(is_aged(born, row["day0_date"], feature.age))
    if feature.age_at_diagnosis:
        answers.append(is_aged(born, row["diagnosis_date"], feature.age_at_diagnosis))
    return False if False in answers else None if None in answers else True
