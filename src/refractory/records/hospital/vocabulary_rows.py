"""The vocabulary and the description of the source, as rows."""

from __future__ import annotations

from datetime import date
from typing import Any

from refractory.records.hospital.facts import LAST_RECORD
from refractory.records.hospital.products import products
from refractory.records.hospital.vocabulary import UNITS, condition_ancestors, source_concepts, standard_concepts

_FROM, _UNTIL = date(1970, 1, 1), date(2099, 12, 31)
_VALID = {"valid_start_date": _FROM, "valid_end_date": _UNTIL}
_VOCABULARIES = {
    "SNOMED": "Systematic Nomenclature of Medicine Clinical Terms",
    "ICD10CM": "International Classification of Diseases, Tenth Revision, Clinical Modification",
    "ICD9CM": "International Classification of Diseases, Ninth Revision, Clinical Modification",
    "RxNorm": "RxNorm",
    "HCPCS": "Healthcare Common Procedure Coding System",
    "LOINC": "Logical Observation Identifiers Names and Codes",
    "UCUM": "Unified Code for Units of Measure",
    "Gender": "OMOP Gender",
    "Race": "Race and Ethnicity Code Set",
    "Visit": "OMOP Visit",
    "Type Concept": "OMOP Type Concept",
    "Invented": "Concepts of the invented hospital",
}
DESCRIPTION = (
    "All of this is invented: no row describes a real person. A generator wrote the records from a planned "
    "truth, so that a study of them can be checked against it."
)


def vocabulary_rows() -> dict[str, list[dict[str, Any]]]:
    """Return the rows of the vocabulary tables and of cdm_source."""
    return {
        "cdm_source": [_source()],
        "vocabulary": [
            {"vocabulary_id": name, "vocabulary_name": title, "vocabulary_version": "subset for an invented hospital",
             "vocabulary_concept_id": 0}
            for name, title in _VOCABULARIES.items()
        ],
        "concept": _concepts(),
        "concept_ancestor": _ancestors(),
        "concept_relationship": _relationships(),
        "drug_strength": _strengths(),
    }  # fmt: skip


def _source() -> dict[str, Any]:
    return {
        "cdm_source_name": "Invented hospital",
        "cdm_source_abbreviation": "invented",
        "cdm_holder": "Refractory",
        "source_description": DESCRIPTION,
        "source_release_date": LAST_RECORD,
        "cdm_release_date": LAST_RECORD,
        "cdm_version": "v5.4",
        "cdm_version_concept_id": 756265,
        "vocabulary_version": "subset for an invented hospital",
    }


def _concepts() -> list[dict[str, Any]]:
    known = [*standard_concepts(), *(concept for concept, _ in source_concepts().values())]
    rows = [
        {
            "concept_id": concept.concept_id,
            "concept_name": concept.name,
            "domain_id": concept.domain,
            "vocabulary_id": concept.vocabulary,
            "concept_class_id": concept.concept_class,
            "standard_concept": concept.standard,
            "concept_code": concept.code,
            **_VALID,
        }
        for concept in known
    ]
    rows += [
        {
            "concept_id": product.concept_id,
            "concept_name": product.name,
            "domain_id": "Drug",
            "vocabulary_id": "Invented",
            "concept_class_id": "Clinical Drug",
            "standard_concept": "S",
            "concept_code": product.key.replace(" ", "-"),
            **_VALID,
        }
        for product in products().values()
    ]
    none = {
        "concept_id": 0,
        "concept_name": "No matching concept",
        "domain_id": "Metadata",
        "vocabulary_id": "Invented",
    }
    return [{**none, "concept_class_id": "Undefined", "concept_code": "No matching concept", **_VALID}, *rows]


def _ancestors() -> list[dict[str, Any]]:
    pairs = condition_ancestors()
    for product in products().values():
        pairs += [(product.concept_id, product.concept_id, 0), (product.ingredient_id, product.concept_id, 1)]
    return [
        {
            "ancestor_concept_id": ancestor,
            "descendant_concept_id": descendant,
            "min_levels_of_separation": levels,
            "max_levels_of_separation": levels,
        }
        for ancestor, descendant, levels in pairs
    ]


def _relationships() -> list[dict[str, Any]]:
    pairs = [(concept.concept_id, standard) for concept, standard in source_concepts().values()]
    both = [(source, standard, "Maps to") for source, standard in pairs]
    both += [(standard, source, "Mapped from") for source, standard in pairs]
    return [
        {"concept_id_1": first, "concept_id_2": second, "relationship_id": relation, **_VALID}
        for first, second, relation in both
    ]


def _strengths() -> list[dict[str, Any]]:
    rows = []
    for product in products().values():
        if not product.mg:
            continue
        row = {"drug_concept_id": product.concept_id, "ingredient_concept_id": product.ingredient_id, **_VALID}
        if product.per == "unit":
            row |= {"amount_value": product.mg, "amount_unit_concept_id": UNITS["mg"]}
        else:
            row |= {"numerator_value": product.mg, "numerator_unit_concept_id": UNITS["mg"]}
            row |= {"denominator_unit_concept_id": UNITS[product.per]}
        rows.append(row)
    return rows
