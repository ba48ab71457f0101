"""EULAR/ACR 2017: every cut-off, what unknown answers leave open, the tree of subgroups, and who needs a biopsy."""

from __future__ import annotations

import pytest

from refractory.errors import InstrumentError
from refractory.outcomes.instruments.myositis import classify_myositis
from refractory.outcomes.instruments.myositis_points import BIOPSY, CLINICAL, ITEM_KEYS


def classify(cut="probable", **given):
    """Classify one person: everything absent and a child, but for what is given."""
    person = dict.fromkeys(ITEM_KEYS, 0) | {"age_at_onset": 10} | given
    if not person["biopsy"]:
        person = person | dict.fromkeys(key for key in BIOPSY if key not in given)
    return classify_myositis({key: [one] for key, one in person.items()}, cut=cut).persons[0]


# Findings that add up to the score by the published points, at each cut-off and a tenth below.
AT_THE_CUTS = [
    (0, {"weak_proximal_arms": 1, "weak_proximal_legs": 1, "anti_jo_1": 1, "age_at_onset": 40}, 7.5, "definite"),
    (0, {"anti_jo_1": 1, "gottron_papules": 1, "weak_proximal_arms": 1, "dysphagia": 1}, 7.4, "probable"),
    (0, {"gottron_sign": 1, "weak_proximal_legs": 1, "dysphagia": 1, "weak_proximal_arms": 1}, 5.5, "probable"),
    (0, {"gottron_sign": 1, "age_at_onset": 40}, 5.4, "possible"),
    (0, {"gottron_papules": 1, "neck_flexors_weaker": 1, "age_at_onset": 18}, 5.3, "possible"),
    (0, {"heliotrope": 1, "gottron_papules": 1}, 5.2, "not"),
    (1, {"heliotrope": 1, "gottron_sign": 1, "legs_proximal_weaker": 1, "dysphagia": 1}, 8.7, "definite"),
    (1, {"heliotrope": 1, "gottron_sign": 1, "endomysial_infiltrate": 1}, 8.6, "probable"),
    (1, {"gottron_papules": 1, "neck_flexors_weaker": 1, "perimysial_infiltrate": 1, "legs_proximal_weaker": 1}, 6.7,
     "probable"),
    (1, {"gottron_papules": 1, "perifascicular_atrophy": 1, "dysphagia": 1, "raised_enzyme": 1}, 6.6, "possible"),
    (1, {"heliotrope": 1, "perifascicular_atrophy": 1, "raised_enzyme": 1}, 6.5, "possible"),
    (1, {"gottron_sign": 1, "gottron_papules": 1}, 6.4, "not"),
]  # fmt: skip


@pytest.mark.parametrize(("biopsy", "findings", "score", "name"), AT_THE_CUTS)
def test_a_class_begins_at_its_score_and_not_a_tenth_below(biopsy, findings, score, name):
    found = classify(biopsy=biopsy, **findings)
    assert (found.with_biopsy or found.without_biopsy).value == score
    assert found.myositis_class == name


@pytest.mark.parametrize(("age", "without", "with_biopsy"), [
    (17.9, 0, 0), (18, 1.3, 1.5), (39.9, 1.3, 1.5), (40, 2.1, 2.2), (90, 2.1, 2.2),
])  # fmt: skip
def test_points_for_age_begin_on_the_18th_and_the_40th_birthday(age, without, with_biopsy):
    found = classify(age_at_onset=age, biopsy=1)
    assert (found.without_biopsy.value, found.with_biopsy.value) == (without, with_biopsy)


def test_everything_present_gives_the_sum_of_the_published_points():
    found = classify(**dict.fromkeys(ITEM_KEYS, 1) | {"age_at_onset": 50})
    assert found.without_biopsy.value == 20.8
    assert found.with_biopsy.value == 29.5


@pytest.mark.parametrize(("score", "findings", "biopsy", "probability"), [
    (5.3, {"gottron_papules": 1, "neck_flexors_weaker": 1, "age_at_onset": 18}, 0, 0.4925),
    (5.5, {"gottron_sign": 1, "weak_proximal_legs": 1, "dysphagia": 1, "weak_proximal_arms": 1}, 0, 0.5424),
    (7.5, {"weak_proximal_arms": 1, "weak_proximal_legs": 1, "anti_jo_1": 1, "age_at_onset": 40}, 0, 0.8975),
    (6.5, {"heliotrope": 1, "perifascicular_atrophy": 1, "raised_enzyme": 1}, 1, 0.5025),
    (6.7, {"gottron_papules": 1, "neck_flexors_weaker": 1, "perimysial_infiltrate": 1, "legs_proximal_weaker": 1}, 1,
     0.5523),
    (8.7, {"heliotrope": 1, "gottron_sign": 1, "legs_proximal_weaker": 1, "dysphagia": 1}, 1, 0.9011),
])  # fmt: skip
def test_the_probability_falls_short_at_some_cut_offs_and_does_not_decide(score, findings, biopsy, probability):
    found = classify(biopsy=biopsy, **findings)
    assert (found.with_biopsy or found.without_biopsy).value == score
    assert found.probability == pytest.approx(probability, abs=5e-5)


