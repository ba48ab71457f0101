"""The refractory rule, and the proof of it for each person."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from refractory.cohort.criteria import in_window
from refractory.dates import Days, Window, WindowDays, say_days
from refractory.definition import Definition
from refractory.exposures.days import days_later
from refractory.exposures.eras import derive_eras
from refractory.exposures.treatment import Route, UnknownRoute, has_route

if TYPE_CHECKING:
    import ibis.expr.types as ir

ANY_DRUG = "*"
DEFAULT_LEAST_DAYS = 28


class ActiveDefinition(Definition):
    """Disease still active at day 0: the chart says so, else the score, else the treatment's own indication."""

    label: str | None = Field(None, description="Adjudicated item that says whether the disease was active.")
    positive: tuple[str, ...] = Field(("yes",), description="Values of the item that mean active.")
    window: WindowDays = Field(Window(-90, 0), description="Days around day 0 from which the item is taken.")
    score: str | None = Field(None, description="Concept set of a score, for persons without the item.")
    at_least: float | None = Field(None, description="A score of at least this is active disease.")
    score_window: WindowDays = Field(Window(-90, 0), description="Days around day 0 from which the score is taken.")
    otherwise: Literal["counts", "left out"] = Field(
        "counts", description="Without item and score: the treatment is its own indication, or the person is out."
    )

    def describe(self) -> str:
        """Say the rule as one sentence."""
        ways = []
        if self.label:
            ways.append(f'the charts\' last "{self.label}" on {self.window}')
        if self.score and self.at_least is not None:
            ways.append(f"a last {self.score} of at least {self.at_least:g} on {self.score_window}")
        rest = "the treatment itself" if self.otherwise == "counts" else "not taken as active"
        return f"Disease active at day 0 by {', else '.join([*ways, rest])}"


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
    adequate: Mapping[str, Days] = Field(
        default_factory=dict, description='Least covered days of an adequate course, by drug; "*" is any other drug.'
    )
    unknown_counts: bool = Field(True, description="Whether a course of unknown length counts.")
    active: ActiveDefinition | None = Field(None, description="How disease still active at day 0 is known.")

    def least_days(self, drug: str) -> int:
        """Return the least covered days of an adequate course of a drug."""
        return self.adequate.get(drug, self.adequate.get(ANY_DRUG, DEFAULT_LEAST_DAYS))

    def describe(self) -> str:
        """Say the rule as one sentence."""
        drugs = "drug" if self.failed == 1 else "different drugs"
        begun = "on or after the diagnosis and before day 0" if self.begun == "after diagnosis" else "before day 0"
        unknown = "counting" if self.unknown_counts else "not counting"
        return (
            f"At least {self.failed} {drugs} of {self.among} begun {begun}, each for an adequate time "
            f"({unknown} courses of unknown length)"
        )

    def describe_adequacy(self) -> str:
        """Say the least length of an adequate course, drug by drug."""
        named = [f"{drug} {say_days(days)}" for drug, days in sorted(self.adequate.items()) if drug != ANY_DRUG]
        least = say_days(self.least_days(ANY_DRUG))
        rest = f"any other drug {least}" if named else least
        return f"A course is adequate when it covers at least: {', '.join([*named, rest])}."


