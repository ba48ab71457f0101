"""Lines before day 0 and courses on all days, from the exposures of a cohort."""

from __future__ import annotations

from tests.tables import fill

from refractory.exposures.eras import derive_exposures
from refractory.exposures.line_definition import LineDefinition
from refractory.outcomes.treatment_lines import SystemicTreatment, read_systemic_treatment
from refractory.records.store import Store

LEAVES = {"systemic treatment": ("glucocorticoid", "methotrexate", "dapsone")}
COHORT = {"person_id": "int64", "day0_date": "date", "diagnosis_date": "date"}


def _read(drugs: str, cohort: str, **chosen) -> dict[int, SystemicTreatment]:
    store = Store()
    store.keep("exposures", derive_exposures(fill(store, "drug", drugs)))
    fill(store, "cohort", cohort, COHORT)
    return read_systemic_treatment(store, LEAVES, LineDefinition(among="systemic treatment", **chosen))


def _say(treatment: SystemicTreatment) -> list[tuple[str, str, str, str]]:
    return [(one.regimen, str(one.start_date), str(one.end_date), one.begins.value) for one in treatment.lines]


ONE_PERSON = """
    person_id | day0_date  | diagnosis_date
    1         | 2020-06-01 | 2020-02-01
"""


def test_a_line_ends_on_the_day_before_day_0_and_the_course_goes_on():
    found = _read(
        """
        person_id | concept_set    | start_date | end_date
        1         | glucocorticoid | 2020-03-01 | 2020-12-31
        1         | methotrexate   | 2020-06-01 | 2020-12-31
        """,
        ONE_PERSON,
    )[1]
    assert _say(found) == [("glucocorticoid", "2020-03-01", "2020-05-31", "first")]
    assert {drug: [str(course.end_date) for course in own] for drug, own in found.courses.items()} == {
        "glucocorticoid": ["2020-12-31"],
        "methotrexate": ["2020-12-31"],
    }


def test_a_drug_begun_30_days_before_day_0_is_undecided_while_the_old_one_runs_and_31_days_before_an_add_on():
    """The last day that is seen, 31 May, is 30 days after 1 May; from 2 May on the overlap ends on day 0 or later."""
    for begun, expected in (("2020-05-01", "add-on"), ("2020-05-02", "undecided")):
        found = _read(
            f"""
            person_id | concept_set    | start_date | end_date
            1         | glucocorticoid | 2020-03-01 | 2020-12-31
            1         | methotrexate   | {begun}    | 2020-12-31
            """,
            ONE_PERSON,
        )
        assert [line[3] for line in _say(found[1])] == ["first", expected]


def test_a_gap_that_ends_after_day_0_is_a_gap_before_it():
    """Before day 0 the drug had ended on 30 April; that it was taken up again later is known only afterwards."""
    found = _read(
        """
        person_id | concept_set  | start_date | end_date
        1         | methotrexate | 2020-03-01 | 2020-04-30
        1         | methotrexate | 2020-06-15 | 2020-12-31
        """,
        ONE_PERSON,
    )[1]
    assert _say(found) == [("methotrexate", "2020-03-01", "2020-04-30", "first")]
    assert [str(course.end_date) for course in found.courses["methotrexate"]] == ["2020-12-31"]


def test_a_course_begun_before_the_diagnosis_makes_a_line_only_where_the_protocol_says_so():
    drugs = """
        person_id | concept_set    | start_date | end_date
        1         | glucocorticoid | 2020-01-31 | 2020-12-31
        1         | methotrexate   | 2020-02-01 | 2020-12-31
    """
    after = _read(drugs, ONE_PERSON)[1]
    always = _read(drugs, ONE_PERSON, begun="any time before day 0")[1]
    assert [line[0] for line in _say(after)] == ["methotrexate"]
    assert [line[0] for line in _say(always)] == ["glucocorticoid + methotrexate"]


def test_each_person_is_cut_at_their_own_day_0_and_others_are_left_alone():
    found = _read(
        """
        person_id | concept_set    | start_date | end_date
        1         | glucocorticoid | 2020-03-01 | 2020-03-30
        1         | dapsone        | 2020-05-01 | 2020-05-30
        2         | glucocorticoid | 2020-03-01 | 2020-03-30
        2         | dapsone        | 2020-05-01 | 2020-05-30
        3         | dapsone        | 2020-05-01 | 2020-05-30
        4         | ointment       | 2020-05-01 | 2020-05-30
        """,
        """
        person_id | day0_date  | diagnosis_date
        1         | 2020-06-01 | 2020-02-01
        2         | 2020-05-01 | 2020-02-01
        4         | 2020-06-01 | 2020-02-01
        """,
    )
    assert sorted(found) == [1, 2]
    assert [line[0] for line in _say(found[1])] == ["glucocorticoid", "dapsone"]
    assert [line[0] for line in _say(found[2])] == ["glucocorticoid"]
