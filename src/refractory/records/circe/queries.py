"""The queries of a cohort definition, in the words of the embedded database."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

# Events of one day are told apart by their number, as far as a row has one: the same rows in another order then give
# the same answer. Each text stands in every set of queries, once.
_WITHOUT_A_KEY = (
    ("E.event_id) ordinal", "E.event_id, E.end_date, E.visit_occurrence_id) ordinal"),
    ("order by pe.start_date {}) as ordinal", "order by pe.start_date {}, pe.event_id) as ordinal"),
    ("order by start_date {}) as ordinal", "order by start_date {}, event_id) as ordinal"),
)
# What is abnormal may be an answer, which the generator asks of a column that it does not pick.
_MEASUREMENT = re.compile(r"-- Begin Measurement Criteria.*?-- End Measurement Criteria", re.DOTALL)
_ABNORMAL = "C.value_as_concept_id in (4155142, 4155143)"
_ANSWER = "m.value_as_concept_id"
SCHEMA = "cdm"
# The table of stays under the names of OHDSI; here its columns go by their place.
STAYS = "cohort_definition_id BIGINT, subject_id BIGINT, cohort_start_date DATE, cohort_end_date DATE"


def write_queries(expression: Mapping[str, Any], number: int) -> str:
    """Write the queries that put the stays of a cohort definition into `cdm.cohort`.

    Args:
        expression: The expression with its concept sets.
        number: What the stays are numbered by.

    Returns:
        Statements for DuckDB that read and write the schema `cdm`, and temporary tables.
    """
    from duckcdm.circe import build_cohort_query
    from duckcdm.sqlrender import render, translate

    text: str = build_cohort_query(
        dict(expression), cdm_schema=SCHEMA, target_table=f"{SCHEMA}.cohort", cohort_id=number
    )
    for loose, fixed in _WITHOUT_A_KEY:
        before = text
        for way in ("ASC", "DESC"):
            text = text.replace(loose.format(way), fixed.format(way))
        assert text != before, f"the generator of queries does not write {loose!r} any more"
    text = _MEASUREMENT.sub(_pick_answer, text)
    written: str = translate(render(text), "duckdb")
    return written


def _pick_answer(criterion: re.Match[str]) -> str:
    text = criterion[0]
    if _ABNORMAL not in text or _ANSWER in text:
        return text
    return text.replace("m.measurement_id", f"m.measurement_id,{_ANSWER}", 1)
