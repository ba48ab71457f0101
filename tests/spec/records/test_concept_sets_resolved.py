"""Which concepts and texts of a source a set's codes mean."""

from __future__ import annotations

import pytest

from refractory.codes import Vocabulary
from refractory.records.concept_sets import (
    MEMBER,
    ConceptSetDefinition,
    Doubt,
    SourceText,
    all_ids,
    all_texts,
    member_rows,
    resolve_concept_sets,
)
from refractory.records.members import Attributes
from refractory.records.store import Store
from tables import table
from tiny_vocabulary import TinyVocabulary

CONCEPTS = """
    id  | name                               | vocabulary | code
    ----+------------------------------------+------------+----------
    1   | Dermatomyositis                    | SNOMED     | 396230008
    2   | Adult onset dermatomyositis        | SNOMED     | 402425006
    3   | Amyopathic dermatomyositis         | SNOMED     | 238935002
    4   | Polymyositis                       | SNOMED     | 31384009
    5   | Disorder of respiratory system     | SNOMED     | 50043002
    9   | Dermatomyositis (retired)          | SNOMED     | 111111111
    10  | Dermatomyositis, organ unspecified | ICD10CM    | M33.10
    12  | Dermatomyositis with myopathy      | ICD10CM    | M33.12
    11  | Dermatomyositis, respiratory       | ICD10CM    | M33.11
    13  | Dermatomyositis without myopathy   | ICD10CM    | M33.13
    20  | Polymyositis                       | ICD10CM    | M33.20
    30  | Dermatomyositis                    | ICD9CM     | 710.3
    40  | methotrexate                       | RxNorm     | 6851
    41  | methotrexate 2.5 MG Oral Tablet    | RxNorm     | 105585
    50  | methotrexate                       | ATC        | L04AX03
    60  | Injection, immune globulin, 500 mg | HCPCS      | J1568
    61  | immunoglobulin G, human            | RxNorm     | 5666
    62  | immunoglobulin G, human [Octagam]  | RxNorm     | 1657000
"""
MAPS = [(10, 1), (12, 1), (11, 1), (11, 5), (13, 3), (20, 4), (30, 1), (9, 1), (1, 1), (60, 61)]
ANCESTORS = [(1, 1), (1, 2), (1, 3), (40, 40), (40, 41), (50, 40), (50, 41), (61, 62)]


def concepts(text: str = CONCEPTS) -> list[tuple[int, str, str, str]]:
    return [(int(row["id"] or 0), row["name"], row["vocabulary"], row["code"]) for row in table(text)]  # type: ignore[misc]  # every cell is filled


@pytest.fixture
def source() -> TinyVocabulary:
    return TinyVocabulary(concepts(), MAPS, ANCESTORS)


def resolve(source, /, **keys):
    return resolve_concept_sets({"a set": ConceptSetDefinition(**keys)}, source).sets["a set"]


def doubts(source, /, **keys):
    return resolve_concept_sets({"a set": ConceptSetDefinition(**keys)}, source).unresolved


# ---------------------------------------------------------------- codes, prefixes, descendants


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ({"ICD10CM": ["M33.10"]}, {10}),
        ({"ICD10CM": ["m3310"]}, {10}),
        ({"ICD10CM": ["M33.1*"]}, {10, 11, 12, 13}),
        ({"ICD10CM": ["M33*"]}, {10, 11, 12, 13, 20}),
        ({"ICD9CM": ["7103"]}, {30}),
        ({"SNOMED": ["396230008"]}, {1}),
        ({"SNOMED": ["396230008+"]}, {1, 2, 3}),
        ({"RxNorm": ["6851+"]}, {40, 41}),
        ({"ATC": ["L04AX03+"]}, {40, 41, 50}),
        ({"ATC": ["L04*"]}, {50}),
        ({"OMOP": [40]}, {40}),
        ({"OMOP": ["40+"]}, {40, 41}),
        ({"use": ["methotrexate"]}, {40, 41, 50, 1305058}),
    ],
)
def test_a_code_names_its_concept_a_star_all_that_begin_so_and_a_plus_the_descendants(source, keys, expected):
    assert resolve(source, **keys).concept_ids == expected


