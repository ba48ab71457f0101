"""The tables of OMOP CDM v5.4 that the invented hospital has, column by column."""

from __future__ import annotations

_TABLES = """
person: person_id BIGINT, gender_concept_id BIGINT, year_of_birth INTEGER, month_of_birth INTEGER,
  day_of_birth INTEGER, birth_datetime TIMESTAMP, race_concept_id BIGINT, ethnicity_concept_id BIGINT,
  location_id BIGINT, provider_id BIGINT, care_site_id BIGINT, person_source_value VARCHAR,
  gender_source_value VARCHAR, gender_source_concept_id BIGINT, race_source_value VARCHAR,
  race_source_concept_id BIGINT, ethnicity_source_value VARCHAR, ethnicity_source_concept_id BIGINT
observation_period: observation_period_id BIGINT, person_id BIGINT, observation_period_start_date DATE,
  observation_period_end_date DATE, period_type_concept_id BIGINT
visit_occurrence: visit_occurrence_id BIGINT, person_id BIGINT, visit_concept_id BIGINT, visit_start_date DATE,
  visit_start_datetime TIMESTAMP, visit_end_date DATE, visit_end_datetime TIMESTAMP, visit_type_concept_id BIGINT,
  provider_id BIGINT, care_site_id BIGINT, visit_source_value VARCHAR, visit_source_concept_id BIGINT,
  admitted_from_concept_id BIGINT, admitted_from_source_value VARCHAR, discharged_to_concept_id BIGINT,
  discharged_to_source_value VARCHAR, preceding_visit_occurrence_id BIGINT
condition_occurrence: condition_occurrence_id BIGINT, person_id BIGINT, condition_concept_id BIGINT,
  condition_start_date DATE, condition_start_datetime TIMESTAMP, condition_end_date DATE,
  condition_end_datetime TIMESTAMP, condition_type_concept_id BIGINT, condition_status_concept_id BIGINT,
  stop_reason VARCHAR, provider_id BIGINT, visit_occurrence_id BIGINT, visit_detail_id BIGINT,
  condition_source_value VARCHAR, condition_source_concept_id BIGINT, condition_status_source_value VARCHAR
drug_exposure: drug_exposure_id BIGINT, person_id BIGINT, drug_concept_id BIGINT, drug_exposure_start_date DATE,
  drug_exposure_start_datetime TIMESTAMP, drug_exposure_end_date DATE, drug_exposure_end_datetime TIMESTAMP,
  verbatim_end_date DATE, drug_type_concept_id BIGINT, stop_reason VARCHAR, refills INTEGER, quantity DOUBLE,
  days_supply INTEGER, sig VARCHAR, route_concept_id BIGINT, lot_number VARCHAR, provider_id BIGINT,
  visit_occurrence_id BIGINT, visit_detail_id BIGINT, drug_source_value VARCHAR, drug_source_concept_id BIGINT,
  route_source_value VARCHAR, dose_unit_source_value VARCHAR
procedure_occurrence: procedure_occurrence_id BIGINT, person_id BIGINT, procedure_concept_id BIGINT,
  procedure_date DATE, procedure_datetime TIMESTAMP, procedure_end_date DATE, procedure_end_datetime TIMESTAMP,
  procedure_type_concept_id BIGINT, modifier_concept_id BIGINT, quantity INTEGER, provider_id BIGINT,
  visit_occurrence_id BIGINT, visit_detail_id BIGINT, procedure_source_value VARCHAR,
  procedure_source_concept_id BIGINT, modifier_source_value VARCHAR
measurement: measurement_id BIGINT, person_id BIGINT, measurement_concept_id BIGINT, measurement_date DATE,
  measurement_datetime TIMESTAMP, measurement_time VARCHAR, measurement_type_concept_id BIGINT,
  operator_concept_id BIGINT, value_as_number DOUBLE, value_as_concept_id BIGINT, unit_concept_id BIGINT,
  range_low DOUBLE, range_high DOUBLE, provider_id BIGINT, visit_occurrence_id BIGINT, visit_detail_id BIGINT,
  measurement_source_value VARCHAR, measurement_source_concept_id BIGINT, unit_source_value VARCHAR,
  unit_source_concept_id BIGINT, value_source_value VARCHAR, measurement_event_id BIGINT,
  meas_event_field_concept_id BIGINT
observation: observation_id BIGINT, person_id BIGINT, observation_concept_id BIGINT, observation_date DATE,
  observation_datetime TIMESTAMP, observation_type_concept_id BIGINT, value_as_number DOUBLE,
  value_as_string VARCHAR, value_as_concept_id BIGINT, qualifier_concept_id BIGINT, unit_concept_id BIGINT,
  provider_id BIGINT, visit_occurrence_id BIGINT, visit_detail_id BIGINT, observation_source_value VARCHAR,
  observation_source_concept_id BIGINT, unit_source_value VARCHAR, qualifier_source_value VARCHAR,
  value_source_value VARCHAR, observation_event_id BIGINT, obs_event_field_concept_id BIGINT
death: person_id BIGINT, death_date DATE, death_datetime TIMESTAMP, death_type_concept_id BIGINT,
  cause_concept_id BIGINT, cause_source_value VARCHAR, cause_source_concept_id BIGINT
cdm_source: cdm_source_name VARCHAR, cdm_source_abbreviation VARCHAR, cdm_holder VARCHAR,
  source_description VARCHAR, source_documentation_reference VARCHAR, cdm_etl_reference VARCHAR,
  source_release_date DATE, cdm_release_date DATE, cdm_version VARCHAR, cdm_version_concept_id BIGINT,
  vocabulary_version VARCHAR
vocabulary: vocabulary_id VARCHAR, vocabulary_name VARCHAR, vocabulary_reference VARCHAR,
  vocabulary_version VARCHAR, vocabulary_concept_id BIGINT
concept: concept_id BIGINT, concept_name VARCHAR, domain_id VARCHAR, vocabulary_id VARCHAR,
  concept_class_id VARCHAR, standard_concept VARCHAR, concept_code VARCHAR, valid_start_date DATE,
  valid_end_date DATE, invalid_reason VARCHAR
concept_ancestor: ancestor_concept_id BIGINT, descendant_concept_id BIGINT, min_levels_of_separation INTEGER,
  max_levels_of_separation INTEGER
concept_relationship: concept_id_1 BIGINT, concept_id_2 BIGINT, relationship_id VARCHAR, valid_start_date DATE,
  valid_end_date DATE, invalid_reason VARCHAR
drug_strength: drug_concept_id BIGINT, ingredient_concept_id BIGINT, amount_value DOUBLE,
  amount_unit_concept_id BIGINT, numerator_value DOUBLE, numerator_unit_concept_id BIGINT,
  denominator_value DOUBLE, denominator_unit_concept_id BIGINT, box_size INTEGER, valid_start_date DATE,
  valid_end_date DATE, invalid_reason VARCHAR
"""


def _read(text: str) -> dict[str, dict[str, str]]:
    tables: dict[str, dict[str, str]] = {}
    for block in text.strip().replace("\n  ", " ").splitlines():
        name, columns = block.split(": ")
        tables[name] = dict(column.split() for column in columns.split(", "))
    return tables


TABLES = _read(_TABLES)

# Key of each clinical table; keys are scrambled, so that the order of rows tells nothing.
ROW_KEYS = {
    table: f"{table}_id"
    for table in (
        "observation_period",
        "visit_occurrence",
        "condition_occurrence",
        "drug_exposure",
        "procedure_occurrence",
        "measurement",
        "observation",
    )
}
