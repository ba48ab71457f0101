"""Sheets and their totals: what counts, what a missing answer leaves open, and what is never scored."""

from __future__ import annotations

import math

import pytest

from refractory.errors import InstrumentError
from refractory.outcomes.instruments.declared import Instrument, Item, Severity, Total, check_instrument
from refractory.outcomes.instruments.library import SHIPPED, find_instrument
from refractory.outcomes.instruments.muscle import CHAQ, CMAS, HAQ_DI, MMT_8, MMT_8_BILATERAL
from refractory.outcomes.instruments.reach import find_reach
from refractory.outcomes.instruments.rules import Doubled, Mean, Scaled, Sum
from refractory.outcomes.instruments.scoring import classify_severity, score
from refractory.outcomes.instruments.skin import CDASI, DLQI


def sheet(instrument, answer=0, **changed):
    """One sheet: every item at one answer ("most" for its largest), but for those that are named."""
    items = {item.key: item.most if answer == "most" else answer for item in instrument.items} | changed
    return {key: [one] for key, one in items.items()}


def ends(instrument, total, items):
    """Value, lower and upper end of one sheet."""
    found = score(instrument, items).totals[total]
    return found.value[0], found.lower[0], found.upper[0]


def test_the_item_keys_of_cdasi_are_those_of_the_clinical_sheet():
    sites = [
        "scalp",
        "malar",
        "periorbital",
        "rest_of_face",
        "v_neck",
        "posterior_neck",
        "upper_back",
        "rest_of_back",
        "abdomen",
        "lateral_thigh",
        "rest_of_leg",
        "arm",
        "mechanics_hand",
        "dorsum_of_hand",
        "gottron_elsewhere",
    ]
    signs = ("erythema", "scale", "erosion", "poikiloderma", "calcinosis")
    further = {
        "hands_erythema", "hands_papules", "hands_ulceration", "hands_damage", "periungual", "alopecia",
    }  # fmt: skip
    assert set(CDASI.item_keys) == {f"{site}_{sign}" for site in sites for sign in signs} | further
    assert len(CDASI.item_keys) == 15 * 5 + 6


def test_cdasi_runs_from_0_to_100_and_from_0_to_32():
    assert ends(CDASI, "activity", sheet(CDASI)) == (0, 0, 0)
    assert ends(CDASI, "activity", sheet(CDASI, "most")) == (100, 100, 100)
    assert ends(CDASI, "damage", sheet(CDASI, "most")) == (32, 32, 32)


@pytest.mark.parametrize(("papules", "erythema", "activity"), [(0, 3, 3), (1, 3, 6), (0, 1, 1), (1, 1, 2), (1, 0, 0)])
def test_the_erythema_of_the_hands_counts_once_without_papules_and_twice_with_them(papules, erythema, activity):
    found = ends(CDASI, "activity", sheet(CDASI, hands_papules=papules, hands_erythema=erythema))
    assert found == (activity, activity, activity)


@pytest.mark.parametrize(
    ("papules", "erythema", "lower", "upper"), [(None, 3, 3, 6), (None, 0, 0, 0), (0, None, 0, 3), (1, None, 0, 6)]
)
def test_where_nobody_looked_for_papules_the_ends_are_erythema_once_and_twice(papules, erythema, lower, upper):
    found = ends(CDASI, "activity", sheet(CDASI, hands_papules=papules, hands_erythema=erythema))
    assert found == (None, lower, upper)


def test_papules_alone_add_nothing_and_no_site_is_in_the_wrong_total():
    for key in CDASI.item_keys:
        most = CDASI.item(key).most
        found = score(CDASI, sheet(CDASI, **{key: most})).totals
        added = (found["activity"].value[0], found["damage"].value[0])
        is_damage = key.endswith(("poikiloderma", "calcinosis")) or key == "hands_damage"
        expected = 0 if key == "hands_papules" else most
        assert added == ((0, expected) if is_damage else (expected, 0)), key


def test_a_missing_answer_leaves_a_total_without_a_value_but_with_its_two_ends():
    found = score(CDASI, sheet(CDASI, 0, malar_erythema=None, scalp_scale=2))
    assert found.totals["activity"].value == (None,)
    assert (found.totals["activity"].lower, found.totals["activity"].upper) == ((2,), (5,))
    assert found.totals["activity"].missing == (1,)
    assert found.totals["damage"].value == (0,)
    assert found.totals["damage"].missing == (0,)