def test_a_code_is_looked_for_in_its_own_coding_system_only():
    both = TinyVocabulary([(1, "celecoxib", "RxNorm", "140587"), (2, "something", "SNOMED", "140587")], [], [])
    assert resolve(both, RxNorm=["140587"]).concept_ids == {1}


def test_a_vocabulary_that_leaves_out_the_dots_is_read_too():
    plain = TinyVocabulary([(1, "Dermatomyositis", "ICD10CM", "M3310")], [], [])
    assert resolve(plain, ICD10CM=["M33.10"]).concept_ids == {1}
    assert resolve(plain, ICD10CM=["M33.1*"]).concept_ids == {1}


def test_a_concept_may_belong_to_several_sets(source):
    definitions = {
        "disease": ConceptSetDefinition(ICD10CM=["M33.1*"]),
        "muscle": ConceptSetDefinition(ICD10CM=["M33.12"]),
        "both": ConceptSetDefinition(members=["disease", "muscle"]),
    }
    sets = resolve_concept_sets(definitions, source).sets
    assert {name for name, one in sets.items() if 12 in one.concept_ids} == {"disease", "muscle"}


# ---------------------------------------------------------------- what codes map to


def test_a_standard_concept_counts_by_itself_when_it_stands_for_codes_of_the_set_alone(source):
    polymyositis = resolve(source, ICD10CM=["M33.20"])
    assert (polymyositis.concept_ids, polymyositis.mapped_ids) == ({20}, {4})


def test_a_standard_concept_that_stands_for_other_codes_too_does_not_make_a_member_by_itself(source):
    # All of M33.10, M33.11 and M33.12 map to dermatomyositis; who has only that need not have a weak muscle.
    muscle = resolve(source, ICD10CM=["M33.12"])
    assert (muscle.concept_ids, muscle.mapped_ids, muscle.ambiguous_ids) == ({12}, set(), {1})


def test_once_all_codes_that_map_to_it_are_listed_it_counts(source):
    assert resolve(source, ICD10CM=["M33.10", "M33.11", "M33.12"]).mapped_ids == {1}


def test_codes_of_a_coding_system_that_the_set_does_not_use_decide_nothing(source):
    # M33.10 and others map to the same concept, but the set is written in ICD-9-CM.
    assert resolve(source, ICD9CM=["710.3"]).mapped_ids == {1}
    assert resolve(source, ICD9CM=["710.3"], ICD10CM=["M33.20"]).ambiguous_ids == {1}


def test_a_retired_code_of_the_standard_coding_system_is_only_another_name(source):
    # 9 maps to 1 as well, and SNOMED is used.
    found = resolve(source, ICD9CM=["710.3"], SNOMED=["31384009"])
    assert found.mapped_ids == {1}


def test_half_of_a_code_is_not_the_code(source):
    # M33.11 maps to dermatomyositis and to disorder of respiratory system: neither alone is M33.11.
    found = resolve(source, ICD10CM=["M33.10", "M33.11", "M33.12"])
    assert 5 in found.ambiguous_ids
    assert 5 not in found.mapped_ids


def test_a_named_standard_concept_counts_whatever_maps_to_it(source):
    found = resolve(source, ICD10CM=["M33.12"], SNOMED=["396230008"])
    assert (found.concept_ids, found.ambiguous_ids) == ({12, 1}, set())


def test_a_plus_on_a_retired_code_takes_the_descendants_of_its_successor(source):
    assert resolve(source, SNOMED=["111111111+"]).concept_ids == {9, 1, 2, 3}


def test_a_mapping_that_is_no_longer_valid_is_not_followed():
    maps = [(20, 4, "Maps to", "D"), (20, 5, "Is a", None), (20, 1, "Maps to", "")]
    assert resolve(TinyVocabulary(concepts(), maps, []), ICD10CM=["M33.20"]).mapped_ids == {1}


# ---------------------------------------------------------------- exclusions


