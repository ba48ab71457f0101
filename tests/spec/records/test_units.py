"""Units: what the usual spellings mean, and what a value becomes in another unit."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from refractory.errors import UnitError
from refractory.units import UNITS, conversion_factor, convert, find_unit

KNOWN = [(unit.family, spelling) for unit in UNITS for spelling in unit.spellings]


@pytest.mark.parametrize(
    ("value", "unit", "to", "expected"),
    [
        (70, "kg", "kg", 70),
        (70_000, "g", "kg", 70),
        (100, "lb", "kg", 45.359237),
        (100, "[lb_av]", "kg", 45.359237),
        (16, "oz", "lb", 1),
        (500, "mg", "g", 0.5),
        (250, "mcg", "mg", 0.25),
        (250, "μg", "mg", 0.25),  # the Greek letter
        (250, "µg", "mg", 0.25),  # the micro sign
        (1, "L", "mL", 1000),
        (72, "in", "cm", 182.88),
        (200, "U/L", "IU/L", 200),
        (200, "Units / Liter", "U/L", 200),
        (1, "ukat/L", "U/L", 60),
        (300, "U/L", "µkat/L", 5),
        (1000, "nkat/L", "U/L", 60),
        (14, None, "points", 14),
        (14, " ", "points", 14),
        (14, "{score}", "points", 14),
    ],
)
def test_a_value_is_the_same_amount_in_the_other_unit(value, unit, to, expected):
    assert convert(value, unit, to) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize(
    ("unit", "to", "text"),
    [
        ("furlong", "kg", 'The unit "furlong" is unknown.'),
        ("mL", "kg", 'The unit "mL" cannot be converted to kg.'),
        (None, "kg", "A value with no unit cannot be converted to kg."),
        ("", "U/L", "A value with no unit cannot be converted to U/L."),
        ("kg", "stone", 'The unit "stone" is unknown.'),
        ("kg", "points", 'The unit "kg" cannot be converted to points.'),
    ],
)
def test_a_unit_that_means_nothing_here_is_named_and_never_guessed(unit, to, text):
    with pytest.raises(UnitError) as told:
        convert(1.0, unit, to)
    assert told.value.what == text


def test_no_spelling_means_two_units():
    assert len({spelling for _, spelling in KNOWN}) == len(KNOWN)


def test_every_spelling_is_found_in_any_case():
    assert all(find_unit(spelling.upper()) is find_unit(spelling) for _, spelling in KNOWN)
    assert all(find_unit(spelling) is not None for _, spelling in KNOWN)


@given(value=st.floats(-1e6, 1e6), pair=st.sampled_from([(a, b) for f, a in KNOWN for g, b in KNOWN if f == g]))
def test_there_and_back_changes_nothing(value, pair):
    there, back = pair
    assert convert(convert(value, there, back), back, there) == pytest.approx(value, rel=1e-12, abs=1e-12)


@given(pair=st.sampled_from([(a, b) for f, a in KNOWN for g, b in KNOWN if f == g]), via=st.sampled_from(KNOWN))
def test_a_detour_over_a_third_unit_changes_nothing(pair, via):
    if find_unit(via[1]).family == find_unit(pair[0]).family:
        direct = conversion_factor(*pair)
        assert conversion_factor(pair[0], via[1]) * conversion_factor(via[1], pair[1]) == pytest.approx(direct)
