"""From a direction to the milligrams of each covered day."""

from __future__ import annotations

import pytest

from refractory.exposures.sig import derive_sig_stretches, read_sig


def stretches(text: str, **said) -> list[tuple[int, int | None, float | None]]:
    return [(one.first_day, one.last_day, one.mg_per_day) for one in derive_sig_stretches(read_sig(text), **said)]


def test_an_open_step_ends_with_the_last_covered_day():
    assert stretches("20 mg daily", covered_days=30) == [(0, 29, 20.0)]
    assert stretches("20 mg daily") == [(0, None, 20.0)]


def test_what_is_not_covered_is_cut_off():
    assert stretches("40 mg daily x 5 days, then 20 mg daily x 5 days", covered_days=7) == [(0, 4, 40.0), (5, 6, 20.0)]


def test_behind_the_last_step_there_is_no_drug_where_the_text_stops_and_an_unknown_dose_elsewhere():
    assert stretches("40 mg daily x 5 days", covered_days=30) == [(0, 4, 40.0)]
    assert stretches("20 mg x 5 days then taper by 10 mg every 5 days", covered_days=30) == [
        (0, 4, 20.0),
        (5, 9, 10.0),
        (10, 29, None),
    ]


def test_days_between_two_steps_are_without_the_drug():
    assert stretches("1 g IV on days 1 and 15", covered_days=30) == [(0, 0, 1000.0), (14, 14, 1000.0)]


def test_tablets_need_their_milligrams():
    assert stretches("2 tablets daily", mg_per_unit=5) == [(0, None, 10.0)]
    assert stretches("2 tablets daily") == [(0, None, None)]


def test_a_dose_by_kilogram_needs_the_weight():
    assert stretches("1 mg/kg/day", weight_kg=70) == [(0, None, 70.0)]
    assert stretches("1 mg/kg/day", mg_per_unit=5) == [(0, None, None)]


def test_millilitres_are_not_tablets():
    assert stretches("5 mL daily", mg_per_unit=250) == [(0, None, None)]
    assert stretches("5 mL daily", mg_per_ml=3) == [(0, None, 15.0)]


@pytest.mark.parametrize(
    "text", ["80 units SC twice weekly", "375 mg/m2 weekly", "1 drop in each eye bid", "20 mg prn"]
)
def test_what_cannot_be_turned_into_milligrams_is_unknown(text):
    assert [mg for _, _, mg in stretches(text, mg_per_unit=5, weight_kg=70, covered_days=30)] == [None]


@pytest.mark.parametrize("mg", [0, -5, float("nan"), float("inf")])
def test_a_strength_that_is_none_gives_no_dose(mg):
    assert stretches("2 tablets daily", mg_per_unit=mg) == [(0, None, None)]


def test_a_direction_of_which_nothing_is_read_covers_its_days_with_an_unknown_dose():
    assert stretches("ask the GP", covered_days=30) == [(0, 29, None)]
    assert stretches("ask the GP", covered_days=0) == []
