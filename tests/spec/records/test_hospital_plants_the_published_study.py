"""The default hospital holds the published study: found again from its records alone, person by person."""

from collections import Counter
from datetime import date
from itertools import pairwise
from statistics import mean, stdev

import duckdb
import pytest
from scipy.stats import fisher_exact, mannwhitneyu

from refractory.records.hospital import write_hospital
from spec.records.hospital_oracle import (
    GLUCOCORTICOID,
    Rules,
    count_cycles,
    describe,
    find_cohort,
    find_differences,
    judge,
    read_hospital,
    read_truth,
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("hospital") / "invented"
    write_hospital(folder)
    return folder


@pytest.fixture(scope="module")
def persons(folder):
    return read_hospital(folder)


@pytest.fixture(scope="module")
def members(persons):
    cohort, _ = find_cohort(persons)
    return {person_id: describe(persons[person_id], day0) for person_id, day0 in cohort.items()}


@pytest.fixture(scope="module")
def truth(folder):
    return {int(row["person_id"]): row for row in read_truth(folder, "persons")}


@pytest.fixture(scope="module")
def planted(truth):
    return {person_id: row for person_id, row in truth.items() if row["is_in_cohort"] == "True"}


def responders(members):
    return [found for found in members.values() if found.response == "RESPONSE"]


def test_exactly_the_42_planted_persons_are_the_cohort(members, planted):
    assert len(members) == 42
    assert set(members) == set(planted)


def test_fifteen_have_skin_disease_alone_and_of_the_others_25_muscle_1_lung_and_1_both(members):
    assert Counter(found.involvement for found in members.values()) == {"none": 15, "muscle": 25, "lung": 1, "both": 1}


def test_thirteen_of_15_and_22_of_27_improve_and_the_other_7_are_judged_not_to(members):
    counts = Counter((found.involvement == "none", found.response) for found in members.values())
    assert counts == {
        (True, "RESPONSE"): 13, (True, "NO_RESPONSE"): 2, (False, "RESPONSE"): 22, (False, "NO_RESPONSE"): 5,
    }  # fmt: skip


def test_cycles_to_improvement_are_1_82_and_1_38_over_the_33_responders_whose_count_is_known(members):
    cycles = [found.cycles_to_response for found in responders(members) if found.cycles_to_response is not None]
    assert len(cycles) == 33
    assert f"{mean(cycles):.2f} ± {stdev(cycles):.2f}" == "1.82 ± 1.38"


def test_the_two_other_responders_have_dates_known_to_the_month_and_to_the_year(members):
    dates = [found.response_date for found in responders(members) if found.cycles_to_response is None]
    assert sorted(len(when) for when in dates) == [len("2017"), len("2017-08")]


def test_age_delay_and_drugs_print_as_published(members):
    ages = [found.age_years for found in members.values()]
    delays = [(found.day0 - found.diagnosis).days for found in members.values()]
    drugs = [len(found.drugs_before) for found in members.values()]
    assert f"{mean(ages):.1f} ± {stdev(ages):.2f}" == "49.9 ± 20.42"
    assert f"{mean(delays):.1f} ± {stdev(delays):.1f}" == "671.6 ± 1207.9"
    assert f"{mean(drugs):.1f} ± {stdev(drugs):.1f}" == "2.7 ± 1.2"
    assert min(delays) >= 75
    assert min(drugs) == 2


def test_of_40_on_a_glucocorticoid_32_are_lower_and_2_are_not_on_one(members):
    classes = Counter(found.glucocorticoid for found in members.values())
    assert classes["STOPPED"] + classes["DECREASED"] == 32
    assert classes["UNCHANGED"] + classes["INCREASED"] == 8
    assert classes["NOT_EVALUABLE"] == 2


def test_no_dose_lies_near_the_quarter_that_decides(members):
    for found in members.values():
        for change, before, after in found.sparing.values():
            if change in ("DECREASED", "UNCHANGED", "INCREASED"):
                assert abs(after / before - 0.75) > 0.05
                assert abs(after / before - 1.25) > 0.05


def test_steroid_sparing_drugs_are_stopped_reduced_and_left_alone(members):
    others = Counter(
        change for found in members.values() for drug, (change, *_) in found.sparing.items() if drug != GLUCOCORTICOID
    )
    assert all(others[change] >= 3 for change in ("STOPPED", "DECREASED", "UNCHANGED"))


def test_every_subtype_has_several_members(members):
    subtypes = Counter(found.subtype for found in members.values())
    assert len(subtypes) == 6
    assert min(subtypes.values()) >= 3


def test_nothing_predicts_response(members, persons):
    def measured(of):
        groups = [
            [of(person_id, found) for person_id, found in members.items() if (found.response == "RESPONSE") == is_one]
            for is_one in (True, False)
        ]
        return mannwhitneyu(*([value for value in group if value is not None] for group in groups)).pvalue

    def counted(of):
        kinds = sorted({of(person_id, found) for person_id, found in members.items()})
        table = [
            [
                sum(of(person_id, found) == kind and (found.response == "RESPONSE") == is_one
                    for person_id, found in members.items())
                for kind in kinds
            ]
            for is_one in (True, False)
        ]  # fmt: skip
        return fisher_exact(table).pvalue

    chances = {
        "age": measured(lambda _, found: found.age_years),
        "delay": measured(lambda _, found: (found.day0 - found.diagnosis).days),
        "drugs": measured(lambda _, found: len(found.drugs_before)),
        "baseline score": measured(lambda _, found: found.baseline_score),
        "sex": counted(lambda person_id, _: persons[person_id].sex),
        "stratum": counted(lambda _, found: found.involvement == "none"),
        "subtype": counted(lambda _, found: found.subtype),
    }
    assert {name: chance for name, chance in chances.items() if chance <= 0.05} == {}


def test_every_planted_fact_of_every_member_is_in_the_records(members, planted):
    different = {person_id: find_differences(found, planted[person_id]) for person_id, found in members.items()}
    assert {person_id: each for person_id, each in different.items() if each} == {}


def test_every_planted_dose_of_every_drug_is_in_the_records(folder, members):
    planted = {
        (int(row["person_id"]), row["drug"]): (row["class"], float(row["baseline_mg"]), float(row["follow_up_mg"]))
        for row in read_truth(folder, "sparing")
    }
    found = {(person_id, drug): each for person_id, member in members.items() for drug, each in member.sparing.items()}
    assert set(found) == set(planted)
    for key, (change, before, after) in found.items():
        assert change == planted[key][0]
        assert (before, after) == pytest.approx(planted[key][1:], abs=1e-3)


def test_every_planted_cycle_and_its_grams_are_in_the_records(folder, members):
    planted = {(int(row["person_id"]), int(row["cycle"])): row for row in read_truth(folder, "cycles")}
    found = {
        (person_id, number): (days, dose)
        for person_id, member in members.items()
        for number, (days, dose) in enumerate(zip(member.cycles, member.grams_per_kg, strict=True), start=1)
    }
    assert set(found) == set(planted)
    for key, (days, grams_per_kg) in found.items():
        assert (days[0].isoformat(), days[-1].isoformat()) == (planted[key]["first_date"], planted[key]["last_date"])
        assert len(days) == int(planted[key]["infusion_days"])
        # A weight in pounds is rounded to a tenth.
        assert grams_per_kg == pytest.approx(float(planted[key]["grams_per_kg"]), rel=0.003)
    doses = [grams_per_kg for _, grams_per_kg in found.values()]
    assert min(doses) < 0.8
    assert max(doses) > 2.5


def test_each_person_who_is_lost_is_lost_at_the_planted_criterion(folder, persons, truth):
    _, losses = find_cohort(persons)
    for person_id, criterion in losses.items():
        if person_id in truth:
            assert criterion == truth[person_id]["fails"]
    left = len(persons)
    for row in read_truth(folder, "attrition"):
        lost = sum(criterion == row["criterion"] for criterion in losses.values())
        assert (int(row["persons_before"]), int(row["persons_lost"])) == (left, lost)
        left -= lost
    assert left == 42


def test_each_near_miss_fails_its_criterion_and_no_other(persons, truth):
    missed = Counter()
    for person_id, row in truth.items():
        if row["near_miss_of"]:
            answers = judge(persons[person_id], date.fromisoformat(row["candidate_date"]), Rules())
            assert [criterion for criterion, is_met in answers.items() if not is_met] == [row["near_miss_of"]]
            missed[row["near_miss_of"]] += 1
    assert len(missed) == 9
    assert min(missed.values()) >= 3


def test_a_member_with_an_earlier_course_opens_a_new_one_on_the_planted_day(members, persons, planted):
    gaps = []
    for person_id, row in planted.items():
        if "earlier course" in row["specials"]:
            earlier = [day for day, _, route, _ in persons[person_id].infusions if day < members[person_id].day0]
            gaps.append((members[person_id].day0 - max(earlier)).days)
    assert len(gaps) == 4
    assert min(gaps) == 181


@pytest.mark.parametrize("split", [5, 10])
def test_another_split_gives_the_cycles_that_the_infusion_days_predict(folder, members, persons, planted, split):
    infusions = {}
    for row in read_truth(folder, "infusions"):
        if row["route"] == "intravenous":
            infusions.setdefault(int(row["person_id"]), set()).add(date.fromisoformat(row["date"]))
    changed = 0
    for person_id, found in members.items():
        day0 = date.fromisoformat(planted[person_id]["time_zero"])
        days = sorted(day for day in infusions[person_id] if day >= day0)
        predicted = 1 + sum((day - before).days > split for before, day in pairwise(days))
        cycles = count_cycles(persons[person_id], found.day0, split)
        assert len(cycles) == predicted
        changed += predicted != int(planted[person_id]["n_cycles"])
    assert changed == {5: 4, 10: 3}[split]


def test_three_failed_drugs_leave_the_members_planted_with_three(persons, planted):
    stricter, _ = find_cohort(persons, Rules(failed=3))
    assert set(stricter) == {person_id for person_id, row in planted.items() if int(row["drugs_before"]) >= 3}
    assert 5 < len(stricter) < 37


def test_codes_further_apart_leave_the_members_whose_planted_codes_are(folder, persons, planted):
    stricter, _ = find_cohort(persons, Rules(apart=60))
    codes = {}
    for row in read_truth(folder, "disease"):
        codes.setdefault(int(row["person_id"]), []).append(date.fromisoformat(row["date"]))
    for person_id, row in planted.items():
        day0 = date.fromisoformat(row["time_zero"])
        before = [day for day in codes[person_id] if day <= day0]
        is_predicted = (max(before) - min(before)).days >= 60
        assert (stricter.get(person_id) == day0) == is_predicted
    assert len(stricter) < 42


def test_the_hospital_says_in_words_that_it_is_invented(folder):
    with duckdb.connect(str(folder / "records" / "hospital.duckdb"), read_only=True) as connection:
        described = connection.execute("SELECT source_description FROM cdm_source").fetchone()
    assert "All of this is invented" in described[0]