@pytest.mark.parametrize(
    ("keys", "exclude", "expected"),
    [
        ({"ICD10CM": ["M33*"]}, {"ICD10CM": ["M33.2*"]}, {10, 11, 12, 13}),
        ({"SNOMED": ["396230008+"]}, {"SNOMED": ["238935002"]}, {1, 2}),
        ({"SNOMED": ["396230008+"]}, {"OMOP": [2, 3]}, {1}),
        # Without a + only the concept itself goes, not what it took along.
        ({"SNOMED": ["396230008+"]}, {"SNOMED": ["396230008"]}, {2, 3}),
        ({"SNOMED": ["396230008+"]}, {"SNOMED": ["396230008+"]}, set()),
        ({"ATC": ["L04AX03+"]}, {"RxNorm": ["6851+"]}, {50}),
        # M33.13 alone maps to the amyopathic form, so that goes too; M33.10 is one of many, so the disease stays.
        ({"SNOMED": ["396230008+"]}, {"ICD10CM": ["M33.13"]}, {1, 2}),
        ({"SNOMED": ["396230008+"]}, {"ICD10CM": ["M33.10"]}, {1, 2, 3}),
        ({"SNOMED": ["396230008+"], "OMOP": [3]}, {"ICD10CM": ["M33.13"]}, {1, 2, 3}),
    ],
)
def test_what_is_excluded_is_taken_away_with_what_it_takes_along(source, keys, exclude, expected):
    assert resolve(source, **keys, exclude=exclude).concept_ids == expected


def test_an_excluded_code_makes_the_standard_concept_that_it_shares_ambiguous(source):
    found = resolve(source, ICD9CM=["710.3"], exclude={"ICD10CM": ["M33.10"]})
    assert (found.mapped_ids, found.ambiguous_ids, found.excluded_ids) == (set(), {1}, {10})


def test_exclusions_hold_for_texts_as_for_concepts(source):
    found = resolve(source, ICD10CM=["M33*", "M33.20", "M36.0"], exclude={"ICD10CM": ["M33.2*"]})
    system = Vocabulary.ICD10CM
    assert found.texts == {SourceText("M33", True, system), SourceText("M360", False, system)}
    assert found.excluded_texts == {SourceText("M332", True, system)}


# ---------------------------------------------------------------- texts


def test_every_code_is_also_a_text_except_an_omop_id(source):
    found = resolve(source, ICD10CM=["M99.9"], RxNorm=["6851+"], OMOP=[40], source=["MTX tabs*"])
    assert found.texts == {
        SourceText("M999", False, Vocabulary.ICD10CM),
        SourceText("6851", False, Vocabulary.RXNORM),
        SourceText("MTXTABS", True, Vocabulary.SOURCE),
    }


def test_an_ndc_is_a_text_with_and_without_hyphens(source):
    texts = {text.text for text in resolve(source, NDC=["00069-0310-01"]).texts}
    assert {"00069031001", "00069-0310-01", "0069-0310-01"} <= texts


def test_the_same_digits_of_two_coding_systems_are_told_apart_by_the_table(source):
    # 710.3 of ICD-9-CM and 7103 of RxNorm are one text without the dot.
    definitions = {
        "diagnosis": ConceptSetDefinition(ICD9CM=["710.3"]),
        "drug": ConceptSetDefinition(RxNorm=["7103"]),
        "words": ConceptSetDefinition(source=["7103"]),
    }
    sets = resolve_concept_sets(definitions, source).sets

    def named_in(name):
        return {row[0] for row in member_rows(sets, name) if row[3] == "7103"}

    assert named_in("condition_occurrence") == {"diagnosis", "words"}
    assert named_in("drug_exposure") == {"drug", "words"}
    assert {text.vocabulary for text in all_texts(sets.values(), "drug_exposure")} == {"RxNorm", "source"}
    assert len(all_texts(sets.values())) == 3


# ---------------------------------------------------------------- what the lists know


def test_descendants_inherit_what_a_list_knows_and_mapped_concepts_do_not(source):
    glucocorticoid = TinyVocabulary(
        [(1, "prednisone", "RxNorm", "8640"), (2, "prednisone 5 MG Oral Tablet", "RxNorm", "312617")], [], [(1, 2)]
    )
    found = resolve(glucocorticoid, use=["prednisone"])
    known = Attributes(prednisone_factor=1.0)
    assert found.attributes_by_id == {1: known, 2: known, 1551099: known}
    ivig = resolve(source, HCPCS=["J1568"], use=["immunoglobulin"])
    assert ivig.attributes_by_id == {60: Attributes("intravenous", 500.0)}
    assert {61, 62} <= ivig.concept_ids


