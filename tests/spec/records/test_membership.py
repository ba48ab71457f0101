"""Which concept sets a record belongs to, against a loop that says the rule record by record."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from refractory.codes import Vocabulary, normalise_code
from refractory.records.concept_sets import Attributes, ConceptSets, ResolvedConceptSet, SourceText, can_stand_in
from refractory.records.membership import Membership
from refractory.records.store import Store, keep_rows

RECORD = {
    "n": "int64",
    "table_name": "string",
    "concept_id": "int64",
    "source_concept_id": "int64",
    "source_value": "string",
}


def belonging(records, sets, table="condition_occurrence", has_vocabulary=True):
    """Put records through the store; give (record, set, route) for each membership."""
    store = Store()
    keep_rows(store.connection, "records", RECORD, [(n, table, *record) for n, record in enumerate(records)])
    membership = Membership(store, ConceptSets({one.name: one for one in sets}, (), has_vocabulary), [table])
    membership.derive("records")
    found = store.connection.execute("SELECT n, concept_set, route FROM belonging ORDER BY ALL").fetchall()
    store.connection.close()
    return found


def names(record, one, table, has_vocabulary):
    """Say the rule of ResolvedConceptSet for one record and one set, in the order in which it is written there."""
    concept, own_concept, value = record
    text = normalise_code(value or "")

    def is_written(texts, vocabularies):
        return any(
            (text.startswith(listed.text) if listed.is_prefix else text == listed.text)
            for listed in texts
            if value is not None and listed.vocabulary in vocabularies and can_stand_in(listed.vocabulary, table)
        )

    if {concept, own_concept} & one.excluded_ids or is_written(one.excluded_texts, set(Vocabulary)):
        return False
    if {concept, own_concept} & one.concept_ids or concept in one.mapped_ids:
        return True
    is_own_code_unknown = own_concept == 0 and (concept == 0 or concept in one.ambiguous_ids)
    if (is_own_code_unknown or not has_vocabulary) and is_written(one.texts, set(Vocabulary) - {Vocabulary.SOURCE}):
        return True
    return is_written(one.texts, {Vocabulary.SOURCE})


IDS = st.frozensets(st.integers(1, 6), max_size=3)
TEXTS = st.frozensets(
    st.builds(
        SourceText,
        st.sampled_from(["M33", "M331", "M3310", "7103", "CK"]),
        st.booleans(),
        st.sampled_from([Vocabulary.ICD10CM, Vocabulary.NDC, Vocabulary.SOURCE]),
    ),
    max_size=3,
)
SETS = st.builds(ResolvedConceptSet, st.just("a"), IDS, IDS, IDS, IDS, TEXTS, TEXTS)
VALUES = st.sampled_from([None, "", "M33.10", "m33.1", "ICD10CM: M33.10", "M33", "710.3", "ck", "ck total", "X"])
RECORDS = st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6), VALUES), min_size=1, max_size=12)


@settings(max_examples=150)
@given(records=RECORDS, first=SETS, second=SETS, has_vocabulary=st.booleans())
def test_the_store_decides_as_the_rule_says(records, first, second, has_vocabulary):
    sets = [first, replace(second, name="b")]
    expected = [
        (n, one.name)
        for n, record in enumerate(records)
        for one in sets
        if names(record, one, "condition_occurrence", has_vocabulary)
    ]
    found = belonging(records, sets, has_vocabulary=has_vocabulary)
    assert [row[:2] for row in found] == expected


@pytest.mark.parametrize(
    ("record", "route"),
    [
        ((1, 2, "LONGER"), "from the source concept"),
        ((1, 3, "LONGER"), "from the concept"),
        ((0, 0, "LONGER TEXT"), "from the longer text"),
        ((0, 0, "LONG"), "from the text"),
        ((0, 0, "LONGISH"), "from the shorter text"),
    ],
)
def test_the_nearest_of_several_that_name_a_record_tells_its_attributes(record, route):
    texts = {
        SourceText("LONG", True, Vocabulary.SOURCE): "from the shorter text",
        SourceText("LONG", False, Vocabulary.SOURCE): "from the text",
        SourceText("LONGER", True, Vocabulary.SOURCE): "from the longer text",
    }
    one = ResolvedConceptSet(
        "a",
        concept_ids=frozenset({1, 2}),
        texts=frozenset(texts),
        attributes_by_id={1: Attributes("from the concept"), 2: Attributes("from the source concept")},
        attributes_by_text={text: Attributes(told) for text, told in texts.items()},
    )
    assert belonging([record], [one], table="drug_exposure") == [(0, "a", route)]


def test_what_the_nearest_does_not_tell_the_next_one_may():
    one = ResolvedConceptSet(
        "a", concept_ids=frozenset({1, 2}), attributes_by_id={1: Attributes("oral"), 2: Attributes(mg_per_unit=5.0)}
    )
    assert belonging([(1, 2, None)], [one]) == [(0, "a", "oral")]


def test_a_diagnosis_code_is_not_looked_for_among_drugs():
    one = ResolvedConceptSet("a", texts=frozenset({SourceText("7103", False, Vocabulary.ICD9CM)}))
    assert belonging([(0, 0, "710.3")], [one], table="condition_occurrence") == [(0, "a", None)]
    assert belonging([(0, 0, "7103")], [one], table="drug_exposure") == []
