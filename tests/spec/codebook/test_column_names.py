"""Names of columns that R, Stata, SPSS and Python take as they are, whatever a protocol calls its things."""

from __future__ import annotations

import keyword
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from refractory.codebook.names import LONGEST, build_names

SPSS = {"all", "and", "by", "eq", "ge", "gt", "le", "lt", "ne", "not", "or", "to", "with"}
STATA = {"byte", "double", "float", "if", "in", "int", "long", "using", "with", "strl", "str20"}
R = {"if", "else", "repeat", "while", "function", "for", "next", "break", "true", "false", "null", "inf", "nan", "na"}


@pytest.mark.parametrize(
    ("parts", "name"),
    [
        (("day0_date",), "day0_date"),
        (("feature", "muscle weakness"), "feature_muscle_weakness"),
        (("base", "CDASI, activity (0-100)"), "base_cdasi_activity_0_100"),
        (("below_7.5mg", "day"), "below_7_5mg_day"),
        (("before", "Jo-1 ≥ 40 %"), "before_jo_1_at_least_40_percent"),
        (("before", "Kortikosteroide, größere Menge"), "before_kortikosteroide_grossere_m"),
        (("event", "Progressive multifocal leukoencephalopathy", "day"), "event_progressive_multifocal_day"),
        (("before", "日本語"), "before"),
        (("2 drugs",), "x_2_drugs"),
        (("with",), "with_x"),
        (("str20",), "str20_x"),
    ],
)
def test_a_name_is_made_of_the_words_that_it_stands_for(parts, name):
    (built,) = build_names([parts])
    assert built == name[:LONGEST].strip("_")


def test_two_things_that_spell_alike_have_two_names():
    wanted = [("before", "drug A"), ("before", "Drug a"), ("before", "drug-a"), ("before", "薬"), ("before", "药")]
    assert build_names(wanted) == ["before_drug_a", "before_drug_a_2", "before_drug_a_3", "before", "before_2"]


parts = st.lists(st.text(max_size=40), min_size=1, max_size=3).map(tuple)


@given(st.lists(parts, max_size=30))
def test_whatever_is_wanted_each_name_is_legal_and_there_only_once(wanted):
    names = build_names(wanted)
    assert len(names) == len(wanted) == len(set(names))
    for name in names:
        assert re.fullmatch(r"[a-z][a-z0-9_]*", name)
        assert len(name) <= LONGEST
        assert not name.endswith("_")
        assert name not in SPSS | STATA | R
        assert not keyword.iskeyword(name)