def test_a_text_carries_what_the_list_knows_of_its_code(source):
    known = resolve(source, use=["immunoglobulin"]).attributes_by_text
    assert known[SourceText("J1553", False, Vocabulary.HCPCS)] == Attributes("intravenous", 100.0)
    assert known[SourceText("J1575", False, Vocabulary.HCPCS)] == Attributes("subcutaneous", 100.0)


def test_a_descendant_of_two_ingredients_with_different_factors_has_none():
    both = TinyVocabulary(
        [
            (1, "prednisone", "RxNorm", "8640"),
            (2, "dexamethasone", "RxNorm", "3264"),
            (3, "dexamethasone / prednisone", "RxNorm", "900000"),
        ],
        [],
        [(1, 3), (2, 3)],
    )
    found = resolve(both, use=["systemic glucocorticoid"])
    assert 3 in found.concept_ids
    assert 3 not in found.attributes_by_id


def test_what_a_list_knows_of_a_concept_itself_goes_before_what_it_inherits():
    nested = TinyVocabulary([(1, "prednisone", "RxNorm", "8640"), (2, "dexamethasone", "RxNorm", "3264")], [], [(1, 2)])
    found = resolve(nested, use=["systemic glucocorticoid"])
    assert found.attributes_by_id[2].prednisone_factor == 6.667


# ---------------------------------------------------------------- without a vocabulary


def test_without_a_vocabulary_codes_are_texts_and_ids_are_used_as_they_are():
    found = resolve_concept_sets(
        {"a set": ConceptSetDefinition(ICD10CM=["M33.1*"], OMOP=[80182])}, nothing := TinyVocabulary()
    )
    assert not found.has_vocabulary
    assert found.sets["a set"].concept_ids == {80182}
    assert found.sets["a set"].texts == {SourceText("M331", True, Vocabulary.ICD10CM)}
    assert found.unresolved == ()
    assert nothing.queries == []


@pytest.mark.parametrize("missing", ["all", "concept_ancestor"])
def test_a_plus_that_cannot_be_followed_is_a_named_problem(missing):
    source = TinyVocabulary() if missing == "all" else TinyVocabulary(concepts(), MAPS)
    found = resolve_concept_sets({"a set": ConceptSetDefinition(RxNorm=["6851+"])}, source).unresolved
    assert [(one.concept_set, one.vocabulary, one.code, one.doubt) for one in found] == [
        ("a set", "RxNorm", "6851+", Doubt.NO_DESCENDANTS)
    ]
    assert "no table concept_ancestor" in found[0].why


def test_tables_with_one_junk_row_count_as_missing():
    junk = TinyVocabulary()
    for name in ("concept", "concept_ancestor", "concept_relationship"):
        junk.add(name, "column0 VARCHAR, column1 VARCHAR", [("a", "b")])
    found = resolve_concept_sets({"a set": ConceptSetDefinition(RxNorm=["6851+"])}, junk)
    assert not found.has_vocabulary
    assert [one.doubt for one in found.unresolved] == [Doubt.NO_DESCENDANTS]


def test_without_relationships_a_code_still_names_its_concept():
    found = resolve(TinyVocabulary(concepts(), None, ANCESTORS), ICD10CM=["M33.20"])
    assert (found.concept_ids, found.mapped_ids) == ({20}, set())


def test_a_concept_table_without_names_is_enough():
    nameless = TinyVocabulary()
    nameless.add("concept", "concept_id BIGINT, vocabulary_id VARCHAR, concept_code VARCHAR", [(1, "RxNorm", "6851")])
    found = resolve_concept_sets({"a set": ConceptSetDefinition(use=["methotrexate"])}, nameless)
    assert 1 in found.sets["a set"].concept_ids
    assert Doubt.NAMES_SOMETHING_ELSE not in {one.doubt for one in found.unresolved}


