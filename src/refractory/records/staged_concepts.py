"""Concepts of staged rows: what a study's codes are looked up in where the records bring no vocabulary."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from refractory.records.staging import STEMS

# Concepts that no vocabulary has: OMOP leaves the ids above two billion to the site.
FIRST_OWN_CONCEPT = 2_100_000_000
_MG, _ML = 8576, 8587  # concepts of OMOP


def build_concepts(connection: Any, main: str, staged: str, vocabulary: Collection[str]) -> None:
    """Give each set of codings its concepts; make `coding_set`, `concept` and `drug_strength`.

    Args:
        connection: The connection that the staged tables live in.
        main: Schema of the tables of OMOP.
        staged: Schema of the staged tables.
        vocabulary: Tables of the user's vocabulary that are there; see `build_tables`.
    """
    coded = " UNION ALL ".join(
        f"SELECT codings, {'strength_mg, strength_per' if table == 'drug_exposure' else 'NULL, NULL'} "
        f"FROM {staged}.{table} WHERE len(codings) > 0"
        for table in STEMS
    )
    connection.execute(
        f"""
        CREATE TABLE {main}.coding_set AS
        SELECT codings, strength_mg, strength_per,
               {FIRST_OWN_CONCEPT} + row_number() OVER (ORDER BY codings, strength_mg, strength_per) AS own_id,
               NULL::BIGINT AS source_concept_id, NULL::BIGINT AS concept_id
        FROM (SELECT DISTINCT codings, strength_mg::DOUBLE AS strength_mg, strength_per::VARCHAR AS strength_per
              FROM ({coded}) AS every(codings, strength_mg, strength_per))
        """
    )
    _use_omop_ids(connection, main)
    if "concept" in vocabulary:
        _use_vocabulary(connection, main, vocabulary)
    connection.execute(
        f"UPDATE {main}.coding_set SET source_concept_id = own_id, concept_id = coalesce(concept_id, 0) "
        "WHERE source_concept_id IS NULL"
    )
    connection.execute(
        f"""
        CREATE TABLE {main}.own_concept AS
        SELECT own_id AS concept_id,
               coalesce(list_filter(codings, lambda coding: coding.name IS NOT NULL)[1].name, codings[1].code)
                 AS concept_name,
               one.vocabulary AS vocabulary_id, one.code AS concept_code
        FROM (SELECT *, unnest(codings) AS one FROM {main}.coding_set WHERE source_concept_id = own_id)
        """
    )
    both = f"SELECT * FROM {main}.own_concept"
    if "concept" in vocabulary:
        both += (
            " UNION ALL SELECT CAST(concept_id AS BIGINT), concept_name, vocabulary_id, concept_code "
            f"FROM {main}.vocabulary_concept"
        )
    connection.execute(f"CREATE VIEW {main}.concept AS {both}")
    strengths = f"""
        SELECT own_id AS drug_concept_id, own_id AS ingredient_concept_id,
               CASE WHEN strength_per = 'unit' THEN strength_mg END AS amount_value,
               CASE WHEN strength_per = 'unit' THEN {_MG} END AS amount_unit_concept_id,
               CASE WHEN strength_per = 'mL' THEN strength_mg END AS numerator_value,
               CASE WHEN strength_per = 'mL' THEN {_MG} END AS numerator_unit_concept_id,
               CASE WHEN strength_per = 'mL' THEN 1.0 END AS denominator_value,
               CASE WHEN strength_per = 'mL' THEN {_ML} END AS denominator_unit_concept_id
        FROM {main}.coding_set WHERE strength_mg IS NOT NULL AND source_concept_id = own_id
        """
    connection.execute(f"CREATE TABLE {main}.own_strength AS {strengths}")
    both = f"SELECT * FROM {main}.own_strength"
    if "drug_strength" in vocabulary:
        both += f" UNION ALL BY NAME SELECT * FROM {main}.vocabulary_drug_strength"
    connection.execute(f"CREATE VIEW {main}.drug_strength AS {both}")


def _use_omop_ids(connection: Any, main: str) -> None:
    """Take a coding of OMOP for what it is: the id of a concept, whether or not a vocabulary holds it."""
    connection.execute(
        f"""
        UPDATE {main}.coding_set SET source_concept_id = id, concept_id = id
        FROM (SELECT codings AS of_id, min(TRY_CAST(one.code AS BIGINT)) AS id
              FROM (SELECT codings, unnest(codings) AS one FROM {main}.coding_set)
              WHERE one.vocabulary = 'OMOP' GROUP BY codings)
        WHERE coding_set.codings = of_id AND len(coding_set.codings) = 1 AND id IS NOT NULL
        """
    )


def _use_vocabulary(connection: Any, main: str, vocabulary: Collection[str]) -> None:
    spelled = "upper(replace({0}, '.', ''))"
    connection.execute(
        f"""
        CREATE TEMP TABLE known AS
        WITH parts AS (
            SELECT own_id, unnest(codings) AS one, generate_subscripts(codings, 1) AS place FROM {main}.coding_set
        )
        SELECT own_id, place, CAST(v.concept_id AS BIGINT) AS concept_id,
               coalesce(v.standard_concept = 'S', false) AS is_standard
        FROM parts JOIN {main}.vocabulary_concept AS v
          ON v.vocabulary_id = one.vocabulary
         AND {spelled.format("v.concept_code")} = {spelled.format("one.code")}
        """
    )
    mapped = "NULL"
    if "concept_relationship" in vocabulary:
        mapped = f"""(SELECT min(CAST(concept_id_2 AS BIGINT)) FROM {main}.vocabulary_concept_relationship
                      WHERE relationship_id = 'Maps to' AND CAST(concept_id_1 AS BIGINT) = found.source_concept_id)"""
    connection.execute(
        f"""
        UPDATE {main}.coding_set SET source_concept_id = found.source_concept_id,
               concept_id = coalesce(found.standard_id, {mapped}, 0)
        FROM (SELECT own_id,
                     coalesce(arg_min(concept_id, place) FILTER (NOT is_standard), arg_min(concept_id, place))
                       AS source_concept_id,
                     arg_min(concept_id, place) FILTER (is_standard) AS standard_id
              FROM known GROUP BY own_id) AS found
        WHERE coding_set.own_id = found.own_id
        """
    )
    _keep_the_rest(connection, main, vocabulary)
    connection.execute("DROP TABLE known")


def _keep_the_rest(connection: Any, main: str, vocabulary: Collection[str]) -> None:
    """Give records with more codings than their two concepts say a concept of their own, below all of them.

    A record keeps two concepts, the source's and the standard one. Where a coding is neither, the source's concept is
    one that has a row in `concept` for each coding, and every ancestor of each of them.
    """
    connection.execute(
        f"""
        CREATE TEMP TABLE untold AS
        SELECT DISTINCT own_id FROM (
            SELECT parts.own_id, parts.place
            FROM (SELECT own_id, generate_subscripts(codings, 1) AS place, source_concept_id, concept_id
                  FROM {main}.coding_set WHERE len(codings) > 1 AND own_id IN (SELECT own_id FROM known)) AS parts
            LEFT JOIN known ON known.own_id = parts.own_id AND known.place = parts.place
            GROUP BY parts.own_id, parts.place, parts.source_concept_id, parts.concept_id
            HAVING NOT coalesce(bool_or(known.concept_id IN (parts.source_concept_id, parts.concept_id)), false)
        )
        """
    )
    connection.execute(
        f"UPDATE {main}.coding_set SET source_concept_id = NULL WHERE own_id IN (SELECT own_id FROM untold)"
    )
    if "concept_ancestor" in vocabulary:
        connection.execute(
            f"""
            CREATE TABLE {main}.own_ancestor AS
            SELECT DISTINCT above.ancestor_concept_id, known.own_id AS descendant_concept_id
            FROM {main}.vocabulary_concept_ancestor AS above
            JOIN known ON CAST(above.descendant_concept_id AS BIGINT) = known.concept_id
            WHERE known.own_id IN (SELECT own_id FROM untold)
            """
        )
    connection.execute("DROP TABLE untold")