def derive_courses_before(
    candidates: ir.Table, exposures: ir.Table, drugs: tuple[str, ...], definition: RefractoryDefinition
) -> ir.Table:
    """List the courses of earlier drugs that each candidate had begun before day 0, and judge each.

    Exposures are cut at the day before day 0, so that nothing after it is seen.

    Args:
        candidates: One row per candidate: person_id, day0_date, diagnosis_date.
        exposures: One row per exposure, from exposures.eras.derive_exposures.
        drugs: Leaf concept sets, one a drug.
        definition: The refractory rule.

    Returns:
        One row per candidate, drug and course: person_id, day0_date, diagnosis_date, concept_set, start_date,
        end_date, covered_days, exposures, has_known_end, stop_reason, least_days, adequacy (ADEQUATE, INADEQUATE,
        UNKNOWN), counts (whether the course makes its drug one of those that failed).
    """
    import ibis

    tried = exposures.filter(
        exposures.concept_set.isin(list(drugs)) & has_route(exposures, definition.routes, definition.unknown_route)
    )
    tried = candidates.select("person_id", "day0_date", "diagnosis_date").join(tried, "person_id")
    tried = tried.filter(tried.start_date < tried.day0_date)
    tried = tried.mutate(last_covered_date=ibis.least(tried.last_covered_date, days_later(tried.day0_date, -1)))
    same = ("person_id", "day0_date", "diagnosis_date", "concept_set")
    courses = derive_eras(tried, definition.persistence, same)
    named = [(drug, definition.least_days(drug)) for drug in drugs if drug in definition.adequate]
    least: ir.IntegerValue = ibis.literal(definition.least_days(ANY_DRUG))
    if named:
        least = ibis.cases(*((courses.concept_set == drug, days) for drug, days in named), else_=least)
    courses = courses.mutate(least_days=least.cast("int64"))
    adequacy = ibis.cases(
        (courses.covered_days >= courses.least_days, "ADEQUATE"),
        (~courses.has_known_end, "UNKNOWN"),
        else_="INADEQUATE",
    )
    courses = courses.mutate(adequacy=adequacy)
    is_enough = courses.adequacy.isin(["ADEQUATE", "UNKNOWN"] if definition.unknown_counts else ["ADEQUATE"])
    if definition.begun == "after diagnosis":
        is_enough = is_enough & (courses.start_date >= courses.diagnosis_date)
    return courses.mutate(counts=is_enough)


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


def classify_activity(
    candidates: ir.Table, labels: ir.Table, scores: ir.Table, definition: ActiveDefinition
) -> ir.Table:
    """Say of each candidate whether the disease was active at day 0, and by what it is known.

    Args:
        candidates: One row per candidate: person_id, day0_date.
        labels: One row per person, item and date, from records.adjudicated.derive_final_labels.
        scores: One row per measurement of the score: person_id, date, value, row_id.
        definition: The rule.

    Returns:
        One row per candidate: person_id, day0_date, is_active, known_by ("chart", "score", "treatment").
    """
    import ibis

    keys = ["person_id", "day0_date"]
    said = labels.filter((labels.item == (definition.label or "").lower()) & labels["value"].notnull())
    said = candidates.select(*keys).join(said, "person_id")
    fits = in_window(said.earliest.delta(said.day0_date, unit="day"), definition.window)
    said = said.filter(fits & in_window(said.latest.delta(said.day0_date, unit="day"), definition.window))
    latest = ibis.window(group_by=keys, order_by=[said.latest.desc(), said.earliest.desc(), "value"])
    said = said.mutate(rank=ibis.row_number().over(latest))
    positive = [text.lower() for text in definition.positive]
    said = said.filter(said["rank"] == 0).select(*keys, by_chart=said["value"].isin(positive))

    seen = candidates.select(*keys).join(scores, "person_id")
    seen = seen.filter(in_window(seen.date.delta(seen.day0_date, unit="day"), definition.score_window))
    seen = seen.filter(seen["value"].notnull() & (seen.date <= seen.day0_date))
    last = ibis.window(group_by=keys, order_by=[seen.date.desc(), seen.row_id.desc()])
    seen = seen.mutate(rank=ibis.row_number().over(last))
    threshold = definition.at_least if definition.at_least is not None else 0.0
    seen = seen.filter(seen["rank"] == 0).select(*keys, by_score=seen["value"] >= threshold)

    known = candidates.select(*keys).left_join(said, keys).drop("person_id_right", "day0_date_right")
    known = known.left_join(seen, keys).drop("person_id_right", "day0_date_right")
    return known.select(
        *keys,
        is_active=ibis.coalesce(known.by_chart, known.by_score, definition.otherwise == "counts"),
        known_by=ibis.cases(
            (known.by_chart.notnull(), "chart"), (known.by_score.notnull(), "score"), else_="treatment"
        ),
    )