# ---------------------------------------------------------------- what the vocabulary does not bear out


def test_a_code_that_resolves_to_nothing_is_a_named_problem_and_no_exception(source):
    (found,) = doubts(source, SNOMED=["999999999"])
    assert (found.doubt, found.why) == (Doubt.NOT_FOUND, "the source's vocabulary has no SNOMED code 999999999")
    assert resolve(source, SNOMED=["999999999"]).is_empty


def test_a_prefix_that_resolves_to_nothing_says_so(source):
    (found,) = doubts(source, ICD10CM=["C50*"])
    assert found.code == "C50*"
    assert found.why == "the source's vocabulary has no ICD10CM code that begins with C50"


def test_an_omop_id_that_the_vocabulary_lacks_is_used_all_the_same(source):
    (found,) = doubts(source, OMOP=[80182])
    assert found.why == "concept 80182 is not in the source's vocabulary; the id is looked for all the same"
    assert resolve(source, OMOP=[80182]).concept_ids == {80182}


def test_a_code_that_another_coding_system_has_is_pointed_there(source):
    (found,) = doubts(source, SNOMED=["105585"])
    assert found.hint == 'RxNorm has the code 105585: "methotrexate 2.5 MG Oral Tablet"'


@pytest.mark.parametrize("beside", [[], ["M33.10"], ["M33.2*"], ["M33*"]])
def test_a_misspelt_code_is_answered_with_its_nearest_neighbour(source, beside):
    found = [one for one in doubts(source, ICD10CM=["M33.22", *beside]) if one.doubt is Doubt.NOT_FOUND]
    assert [(one.code, one.hint) for one in found] == [("M33.22", 'the nearest is M33.20: "Polymyositis"')]


def test_a_code_of_a_shipped_list_that_is_not_found_says_how_sure_the_list_is(source):
    found = {one.code: one for one in doubts(source, use=["baricitinib", "dapsone"])}
    assert found["2047232+"].confidence == "S"
    assert found["3108+"].confidence == "G"
    assert found["3108+"].why.endswith("(confidence of the code list: G, general knowledge, unverified)")


def test_a_code_that_the_protocol_names_itself_has_no_confidence(source):
    (found,) = [one for one in doubts(source, use=["dapsone"], RxNorm=["3108+"]) if one.vocabulary == "RxNorm"]
    assert found.confidence is None


def test_a_listed_code_that_the_vocabulary_calls_something_else_is_a_named_problem():
    wrong = TinyVocabulary([(1, "Cellulitis of face", "SNOMED", "26544005")], [], [])
    (found,) = [one for one in doubts(wrong, use=["muscle weakness"]) if one.vocabulary == "SNOMED"]
    assert found.doubt is Doubt.NAMES_SOMETHING_ELSE
    assert found.why == (
        'the code list calls it "muscle weakness", the source\'s vocabulary "Cellulitis of face" '
        "(confidence of the code list: G, general knowledge, unverified)"
    )


@pytest.mark.parametrize(
    ("name", "vocabulary", "code", "theirs"),
    [
        ("haemolytic anaemia", "SNOMED", "61261009", "Hemolytic anemia"),
        ("quinacrine", "RxNorm", "9060", "mepacrine"),
        ("ciclosporin", "RxNorm", "3008", "cyclosporine"),
        ("immunoglobulin", "HCPCS", "J1459", "Injection, immune globulin (privigen), intravenous, 500 mg"),
        ("acute renal failure", "SNOMED", "14669001", "Acute kidney failure syndrome"),
        ("Jo-1 antibody", "LOINC", "8076-2", "Jo-1 extractable nuclear Ab [Units/volume] in Serum"),
        ("cancer", "ICD10CM", "C34.90", "Malignant neoplasm of unspecified part of bronchus or lung"),
        ("dermatomyositis", "ICD10CM", "M36.0", "Dermato(poly)myositis in neoplastic disease"),
        ("other connective tissue disease", "ICD9CM", "710.2", "Sicca syndrome"),
    ],
)
def test_another_spelling_or_a_longer_name_is_not_something_else(name, vocabulary, code, theirs):
    source = TinyVocabulary([(1, theirs, vocabulary, code)], [], [])
    found = doubts(source, use=[name])
    assert Doubt.NAMES_SOMETHING_ELSE not in {one.doubt for one in found}


