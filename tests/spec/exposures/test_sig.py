"""The rules by which a written direction becomes days with a dose, one a test; the corpus has the many texts."""

from __future__ import annotations

import pytest
from tests.sig_notation import have_same_steps, read_notation

from refractory.exposures.sig import read_sig


def says(text: str, steps: str) -> bool:
    return have_same_steps(read_sig(text), read_notation(steps))


def test_a_stretch_of_five_days_ends_on_day_4_and_the_next_begins_on_day_5():
    assert says("60 mg daily for 5 days, then 40 mg daily", "0-4: 60 mg; 5-: 40 mg")


def test_a_weekly_dose_counts_a_seventh_a_day_and_named_days_count_whole():
    assert says("15 mg once a week", "0-: 15/7 mg")
    assert says("1 g IV on days 1 and 15", "0-0: 1000 mg; 14-14: 1000 mg")


def test_day_1_is_the_first_day_unless_the_text_has_a_day_0():
    assert says("1 g IV on days 1 and 14", "0-0: 1000 mg; 13-13: 1000 mg")
    assert says("1 g IV on days 0 and 14", "0-0: 1000 mg; 14-14: 1000 mg")


def test_a_taper_without_a_goal_ends_with_the_last_amount_that_is_more_than_nothing_and_does_not_say_what_then():
    sig = read_sig("20 mg daily x 7 days, taper by 5 mg every 7 days")
    assert have_same_steps(sig, read_notation("0-6: 20 mg; 7-13: 15 mg; 14-20: 10 mg; 21-27: 5 mg"))
    assert not sig.stops


def test_a_taper_until_off_says_that_the_drug_ends():
    assert read_sig("20 mg daily x 7 days, taper by 5 mg every 7 days until off").stops


def test_the_goal_of_a_taper_goes_on_and_is_reached_by_a_smaller_last_step():
    assert says(
        "20 mg daily x 7 days, decrease by 7.5 mg every 7 days to 10 mg", "0-6: 20 mg; 7-13: 12.5 mg; 14-: 10 mg"
    )


def test_a_taper_of_a_dose_that_is_taken_twice_a_day_is_not_laid_out():
    # By 5 mg a dose or 5 mg a day?
    assert says("20 mg bid x 7 days, decrease by 5 mg every 7 days to 10 mg", "0-6: 40 mg; 7-: ? mg")


def test_the_strength_of_a_tablet_is_not_the_dose():
    assert says("prednisone 20 mg tablet daily", "0-: ?")
    assert says("prednisone 20 mg tablet: take 2 tablets daily", "0-: 40 mg")


@pytest.mark.parametrize("text", ["2 tablets (20 mg) daily", "20 mg 2 tablets daily", "20 mg, take 2 tablets daily"])
def test_where_nobody_knows_whether_milligrams_are_of_one_tablet_or_of_all_the_tablets_are_counted(text):
    assert says(text, "0-: 2 unit")


def test_a_total_that_does_not_fit_the_strength_leaves_the_dose_open():
    assert says("prednisone 20 mg tablet: take 2 tablets (40 mg total) daily", "0-: 40 mg")
    assert says("prednisone 20 mg tablet: take 2 tablets (30 mg total) daily", "0-: ? mg")


def test_an_amount_without_a_frequency_is_daily_where_its_days_are_counted_and_open_where_its_weeks_are():
    # Methotrexate is written as "7.5 mg x 4 weeks" too.
    assert says("20 mg x 14 days", "0-13: 20 mg")
    assert says("20 mg x 2 weeks", "0-13: ? mg")
    assert says("prednisone 20 mg x 2 weeks", "0-13: 20 mg")


def test_an_amount_behind_a_daily_one_is_daily_and_behind_one_twice_a_day_open():
    assert says("20 mg daily x 5 days then 10 mg", "0-4: 20 mg; 5-: 10 mg")
    assert says("20 mg bid x 5 days then 10 mg", "0-4: 40 mg; 5-: ? mg")


def test_a_smaller_amount_each_week_behind_a_daily_dose_may_be_a_taper_and_is_not_read():
    assert says("10 mg daily x 28 days, then 1 mg every month", "0-27: 10 mg; 28-: ? mg")


def test_of_8_tablets_without_the_word_a_number_may_count_and_of_9_it_may_not():
    assert says("take 8 once weekly", "0-: 8/7 unit")
    assert says("take 9 once weekly", "0-: ?")


def test_a_bare_5_behind_take_counts_tablets_and_elsewhere_it_may_be_milligrams():
    assert says("take 5 daily", "0-: 5 unit")
    assert says("5 daily", "0-: ?")
    assert says("prednisone 5 daily", "0-: ?")


def test_words_that_are_not_understood_leave_open_what_stands_from_their_stretch_on():
    sig = read_sig("60 mg daily x 5 days, then 40 mg gloriously daily x 5 days, then 20 mg daily")
    assert have_same_steps(sig, read_notation("0-4: 60 mg; 5-: ? mg"))
    assert sig.unread == "gloriously"


def test_a_sentence_that_is_not_understood_may_concern_every_stretch():
    assert says("60 mg daily x 5 days, then 40 mg daily. Reduce on weekends.", "0-: ? mg")


def test_an_indication_is_understood_whatever_it_is_and_ends_where_the_direction_goes_on():
    assert says("10 mg daily for the dreaded lurgy, then 5 mg", "0-: ? mg [5..10]")
    assert says("10 mg daily for 5 days for the dreaded lurgy, then 5 mg daily", "0-4: 10 mg; 5-: 5 mg")


def test_grams_of_a_cream_are_not_grams_of_its_drug():
    assert says("apply 2 g topically twice daily", "0-: ? mg")


def test_a_cap_bounds_what_is_as_needed_and_contradicts_a_fixed_dose_above_it():
    assert says("1 tablet q4h prn, max 4 tablets daily", "0-: ? unit [0..4]")
    assert says("2 tablets bid, max 4 tablets daily", "0-: 4 unit")
    assert says("2 tablets bid, max 3 tablets daily", "0-: ? unit")


def test_amounts_at_different_hours_are_added_and_amounts_at_the_same_hour_contradict_each_other():
    assert says("2 tablets in the morning and 1 tablet at night", "0-: 3 unit")
    assert says("2 tablets in the morning and 1 tablet in the morning", "0-: ? unit")


def test_only_the_pack_whose_name_says_its_doses_is_read():
    assert says("Medrol Dosepak", "0-0: 24 mg; 1-1: 20 mg; 2-2: 16 mg; 3-3: 12 mg; 4-4: 8 mg; 5-5: 4 mg")
    assert sum(step.per_day or 0 for step in read_sig("Medrol Dosepak").steps) == 21 * 4
    assert says("prednisone dose pack as directed", "0-: ?")


def test_a_text_of_which_nothing_is_understood_is_returned_whole():
    sig = read_sig("  Ask   the GP ")
    assert (sig.steps, sig.unread) == ((), "Ask the GP")


def test_an_empty_text_says_nothing_and_leaves_nothing_unread():
    assert (read_sig("").steps, read_sig(" \n").unread) == ((), "")


def test_a_letter_is_not_a_direction():
    text = "take 1 tablet daily " * 200
    assert read_sig(text).steps == ()


def test_two_routes_are_none():
    assert read_sig("20 mg PO daily").route == "oral"
    assert read_sig("20 mg PO/IV daily").route is None
