"""The refractory rule, and the proof of it for each person."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from refractory.cohort.activity import ActiveDefinition
from refractory.cohort.criteria import one_of
from refractory.dates import Days
from refractory.definition import Definition
from refractory.exposures.adequacy import Adequacy, AdequacyDefinition, derive_course_doses
from refractory.exposures.days import days_later
from refractory.exposures.dose import derive_dose_stretches
from refractory.exposures.eras import derive_eras
from refractory.exposures.treatment import Route, UnknownRoute, has_route
from refractory.records.later import later

if TYPE_CHECKING:
    import ibis.expr.types as ir


@dataclass(frozen=True)
class CourseBefore:
    """One course of one person before day 0: a line of the proof of the refractory rule.

    Args:
        person_id: The person.
        drug: Leaf concept set of the drug.
        covered_days: Days that an exposure covers.
        mean_daily_mg: Over the days of known dose; None without any.
        adequacy: Whether it was long enough, and high enough where the study asks for a dose.
        stop_reason: Why it was stopped; None where nothing says it.
        counts: Whether it makes its drug one of those that failed.
    """

    person_id: int
    drug: str
    covered_days: int
    mean_daily_mg: float | None
    adequacy: Adequacy
    stop_reason: str | None
    counts: bool


Keep = Callable[[str, "ir.Table"], "ir.Table"]


@dataclass(frozen=True)
class DrugsTaken:
    """What the refractory rule looks at.

    Args:
        exposures: One row per exposure, from exposures.eras.derive_exposures.
        dosed: The same with their daily doses, from exposures.dose.derive_daily_doses.
        weights: One row per body weight in kg: person_id, date, value, row_id.
        labels: One row per person, item and date, from records.adjudicated.derive_final_labels.
    """

    exposures: ir.Table
    dosed: ir.Table
    weights: ir.Table
    labels: ir.Table


ANY_DRUG = "*"
UnknownReason = Literal["counts", "left out"]
DEFAULT_LEAST_DAYS = 28


class RefractoryDefinition(Definition):
    """Disease that stayed active after at least so many different drugs."""

    failed: int = Field(2, ge=1, description="Different drugs that must have been tried.")
    among: str = Field(description="Concept set with one member a drug.")
    begun: Literal["after diagnosis", "any time before day 0"] = Field(
        "after diagnosis", description="Which courses count: begun on or after the first evidence of disease, or any."
    )
    routes: tuple[Route, ...] = Field((), description="Routes that are systemic; none named: all.")
    unknown_route: UnknownRoute = Field("counts", description="What a record of unknown route does.")
    persistence: Days = Field(30, description="Longest gap that a course survives.")
    adequate: Mapping[str, AdequacyDefinition] = Field(
        default_factory=dict,
        description='What an adequate course is, by drug: "8 weeks", or at_least and dose; "*" is any other drug.',
    )
    unknown_counts: bool = Field(True, description="Whether a course of unknown length or dose counts.")
    weight: str | None = Field(None, description="Concept set of body weight, for doses per kg.")
    reasons: tuple[str, ...] = Field(
        (), description="Reasons for stopping that are a failure, as the source or the charts write them; none: all."
    )
    unknown_reason: UnknownReason = Field("counts", description="What a course that gives no reason does.")
    stopped: str | None = Field(
        None,
        description="Adjudicated item that says why a drug was stopped; the drug's name follows it: "
        '"why stopped" for "why stopped methotrexate".',
    )
    active: ActiveDefinition | None = Field(None, description="How disease still active at day 0 is known.")

    @property
    def otherwise(self) -> AdequacyDefinition:
        """What is adequate for a drug that is not named."""
        return self.adequate.get(ANY_DRUG, AdequacyDefinition(at_least=f"{DEFAULT_LEAST_DAYS} days"))

    def describe(self) -> str:
        """Say the rule as one sentence."""
        drugs = "drug" if self.failed == 1 else "different drugs"
        begun = "on or after the diagnosis and before day 0" if self.begun == "after diagnosis" else "before day 0"
        unknown = "counting" if self.unknown_counts else "not counting"
        return (
            f"At least {self.failed} {drugs} of {self.among} begun {begun}, each for an adequate time{self._at_dose} "
            f"({unknown} courses of unknown length{' or dose' if self._at_dose else ''})"
        )

    @property
    def _at_dose(self) -> str:
        return " and dose" if any(one.dose for one in (*self.adequate.values(), self.otherwise)) else ""

    def describe_adequacy(self) -> tuple[str, ...]:
        """Say what an adequate course is, drug by drug, and which reasons for stopping are a failure."""
        named = [f"{drug} {one}" for drug, one in sorted(self.adequate.items()) if drug != ANY_DRUG]
        rest = f"any other drug {self.otherwise}" if named else str(self.otherwise)
        said = [f"A course is adequate when it covers at least: {', '.join([*named, rest])}."]
        if self._at_dose:
            said.append("Days count towards it when their dose is known and high enough.")
        if any(one.dose and one.dose.per_kg for one in (*self.adequate.values(), self.otherwise)):
            said.append("A dose per kg is by the body weight nearest to the start of the course, and none after day 0.")
        if self.reasons:
            unknown = "counts" if self.unknown_reason == "counts" else "does not count"
            said.append(
                f"A course failed when it was stopped for {one_of(self.reasons)}; without a reason it {unknown}."
            )
        if self.stopped:
            said.append(
                f'Where the source gives no reason, the reviewers\' label "{self.stopped}" of the drug does, if it is '
                "dated between the start of the course and day 0."
            )
        return tuple(said)


def derive_courses_before(
    candidates: ir.Table,
    taken: DrugsTaken,
    drugs: tuple[str, ...],
    definition: RefractoryDefinition,
    keep: Keep = lambda _, table: table,
) -> ir.Table:
    """List the courses of earlier drugs that each candidate had begun before day 0, and judge each.

    Exposures are cut at the day before day 0, so that nothing after it is seen.

    Args:
        candidates: One row per candidate: person_id, day0_date, diagnosis_date.
        taken: What the persons took, what they weighed and what the charts say of it.
        drugs: Leaf concept sets, one a drug.
        definition: The refractory rule.
        keep: Is given each step under a name, and returns it, or the rows of it kept: a long expression takes longer
            to compile than the rows of a small study to compute.

    Returns:
        One row per candidate, drug and course: person_id, day0_date, diagnosis_date, concept_set, start_date,
        end_date, covered_days, exposures, has_known_end, stop_reason (of the last exposure that gives one, else what
        the charts say), least_days, least_daily_mg, mean_daily_mg, unknown_dose_days, why, adequacy (see
        exposures.adequacy.derive_course_doses), and whether the course makes its drug one of those that failed:
        counts (as the protocol says), counts_strictly (only what is known to be adequate), counts_laxly (any course
        begun in time).
    """
    courses = keep("courses_tried", _derive_courses_tried(candidates, taken.exposures, drugs, definition))
    stretches = derive_dose_stretches(_cut(candidates, taken.dosed, drugs, definition), _COURSE)
    stretches = keep("doses_tried", stretches)
    weights = taken.weights.select("person_id", "date", "value", "row_id")
    weights = weights.join(candidates.select("person_id", "day0_date"), "person_id")
    weights = weights.filter(weights.date <= weights.day0_date)
    named = {drug: definition.adequate[drug] for drug in drugs if drug in definition.adequate}
    courses = derive_course_doses(courses, stretches, weights, _COURSE, named, definition.otherwise)
    if definition.stopped:
        courses = _with_reasons_of_charts(courses, taken.labels, drugs, definition.stopped)
    return _say_what_counts(courses, definition)


_COURSE = ("person_id", "day0_date", "diagnosis_date", "concept_set")
# "2015-03-02 " stands before the reason.
_DATE_LENGTH = 11


@later
def _cut(candidates: ir.Table, rows: ir.Table, drugs: tuple[str, ...], definition: RefractoryDefinition) -> ir.Table:
    """Cut the exposures to earlier drugs at the day before day 0; why one stopped that goes on beyond it is unseen."""
    import ibis

    fits = rows.concept_set.isin(list(drugs)) & has_route(rows, definition.routes, definition.unknown_route)
    before = candidates.select("person_id", "day0_date", "diagnosis_date").join(rows.filter(fits), "person_id")
    before = before.filter(before.start_date < before.day0_date)
    is_over = before.last_covered_date <= before.day0_date
    return before.mutate(
        last_covered_date=ibis.least(before.last_covered_date, days_later(before.day0_date, -1)),
        stop_reason=ibis.ifelse(is_over, before.stop_reason, ibis.null("string")),
    )


@later
def _derive_courses_tried(
    candidates: ir.Table, exposures: ir.Table, drugs: tuple[str, ...], definition: RefractoryDefinition
) -> ir.Table:
    import ibis

    tried = _cut(candidates, exposures, drugs, definition)
    # The reason of the exposure that ends last is the one with the latest date written before it.
    tried = tried.mutate(
        stop_reason=tried.last_covered_date.cast("string") + ibis.literal(" ") + tried.stop_reason.nullif("")
    )
    courses = derive_eras(tried, definition.persistence, _COURSE)
    return courses.mutate(stop_reason=courses.stop_reason.substr(_DATE_LENGTH))


@later
def _with_reasons_of_charts(courses: ir.Table, labels: ir.Table, drugs: tuple[str, ...], item: str) -> ir.Table:
    """Take the reason for stopping from the charts where the source gives none.

    The item speaks of the drug that its name ends in, and of the person's courses of it that began on or before the
    day that the reviewer gives; an item without a day, or dated after day 0, is not used.
    """
    import ibis

    said = labels.filter(labels["value"].notnull() & labels.latest.notnull())
    names = ibis.cases(*((said.item == f"{item} {drug}".lower(), drug) for drug in drugs), else_=ibis.null("string"))
    said = said.select("person_id", "latest", reason=said["value"], concept_set=names)
    keys = ["person_id", "day0_date", "concept_set", "start_date"]
    near = courses.select(*keys).join(said, ["person_id", "concept_set"])
    near = near.filter((near.latest >= near.start_date) & (near.latest <= near.day0_date))
    reasons = near.group_by(keys).aggregate(reason=(near.latest.cast("string") + " " + near.reason).min())
    courses = courses.left_join(reasons, keys).drop(*(f"{key}_right" for key in keys))
    return courses.mutate(stop_reason=ibis.coalesce(courses.stop_reason, courses.reason.substr(_DATE_LENGTH))).drop(
        "reason"
    )


@later
def _say_what_counts(courses: ir.Table, definition: RefractoryDefinition) -> ir.Table:
    import ibis

    is_in_time: ir.BooleanValue = ibis.literal(True)
    if definition.begun == "after diagnosis":
        is_in_time = courses.start_date >= courses.diagnosis_date
    failed, failed_surely = ibis.literal(True), ibis.literal(True)
    if definition.reasons:
        reason = courses.stop_reason.lower().strip()
        failed_surely = ibis.coalesce(reason.isin([one.lower().strip() for one in definition.reasons]), False)
        failed = failed_surely
        if definition.unknown_reason == "counts":
            failed = failed | courses.stop_reason.isnull()
    is_known = courses.adequacy == Adequacy.ADEQUATE.value
    is_enough = (courses.adequacy != Adequacy.INADEQUATE.value) if definition.unknown_counts else is_known
    return courses.mutate(
        counts=is_in_time & is_enough & failed,
        counts_strictly=is_in_time & is_known & failed_surely,
        counts_laxly=is_in_time,
    )


@later
def require_failed_drugs(candidates: ir.Table, courses: ir.Table, failed: int) -> ir.Table:
    """Keep the candidates with at least `failed` different drugs whose courses count.

    Returns:
        One row per candidate that stays: its columns and drugs_before, the number of such drugs.
    """
    keys = ["person_id", "day0_date"]
    counting = courses.filter(courses.counts)
    drugs = counting.group_by(keys).aggregate(drugs_before=counting.concept_set.nunique())
    drugs = drugs.filter(drugs.drugs_before >= failed)
    return candidates.join(drugs, keys).select(*candidates.columns, "drugs_before")
