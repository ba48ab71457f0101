"""Table 1: who the persons were, by stratum and by response, what is missing, and how unlike the groups are."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from math import inf

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from refractory.analysis.baseline_tables import analyse_baseline
from refractory.analysis.estimates import Plan
from refractory.analysis.results import Findings, PrintedEstimate
from refractory.cohort.strata import UNDECIDED, StratumDefinition
from refractory.outcomes.assess import Patient
from refractory.outcomes.durability import FollowUp
from refractory.outcomes.follow_up_definition import FollowUpDefinition
from refractory.outcomes.followed import Followed
from refractory.outcomes.sparing import DoseInWindow, Sparing, SparingClass, SparingDefinition
from refractory.report.tables import tabulate_results
from refractory.statistics.balance import (
    estimate_standardised_difference,
    estimate_standardised_difference_of_categories,
    estimate_standardised_difference_of_proportions,
)
from refractory.statistics.estimate import EstimateKind
from spec.analysis.test_analysis import DAY_0, NO, OPEN, PLAN, YES, _patient, _patients

NO_GROUPS = replace(PLAN, strata=(), subtypes=())


def _told(found: Findings, table: int = 0) -> dict[str, list[str]]:
    """Print a table: the cells of each row by its label, and by "heading: label" where it stands under one."""
    rows: dict[str, list[str]] = {}
    heading = ""
    for group in tabulate_results(found.tables[table]).groups:
        for row in group:
            heading = row.label if row.indent == 0 else heading
            label = row.label if row.indent == 0 else f"{heading}: {row.label}"
            rows[label] = [f"{cell.text} {cell.bracket}".strip() for cell in row.cells]
    return rows


def _with(patients: list[Patient], number: int, **changes: object) -> list[Patient]:
    changed = replace(patients[number], member=replace(patients[number].member, **changes))
    return [*patients[:number], changed, *patients[number + 1 :]]


def _analyse(patients: list[Patient], plan: Plan = PLAN, drugs: dict[str, list[int]] | None = None) -> Findings:
    return analyse_baseline(patients, plan, drugs or {})


def _estimates(found: Findings):
    return {one.id: one.estimate for one in found.estimates}


def test_the_columns_are_everybody_each_stratum_and_the_difference_then_the_answers():
    by_stratum, by_response = _analyse(_patients(6, 3, 2)).tables
    assert by_stratum.columns == (
        "", "All (n = 11)", "With muscle (n = 5)", "Skin alone (n = 6)", "Standardised difference (95 % CI)",
    )  # fmt: skip
    assert by_response.columns == (
        "", "Responders (n = 6)", "Non-responders (n = 3)", "Not evaluable (n = 2)",
        "Standardised difference (95 % CI)",
    )  # fmt: skip


def test_a_number_has_its_mean_its_median_and_what_is_missing():
    patients = _patients(6, 3, 2)
    patients = _with(patients, 0, birth_earliest=None)
    told = _told(_analyse(patients))
    assert told["Age at day 0, years: mean ± SD"][0] == "50.0 ± 0.0"
    assert told["Age at day 0, years: missing"] == ["1/11 (9 %)", "0/5 (0 %)", "1/6 (17 %)", ""]
    assert told["Drugs before day 0: median (quartiles)"][0] == "3.0 (2.5 to 4.0)"
    assert "Drugs before day 0: missing" not in told


def test_a_share_is_of_the_persons_of_whom_it_is_known():
    patients = _with(_patients(6, 4, 0), 0, sex="unknown")
    told = _told(_analyse(patients))
    assert told["Female"][0] == "4/9 (44 %)"
    assert told["Female: missing"][0] == "1/10 (10 %)"


def test_a_feature_that_cannot_be_decided_is_missing_and_not_absent():
    patients = _with(_patients(6, 4, 0), 1, features={"muscle": None, "lung": False})
    told = _told(_analyse(patients))
    assert told["At day 0: Muscle"][0] == "4/9 (44 %)"
    assert told["At day 0: missing"][0] == "1/10 (10 %)"


def test_the_standardised_differences_are_those_of_the_groups():
    patients = _patients(6, 4, 2)
    found = _estimates(_analyse(patients))
    drugs = {
        status: [float(one.member.drugs_before) for one in patients if one.response.status is status]
        for status in (YES, NO)
    }
    assert found["drugs_before.difference.by_response"] == estimate_standardised_difference(drugs[YES], drugs[NO])
    assert found["baseline.female.difference.by_response"] == estimate_standardised_difference_of_proportions(
        3, 6, 2, 4
    )
    expected = estimate_standardised_difference_of_categories([3, 3], [2, 2])
    assert found["baseline.subtype.difference.by_response"] == expected


def test_the_difference_of_a_table_is_that_of_its_own_groups():
    table = _analyse(_patients(6, 4, 2)).tables[1]
    row = next(row for row in table.rows if row.label == "Female")
    assert row.cells[-1] == PrintedEstimate(
        estimate_standardised_difference_of_proportions(3, 6, 2, 4), 2, has_level_in_head=True
    )


def test_the_level_of_the_protocol_is_that_of_the_differences():
    plan = replace(PLAN, analysis=PLAN.analysis.model_copy(update={"level": 0.9}))
    found = _analyse(_patients(6, 4, 2), plan)
    assert {one.estimate.level for one in found.estimates if ".difference" in one.id} <= {0.9, None}
    said = " ".join((*found.tables[0].columns, *found.tables[0].footnotes))
    assert "(90 % CI)" in said
    assert "95 %" not in said


def test_what_the_strata_are_made_of_has_no_difference_between_them_but_has_one_between_the_answers():
    found = _analyse(_patients(6, 4, 2))
    ids = set(_estimates(found))
    assert "baseline.feature.muscle.difference" not in ids
    assert "baseline.stratum.difference" not in ids
    assert {"baseline.feature.muscle.difference.by_response", "baseline.stratum.difference.by_response"} <= ids
    assert "Stratum" not in _told(found)
    assert "Stratum" in _told(found, 1)


def test_what_follows_day_0_is_described_and_not_compared():
    found = _analyse(_patients(6, 4, 2))
    assert not [name for name in _estimates(found) if name.startswith("baseline.cycles.difference")]
    assert _told(found)["From day 0 on: mean ± SD"][0].startswith("2")


def test_of_more_than_two_strata_the_two_furthest_apart_are_told():
    strata = tuple(StratumDefinition(name=name, any=[name]) for name in ("a", "b", "c"))
    plan = replace(PLAN, strata=strata, subtypes=())
    patients = [
        replace(one, member=replace(one.member, stratum="abc"[n % 3], drugs_before=2 + 5 * (n % 3) + n % 2))
        for n, one in enumerate(_patients(9, 9, 0))
    ]
    found = _analyse(patients, plan)
    numbers = {
        name: [float(one.member.drugs_before) for one in patients if one.member.stratum == name] for name in "abc"
    }
    named = next(one for one in found.estimates if one.id == "drugs_before.difference")
    assert named.estimate == estimate_standardised_difference(numbers["a"], numbers["c"])
    assert "a minus c, the furthest apart of 3 pairs" in named.rule
    assert found.tables[0].columns[-1] == "Largest standardised difference (95 % CI)"


def test_who_is_undecided_and_who_is_not_evaluable_is_shown_and_not_compared():
    patients = [
        replace(one, member=replace(one.member, stratum=UNDECIDED if n < 2 else one.member.stratum))
        for n, one in enumerate(_patients(6, 4, 3))
    ]
    found = _analyse(patients)
    assert f"{UNDECIDED} (n = 2)" in found.tables[0].columns
    assert found.tables[0].columns[-1] == "Standardised difference (95 % CI)"
    without = _estimates(_analyse(patients[2:]))["drugs_before.difference"]
    assert _estimates(found)["drugs_before.difference"] == without
    assert any("Not evaluable: shown and not compared" in note for note in found.tables[1].footnotes)


def test_a_characteristic_that_parts_the_groups_wholly_is_infinitely_different_and_says_why():
    patients = [
        replace(one, member=replace(one.member, sex="female" if one.response.status is YES else "male"))
        for one in _patients(5, 5, 0)
    ]
    found = _analyse(patients)
    assert _estimates(found)["baseline.female.difference.by_response"].value == inf
    printed = tabulate_results(found.tables[1])
    cell = next(row for group in printed.groups for row in group if row.label == "Female").cells[-1]
    assert cell.text == "∞"
    assert [note.text for note in printed.notes if note.sign == cell.sign and cell.sign] == [
        "No person differs from another within a group, so that there is no spread to measure by."
    ]


def test_without_strata_there_is_one_column_and_no_difference():
    found = _analyse(_patients(6, 4, 2), NO_GROUPS)
    assert found.tables[0].columns == ("", "All (n = 12)")
    assert {len(row.cells) for row in found.tables[0].rows} == {1}
    assert not [one for one in found.estimates if one.id.endswith(".difference")]


@pytest.mark.parametrize(("yes", "no", "open_"), [(0, 0, 0), (1, 0, 0), (0, 0, 1), (5, 0, 0), (1, 1, 0), (0, 1, 4)])
def test_the_smallest_cohorts_have_a_table_without_a_made_up_number(yes, no, open_):
    found = _analyse(_patients(yes, no, open_))
    assert found.tables[0].columns[1] == f"All (n = {yes + no + open_})"
    for table in found.tables:
        assert {len(row.cells) for row in table.rows} <= {len(table.columns) - 1}
    differences = [one.estimate for one in found.estimates if ".difference" in one.id]
    assert all(one.value is None or one.value == 0 or one.lower is not None or one.note for one in differences)
    if not (yes and no):
        assert not [one for one in found.estimates if one.id.endswith("difference.by_response")]


def test_missing_everywhere_is_all_missing_and_not_none_of_none():
    patients = [replace(one, baseline={"Score": None}) for one in _patients(3, 2, 0)]
    told = _told(_analyse(patients))
    assert told["Score: mean ± SD"][0] == "not estimable (n = 0)"
    assert told["Score: missing"][:2] == ["5/5 (100 %)", "2/2 (100 %)"]


def test_drugs_stand_from_the_most_frequent_down_and_are_counted_by_person():
    found = _analyse(_patients(3, 2, 0), drugs={"rituximab": [1], "methotrexate": [1, 2, 5]})
    told = _told(found)
    under = [label for label in told if label.startswith("Drugs that failed before day 0: ")]
    assert [label.rpartition(": ")[2] for label in under] == ["Methotrexate", "Rituximab"]
    assert told["Drugs that failed before day 0: Methotrexate"][0] == "3/5 (60 %)"


def test_the_score_that_is_followed_has_its_baseline_and_is_not_said_twice():
    plan = replace(PLAN, follow_up=FollowUpDefinition(score="CDASI"))
    patients = [replace(one, followed=Followed(FollowUp(seen_until_day=400), 20.0 + one.member.person_id, {}))
                for one in _patients(2, 1, 0)]  # fmt: skip
    assert _told(_analyse(patients, plan))["CDASI at baseline: median (quartiles)"][0] == "22.0 (21.5 to 22.5)"
    stands_there = [replace(one, baseline={"CDASI activity": 20.0}) for one in patients]
    assert "CDASI at baseline" not in _told(_analyse(stands_there, plan))


def test_doses_are_of_those_on_the_drug_and_an_unknown_one_is_missing_among_them():
    doses = (DoseInWindow(20, 30), DoseInWindow(10, 30), DoseInWindow(5, 30, unknown_days=3), DoseInWindow())
    patients = [
        replace(one, sparing=Sparing(dose, DoseInWindow(), SparingClass.STOPPED, {}))
        for one, dose in zip(_patients(3, 1, 0), doses, strict=True)
    ]
    told = _told(_analyse(patients, replace(PLAN, sparing=SparingDefinition(glucocorticoid="steroid"))))
    assert told["On a glucocorticoid at baseline"][0] == "3/4 (75 %)"
    assert told["Prednisone equivalent, mg/day, of those: mean ± SD"][0] == "15.0 ± 7.1"
    assert told["Prednisone equivalent, mg/day, of those: missing"][0] == "1/3 (33 %)"


def test_follow_up_is_described_where_the_source_knows_it_and_not_where_it_does_not():
    patients = _patients(2, 1, 0)
    assert "From day 0 on: Observed, days" not in _told(_analyse(patients))
    seen = [replace(patients[0], observed_until=DAY_0 + timedelta(days=100)), *patients[1:]]
    labels = [row.label for row in _analyse(seen).tables[0].rows]
    assert labels[labels.index("Observed, days") + 3] == "missing"


def test_races_are_shown_where_there_are_two_and_what_is_not_known_is_missing():
    patients = _patients(3, 2, 0)
    races = ("White", "White", "Asian", None, "No matching concept")
    told = _told(_analyse([replace(one, member=replace(one.member, race=race))
                           for one, race in zip(patients, races, strict=True)]))  # fmt: skip
    assert told["Race, as recorded: White"][0] == "2/3 (67 %)"
    assert told["Race, as recorded: missing"][0] == "2/5 (40 %)"
    alike = _told(_analyse([replace(one, member=replace(one.member, race="White")) for one in patients]))
    assert "Race, as recorded" not in alike


def test_there_is_no_p_value_and_a_footnote_says_why():
    found = _analyse(_patients(6, 4, 2))
    assert not [one for one in found.estimates if one.estimate.p_value is not None]
    assert all(any("no P values" in note for note in table.footnotes) for table in found.tables)


def test_every_number_of_the_tables_stands_under_one_id():
    ids = [one.id for one in _analyse(_patients(6, 4, 2), drugs={"muscle": [1]}).estimates]
    assert len(ids) == len(set(ids))
    assert {"age.overall", "age.median.With muscle", "drugs_before.by_response.no_response"} <= set(ids)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 9), st.integers(0, 9), st.integers(0, 4), st.sets(st.integers(1, 22)))
def test_strata_and_answers_add_up_to_everybody_in_every_share_and_in_what_is_missing(yes, no, open_, unknown):
    patients = [
        replace(one, member=replace(one.member, sex="unknown", features={"muscle": None, "lung": False}))
        if one.member.person_id in unknown
        else one
        for one in _patients(yes, no, open_)
    ]
    found = _estimates(_analyse(patients, drugs={"a": sorted(unknown)}))
    asked = {name.removesuffix(".overall") for name, one in found.items()
             if name.endswith(".overall") and one.kind is EstimateKind.PROPORTION}  # fmt: skip
    answers = [f"by_response.{status.value.lower()}" for status in (YES, NO, OPEN)]
    for name in asked:
        for groups in (("With muscle", "Skin alone"), answers):
            parts = [found[f"{name}.{group}"] for group in groups if f"{name}.{group}" in found]
            if not parts:
                continue
            assert sum(one.numerator for one in parts) == found[f"{name}.overall"].numerator, (name, groups)


def test_a_harm_has_no_responders():
    harm = replace(PLAN, response=PLAN.response.model_copy(update={"means": "harm"}))
    assert _analyse(_patients(2, 3, 1), harm).tables[1].columns[1:3] == (
        "With improvement (n = 2)", "Without improvement (n = 3)",
    )  # fmt: skip


def test_the_order_of_the_persons_never_matters():
    patients = _patients(6, 4, 2)
    assert _analyse(patients, drugs={"a": [1]}).tables == _analyse(patients[::-1], drugs={"a": [1]}).tables


def test_a_single_person_of_a_group_has_no_standardised_difference():
    patients = [_patient(1, YES), _patient(2, NO, muscle=True), _patient(3, OPEN)]
    found = _estimates(_analyse(patients))
    assert found["drugs_before.difference.by_response"].value is None
    assert found["drugs_before.difference.by_response"].note
