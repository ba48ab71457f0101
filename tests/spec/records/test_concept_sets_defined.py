"""Concept sets as a protocol writes them: what is refused, and how a set reads in plain English."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from refractory.errors import ProtocolError
from refractory.records.concept_sets import CodeSet, ConceptSetDefinition, expand_members


def faults(**keys) -> list[tuple[tuple[str | int, ...], str]]:
    with pytest.raises(ValidationError) as refusal:
        ConceptSetDefinition.model_validate(keys)
    return [(fault["loc"], fault["msg"]) for fault in refusal.value.errors()]


def test_a_malformed_code_is_pointed_at_by_key_and_place():
    ((place, message),) = faults(ICD10CM=["M33.10", "M33-1"])
    assert place == ("ICD10CM", 1)
    assert "'M33-1' is no ICD-10-CM code" in message
    assert '"M33.13"' in message


def test_all_mistakes_of_a_set_come_at_once():
    places = [place for place, _ in faults(RxNorm=["abc"], SNOMED=["39623000A"], use=["methotrexat"])]
    assert sorted(places) == [("RxNorm", 0), ("SNOMED", 0), ("use", 0)]


def test_an_unknown_coding_system_is_refused():
    ((place, message),) = faults(ICD11=["4A41.0"])
    assert place == ("ICD11",)
    assert "Extra inputs are not permitted" in message


def test_a_mistake_inside_the_exclusions_is_pointed_at_too():
    ((place, _),) = faults(ICD10CM=["M33*"], exclude={"ICD10CM": ["M33*2"]})
    assert place == ("exclude", "ICD10CM", 0)


def test_a_code_that_is_a_number_may_be_written_as_one():
    assert ConceptSetDefinition(SNOMED=[396230008]) == ConceptSetDefinition(SNOMED=["396230008"])
    assert ConceptSetDefinition(OMOP=[80182, "4270868+"]).OMOP == (80182, "4270868+")


def test_a_number_with_a_decimal_point_is_no_code():
    ((_, message),) = faults(ICD9CM=[710.30])
    assert 'a code stands in quotes ("710.3")' in message


@pytest.mark.parametrize("wrong", [True, None, ["M33.10"]])
def test_what_is_neither_text_nor_number_is_no_code(wrong):
    ((place, message),) = faults(ICD10CM=[wrong])
    assert place == ("ICD10CM", 0)
    assert "is no ICD-10-CM code" in message


def test_a_set_without_a_code_is_refused():
    ((_, message),) = faults()
    assert "names at least one code" in message


@pytest.mark.parametrize("own", [{"RxNorm": ["6851"]}, {"use": ["methotrexate"]}, {"exclude": {"RxNorm": ["6851"]}}])
def test_a_set_has_either_codes_or_members(own):
    ((_, message),) = faults(members=["azathioprine"], **own)
    assert "has no codes of its own" in message


def test_members_are_followed_to_the_sets_that_have_codes_in_their_order_each_once():
    leaf = ConceptSetDefinition(RxNorm=["6851+"])
    definitions = {
        "all": ConceptSetDefinition(members=["group", "c", "a"]),
        "group": ConceptSetDefinition(members=["b", "a"]),
        **dict.fromkeys("abc", leaf),
    }
    assert expand_members(definitions) == {
        "all": ("b", "a", "c"),
        "group": ("b", "a"),
        "a": ("a",),
        "b": ("b",),
        "c": ("c",),
    }


def test_an_unknown_member_is_answered_with_the_nearest_name():
    definitions = {
        "drugs": ConceptSetDefinition(members=["methotrexat"]),
        "methotrexate": ConceptSetDefinition(use=["methotrexate"]),
    }
    with pytest.raises(ProtocolError) as refusal:
        expand_members(definitions)
    assert str(refusal.value) == (
        'ProtocolError: "drugs" has the member "methotrexat", which is no concept set of this study.\n'
        '  Where: [concepts."drugs"] members\n'
        '  Try: "methotrexate" is the nearest name.'
    )


def test_a_set_that_is_a_member_of_itself_is_refused_with_the_way_round():
    definitions = {
        "a": ConceptSetDefinition(members=["b"]),
        "b": ConceptSetDefinition(members=["c"]),
        "c": ConceptSetDefinition(members=["b"]),
    }
    with pytest.raises(ProtocolError, match='"b" is a member of itself: b > c > b'):
        expand_members(definitions)


@pytest.mark.parametrize(
    ("definition", "words"),
    [
        (ConceptSetDefinition(ICD9CM=["7103"]), "ICD-9-CM 710.3"),
        (ConceptSetDefinition(OMOP=["80182+"]), "OMOP concept 80182 and its descendants"),
        (ConceptSetDefinition(source=["CDASI activity", "CK*"]), 'source text "CDASI activity", "CK*"'),
        (ConceptSetDefinition(use=["dapsone"]), 'the shipped code list "dapsone"'),
        (ConceptSetDefinition(members=["a", "b"]), 'the concept sets "a", "b"'),
        (
            ConceptSetDefinition(use=["cancer"], exclude=CodeSet(ICD10CM=["C79*"])),
            'the shipped code list "cancer"; without ICD-10-CM C79 and all codes below it',
        ),
    ],
)
def test_a_set_reads_as_plain_english(definition, words):
    assert definition.describe() == words
