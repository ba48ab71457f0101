"""Signs and spaces: what stays together on a line, and what a page cannot hold."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from refractory.report.typesetting import clean_text, set_text


@pytest.mark.parametrize(
    ("written", "printed"),
    [
        ("83 %", "83\u202f%"),
        ("35/42 (83 %; 95 % CI 69 to 93)", "35/42 (83\u202f%; 95\u202f%\u00a0CI\u00a069\u00a0to\u00a093)"),
        (
            "5 percentage points (95 % CI -21 to 27)",
            "5 percentage points (95\u202f%\u00a0CI\u00a0\u221221\u00a0to\u00a027)",
        ),
        ("95% CI 69 to 93", "95%\u00a0CI\u00a069\u00a0to\u00a093"),
        ("1.82 ± 1.38", "1.82\u00a0±\u00a01.38"),
        ("P = 0.03", "P\u00a0=\u00a00.03"),
        ("P < 0.001", "P\u00a0<\u00a00.001"),
        ("(n = 33)", "(n\u00a0=\u00a033)"),
        ("days -90 to 0", "days \u221290\u00a0to\u00a00"),
        ("[-90, -1]", "[\u221290, \u22121]"),
        ("Fisher's exact test", "Fisher’s exact test"),
        ("the charts' last", "the charts’ last"),
        ('last "active disease", else', "last “active disease”, else"),
        # What only looks like a sign stays.
        ("2018;43:906-912", "2018;43:906-912"),
        ("2014-03-02", "2014-03-02"),
        ("anti-TIF1-2", "anti-TIF1-2"),
        ("two--3", "two--3"),
        ("100% cotton", "100% cotton"),
        ('5" or 6"', '5" or 6"'),
        ("3' end", "3' end"),
        ('a="b"', 'a="b"'),
    ],
)
def test_numbers_keep_their_signs_and_units(written, printed):
    assert set_text(written) == printed


@pytest.mark.parametrize(
    "unprintable",
    ["\x00", "\x0b", "\x1b", "\x7f", "\ud800", "\uffff", "\u202e", "\u2066"],
    ids=lambda sign: f"{ord(sign):04X}",
)
def test_what_a_page_cannot_hold_is_marked_and_not_dropped(unprintable):
    assert clean_text(f"a{unprintable}b") == "a\ufffdb"


def test_every_kind_of_white_space_is_one_space():
    assert clean_text("a\n\tb\u2028c") == "a b c"


@given(st.text(st.characters(codec=None)))
def test_set_text_is_set_once(text):
    assert set_text(set_text(text)) == set_text(text)