def test_an_unknown_answer_that_changes_nothing_leaves_the_class():
    found = classify(heliotrope=1, gottron_sign=1, anti_jo_1=1, dysphagia=None)
    assert found.myositis_class == "definite"
    assert (found.without_biopsy.value, found.without_biopsy.lower, found.without_biopsy.upper) == (None, 10.3, 11.0)
    assert (found.probability, found.missing) == (None, 1)


def test_an_unknown_answer_that_decides_leaves_no_class():
    found = classify(gottron_sign=1, age_at_onset=40, dysphagia=None)
    assert (found.without_biopsy.lower, found.without_biopsy.upper) == (5.4, 6.1)
    assert (found.myositis_class, found.is_myositis, found.subgroup) == (None, None, None)


def test_probable_or_definite_is_myositis_although_nobody_can_say_which():
    found = classify(heliotrope=1, gottron_sign=1, age_at_onset=40, neck_flexors_weaker=None, dysphagia=None)
    assert found.myositis_class == "definite"
    found = classify(heliotrope=1, gottron_sign=1, dysphagia=None, raised_enzyme=None)
    assert (found.myositis_class, found.is_myositis, found.subgroup) == (None, True, "JDM")


def test_an_unknown_age_may_be_any():
    found = classify(gottron_sign=1, age_at_onset=None)
    assert (found.without_biopsy.lower, found.without_biopsy.upper) == (3.3, 5.4)


@pytest.mark.parametrize(("cut", "is_myositis", "subgroup"), [
    ("possible", True, "ADM"), ("probable", False, None), ("definite", False, None),
])  # fmt: skip
def test_the_cut_decides_who_has_myositis_and_so_who_has_a_subgroup(cut, is_myositis, subgroup):
    found = classify(cut, gottron_sign=1, age_at_onset=40)
    assert (found.myositis_class, found.is_myositis, found.subgroup) == ("possible", is_myositis, subgroup)


STRONG = {"anti_jo_1": 1, "raised_enzyme": 1}


@pytest.mark.parametrize(("age", "findings", "subgroup"), [
    (18, {"gottron_sign": 1, "weak_proximal_legs": 1}, "DM"),
    (18, {"gottron_sign": 1}, "ADM"),
    (17.9, {"gottron_sign": 1}, "JDM"),
    (17.9, {"neck_flexors_weaker": 1}, "JM"),
    (50, {"neck_flexors_weaker": 1}, "PM"),
    (50, {"neck_flexors_weaker": 1, "finger_flexors_weak": 1}, "IBM"),
    (50, {"neck_flexors_weaker": 1, "finger_flexors_weak": 1, "treatment_helped": 1}, "PM"),
    (50, {"neck_flexors_weaker": 1, "biopsy": 1, "rimmed_vacuoles": 1}, "IBM"),
    (50, {"heliotrope": 1, "biopsy": 1, "rimmed_vacuoles": 1}, "ADM"),
    (50, {"neck_flexors_weaker": 1, "finger_flexors_weak": None}, None),
    (50, {"neck_flexors_weaker": 1, "finger_flexors_weak": None, "treatment_helped": 1}, "PM"),
    (50, {"gottron_sign": 1, "weak_proximal_legs": None}, None),
    (50, {"gottron_sign": 1, "heliotrope": None}, "ADM"),
])  # fmt: skip
def test_the_tree_of_subgroups(age, findings, subgroup):
    found = classify(age_at_onset=age, **(STRONG | findings))
    assert found.is_myositis
    assert found.subgroup == subgroup


@pytest.mark.parametrize(("findings", "needs"), [
    ({}, True), ({"heliotrope": 1}, False), ({"gottron_papules": 1}, False), ({"gottron_sign": 1}, False),
    ({"heliotrope": None}, None), ({"heliotrope": None, "gottron_sign": 1}, False), ({"biopsy": 1}, False),
])  # fmt: skip
def test_without_a_skin_sign_and_without_a_biopsy_a_biopsy_is_asked_for(findings, needs):
    assert classify(**findings).needs_biopsy is needs


def test_a_biopsy_counts_where_a_finding_of_it_is_known_although_nobody_wrote_that_it_was_done():
    assert classify(biopsy=None, rimmed_vacuoles=0).with_biopsy is not None
    assert classify(biopsy=None).with_biopsy is None


def test_a_finding_of_a_biopsy_that_was_not_done_is_a_fault():
    items = {key: [0] for key in ITEM_KEYS} | {"rimmed_vacuoles": [1]}
    found = classify_myositis(items)
    assert found.persons == (None,)
    assert found.say_problems() == ["biopsy is not 1 although a finding of a biopsy is given"]


def test_an_answer_that_is_not_0_or_1_is_a_fault():
    found = classify_myositis({key: [2 if key == "heliotrope" else 0] for key in ITEM_KEYS})
    assert found.say_problems() == ["heliotrope is not 0 or 1"]


def test_a_cut_and_an_item_that_do_not_exist_are_refused():
    with pytest.raises(InstrumentError, match='"likely" is no cut'):
        classify_myositis({}, cut="likely")
    with pytest.raises(InstrumentError, match=r'no item "heliotrop".*"heliotrope"'):
        classify_myositis({"heliotrop": [1]})
    assert len(CLINICAL) + len(BIOPSY) == 14
