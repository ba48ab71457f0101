"""Adequate courses: long enough, and at a dose that is high enough where the study asks for one."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BeforeValidator, Field, GetJsonSchemaHandler, WithJsonSchema, model_validator

from refractory.dates import Days, say_days
from refractory.definition import Definition
from refractory.records.later import later

if TYPE_CHECKING:
    import ibis.expr.types as ir

_DOSE = re.compile(r"^\s*(\d+(?:\.\d+)?)\s*mg(/kg)?\s+(?:per|a)\s+(day|week)\s*$")
_DAYS_PER = {"day": 1, "week": 7}
# A dose that is exactly the least one stays so after division.
_ROUNDING_MG = 1e-9


class Adequacy(StrEnum):
    """Whether a course was long enough and high enough."""

    ADEQUATE = "ADEQUATE"
    INADEQUATE = "INADEQUATE"
    UNKNOWN = "UNKNOWN"


@dataclass(frozen=True)
class LeastDose:
    """The least dose of an adequate course.

    Args:
        mg: The number as written.
        per_kg: True when it is for each kg of body weight.
        days: Days that the number is for: 1 for a daily dose, 7 for a weekly one.
    """

    mg: float
    per_kg: bool
    days: int

    def __str__(self) -> str:
        weight = "/kg" if self.per_kg else ""
        return f"{self.mg:g} mg{weight} per {'day' if self.days == 1 else 'week'}"

    @property
    def mg_per_day(self) -> float:
        """Mg a day, of each kg where it is by weight."""
        return self.mg / self.days


def _read_dose(value: Any) -> LeastDose:
    if isinstance(value, LeastDose):
        return value
    found = _DOSE.match(value) if isinstance(value, str) else None
    if not found or float(found[1]) == 0:
        raise ValueError(f'a least dose is written like "15 mg per week" or "1.5 mg/kg per day", not {value!r}')
    return LeastDose(float(found[1]), bool(found[2]), _DAYS_PER[found[3]])


Dose = Annotated[
    LeastDose,
    BeforeValidator(_read_dose),
    WithJsonSchema({"type": "string", "pattern": _DOSE.pattern, "examples": ["15 mg per week", "1.5 mg/kg per day"]}),
]


class AdequacyDefinition(Definition):
    """The least length of an adequate course, and the least dose; a duration alone when only the length counts."""

    at_least: Days = Field(description="Least days that the course covers, at the dose when one is named.")
    dose: Dose | None = Field(
        None,
        description='Least dose, like "15 mg per week", "1.5 mg/kg per day"; of a glucocorticoid in mg of prednisone.',
    )

    @model_validator(mode="before")
    @classmethod
    def _reads_a_duration(cls, value: Any) -> Any:
        return {"at_least": value} if isinstance(value, str) else value

    @classmethod
    def __get_pydantic_json_schema__(cls, core_schema: Any, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        whole = handler(core_schema)
        duration = handler.resolve_ref_schema(whole)["properties"]["at_least"]
        return {"anyOf": [{key: duration[key] for key in ("type", "pattern", "examples")}, whole]}

    def __str__(self) -> str:
        return say_days(self.at_least) + (f" at {self.dose} or more" if self.dose else "")


@later
def derive_course_doses(
    courses: ir.Table,
    stretches: ir.Table,
    weights: ir.Table,
    same: Sequence[str],
    adequate: Mapping[str, AdequacyDefinition],
    otherwise: AdequacyDefinition,
) -> ir.Table:
    """Judge each course by the days that it covers and by the doses of these days.

    A course is adequate when it covers at least so many days; where the study names a least dose, when the days at
    that dose or above are as many. It is unknown when an end is not known, or when days of unknown dose would make it
    adequate; unknown is neither zero nor enough.

    Args:
        courses: One row per course, from exposures.eras.derive_eras: the columns of `same`, start_date, end_date,
            covered_days, has_known_end.
        stretches: One row per stretch of equal dose, from exposures.dose.derive_dose_stretches: the columns of `same`,
            from_date, until_date, daily_mg, unknown; of the exposures that make the courses.
        weights: One row per weight that may be used: those columns of `same` that it has, person_id at least, date,
            value in kg, row_id.
        same: Columns that tell one sequence of courses from another; concept_set, the drug, is one of them.
        adequate: What is adequate, by drug.
        otherwise: What is adequate for any other drug.

    Returns:
        One row per course: the columns of `courses`, least_days, least_daily_mg (null where no dose is asked for or
        the weight is not known), mean_daily_mg (over the days of known dose; null when there is none),
        unknown_dose_days, adequacy, why (of a course that is not adequate: too short, end not known, dose too low,
        dose not known; null of one that is).
    """
    import ibis

    asked = [one.dose for one in (*adequate.values(), otherwise) if one.dose]
    if any(dose.per_kg for dose in asked):
        courses = _with_weight(courses, weights, same)
    drug = courses.concept_set
    least_days = [(drug == name, one.at_least) for name, one in adequate.items()]
    asks_dose = [(drug == name, one.dose is not None) for name, one in adequate.items()]
    courses = courses.mutate(
        least_days=_by_drug(least_days, otherwise.at_least).cast("int64"),
        asks_dose=_by_drug(asks_dose, otherwise.dose is not None),
        least_daily_mg=_least_mg(courses, adequate, otherwise),
    )
    doses = _count_dose_days(courses, stretches, same)
    keys = [*same, "start_date"]
    judged = courses.left_join(doses, keys).drop(*(f"{key}_right" for key in keys))
    judged = judged.mutate(
        mean_daily_mg=ibis.ifelse(judged.known_days > 0, judged.mg / judged.known_days.nullif(0), ibis.null("float64")),
        enough_days=ibis.ifelse(judged.asks_dose, judged.dose_days, judged.covered_days),
        possible_days=ibis.ifelse(
            judged.asks_dose & judged.least_daily_mg.isnull(),
            judged.covered_days,
            judged.dose_days + judged.open_days,
        ),
    )
    is_long = judged.covered_days >= judged.least_days
    why = ibis.cases(
        (judged.enough_days >= judged.least_days, ""),
        (~judged.has_known_end, "end not known"),
        (~is_long, "too short"),
        (judged.possible_days >= judged.least_days, "dose not known"),
        else_="dose too low",
    )
    judged = judged.mutate(why=why)
    adequacy = ibis.cases(
        (judged.why == "", Adequacy.ADEQUATE.value),
        (judged.why.isin(["end not known", "dose not known"]), Adequacy.UNKNOWN.value),
        else_=Adequacy.INADEQUATE.value,
    )
    return judged.mutate(adequacy=adequacy, why=judged.why.nullif("")).drop(
        "asks_dose", "mg", "known_days", "dose_days", "open_days", "enough_days", "possible_days"
    )


def _count_dose_days(courses: ir.Table, stretches: ir.Table, same: Sequence[str]) -> ir.Table:
    """Count the days of each course by what is known of their dose."""
    import ibis

    near = courses.select(*same, "start_date", "end_date", "least_daily_mg").join(stretches, list(same))
    near = near.filter((near.from_date >= near.start_date) & (near.from_date <= near.end_date))
    near = near.mutate(days=near.until_date.delta(near.from_date, unit="day") + 1)
    is_known = near.unknown == 0
    is_enough = ibis.coalesce(near.daily_mg >= near.least_daily_mg - _ROUNDING_MG, False)
    return near.group_by([*same, "start_date"]).aggregate(
        mg=ibis.ifelse(is_known, near.daily_mg * near.days, 0.0).sum(),
        known_days=ibis.ifelse(is_known, near.days, 0).sum().cast("int64"),
        dose_days=ibis.ifelse(is_enough, near.days, 0).sum().cast("int64"),
        unknown_dose_days=ibis.ifelse(is_known, 0, near.days).sum().cast("int64"),
        # Days whose known part is too low and whose unknown part may make up for it.
        open_days=ibis.ifelse(~is_known & ~is_enough, near.days, 0).sum().cast("int64"),
    )


def _by_drug(named: list[tuple[Any, Any]], otherwise: Any) -> Any:
    import ibis

    return ibis.cases(*named, else_=otherwise) if named else ibis.literal(otherwise)


def _least_mg(courses: ir.Table, adequate: Mapping[str, AdequacyDefinition], otherwise: AdequacyDefinition) -> Any:
    """Say the least mg a day of each course; null where no dose is asked for or the weight is not known."""
    import ibis

    def least(one: AdequacyDefinition) -> Any:
        if one.dose is None:
            return ibis.null("float64")
        mg = ibis.literal(one.dose.mg_per_day)
        return courses.weight_kg * mg if one.dose.per_kg else mg

    named = [(courses.concept_set == name, least(one)) for name, one in adequate.items() if one.dose]
    return ibis.cases(*named, else_=least(otherwise)) if named else least(otherwise)


def _with_weight(courses: ir.Table, weights: ir.Table, same: Sequence[str]) -> ir.Table:
    """Give each course the weight nearest to its start; of two equally near the earlier one."""
    import ibis

    keys = [*same, "start_date"]
    of_whom = [column for column in same if column in weights.columns]
    near = courses.select(*keys).join(weights.select(*of_whom, "date", "value", "row_id"), of_whom)
    near = near.mutate(distance=near.date.delta(near.start_date, unit="day").abs(), weight_kg=near["value"])
    near = near.filter(near.weight_kg > 0)
    nearest = ibis.window(group_by=keys, order_by=["distance", "date", "row_id"])
    near = near.mutate(rank=ibis.row_number().over(nearest))
    near = near.filter(near["rank"] == 0).select(*keys, "weight_kg")
    return courses.left_join(near, keys).drop(*(f"{key}_right" for key in keys))
