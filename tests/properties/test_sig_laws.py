"""What holds for any text that is read as a direction."""

from __future__ import annotations

import csv
from math import isfinite
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from refractory.exposures.sig import DoseStep, Sig, derive_sig_stretches, read_dose_cell, read_fhir_dosage, read_sig
from refractory.exposures.sig.lexing import read_words
from refractory.exposures.sig.tokens import read_tokens
from refractory.records.routes import ROUTE_CONCEPTS, read_route

_CORPUS = Path(__file__).parents[1] / "spec" / "exposures" / "sig_corpus.csv"
with _CORPUS.open(encoding="utf-8", newline="") as _file:
    TEXTS = [case["text"] for case in csv.DictReader(_file)]
READ = [text for text in TEXTS if read_sig(text).steps and not read_sig(text).unread]
WORDS = sorted({word for text in TEXTS for word in text.split()})
# Parts of texts of one to four words, as they stand in the corpus.
FRAGMENTS = sorted(
    {
        " ".join(words[at : at + size])
        for words in map(str.split, TEXTS)
        for size in (1, 2, 4)
        for at in range(len(words))
    }
)


def check_well_formed(sig: Sig) -> None:
    """Assert what every reading keeps."""
    for step in sig.steps:
        assert step.last_day is None or step.last_day >= step.first_day >= 0
        for number in (step.per_day, step.least_per_day, step.most_per_day):
            assert number is None or (isfinite(number) and number >= 0)
        if step.least_per_day is not None and step.most_per_day is not None:
            assert step.least_per_day <= step.most_per_day
        assert step.per_day is None or not step.is_as_needed
        assert step.per_day is None or (step.least_per_day is None and step.most_per_day is None)
    for earlier, later in zip(sig.steps, sig.steps[1:], strict=False):
        assert earlier.last_day is not None
        assert earlier.last_day < later.first_day
    assert not sig.stops or sig.steps[-1].last_day is not None


@given(st.text(max_size=80))
def test_no_text_is_too_odd_to_be_looked_at(text):
    check_well_formed(read_sig(text))


@given(st.lists(st.sampled_from(FRAGMENTS), min_size=1, max_size=8), st.sampled_from([" ", ", ", "; ", " then ", ""]))
def test_whatever_is_glued_together_gives_days_in_order_and_numbers_that_are_numbers(parts, joint):
    check_well_formed(read_sig(joint.join(parts)))


@pytest.mark.parametrize("text", TEXTS)
def test_neither_case_nor_the_number_of_blanks_matters(text):
    sig = read_sig(text)
    for other in (text.upper(), text.lower(), text.replace(" ", "  \t\n "), f"  {text} "):
        again = read_sig(other)
        assert (again.steps, again.route, again.stops) == (sig.steps, sig.route, sig.stops), other


def doses_by_day(sig: Sig, days: int = 400) -> list[tuple[float | None, str]]:
    """The number and the unit of each day, None where there is no number."""
    doses: list[tuple[float | None, str]] = [(None, "")] * days
    for step in sig.steps:
        last = days - 1 if step.last_day is None else min(step.last_day, days - 1)
        for day in range(step.first_day, last + 1):
            doses[day] = step.per_day, step.unit
    return doses


@given(st.sampled_from(READ), st.sampled_from(["zzgrubble", "vxq", "plimsoll"]), st.data())
def test_an_unknown_word_takes_numbers_away_and_never_changes_one(text, word, data):
    words = text.split()
    at = data.draw(st.integers(0, len(words)))
    with_word = read_sig(" ".join([*words[:at], word, *words[at:]]))
    for (ours, unit), (theirs, their_unit) in zip(doses_by_day(with_word), doses_by_day(read_sig(text)), strict=True):
        # A strength that can no longer be read leaves tablets where there were milligrams.
        assert ours is None or (ours, unit) == (theirs, their_unit) or (unit == "unit" and their_unit == "mg")


@given(st.sampled_from(READ))
def test_a_condition_behind_a_direction_leaves_it_open(text):
    for condition in ("; hold if WBC is low", ". Skip if nauseated", " unless told otherwise by the lab"):
        assert all(step.per_day is None for step in read_sig(text + condition).steps)


@given(
    st.sampled_from(READ), st.sampled_from(["hold", "double", "extra", "minus", "instead", "skip", "%", "?"]), st.data()
)
def test_a_word_that_may_change_a_dose_leaves_the_end_open_wherever_it_stands(text, word, data):
    words = text.split()
    at = data.draw(st.integers(0, len(words)))
    sig = read_sig(" ".join([*words[:at], word, *words[at:]]))
    assert sig.unread
    assert not sig.steps or (sig.steps[-1].per_day, sig.stops) == (None, False)


