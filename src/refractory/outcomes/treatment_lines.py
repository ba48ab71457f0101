"""The systemic treatment of each person of the cohort: its lines before day 0, its courses on all days."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from refractory.cohort.criteria import Leaves
from refractory.exposures.courses import derive_courses, derive_exposures_before, derive_systemic_exposures
from refractory.exposures.line_definition import LineDefinition
from refractory.exposures.lines_of_person import Course, Line, derive_lines_of_person
from refractory.records.later import later
from refractory.records.store import Store

if TYPE_CHECKING:
    import ibis.expr.types as ir

_PERSON = ["person_id", "day0_date", "diagnosis_date"]
_COURSE = ["drug", "start_date", "end_date", "covered_days", "has_known_end"]


@dataclass(frozen=True)
class SystemicTreatment:
    """What one person took of the drugs that make lines.

    Args:
        lines: Lines before day 0; nothing from day 0 on has a part in them.
        courses: Courses on all days of the record, by drug, each drug's in order of start.
    """

    lines: tuple[Line, ...]
    courses: Mapping[str, Sequence[Course]]


def read_systemic_treatment(store: Store, leaves: Leaves, definition: LineDefinition) -> dict[int, SystemicTreatment]:
    """Return what each person of the cohort took of the drugs that make lines.

    Args:
        store: Holds `exposures` and `cohort`.
        leaves: The leaf concept sets of each concept set.
        definition: What makes a line.

    Returns:
        The treatment by person; a person without any such drug is absent.
    """
    exposures = derive_systemic_exposures(store.table("exposures"), leaves[definition.among], definition)
    courses = _derive_both(exposures, store.table("cohort").select(_PERSON), definition)
    before: dict[int, list[Course]] = {}
    always: dict[int, dict[str, list[Course]]] = {}
    day0: dict[int, date] = {}
    order = ["person_id", "is_before", "start_date", "drug"]
    for person, day0_date, diagnosis_date, is_before, *row in store.rows(courses.order_by(order)):
        course = Course(*row)
        day0[person] = day0_date
        if not is_before:
            always.setdefault(person, {}).setdefault(course.drug, []).append(course)
        elif definition.begun == "any time before day 0" or course.start_date >= diagnosis_date:
            before.setdefault(person, []).append(course)
    return {
        person: SystemicTreatment(
            lines=derive_lines_of_person(
                before.get(person, []), definition, seen_until_date=day0[person] - timedelta(days=1)
            ),
            courses=own,
        )
        for person, own in always.items()
    }


@later
def _derive_both(exposures: ir.Table, cohort: ir.Table, definition: LineDefinition) -> ir.Table:
    """Derive the courses twice in one query: from the exposures cut at the day before day 0, and from all of them."""
    import ibis

    before = derive_exposures_before(exposures, cohort).mutate(is_before=ibis.literal(True))
    always = exposures.mutate(is_before=ibis.literal(False))
    # A union goes by place, not by name.
    both = ibis.union(before, always.select(before.columns), distinct=False)
    courses = derive_courses(both, definition, ("person_id", "is_before", "drug"))
    return cohort.join(courses, "person_id").select(*_PERSON, "is_before", *_COURSE)
