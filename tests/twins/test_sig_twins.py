"""Directions written from a known meaning, read back; and the same meaning said in FHIR."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.twins.sig_writer import FREQUENCIES, MG, TABLETS, sequence, single_direction, taper, write_amount

from refractory.exposures.sig import Sig, read_dose_cell, read_fhir_dosage, read_sig


def assert_means(sig: Sig, meaning, unit: str) -> None:
    found = [(step.first_day, step.last_day, step.unit) for step in sig.steps]
    assert found == [(first, last, unit) for first, last, _ in meaning]
    assert [step.per_day for step in sig.steps] == pytest.approx([per_day for _, _, per_day in meaning])
    assert sig.unread == ""


@settings(max_examples=400)
@given(single_direction())
def test_one_amount_with_its_frequency_is_read_back(written):
    sig = read_sig(written.text)
    assert_means(sig, written.meaning, written.unit)
    assert sig.stops == written.stops


@settings(max_examples=300)
@given(sequence())
def test_a_sequence_is_read_back(written):
    sig = read_sig(written.text)
    assert_means(sig, written.meaning, written.unit)
    assert sig.stops == written.stops


@settings(max_examples=300)
@given(taper())
def test_a_taper_is_read_back(written):
    sig = read_sig(written.text)
    assert_means(sig, written.meaning, written.unit)
    assert sig.stops == written.stops


@settings(max_examples=300)
@given(st.sampled_from([single_direction(), sequence(), taper()]).flatmap(lambda one: one), st.data())
def test_a_direction_in_any_case_and_with_any_blanks_is_the_same(written, data):
    text = data.draw(st.sampled_from([str.upper, str.lower, str.title]))(written.text)
    blanks = data.draw(st.sampled_from([" ", "  ", "\n", "\t "]))
    # Title case makes of "1/2 tab" and of "q.d." the same words with other capitals.
    assert_means(read_sig(text.replace(" ", blanks)), written.meaning, written.unit)


@given(
    st.sampled_from(["mg", "unit"]),
    st.data(),
    st.sampled_from(["prn", "as needed", "if needed", "when required"]),
    st.sampled_from(["", " pain", " for itching", " flare"]),
    st.sampled_from([1, 2, 3, 4, 1 / 2]),
)
def test_an_amount_as_needed_has_no_number_and_its_own_upper_bound(unit, data, needed, why, times):
    number = data.draw(MG if unit == "mg" else TABLETS)
    frequency = data.draw(st.sampled_from(FREQUENCIES[times]))
    sig = read_sig(f"{data.draw(write_amount(number, unit))} {frequency} {needed}{why}")
    (step,) = sig.steps
    assert (step.per_day, step.least_per_day, step.is_as_needed, step.unit) == (None, 0.0, True, unit)
    assert step.most_per_day == pytest.approx(number * times)


@given(TABLETS, TABLETS, st.sampled_from([1, 2, 3, 4]), st.sampled_from(["-", " to ", " or ", " - "]))
def test_a_range_has_bounds_and_no_number(one, other, times, joint):
    least, most = min(one, other), max(one, other)
    (step,) = read_sig(f"take {least:g}{joint}{most:g} tablets {FREQUENCIES[times][0]}").steps
    if least == most:
        assert step.per_day == pytest.approx(least * times)
    else:
        assert step.per_day is None
        assert (step.least_per_day, step.most_per_day) == pytest.approx((least * times, most * times))


@given(MG, MG, st.data())
def test_two_directions_without_a_sequence_contradict_each_other(one, other, data):
    first, second = (data.draw(st.sampled_from(FREQUENCIES[1])) for _ in range(2))
    sig = read_sig(f"take {one:g} mg {first}. Take {other:g} mg {second}")
    # Different hours of the day are one day's intakes; anything else says the same day twice.
    assert len(sig.steps) == 1
    if sig.steps[0].per_day is not None:
        assert sig.steps[0].per_day == pytest.approx(one + other)
        assert {first, second} <= {
            *(
                "every morning",
                "qAM",
                "at bedtime",
                "nightly",
                "qhs",
                "mane",
                "nocte",
                "in the evening",
                "each morning",
            ),
        }
    else:
        assert sig.unread


_PERIODS = {1: (1, 1, "d"), 2: (2, 1, "d"), 3: (1, 8, "h"), 4: (1, 6, "h"), 1 / 2: (1, 2, "d"), 1 / 7: (1, 1, "wk")}


@given(MG, st.sampled_from(sorted(_PERIODS)), st.sampled_from([None, 7, 28]), st.data())
def test_a_dosage_of_fhir_says_the_same_as_its_text(mg, times, days, data):
    frequency, period, unit = _PERIODS[times]
    repeat = {"frequency": frequency, "period": period, "periodUnit": unit}
    if days is not None:
        repeat["boundsDuration"] = {"value": days, "code": "d"}
    dosage = {"timing": {"repeat": repeat}, "doseAndRate": [{"doseQuantity": {"value": mg, "code": "mg"}}]}
    text = f"{mg:g} mg {data.draw(st.sampled_from(FREQUENCIES[times]))}" + ("" if days is None else f" for {days} days")
    ours, theirs = read_fhir_dosage(dosage), read_sig(text)
    assert_means(ours, [(step.first_day, step.last_day, step.per_day) for step in theirs.steps], "mg")
    assert ours.stops == theirs.stops
    # The text may stand beside the structure, or alone.
    assert_means(read_fhir_dosage(dosage | {"text": text}), [(0, ours.steps[0].last_day, mg * times)], "mg")
    assert read_fhir_dosage({"text": text}) == theirs


@given(MG, st.sampled_from([1, 2, 1 / 2, 1 / 7, 3 / 7]), st.data())
def test_a_cell_has_the_dose_of_the_same_direction(mg, times, data):
    frequency = data.draw(st.sampled_from(FREQUENCIES[times]))
    with_unit, without = read_dose_cell(f"{mg:g} mg {frequency}"), read_dose_cell(f"{mg:g} {frequency}", "mg")
    assert_means(with_unit, [(0, None, mg * times)], "mg")
    assert without == with_unit