@pytest.mark.parametrize("wrong", [4, -1, 2.5, math.inf])
def test_an_answer_that_is_not_allowed_is_a_fault_and_is_never_scored(wrong):
    items = sheet(CDASI)
    items = {key: [0, 0, 0] for key in items} | {"malar_erythema": [1, wrong, 3]}
    found = score(CDASI, items)
    assert [(fault.item, fault.rows) for fault in found.faults] == [("malar_erythema", (1,))]
    activity = found.totals["activity"]
    assert (activity.value, activity.lower, activity.upper) == ((1, None, 3), (1, None, 3), (1, None, 3))
    assert activity.has_fault == (False, True, False)
    assert activity.missing == (0, 0, 0)
    assert found.totals["damage"].value == (0, 0, 0)
    assert found.say_problems() == ["", "malar_erythema is not 0, 1, 2 or 3", ""]


def test_a_number_that_is_none_is_missing_and_not_a_fault():
    found = score(CDASI, sheet(CDASI, scalp_scale=math.nan))
    assert (found.totals["activity"].missing, found.faults) == ((1,), ())


def test_an_item_that_is_not_in_the_file_is_missing_on_every_sheet():
    found = score(CDASI, {"scalp_scale": [1, 2]}).totals["activity"]
    assert (found.value, found.lower, found.upper) == ((None, None), (1, 2), (99, 100))


def test_an_item_that_the_instrument_does_not_have_is_named_with_the_nearest():
    with pytest.raises(InstrumentError, match=r'no item "malar_scal".*Did you mean "malar_scale"'):
        score(CDASI, {"malar_scal": [1]})


def test_items_of_different_lengths_are_refused():
    with pytest.raises(InstrumentError, match="different numbers of sheets: 1, 2"):
        score(CDASI, {"scalp_scale": [1, 2], "arm_scale": [1]})


def test_no_sheets_give_no_totals():
    assert score(CDASI, {"scalp_scale": []}).totals["activity"].value == ()


@pytest.mark.parametrize(("instrument", "severity", "value", "name"), [
    (CDASI, 0, 19, "mild"), (CDASI, 0, 20, "moderate or severe"), (CDASI, 1, 14, "mild"),
    (CDASI, 1, 15, "moderate or severe"), (DLQI, 0, 1, "no effect"), (DLQI, 0, 2, "small effect"),
    (DLQI, 0, 20, "very large effect"), (DLQI, 0, 21, "extremely large effect"),
])  # fmt: skip
def test_the_end_of_a_severity_belongs_to_it(instrument, severity, value, name):
    assert classify_severity(instrument.totals[0].severities[severity], [value]) == (name,)


def test_the_minimal_important_change_of_cdasi_is_4_points_and_5_in_the_second_cohort():
    total = CDASI.total("activity")
    assert total.minimal_important_change == 4
    assert [one.points for one in total.important_changes] == [4, 5]
    assert CDASI.total("damage").minimal_important_change is None


@pytest.mark.parametrize("key", SHIPPED)
def test_a_total_of_a_shipped_instrument_reaches_from_its_least_to_its_most(key):
    instrument = SHIPPED[key]
    check_instrument(instrument)
    for total in instrument.totals:
        assert find_reach(total.rule, instrument.items) == (total.least, total.most)
        assert total.source
        assert total.confidence in ("S", "S2", "G", "C")


@pytest.mark.parametrize("key", SHIPPED)
def test_every_item_of_a_shipped_instrument_can_move_a_total(key):
    instrument = SHIPPED[key]
    asked = {item for total in instrument.totals for item in total.item_keys}
    assert asked == set(instrument.item_keys)


def test_more_is_better_for_strength_and_worse_for_disease():
    better = {key for key, one in SHIPPED.items() if one.totals[0].higher_is == "better"}
    assert better == {"mmt-8", "mmt-8-bilateral", "cmas"}
    assert [one.totals[0].most for one in (MMT_8, MMT_8_BILATERAL, CMAS)] == [80, 150, 52]


@pytest.mark.parametrize(("unanswered", "total"), [(0, 20), (1, 18), (2, None)])
def test_one_unanswered_question_of_the_dlqi_counts_0_and_two_leave_no_total(unanswered, total):
    answers = sheet(DLQI, 2, **{f"q{number}": None for number in range(1, unanswered + 1)})
    lower = 20 - 2 * unanswered
    assert ends(DLQI, "total", answers) == (total, lower, lower + 3 * unanswered)