@pytest.mark.parametrize(
    ("name", "vocabulary", "code", "theirs"),
    [
        ("methotrexate", "RxNorm", "6851", "methyldopa"),
        ("interstitial lung disease", "SNOMED", "233703007", "Heart disease"),
        ("acute renal failure", "SNOMED", "14669001", "Acute appendicitis"),
        ("immunoglobulin", "HCPCS", "J1459", "Injection, gentamicin, 80 mg"),
    ],
)
def test_a_word_that_half_of_all_names_have_makes_no_two_names_alike(name, vocabulary, code, theirs):
    source = TinyVocabulary([(1, theirs, vocabulary, code)], [], [])
    found = doubts(source, use=[name])
    assert [one.code.rstrip("+") for one in found if one.doubt is Doubt.NAMES_SOMETHING_ELSE] == [code]


def test_a_prefix_names_something_else_only_when_none_of_its_codes_has_a_word_of_the_name():
    # "malignant neoplasms of breast and female genital organs" in the list of cancers
    mixed = [(1, "Kaposi sarcoma of breast", "ICD10CM", "C50.1"), (2, "Sezary disease", "ICD10CM", "C50.2")]
    for concepts_of_c5, is_doubted in ((mixed, False), (mixed[1:], True)):
        found = doubts(TinyVocabulary(concepts_of_c5, [], []), use=["cancer"])
        assert ((Doubt.NAMES_SOMETHING_ELSE, "C5*") in {(one.doubt, one.code) for one in found}) is is_doubted


def test_a_standard_concept_that_stands_for_more_is_a_named_problem(source):
    (found,) = doubts(source, ICD10CM=["M33.12"])
    assert (found.doubt, found.code) == (Doubt.STANDS_FOR_MORE, "M33.12")
    assert found.why == (
        'the standard concept 1 "Dermatomyositis" stands for them, beside codes that the set does not list '
        "(M33.10, M33.11): a record with that concept counts only if its own code is one of the set"
    )


# ---------------------------------------------------------------- rows for the reading step


def test_the_rows_say_everything_that_decides_membership(source):
    definition = ConceptSetDefinition(
        ICD10CM=["M33.12", "M33.20"], source=["DM*"], exclude={"SNOMED": ["402425006"], "ICD10CM": ["M33.13"]}
    )
    rows = member_rows(resolve_concept_sets({"a set": definition}, source).sets)
    assert [row[1:5] for row in rows] == [
        ("direct", 12, None, False),
        ("direct", 20, None, False),
        ("mapped", 4, None, False),
        ("ambiguous", 1, None, False),
        ("excluded", 2, None, False),
        ("excluded", 13, None, False),
        ("source", None, "DM", True),
        ("text", None, "M3312", False),
        ("text", None, "M3320", False),
        ("excluded", None, "402425006", False),
        ("excluded", None, "M3313", False),
    ]
    assert {row[0] for row in rows} == {"a set"}


def test_the_rows_fit_the_columns_of_a_kept_table(source):
    sets = resolve_concept_sets({"ivig": ConceptSetDefinition(use=["immunoglobulin"])}, source).sets
    store = Store()
    store.add("member", MEMBER, member_rows(sets))
    rows = store.rows(store.table("member"))
    assert [row for row in rows if row[3] == "J1553"] == [
        ("ivig", "text", None, "J1553", False, "intravenous", 100.0, None)
    ]


def test_all_ids_are_those_that_can_make_a_member(source):
    definition = ConceptSetDefinition(ICD10CM=["M33.12", "M33.20"], exclude={"SNOMED": ["402425006"]})
    assert all_ids(resolve_concept_sets({"a set": definition}, source).sets.values()) == (1, 4, 12, 20)


def test_all_sets_together_cost_three_questions(source):
    definitions = {name: ConceptSetDefinition(use=[name]) for name in ("methotrexate", "dapsone", "immunoglobulin")}
    resolve_concept_sets(definitions, source)
    assert len(source.queries) == 3
