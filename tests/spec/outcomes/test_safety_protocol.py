"""Mistakes in the events of a protocol, and what the methods text says of them."""

from __future__ import annotations

import pytest

from refractory.errors import ProtocolError
from refractory.explain import explain_protocol
from refractory.protocol import parse_protocol
from spec.outcomes.test_safety import STUDY


def _refusal(old: str, new: str) -> str:
    assert old in STUDY
    with pytest.raises(ProtocolError) as refused:
        parse_protocol(STUDY.replace(old, new), "study.toml")
    return str(refused.value)


def _line(fragment: str) -> int:
    return next(number for number, line in enumerate(STUDY.splitlines(), start=1) if fragment in line)


def _said(**changes: str) -> str:
    text = STUDY.replace("[safety]", "\n".join(["[safety]", *(f"{key} = {value}" for key, value in changes.items())]))
    sections = {section.heading: section.sentences for section in explain_protocol(parse_protocol(text))}
    return " ".join(sections["Safety"])


def test_an_event_of_a_set_that_is_not_defined_is_named_with_its_line_and_the_nearest_name():
    said = _refusal('concept = "headache"', 'concept = "headaches"')
    line = _line('concept = "headache"')
    assert f"line {line}, safety.event[1].concept" in said
    assert 'Did you mean "headache"?' in said


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("risk    = [0, 3]", "risk    = [-1, 3]", "a risk window starts on the infusion day or after it"),
        ("risk    = [0, 3]", 'risk    = [0, "any day after"]', "a risk window has two ends"),
        ("risk    = [0, 3]", "risk    = [3, 0]", "ends before it starts"),
        ("[safety]", "[safety]\nrisk = [-7, 13]", "a risk window starts on the infusion day or after it"),
        ('"Thromboembolism"', '"Headache"', 'a second event is called "Headache"'),
        ('"Headache"', '"any event"', "another name"),
        ("[safety]", '[safety]\nwashuot = "2 days"', 'Did you mean "washout"?'),
        ("[safety]", "[safety]\nbefore = 7", "a duration is written like"),
    ],
)
def test_a_choice_that_cannot_be_is_refused_with_what_is_allowed(old, new, said):
    assert said in _refusal(old, new)


def test_safety_without_an_event_is_refused():
    text = STUDY[: STUDY.index("[[safety.event]]")]
    with pytest.raises(ProtocolError, match=r"safety\.event: this key is missing"):
        parse_protocol(text)


def test_the_methods_text_says_each_choice():
    said = _said(before='"7 days"', washout='"2 days"', stop_reason='"reason stopped"', until='"180 days"')
    for words in (
        "The events counted were headache, thromboembolism.",
        "less than 30 days after the first day of an episode",
        "from day 0 to day 180",
        "days 0 to 13 after each infusion day at or after day 0 (headache: days 0 to 3)",
        "For all events together it is days 0 to 13 throughout.",
        "per 100 person-months (a month is 30.4375 days)",
        "the 2 days after a risk window and the 7 days before each infusion day left out",
        "The disease itself raises the risk",
        'the reviewers\' label "reason stopped"',
    ):
        assert words in said


def test_the_methods_text_leaves_out_what_is_not_asked_for():
    said = _said(contrast="false")
    assert "self-controlled" not in said
    assert "stopped" not in said
    assert "left out" not in said
