"""Lines fit their width in the widest face that a browser is likely to fall back on."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from refractory.report.lettering import measure_text, wrap_text
from spec.report.page_reader import read_widths

FACES = [False, True]


@pytest.mark.parametrize("is_bold", FACES, ids=["regular", "bold"])
def test_no_character_is_wider_than_it_is_taken_to_be(is_bold):
    too_wide = {
        character: width_em
        for character, width_em in read_widths(is_bold=is_bold).items()
        if width_em > measure_text(character, size=1, is_bold=is_bold)
    }
    assert too_wide == {}


def test_an_accent_adds_no_width():
    assert measure_text("é", size=10) == measure_text("e\u0301", size=10) == measure_text("e", size=10)


def test_a_line_breaks_between_words():
    assert wrap_text("At least 2 codes", width=60, size=10) == ("At least 2", "codes")


def test_a_word_that_is_wider_than_the_line_breaks_within():
    lines = wrap_text("pneumonoultramicroscopicsilicovolcanoconiosis", width=100, size=10)
    assert len(lines) > 1
    assert "".join(lines) == "pneumonoultramicroscopicsilicovolcanoconiosis"


@pytest.mark.parametrize("text", ["", " ", "   "])
def test_nothing_gives_no_line(text):
    assert wrap_text(text, width=100, size=10) == ()


@given(st.text(), st.floats(min_value=15, max_value=500), st.booleans())
def test_no_line_is_wider_than_its_room_and_no_letter_is_lost(text, width, is_bold):
    lines = wrap_text(text, width=width, size=10, is_bold=is_bold)
    assert all(measure_text(line, size=10, is_bold=is_bold) <= width for line in lines)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
