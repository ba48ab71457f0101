"""Laws of concept sets that hold for any vocabulary, and the twin that must give the same answer."""

from __future__ import annotations

import duckdb
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from refractory.codes import MEANINGLESS, normalise_code
from refractory.records.concept_sets import ConceptSetDefinition, resolve_concept_sets
from tiny_vocabulary import TinyVocabulary
from twins.resolution import Vocabulary, resolve_one

CODES = {
    "ICD10CM": ["M33.00", "M33.10", "M33.11", "M36.0"],
    "ICD9CM": ["710.3", "710.4"],
    "SNOMED": ["396230008", "402425006", "238935002", "239901009"],
}
WRITTEN = {
    "ICD10CM": [*CODES["ICD10CM"], "M33.1*", "M33*", "m3310", "M99.9"],
    "ICD9CM": [*CODES["ICD9CM"], "710*", "7103"],
    "SNOMED": [*CODES["SNOMED"], "396230008+", "402425006+", "999999999+"],
    "OMOP": ["1", "5", "9", "12", "1+", "5+", "12+"],
}
ALL_CODES = [(system, code) for system, codes in WRITTEN.items() for code in codes]
IDS = st.integers(1, 10)
connection = duckdb.connect(":memory:")


@st.composite
def vocabularies(draw):
    pool = draw(st.permutations([(system, code) for system, codes in CODES.items() for code in codes]))
    held = draw(st.integers(3, len(pool)))
    # Sometimes the same code is two concepts, as happens where a site adds its own.
    ids = draw(st.lists(IDS, min_size=held, max_size=held, unique=True))
    concepts = [(one, "", system, code) for one, (system, code) in zip(ids, pool, strict=False)]
    maps = draw(st.lists(st.tuples(IDS, IDS), max_size=14, unique=True))
    ancestors = draw(st.lists(st.tuples(IDS, IDS), max_size=10, unique=True))
    return Vocabulary(concepts, maps, ancestors)


lists_of_codes = st.lists(st.sampled_from(ALL_CODES), min_size=1, max_size=5, unique=True)
# Included and excluded codes of several sets: the questions to the vocabulary are put once for all of them.
sets_of_codes = st.lists(
    st.tuples(lists_of_codes, st.lists(st.sampled_from(ALL_CODES), max_size=3, unique=True)), min_size=4, max_size=8
)


def as_definition(included, excluded=()):
    def fields(codes):
        found = {}
        for system, code in codes:
            found.setdefault(system, []).append(code)
        return found

    return ConceptSetDefinition(**fields(included), exclude=fields(excluded) if excluded else None)


def resolve(sets, vocabulary, **spelling):
    noise = [(1, 2, "Is a", None), (2, 3, "Maps to", "D")]
    maps = [*((*pair, "Maps to", None) for pair in vocabulary.maps), *noise]
    source = TinyVocabulary(vocabulary.concepts, maps, vocabulary.ancestors, connection=connection, **spelling)
    definitions = {str(place): as_definition(*codes) for place, codes in enumerate(sets)}
    resolved = resolve_concept_sets(definitions, source).sets
    return [resolved[name] for name in definitions]


def known_maps(vocabulary):
    # A mapping of a concept that the vocabulary itself lacks cannot be weighed.
    held = {row[0] for row in vocabulary.concepts}
    maps = [pair for pair in vocabulary.maps if pair[0] in held]
    return Vocabulary(vocabulary.concepts, maps, vocabulary.ancestors)


@settings(max_examples=25)
@given(sets_of_codes, vocabularies())
def test_the_resolved_set_is_the_one_that_the_twin_finds(sets, vocabulary):
    vocabulary = known_maps(vocabulary)
    for codes, found in zip(sets, resolve(sets, vocabulary), strict=True):
        expected = resolve_one(*codes, vocabulary)
        assert (found.concept_ids, found.mapped_ids) == (expected.concept_ids, expected.mapped_ids)
        assert (found.ambiguous_ids, found.excluded_ids) == (expected.ambiguous_ids, expected.excluded_ids)


@settings(max_examples=8)
@given(sets_of_codes, vocabularies())
def test_no_concept_is_in_two_roles_and_none_is_a_member_and_excluded(sets, vocabulary):
    for found in resolve(sets, vocabulary):
        roles = (found.concept_ids, found.mapped_ids, found.ambiguous_ids, found.excluded_ids)
        assert sum(map(len, roles)) == len(frozenset().union(*roles))


@settings(max_examples=8)
@given(lists_of_codes, st.lists(st.sampled_from(ALL_CODES), min_size=4, max_size=8), vocabularies())
def test_an_exclusion_never_adds_a_member(included, exclusions, vocabulary):
    before, *afters = resolve([(included, ()), *((included, [one]) for one in exclusions)], vocabulary)
    for after in afters:
        assert after.concept_ids <= before.concept_ids
        assert after.concept_ids | after.mapped_ids <= before.concept_ids | before.mapped_ids
        assert after.texts <= before.texts


@settings(max_examples=8)
@given(lists_of_codes, st.lists(st.sampled_from(ALL_CODES), min_size=4, max_size=8), vocabularies())
def test_one_more_code_never_takes_away_what_the_others_name(included, additions, vocabulary):
    named = {one for system, code in included for one in vocabulary.named(system, code)}
    for after in resolve([([*included, one], ()) for one in additions if one not in included], vocabulary):
        assert named <= after.concept_ids


@settings(max_examples=6)
@given(sets_of_codes, vocabularies(), st.randoms(use_true_random=False))
def test_the_order_of_codes_and_of_rows_never_matters(sets, vocabulary, random):
    def shuffled(rows):
        rows = list(rows)
        random.shuffle(rows)
        return rows

    again = Vocabulary(shuffled(vocabulary.concepts), shuffled(vocabulary.maps), shuffled(vocabulary.ancestors))
    turned = [(shuffled(included), shuffled(excluded)) for included, excluded in sets]
    assert resolve(sets, vocabulary) == resolve(turned, again)


@pytest.mark.parametrize("id_type", ["DOUBLE", "VARCHAR"])
@settings(max_examples=3)
@given(sets_of_codes, vocabularies())
def test_ids_typed_otherwise_and_columns_in_capitals_change_nothing(id_type, sets, vocabulary):
    assert resolve(sets, vocabulary, id_type=id_type, upper_case=True) == resolve(sets, vocabulary)


@settings(max_examples=200)
@given(st.text(st.sampled_from("aZ19.-:* \t\nßéİICD10CMicd9") | st.characters(max_codepoint=0x1EFF), max_size=20))
def test_a_text_is_spelled_alike_in_memory_and_in_the_database(text):
    assume("\x00" not in text)
    sql = "SELECT regexp_replace(upper(?), ?, '', 'g')"
    assert connection.execute(sql, [text, MEANINGLESS]).fetchone() == (normalise_code(text),)


@given(st.text(max_size=20))
def test_a_normalised_code_without_a_label_stays_as_it_is(text):
    once = normalise_code(text)
    assume(":" not in once)
    assert normalise_code(once) == once