@given(st.sampled_from(READ))
def test_what_nobody_needs_to_know_for_the_dose_changes_nothing(text):
    sig = read_sig(text)
    for remark in (". Dispense 30", ", take with food", ". Swallow whole. 3 refills"):
        again = read_sig(text + remark)
        assert (again.steps, again.stops, again.unread) == (sig.steps, sig.stops, sig.unread), remark


@given(st.sampled_from(TEXTS), st.integers(1, 200), st.integers(0, 50))
def test_an_exposure_that_is_covered_longer_has_the_same_doses_on_the_days_before(text, days, more):
    sig = read_sig(text)
    shorter = derive_sig_stretches(sig, mg_per_unit=5, weight_kg=70, covered_days=days)
    longer = derive_sig_stretches(sig, mg_per_unit=5, weight_kg=70, covered_days=days + more)

    def by_day(stretches):
        return {
            day: stretch.mg_per_day
            for stretch in stretches
            for day in range(stretch.first_day, (stretch.last_day or 0) + 1)
        }

    assert by_day(shorter) == {day: mg for day, mg in by_day(longer).items() if day < days}


@given(st.sampled_from(TEXTS), st.floats(0.1, 500))
def test_milligrams_are_in_proportion_to_the_tablet(text, mg):
    sig = read_sig(text)
    once = derive_sig_stretches(sig, mg_per_unit=mg, covered_days=100)
    twice = derive_sig_stretches(sig, mg_per_unit=2 * mg, covered_days=100)
    units = [step.unit for step in sig.steps if step.first_day < 100]
    for unit, one, two in zip(units, once, twice, strict=False):
        if one.mg_per_day is not None and two.mg_per_day is not None:
            assert two.mg_per_day == pytest.approx(one.mg_per_day * (2 if unit == "unit" else 1))


@given(st.one_of(st.text(max_size=20), st.floats(), st.integers(), st.sampled_from(WORDS), st.none()))
def test_no_cell_is_too_odd_to_be_looked_at(cell):
    check_well_formed(read_dose_cell(cell, "mg"))
    check_well_formed(read_dose_cell(cell))


@given(st.integers(0, 2000))
def test_a_cell_with_a_number_has_that_number_whether_text_or_not(number):
    expected = (DoseStep(0, None, float(number), "mg"),)
    assert read_dose_cell(str(number), "mg").steps == read_dose_cell(number, "mg").steps == expected


_KEYS = st.sampled_from(
    [
        *(
            "timing",
            "repeat",
            "frequency",
            "frequencyMax",
            "period",
            "periodMax",
            "periodUnit",
            "dayOfWeek",
            "timeOfDay",
        ),
        *(
            "when",
            "count",
            "boundsDuration",
            "boundsPeriod",
            "boundsRange",
            "low",
            "high",
            "start",
            "end",
            "value",
            "unit",
        ),
        *("code", "text", "coding", "display", "doseAndRate", "doseQuantity", "doseRange", "rateQuantity", "rateRatio"),
        *("numerator", "denominator", "asNeededBoolean", "maxDosePerPeriod", "sequence", "route", "event"),
    ]
)
_LEAVES = st.one_of(
    st.none(), st.booleans(), st.integers(-2, 40), st.floats(), st.text(max_size=6),
    st.sampled_from(["mg", "d", "wk", "h", "mon", "MORN", "BID", "20 mg daily", "2020-01-01", "tablet"]),
)  # fmt: skip
_JSON = st.recursive(
    _LEAVES,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(_KEYS, inner, max_size=5)),
    max_leaves=12,
)
_BID = {"repeat": {"frequency": 2, "period": 1, "periodUnit": "d"}}
_AMOUNT = [{"doseQuantity": {"value": 20, "unit": "mg"}}]


@given(st.dictionaries(_KEYS, _JSON, max_size=6), st.lists(st.dictionaries(_KEYS, _JSON, max_size=4), max_size=3))
def test_no_dosage_is_too_odd_to_be_looked_at(one, several):
    check_well_formed(read_fhir_dosage(one))
    check_well_formed(read_fhir_dosage(several))
    check_well_formed(read_fhir_dosage({"timing": _BID, "doseAndRate": _AMOUNT} | one))
    check_well_formed(read_fhir_dosage({"timing": {"repeat": _BID["repeat"] | one}, "doseAndRate": _AMOUNT}))


def test_every_route_of_a_direction_is_one_that_records_have():
    known = {*ROUTE_CONCEPTS.values(), *(read_route(name) for name in ("intralesional", "intravitreal"))}
    routes = {read_sig(text).route for text in TEXTS} - {None}
    assert routes <= known
    assert len(routes) >= 10


def test_each_word_of_a_text_is_kept():
    for text in TEXTS:
        assert sum(len(word.text.split()) for word in read_words(text)) >= len(read_tokens(text)) - text.count(" ")
