"""Each rule of data quality: which rows break it, which just do not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

import pytest

from refractory.records.quality import FLAGS, Uses, Weight, begin_flags, build_finding, count_flags, list_flagged
from refractory.records.quality_dates import find_heaps, flag_dates, keep_dated, measure_heap
from refractory.records.quality_persons import flag_labels, flag_persons
from refractory.records.quality_rules import RULES
from refractory.records.quality_values import flag_values
from refractory.records.schema import DRUG, SCHEMAS
from refractory.records.store import Store
from tables import fill, table

DOSED = {**DRUG, "last_covered_date": "date", "has_known_end": "boolean", "daily_mg": "float64"}
USES = Uses(
    deciding=frozenset({"IVIG", "DM", "steroid"}),
    treatment=("IVIG",),
    disease=("DM",),
    weights=("weight",),
    glucocorticoids=("steroid",),
    scores=("CDASI",),
    ranges=(("CDASI", 0.0, 100.0),),
    drug_names=(("methotrexate", "methotrexate"), ("our hydroxychloroquine", "hydroxychloroquine")),
    response_item="skin improvement",
    is_per_kg=True,
    has_infusions=True,
)


@pytest.fixture
def store() -> Iterator[Store]:
    store = Store()
    for name, schema in SCHEMAS.items():
        store.add(name, schema)
    store.add("dosed", DOSED)
    begin_flags(store)
    yield store
    store.connection.close()


def flagged(store: Store) -> dict[str, list[int]]:
    """Return the flagged rows by rule."""
    found: dict[str, list[int]] = {}
    for rule, row in store.connection.execute(f"SELECT DISTINCT rule, row_id FROM {FLAGS} ORDER BY ALL").fetchall():
        found.setdefault(rule, []).append(row)
    return found


def look_at_dates(store: Store) -> dict[str, list[int]]:
    keep_dated(store)
    flag_dates(store)
    return flagged(store)


def expected(text: str) -> dict[str, list[int]]:
    """Return the rows of a drawn table by what its column `breaks` says of them."""
    found: dict[str, list[int]] = {}
    for number, row in enumerate(table(text), start=1):
        for rule in (row["breaks"] or "").split():
            found.setdefault(rule, []).append(number)
    return found


def without_breaks(text: str) -> str:
    """Return a drawn table without its last column, `breaks`."""
    lines = [line for line in text.splitlines() if line.strip()]
    return "\n".join(line.rpartition("|")[0] for line in lines if not set(line.strip()) <= set("-+ "))


def look_at_values(store: Store, name: str, text: str, schema: dict[str, str] | None = None) -> dict[str, list[int]]:
    fill(store, name, without_breaks(text), schema)
    flag_values(store, USES)
    return flagged(store)


def test_a_weight_is_doubted_for_one_reason_and_only_where_it_cannot_be(store):
    drawn = """
        person_id | concept_set | date       | value | breaks
        1         | weight      | 2015-01-01 | 70    | -
        1         | weight      | 2015-01-31 | 84    | -
        2         | weight      | 2015-01-01 | 70    | -
        2         | weight      | 2015-01-31 | 84.1  | weight_jumps
        3         | weight      | 2015-01-01 | 70    | -
        3         | weight      | 2015-02-01 | 84.1  | -
        4         | weight      | 2015-01-01 | 70    | -
        4         | weight      | 2015-06-01 | 154.3 | weight_in_pounds
        5         | weight      | 2015-01-01 | 350   | -
        6         | weight      | 2015-01-01 | 351   | weight_impossible
        7         | weight      | 2015-01-01 | 1.9   | weight_impossible
        8         | weight      | 2015-01-01 | 62    | -
        8         | weight      | 2015-05-01 | 61    | -
        8         | weight      | 2015-09-01 | 172   | weight_is_height
    """
    assert look_at_values(store, "measurement", drawn) == expected(drawn)


def test_a_score_is_possible_at_both_ends_of_its_range(store):
    drawn = """
        person_id | concept_set | date       | value | breaks
        1         | CDASI       | 2015-01-01 | 0     | -
        1         | CDASI       | 2015-02-01 | 100   | -
        1         | CDASI       | 2015-03-01 | 101   | score_out_of_range
        1         | CDASI       | 2015-04-01 | -1    | score_out_of_range below_zero
    """
    assert look_at_values(store, "measurement", drawn) == expected(drawn)


def test_a_value_ten_times_the_persons_others_is_doubted_in_a_set_that_hardly_varies(store):
    steady = [(person, day, 4.0 + day / 10) for person in (1, 2) for day in range(1, 5)]
    wild = [(3, day, 10.0 ** (day % 4)) for day in range(1, 9)]
    lines = [f"{person} | albumin | 2015-01-0{day} | {value}" for person, day, value in [*steady, (4, 1, 42.0)]]
    lines += [f"4 | albumin | 2015-01-0{day} | 4.2" for day in (2, 3)]
    lines += [f"{person} | CK | 2015-01-0{day} | {value}" for person, day, value in wild]
    fill(store, "measurement", "person_id | concept_set | date | value\n" + "\n".join(lines))
    flag_values(store, USES)
    assert flagged(store) == {"decimal_shifted": [9]}


def test_two_values_of_one_day_differ_and_two_equal_ones_do_not(store):
    drawn = """
        person_id | concept_set | date       | value | unit | breaks
        1         | CK          | 2015-01-01 | 200   | U/L  | values_differ
        1         | CK          | 2015-01-01 | 900   | U/L  | values_differ
        1         | CK          | 2015-01-02 | 200   | U/L  | -
        1         | CK          | 2015-01-02 | 200   | U/L  | -
        2         | CK          | 2015-01-02 | 300   | U/L  | -
    """
    assert look_at_values(store, "measurement", drawn) == expected(drawn)


def test_a_weekly_drug_that_is_written_as_a_daily_one_is_a_dose_that_nobody_is_given(store):
    drawn = """
        person_id | concept_set            | start_date | daily_mg | route        | breaks
        1         | methotrexate           | 2015-01-01 | 2.1      | oral         | -
        1         | methotrexate           | 2015-02-01 | 15       | oral         | dose_implausible
        1         | our hydroxychloroquine | 2015-01-01 | 400      | oral         | -
        1         | our hydroxychloroquine | 2015-01-01 | 4000     | oral         | dose_implausible
        1         | steroid                | 2015-01-01 | 1250     | intravenous  | -
        1         | steroid                | 2015-01-01 | 5000     | oral         | dose_implausible
        1         | steroid                | 2015-01-01 | 5000     | topical      | -
        1         | steroid                | 2015-01-01 | -        | oral         | dose_unknown
        1         | unlisted               | 2015-01-01 | 1e6      | oral         | -
    """
    assert look_at_values(store, "dosed", drawn, DOSED) == expected(drawn)


def test_an_infusion_without_grams_is_unknown_and_one_of_too_many_is_doubted(store):
    fill(store, "measurement", "person_id | concept_set | date | value\n1 | weight | 2015-01-01 | 60")
    drawn = """
        person_id | concept_set | start_date | quantity | mg_per_unit | route        | breaks
        1         | IVIG        | 2015-01-01 | 120      | 1000        | intravenous  | -
        1         | IVIG        | 2015-02-01 | 181      | 1000        | intravenous  | grams_implausible
        1         | IVIG        | 2015-06-01 | 181      | 1000        | intravenous  | -
        1         | IVIG        | 2015-03-01 | -        | 1000        | intravenous  | grams_unknown
        1         | IVIG        | 2015-03-02 | 60       | -           | unknown      | grams_unknown
        1         | IVIG        | 2015-03-03 | 0.1      | 1000        | intravenous  | grams_implausible
        2         | IVIG        | 2015-03-03 | 301      | 1000        | intravenous  | grams_implausible
        1         | IVIG        | 2015-03-09 | -        | -           | subcutaneous | -
    """
    assert look_at_values(store, "drug", drawn) == expected(drawn)


def test_a_day_that_one_table_knows_the_grams_of_is_known(store):
    drawn = """
        source_table         | person_id | concept_set | start_date | quantity | mg_per_unit | route | breaks
        drug_exposure        | 1         | IVIG        | 2015-01-01 | -        | 1000        | other | given_and_billed
        procedure_occurrence | 1         | IVIG        | 2015-01-01 | 60       | 1000        | other | given_and_billed
        drug_exposure        | 1         | IVIG        | 2015-01-02 | 60       | 1000        | other | -
    """
    assert look_at_values(store, "drug", drawn) == expected(drawn)


def test_the_same_pack_twice_on_one_day_is_noticed_and_another_pack_is_not(store):
    drawn = """
        person_id | concept_set | start_date | quantity | days_supply | code | breaks
        1         | steroid     | 2015-01-01 | 30       | 30          | A    | -
        1         | steroid     | 2015-01-01 | 30       | 30          | A    | drug_twice
        1         | steroid     | 2015-01-01 | 60       | 30          | A    | -
        1         | steroid     | 2015-01-02 | 30       | 30          | A    | -
        2         | steroid     | 2015-01-01 | 30       | 30          | A    | -
    """
    assert look_at_values(store, "drug", drawn) == expected(drawn)


def test_days_that_stand_for_none_and_days_before_1900_are_two_things(store):
    rows = ["1900-01-01", "1970-01-01", "1899-12-29", "1900-01-02", "2000-01-01", "2000-01-01"]
    fill(store, "event", "person_id | concept_set | start_date\n" + "\n".join(f"1 | DM | {day}" for day in rows))
    assert look_at_dates(store) == {"before_1900": [3], "placeholder_date": [1, 2]}


def test_three_rows_on_the_first_day_of_2000_are_a_placeholder(store):
    fill(store, "event", "person_id | concept_set | start_date\n" + "\n".join(["1 | DM | 2000-01-01"] * 3))
    assert look_at_dates(store) == {"placeholder_date": [1, 2, 3]}


def days(first: str, number: int, step: int = 7) -> list[str]:
    start = date.fromisoformat(first)
    return [str(start + timedelta(days=step * place)) for place in range(number)]


@pytest.mark.parametrize(
    ("odd", "is_lone"),
    [("2051-03-02", True), ("1951-03-02", True), ("2013-11-28", True), ("2013-11-27", False)],
)
def test_a_year_that_is_mistyped_stands_alone(store, odd, is_lone):
    rows = [odd, *days("2010-01-04", 100)]
    fill(store, "event", "person_id | concept_set | start_date\n" + "\n".join(f"1 | DM | {day}" for day in rows))
    # The last of the others is of 2011-11-28, 730 days before 2013-11-27.
    assert look_at_dates(store) == ({"lone_date": [1]} if is_lone else {})


def test_half_of_the_rows_far_from_the_other_half_are_no_mistake(store):
    rows = [*days("2000-02-07", 20), *days("2015-02-07", 20)]
    fill(store, "event", "person_id | concept_set | start_date\n" + "\n".join(f"1 | DM | {day}" for day in rows))
    assert look_at_dates(store) == {}


def test_a_record_belongs_to_observation_on_its_first_and_last_day(store):
    fill(store, "observation_period", "person_id | start_date | end_date\n1 | 2010-01-01 | 2012-12-31")
    drawn = """
        person_id | concept_set | start_date | breaks
        1         | DM          | 2009-12-31 | outside_observation
        1         | DM          | 2010-01-01 | -
        1         | DM          | 2012-12-31 | -
        1         | DM          | 2013-01-01 | outside_observation
        2         | DM          | 2013-01-01 | -
    """
    fill(store, "event", without_breaks(drawn))
    assert look_at_dates(store) == expected(drawn)


def test_periods_overlap_on_a_shared_day_and_leave_a_gap_after_31_days(store):
    drawn = """
        person_id | start_date | end_date   | breaks
        1         | 2010-01-01 | 2010-12-31 | -
        1         | 2010-12-31 | 2011-12-31 | period_overlap
        1         | 2012-01-31 | 2012-12-31 | -
        2         | 2010-01-01 | 2010-12-31 | -
        2         | 2011-02-01 | 2011-12-31 | observation_gap
        3         | 2010-01-01 | 2015-12-31 | -
        3         | 2011-01-01 | 2011-12-31 | period_overlap
        3         | 2016-01-01 | 2016-12-31 | -
    """
    fill(store, "observation_period", without_breaks(drawn))
    assert look_at_dates(store) == expected(drawn)


def test_days_that_were_filled_in_are_heaped_and_true_ones_are_not(store):
    true = days("2010-01-02", 60, 23)
    filled = [f"{year}-{month:02}-01" for year in range(2010, 2013) for month in range(2, 13)]
    for name, rows in (("true", true), ("filled", [*true, *filled])):
        fill(store, "event", "person_id | concept_set | start_date\n" + "\n".join(f"1 | DM | {day}" for day in rows))
        keep_dated(store)
        heaps = {one.rule: one.rows for one in find_heaps(store)}
        on_first = sum(day.endswith("-01") for day in rows)
        assert heaps == ({"heaped_on_first": on_first} if name == "filled" else {})


def test_a_day_that_many_records_of_a_person_share_counts_once(store):
    rows = ["1 | DM | 2010-01-01"] * 100 + [f"1 | DM | {day}" for day in days("2010-01-02", 40, 23)]
    fill(store, "event", "person_id | concept_set | start_date\n" + "\n".join(rows))
    keep_dated(store)
    assert find_heaps(store) == []


@pytest.mark.parametrize(("found", "is_heaped"), [(3, False), (9, False), (11, True)])
def test_a_heap_is_what_chance_gives_less_than_once_in_a_thousand(found, is_heaped):
    assert measure_heap(found, 100, 12 / 365.25).is_heaped is is_heaped


def test_a_large_heap_is_measured_by_the_normal_curve_alike():
    exact, by_curve = measure_heap(95, 2000, 12 / 365.25), measure_heap(95, 2001, 12 / 365.25)
    assert by_curve.chance == pytest.approx(exact.chance, abs=2e-4)


def test_births_of_persons_known_to_the_year_are_no_heap(store):
    lines = [f"{person} | 1970-01-01 | 1970-12-31 | female" for person in range(1, 41)]
    fill(store, "person", "person_id | birth_earliest | birth_latest | sex\n" + "\n".join(lines))
    keep_dated(store)
    assert find_heaps(store) == []
    lines = [f"{person} | 1970-07-01 | 1970-07-01 | female" for person in range(1, 41)]
    fill(store, "person", "person_id | birth_earliest | birth_latest | sex\n" + "\n".join(lines))
    assert [(one.rule, one.rows) for one in find_heaps(store)] == [("births_heaped", 40)]


PERSONS = """
    person_id | birth_earliest | birth_latest | sex
    1         | 1970-05-17     | 1970-05-17   | female
    2         | 1970-05-17     | 1970-05-17   | female
    3         | 1970-05-17     | 1970-05-17   | male
    4         | 1981-01-01     | 1981-12-31   | unknown
