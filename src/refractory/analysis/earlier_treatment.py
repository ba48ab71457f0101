"""What was tried before day 0, and how the refractory rule reads when courses are judged otherwise."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from refractory.analysis.analysis_set import Tally
from refractory.analysis.estimates import Plan, count_of, primary_reading, read_three_ways
from refractory.analysis.results import Cell, NamedEstimate, ResultRow, ResultTable
from refractory.cohort.refractory import CourseBefore
from refractory.exposures.adequacy import Adequacy
from refractory.numbers import format_share
from refractory.outcomes.response import ResponseStatus
from refractory.statistics.location import estimate_median

_READINGS = {
    "strictly": ("Only courses known to be adequate", "only courses that are known to be adequate count"),
    "as_written": ("As the protocol says", "courses count as the protocol says"),
    "laxly": ("Any course begun in time", "every course counts, however short, low or unknown"),
}
_REASON_NOT_GIVEN = "not given"


@dataclass(frozen=True)
class EarlierTreatment:
    """What was tried before day 0.

    Args:
        courses: One per course of each person of the cohort, begun before day 0.
        answers: By reading of the refractory rule, the primary outcome of each person whom it takes.
        failed: Different drugs that must have failed.
    """

    courses: tuple[CourseBefore, ...]
    answers: Mapping[str, Sequence[ResponseStatus]]
    failed: int

    @property
    def unknown_persons(self) -> int:
        """Persons who would not be refractory if only what is known counted."""
        return len(self.answers["as_written"]) - len(self.answers["strictly"])

    @property
    def persons_by_drug(self) -> dict[str, list[int]]:
        """The persons with a course of the drug that counts, by drug."""
        persons: dict[str, list[int]] = {}
        for course in self.courses:
            own = persons.setdefault(course.drug, []) if course.counts else None
            if own is not None and course.person_id not in own:
                own.append(course.person_id)
        return persons


def estimate_readings(treatment: EarlierTreatment, plan: Plan) -> list[NamedEstimate]:
    """Estimate the size of the cohort and its response under each reading of the refractory rule."""
    estimates = []
    for name, (label, rule) in _READINGS.items():
        counts = _tally(treatment.answers[name])
        shares = read_three_ways(counts, plan.response, plan.analysis)
        estimates.append(
            NamedEstimate(
                f"refractory.{name}.persons", f"Refractory: {label.lower()}", f"Persons of the cohort when {rule}",
                "overall", "persons", count_of(counts.persons),
            )
        )  # fmt: skip
        estimates.append(
            NamedEstimate(
                f"refractory.{name}.response", f"{plan.response.name}: {label.lower()}",
                f"{plan.response.name} when {rule}", "overall", plan.response.name,
                shares[primary_reading(plan.response)],
            )
        )  # fmt: skip
    return estimates


def _tally(answers: Sequence[ResponseStatus]) -> Tally:
    counted = {status: sum(answer is status for answer in answers) for status in ResponseStatus}
    return Tally(
        counted[ResponseStatus.RESPONSE], counted[ResponseStatus.NO_RESPONSE], counted[ResponseStatus.NOT_EVALUABLE]
    )


def tabulate_readings(treatment: EarlierTreatment, plan: Plan, named: Sequence[NamedEstimate]) -> ResultTable:
    """Tabulate the stricter and the laxer reading of the refractory rule beside the protocol's own."""
    by_id = {one.id: one.estimate for one in named}
    rows = tuple(
        ResultRow(
            label,
            (
                round(by_id[f"refractory.{name}.persons"].value or 0),
                _tally(treatment.answers[name]).not_evaluable,
                by_id[f"refractory.{name}.response"],
            ),
        )
        for name, (label, _) in _READINGS.items()
    )
    drugs = "drug" if treatment.failed == 1 else "different drugs"
    footnotes = (
        f"At least {treatment.failed} {drugs} before day 0; every other criterion stays as it is. Under another "
        "reading a person may enter on another day.",
    )
    columns = ("Courses that count", "Persons", "Not evaluable", plan.response.name)
    return ResultTable("readings", "The refractory rule, read more strictly and more laxly", columns, rows, footnotes)


def tabulate_earlier_drugs(treatment: EarlierTreatment, persons: int) -> ResultTable:
    """Tabulate each drug tried before day 0: persons, courses, adequacy, length, dose and reasons for stopping."""
    by_drug: dict[str, list[CourseBefore]] = {}
    for course in treatment.courses:
        by_drug.setdefault(course.drug, []).append(course)
    rows: list[ResultRow] = []
    order = sorted(by_drug, key=lambda drug: (-len({one.person_id for one in by_drug[drug]}), drug))
    for drug in order:
        courses = by_drug[drug]
        doses = [one.mean_daily_mg for one in courses if one.mean_daily_mg is not None]
        cells: tuple[Cell, ...] = (
            format_share(len({one.person_id for one in courses}), persons),
            len(courses),
            format_share(sum(one.adequacy is Adequacy.ADEQUATE for one in courses), len(courses)),
            estimate_median([float(one.covered_days) for one in courses]),
            estimate_median(doses) if doses else "not known",
            _say_reasons(courses),
        )
        rows.append(ResultRow(f"{drug[:1].upper()}{drug[1:]}", cells))
    unknown = sum(one.adequacy is Adequacy.UNKNOWN for one in treatment.courses)
    columns = ("Drug", "Persons", "Courses", "Adequate", "Days covered", "Mg a day", "Stopped for")
    footnotes = (
        "Courses begun before day 0, cut at the day before it; days and mg a day are medians (quartiles) over courses, "
        "glucocorticoids in mg of prednisone. Stopped for: courses by the reason that the source or the charts give.",
        f"Of {len(treatment.courses)} courses {unknown} {'is' if unknown == 1 else 'are'} not known to be adequate or "
        "not: an end or a dose that decides is not known.",
    )
    return ResultTable("earlier_drugs", "Drugs tried before day 0", columns, tuple(rows), footnotes)


def _say_reasons(courses: Sequence[CourseBefore]) -> str:
    counts: dict[str, int] = {}
    for course in courses:
        reason = (course.stop_reason or "").strip().lower()
        if reason:
            counts[reason] = counts.get(reason, 0) + 1
    order = sorted(counts, key=lambda reason: (-counts[reason], reason))
    return ", ".join(f"{reason} {counts[reason]}" for reason in order) or _REASON_NOT_GIVEN