@pytest.mark.parametrize("instrument", [HAQ_DI, CHAQ])
@pytest.mark.parametrize(("without", "index"), [(0, 1), (2, 1), (3, None)])
def test_the_disability_index_needs_six_of_its_eight_categories(instrument, without, index):
    categories = list(dict.fromkeys(key.split("_")[0] for key in instrument.item_keys))[:without]
    gone = [key for key in instrument.item_keys if key.split("_")[0] in categories and not key.endswith("_aid")]
    answers = sheet(instrument, 1, **dict.fromkeys(gone)) | {
        key: [0] for key in instrument.item_keys if key.endswith("_aid")
    }
    assert ends(instrument, "index", answers)[0] == index


@pytest.mark.parametrize(("worst", "aid", "category"), [
    (0, 1, 2), (1, 1, 2), (2, 1, 2), (3, 1, 3), (0, 0, 0), (1, None, 1), (3, None, 3),
])  # fmt: skip
def test_an_aid_raises_a_category_to_2_and_never_lowers_it_and_an_unticked_one_is_not_used(worst, aid, category):
    found = ends(HAQ_DI, "index", sheet(HAQ_DI, eating_cut_meat=worst, eating_aid=aid))
    assert found == (category / 8, category / 8, category / 8)


def test_a_category_is_its_worst_answered_task():
    found = ends(HAQ_DI, "index", sheet(HAQ_DI, eating_cut_meat=2, eating_lift_cup=1, eating_open_carton=None))
    assert found == (2 / 8, 2 / 8, 3 / 8)


def test_an_aid_without_an_answered_task_is_no_answered_category():
    answers = sheet(HAQ_DI, arising_stand_up=None, arising_bed=None, arising_aid=1)
    assert ends(HAQ_DI, "index", answers) == (0, 2 / 8, 3 / 8)


def test_the_ends_turn_round_where_an_item_counts_against_the_total():
    items = (Item("gain", "", 0, 4), Item("loss", "", 0, 3))
    total = Total("net", "Net", -3, 4, "better", Sum(("gain", Scaled("loss", by=-1))), "invented", "C")
    made = Instrument("net", "Net", "1", items, (total,))
    assert ends(made, "net", {"gain": [None], "loss": [1]}) == (None, -1, 3)
    assert ends(made, "net", {"gain": [2], "loss": [None]}) == (None, -1, 2)
    assert ends(made, "net", {"gain": [2], "loss": [3]}) == (-1, -1, -1)


def test_tenths_are_added_exactly():
    items = tuple(Item(key, "", 0, 1) for key in "abc")
    rule = Sum(tuple(Scaled(key, by=0.1) for key in "abc"))
    made = Instrument("tenths", "", "", items, (Total("t", "", 0, 0.3, "worse", rule, "invented", "C"),))
    assert ends(made, "t", {key: [1] for key in "abc"}) == (0.3, 0.3, 0.3)


@pytest.mark.parametrize(("rule", "what"), [
    (Sum(("a", "z")), 'asks for "z", which is no item'),
    (Doubled("a", when="b"), "doubles when b is 1, but b is not 0 or 1"),
    (Mean(("a", "b"), answered=3), "needs 3 answers of 2"),
    (Sum((Scaled("a", over=0),)), "divides by 0"),
])  # fmt: skip
def test_an_instrument_whose_parts_do_not_fit_is_refused(rule, what):
    total = Total("t", "T", 0, 9, "worse", rule, "invented", "C")
    with pytest.raises(InstrumentError, match=what):
        check_instrument(Instrument("x", "X", "", (Item("a", "", 0, 3), Item("b", "", 0, 2)), (total,)))


def test_severities_that_do_not_rise_are_refused():
    severity = Severity((("mild", 2), ("severe", 2)), "worst", "invented", "C")
    total = Total("t", "T", 0, 3, "worse", "a", "invented", "C", severities=(severity,))
    with pytest.raises(InstrumentError, match="do not rise"):
        check_instrument(Instrument("x", "X", "", (Item("a", "", 0, 3),), (total,)))


@pytest.mark.parametrize("name", ["cdasi", "CDASI", " Cdasi "])
def test_a_name_is_found_in_any_case(name):
    assert find_instrument(name) is CDASI


def test_a_name_that_nobody_knows_is_answered_with_the_nearest():
    with pytest.raises(InstrumentError, match=r'no instrument is called "cdassi".*Did you mean "cdasi"'):
        find_instrument("cdassi")