"""


@pytest.mark.parametrize(("shared", "is_one"), [(2, False), (3, True)])
def test_two_ids_are_one_person_where_birth_sex_and_three_days_agree(store, shared, is_one):
    fill(store, "person", PERSONS)
    rows = [f"{person} | DM | {day}" for person in (1, 3) for day in days("2015-01-05", 4)]
    rows += [f"2 | DM | {day}" for day in days("2015-01-05", shared)] + ["4 | DM | 2015-01-05"]
    fill(store, "event", "person_id | concept_set | start_date\n" + "\n".join(rows))
    keep_dated(store)
    flag_persons(store, USES)
    assert flagged(store).get("same_person_twice") == ([1, 2] if is_one else None)


def test_persons_without_disease_or_without_anything_but_treatment_are_told_apart(store):
    fill(store, "person", PERSONS)
    fill(store, "event", "person_id | concept_set | start_date\n1 | DM | 2015-01-05\n2 | headache | 2015-01-05")
    rows = "\n".join(f"{person} | IVIG | 2015-02-05" for person in (1, 2, 3, 4))
    fill(store, "drug", f"person_id | concept_set | start_date\n{rows}")
    keep_dated(store)
    flag_persons(store, USES)
    assert flagged(store) == {"no_disease": [2, 3, 4], "only_treatment": [3, 4], "sex_unknown": [4]}


def test_without_a_concept_set_of_the_disease_nobody_is_told_to_lack_it(store):
    fill(store, "person", PERSONS)
    fill(store, "drug", "person_id | concept_set | start_date\n1 | IVIG | 2015-02-05")
    keep_dated(store)
    flag_persons(store, replace(USES, disease=()))
    assert flagged(store) == {"sex_unknown": [4]}


def test_labels_are_doubted_before_the_first_treatment_and_where_they_contradict(store):
    fill(store, "drug", "person_id | concept_set | start_date\n1 | IVIG | 2015-02-05\n2 | IVIG | 2015-02-05")
    drawn = """
        person_id | item             | value | earliest   | latest     | reviewer  | breaks
        1         | Skin improvement | yes   | 2015-02-04 | 2015-02-04 | A         | label_before_treatment
        1         | skin improvement | yes   | 2015-01-01 | 2015-12-31 | A         | -
        1         | active           | yes   | 2014-02-04 | 2014-02-04 | A         | -
        2         | skin improvement | yes   | 2015-03-01 | 2015-03-01 | A         | labels_contradict
        2         | skin improvement | no    | 2015-03-01 | 2015-03-01 | B         | labels_contradict
        2         | skin improvement | yes   | 2015-04-01 | 2015-04-01 | A         | -
        2         | skin improvement | no    | 2015-04-01 | 2015-04-01 | B         | -
        2         | skin improvement | no    | 2015-04-01 | 2015-04-01 | consensus | -
        2         | active           | Yes   | 2015-03-01 | 2015-03-01 | A         | -
        2         | active           | yes   | 2015-03-01 | 2015-03-01 | B         | -
    """
    fill(store, "label", without_breaks(drawn))
    flag_labels(store, USES, "labels.csv")
    assert flagged(store) == expected(drawn)


def test_the_same_doubt_weighs_more_where_it_touches_what_decides(store):
    rows = "1 | DM | 1880-01-01\n2 | headache | 1880-01-01"
    fill(store, "event", f"person_id | concept_set | start_date\n{rows}")
    look_at_dates(store)
    assert [(one.weight, one.rows, one.persons) for one in count_flags(store, USES)] == [(Weight.SERIOUS, 2, 2)]
    (alone,) = count_flags(store, Uses(deciding=frozenset({"IVIG"})))
    assert alone.weight is Weight.NOTABLE


def test_a_row_that_two_sets_name_is_one_row(store):
    store.add("event", SCHEMAS["event"], [("condition_occurrence", 7, 1, name, date(1880, 1, 1), None, None)
                                          for name in ("DM", "myositis")])  # fmt: skip
    look_at_dates(store)
    (one,) = count_flags(store, USES)
    assert (one.rows, one.persons, one.where) == (1, 1, ("condition_occurrence.condition_start_date",))
    (listed,) = list_flagged(store, ())
    assert (listed.table, listed.row, listed.column) == ("condition_occurrence", 7, "condition_start_date")
    assert (listed.rule, listed.done, listed.is_left_out) == ("Dated before 1900", "used as written", False)


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_says_what_it_does_to_a_study_and_what_to_do(rule):
    found = build_finding(rule, 1, 1, ("table.column",))
    heavier = build_finding(rule, 1, 1, ("table.column",), is_deciding=True)
    order = list(Weight)
    assert order.index(heavier.weight) <= order.index(found.weight)
    assert found.matters.endswith(".")
    assert found.advice
    assert not found.advice.endswith(".")
