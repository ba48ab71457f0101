"""Eras as OMOP says them, where a source has no table of them: records joined across gaps of at most 30 days."""

from __future__ import annotations

from typing import TYPE_CHECKING

from refractory.records.circe.vocabulary import choose_rows, pick_columns
from refractory.records.narrow import list_ids
from refractory.records.vocabulary import has_ancestors, has_concepts

if TYPE_CHECKING:
    from refractory.records.source import Source
    from refractory.records.store import Store

PERSISTENCE_DAYS = 30
_INGREDIENT = "Ingredient"


def derive_condition_eras(work: Store) -> None:
    """Derive `condition_era` from the diagnoses that were known: one row per person, concept and era."""
    _derive(
        work,
        "condition_era",
        "SELECT person_id, condition_concept_id AS concept_id, condition_start_date AS start_date, "
        "coalesce(condition_end_date, condition_start_date + 1) AS end_date FROM cdm.condition_occurrence",
        "SELECT row_number() OVER (ORDER BY person_id, concept_id, start_date) AS condition_era_id, person_id, "
        "start_date AS condition_era_start_date, end_date AS condition_era_end_date, "
        "concept_id AS condition_concept_id, records AS condition_occurrence_count FROM eras",
    )


def derive_drug_eras(source: Source, work: Store) -> None:
    """Derive `drug_era` from the exposures that were known: one row per person, ingredient and era."""
    _keep_ingredients(source, work)
    _derive(
        work,
        "drug_era",
        "SELECT person_id, coalesce(ingredient_id, drug_concept_id) AS concept_id, "
        "drug_exposure_start_date AS start_date, coalesce(drug_exposure_end_date, "
        "drug_exposure_start_date + CASE WHEN days_supply > 0 THEN days_supply::INTEGER ELSE 1 END) AS end_date "
        "FROM cdm.drug_exposure LEFT JOIN ingredient USING (drug_concept_id)",
        "SELECT row_number() OVER (ORDER BY person_id, concept_id, start_date) AS drug_era_id, person_id, "
        "start_date AS drug_era_start_date, end_date AS drug_era_end_date, concept_id AS drug_concept_id, "
        "records AS drug_exposure_count, greatest(end_date - start_date - days, 0)::INTEGER AS gap_days FROM eras",
    )


def _derive(work: Store, table: str, records: str, told: str) -> None:
    work.connection.execute(
        f"""
        INSERT INTO cdm.{table} BY NAME
        WITH records AS ({records}),
        opened AS (
            SELECT *, CASE WHEN start_date <= {PERSISTENCE_DAYS} + max(end_date) OVER (
                PARTITION BY person_id, concept_id ORDER BY start_date, end_date
                ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) THEN 0 ELSE 1 END AS opens FROM records
        ),
        numbered AS (
            SELECT *, sum(opens) OVER (PARTITION BY person_id, concept_id ORDER BY start_date, end_date, opens DESC
                ROWS UNBOUNDED PRECEDING) AS era FROM opened
        ),
        eras AS (
            SELECT person_id, concept_id, min(start_date) AS start_date, max(end_date) AS end_date, count(*) AS records,
                   sum(end_date - start_date) AS days
            FROM numbered WHERE concept_id <> 0 GROUP BY person_id, concept_id, era
        )
        {told}
        """
    )


def _keep_ingredients(source: Source, work: Store) -> None:
    """Keep the ingredients of each drug in `ingredient`; a drug that the vocabulary does not know is its own."""
    run = work.connection.execute
    run("CREATE OR REPLACE TEMP TABLE ingredient (drug_concept_id BIGINT, ingredient_id BIGINT)")
    drugs = [row[0] for row in run("SELECT DISTINCT drug_concept_id FROM cdm.drug_exposure").fetchall() if row[0]]
    knows_class = has_concepts(source) and "concept_class_id" in source.columns("concept")
    if not (drugs and knows_class and has_ancestors(source)):
        return
    above = choose_rows(
        source.table_later("concept_ancestor"), "descendant_concept_id", list_ids(source, drugs, is_later=True)
    )
    source.extract(pick_columns(above, ("ancestor_concept_id", "descendant_concept_id")), work, "raw_above")
    ids = [row[0] for row in run("SELECT DISTINCT ancestor_concept_id FROM raw_above").fetchall()]
    named = choose_rows(source.table_later("concept"), "concept_id", list_ids(source, ids, is_later=True))
    source.extract(pick_columns(named, ("concept_id", "concept_class_id")), work, "raw_above_named")
    run(
        "INSERT INTO ingredient SELECT DISTINCT descendant_concept_id, ancestor_concept_id FROM raw_above "
        f"JOIN raw_above_named ON concept_id = ancestor_concept_id AND concept_class_id = '{_INGREDIENT}'"
    )
