"""Dosages of FHIR R4, as electronic records send them."""

from __future__ import annotations

from typing import Any

import pytest
from tests.sig_notation import have_same_steps, read_notation

from refractory.exposures.sig import read_fhir_dosage, read_sig

DAILY = {"frequency": 1, "period": 1, "periodUnit": "d"}


def dosage(value: float, unit: str, repeat: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    """A Dosage with one amount, in JSON as FHIR has it."""
    timing = {} if repeat is None else {"timing": {"repeat": repeat}}
    return {"doseAndRate": [{"doseQuantity": {"value": value, "unit": unit, "code": unit}}], **timing, **more}


@pytest.mark.parametrize(
    ("repeat", "per_day"),
    [
        ({"frequency": 2, "period": 1, "periodUnit": "d"}, "40"),
        ({"period": 1, "periodUnit": "d"}, "20"),
        ({"frequency": 1, "period": 8, "periodUnit": "h"}, "60"),
        ({"frequency": 1, "period": 2, "periodUnit": "d"}, "10"),
        ({"frequency": 1, "period": 1, "periodUnit": "wk"}, "20/7"),
        ({"frequency": 1, "period": 4, "periodUnit": "wk"}, "20/28"),
        ({"frequency": 1, "period": 1, "periodUnit": "mo"}, "20/30"),
        ({"frequency": 2, "period": 1, "periodUnit": "wk"}, "40/7"),
        ({**DAILY, "dayOfWeek": ["mon", "wed", "fri"]}, "60/7"),
        ({"frequency": 1, "period": 1, "periodUnit": "wk", "dayOfWeek": ["mon"]}, "20/7"),
        ({"dayOfWeek": ["mon", "thu"]}, "40/7"),
        ({"when": ["MORN", "EVE"]}, "40"),
        ({"when": ["ACM", "PCV", "HS"], "period": 1, "periodUnit": "d"}, "60"),
        ({"timeOfDay": ["08:00:00", "20:00:00"]}, "40"),
        ({**DAILY, "when": ["MORN"]}, "20"),
    ],
)
def test_an_amount_and_its_timing_give_the_dose_of_a_day(repeat, per_day):
    sig = read_fhir_dosage(dosage(20, "mg", repeat))
    assert have_same_steps(sig, read_notation(f"0-: {per_day} mg")), sig


@pytest.mark.parametrize(
    ("code", "per_day"),
    [("BID", "40"), ("TID", "60"), ("QID", "80"), ("QD", "20"), ("QOD", "10"), ("AM", "20"), ("BED", "20"),
     ("Q4H", "120"), ("Q8H", "60"), ("WK", "20/7"), ("MO", "20/30")],
)  # fmt: skip
def test_a_code_of_a_timing_is_read(code, per_day):
    for said in ({"coding": [{"code": code}]}, {"text": code}):
        sig = read_fhir_dosage(dosage(20, "mg") | {"timing": {"code": said}})
        assert have_same_steps(sig, read_notation(f"0-: {per_day} mg")), sig


@pytest.mark.parametrize(
    ("unit", "steps"),
    [
        ("mg", "0-: 2 mg"),
        ("g", "0-: 2000 mg"),
        ("ug", "0-: 0.002 mg"),
        ("mL", "0-: 2 mL"),
        ("{tbl}", "0-: 2 unit"),
        ("{Tablet}", "0-: 2 unit"),
        ("TAB", "0-: 2 unit"),
        ("[iU]", "0-: 2 IU"),
        ("mg/kg", "0-: 2 mg/kg"),
        ("1", "0-: 2 unit"),
    ],
)
def test_units_of_ucum_are_read(unit, steps):
    assert have_same_steps(read_fhir_dosage(dosage(2, unit, DAILY)), read_notation(steps))


@pytest.mark.parametrize(
    ("bounds", "steps", "stops"),
    [
        ({"boundsDuration": {"value": 10, "unit": "days", "code": "d"}}, "0-9: 20 mg", True),
        ({"boundsDuration": {"value": 2, "code": "wk"}}, "0-13: 20 mg", True),
        ({"boundsPeriod": {"start": "2020-01-01", "end": "2020-01-10"}}, "0-9: 20 mg", True),
        ({"boundsPeriod": {"start": "2020-01-01T08:00:00Z"}}, "0-: 20 mg", False),
        ({"boundsRange": {"low": {"value": 7, "code": "d"}, "high": {"value": 10, "code": "d"}}},
         "0-6: 20 mg; 7-9: ? mg [0..20]", True),
        ({"count": 3}, "0-2: 20 mg", True),
    ],
)  # fmt: skip
def test_bounds_end_the_dose(bounds, steps, stops):
    sig = read_fhir_dosage(dosage(20, "mg", DAILY | bounds))
    assert have_same_steps(sig, read_notation(steps)), sig
    assert sig.stops is stops


def test_dosages_of_a_later_sequence_number_follow():
    ten_days = {"boundsDuration": {"value": 10, "code": "d"}}
    taper = [
        dosage(20, "mg", DAILY, sequence=3),
        dosage(60, "mg", DAILY | ten_days, sequence=1),
        dosage(40, "mg", DAILY | ten_days, sequence=2),
    ]
    assert have_same_steps(read_fhir_dosage(taper), read_notation("0-9: 60 mg; 10-19: 40 mg; 20-: 20 mg"))


def test_dosages_of_one_sequence_number_at_different_hours_are_added():
    both = [dosage(2, "{tbl}", {"when": ["MORN"]}, sequence=1), dosage(1, "{tbl}", {"when": ["EVE"]}, sequence=1)]
    assert have_same_steps(read_fhir_dosage(both), read_notation("0-: 3 unit"))


def test_dosages_that_say_the_same_day_twice_give_no_number():
    sig = read_fhir_dosage([dosage(20, "mg", DAILY), dosage(10, "mg", DAILY)])
    assert all(step.per_day is None for step in sig.steps)
    assert sig.unread


def test_as_needed_and_ranges_have_bounds():
    twice = {"frequency": 1, "frequencyMax": 2, "period": 1, "periodUnit": "d"}
    assert have_same_steps(read_fhir_dosage(dosage(20, "mg", twice)), read_notation("0-: ? mg [20..40]"))
    needed = read_fhir_dosage(dosage(20, "mg", twice, asNeededBoolean=True))
    assert have_same_steps(needed, read_notation("0-: ? mg [0..40]"))
    assert needed.steps[0].is_as_needed
    span = {"doseRange": {"low": {"value": 1, "code": "{tbl}"}, "high": {"value": 2, "code": "{tbl}"}}}
    ranged = {"doseAndRate": [span], "timing": {"repeat": DAILY}}
    assert have_same_steps(read_fhir_dosage(ranged), read_notation("0-: ? unit [1..2]"))
    cap = {"numerator": {"value": 30, "unit": "mg"}, "denominator": {"value": 1, "code": "d"}}
    capped = dosage(20, "mg", twice, asNeededCodeableConcept={"text": "pain"}, maxDosePerPeriod=cap)
    assert have_same_steps(read_fhir_dosage(capped), read_notation("0-: ? mg [0..30]"))


def test_what_was_ordered_by_weight_and_calculated_in_milligrams_is_in_milligrams():
    ordered = {"type": {"text": "ordered"}, "doseQuantity": {"value": 1, "code": "mg/kg"}}
    calculated = {"type": {"text": "calculated"}, "doseQuantity": {"value": 70, "code": "mg"}}
    both = {"doseAndRate": [ordered, calculated], "timing": {"repeat": DAILY}}
    assert have_same_steps(read_fhir_dosage(both), read_notation("0-: 70 mg"))


def test_single_days_are_days_of_their_own():
    twice = dosage(1000, "mg") | {"timing": {"event": ["2020-01-01", "2020-01-15"]}}
    assert have_same_steps(read_fhir_dosage(twice), read_notation("0-0: 1000 mg; 14-14: 1000 mg"))
    once = read_fhir_dosage(dosage(1, "g", {"count": 1}))
    assert have_same_steps(once, read_notation("0-0: 1000 mg"))
    assert once.stops


def test_a_rate_by_the_day_is_a_dose_and_a_rate_by_the_hour_is_the_speed_of_an_infusion():
    daily = {"doseAndRate": [{"rateQuantity": {"value": 60, "unit": "mg/d"}}]}
    assert have_same_steps(read_fhir_dosage(daily), read_notation("0-: 60 mg"))
    hourly = {"numerator": {"value": 5, "unit": "mg"}, "denominator": {"value": 1, "unit": "h"}}
    sig = read_fhir_dosage({"doseAndRate": [{"rateRatio": hourly}], "timing": {"repeat": DAILY}})
    assert all(step.per_day is None for step in sig.steps)


def test_a_text_is_read_where_the_structure_has_no_amount_or_no_timing():
    assert have_same_steps(read_fhir_dosage({"text": "15 mg once a week"}), read_notation("0-: 15/7 mg"))
    assert have_same_steps(
        read_fhir_dosage({"patientInstruction": "take 2 tablets daily"}), read_notation("0-: 2 unit")
    )
    without_timing = dosage(20, "mg", text="20 mg by mouth twice daily")
    assert read_fhir_dosage(without_timing) == read_sig("20 mg by mouth twice daily")


def test_a_text_that_says_another_dose_contradicts_the_structure():
    same = read_fhir_dosage(dosage(20, "mg", DAILY, text="take 20 mg daily"))
    assert have_same_steps(same, read_notation("0-: 20 mg"))
    other = read_fhir_dosage(dosage(20, "mg", DAILY, text="take 40 mg daily"))
    assert have_same_steps(other, read_notation("0-: ? mg"))
    assert other.unread == "take 40 mg daily"


def test_a_text_that_cannot_be_read_leaves_the_structure_as_it_is():
    sig = read_fhir_dosage(dosage(20, "mg", DAILY, text="see the blue sheet"))
    assert have_same_steps(sig, read_notation("0-: 20 mg"))


def test_a_route_is_that_of_the_structure_or_of_the_text():
    route = {"route": {"coding": [{"code": "26643006", "display": "Oral route"}]}}
    assert read_fhir_dosage(dosage(20, "mg", DAILY, **route)).route == "oral"
    assert read_fhir_dosage({"text": "20 mg IV daily"}).route == "intravenous"


@pytest.mark.parametrize(
    "broken",
    [
        {"doseAndRate": "20 mg"},
        {"doseAndRate": [{"doseQuantity": {"value": -20, "unit": "mg"}}], "timing": {"repeat": DAILY}},
        {"doseAndRate": [{"doseQuantity": {"value": 20, "unit": "smidgen"}}], "timing": {"repeat": DAILY}},
        {
            "doseAndRate": [{"doseQuantity": {"value": 20, "comparator": "<", "unit": "mg"}}],
            "timing": {"repeat": DAILY},
        },
        dosage(20, "mg", {"frequency": 1, "period": 1, "periodUnit": "fortnight"}),
        dosage(20, "mg", {"frequency": 2, "period": 1, "periodUnit": "d", "when": ["MORN"]}),
        dosage(20, "mg", {"when": ["AC"]}),
        dosage(20, "mg", {"dayOfWeek": ["noday"]}),
        dosage(20, "mg", DAILY, modifierExtension=[{"url": "x"}]),
        dosage(20, "mg", {"frequency": 0, "period": 1, "periodUnit": "d"}),
    ],
)
def test_a_structure_that_is_not_understood_gives_no_number(broken):
    sig = read_fhir_dosage(broken)
    assert all(step.per_day is None for step in sig.steps)
    assert sig.unread


def test_no_dosage_says_nothing():
    assert (read_fhir_dosage([]).steps, read_fhir_dosage([]).unread) == ((), "")
