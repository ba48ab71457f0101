"""Files of a folder that hold a table of OMOP under a name that is nearly its own: omop_person.csv, 006_PERSON.csv."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path

from refractory.errors import RecordsError
from refractory.records.catalogue import OMOP_TABLES, SELDOM_ASKED
from refractory.records.folders import check_inside, check_parquet, find_suffix, is_parquet, read_csv_header

# Tables of OMOP that nothing reads: concept_class.csv is none of them misspelt.
_OTHER_TABLES = (
    "attribute_definition", "care_site", "cohort", "cohort_attribute", "cohort_definition", "concept_class",
    "concept_synonym", "cost", "domain", "episode", "episode_event", "fact_relationship", "location",
    "location_history", "metadata", "note", "note_nlp", "payer_plan_period", "relationship", "source_to_concept_map",
    "survey_conduct", "vocabulary",
)  # fmt: skip
_NAMES = (*OMOP_TABLES, *_OTHER_TABLES)
_ALIKE = 0.9  # condition_occurence and persons are near; observation_period and observation are not
# What tells the table person from any other that names persons.
_BIRTH = frozenset({"year_of_birth", "birth_datetime"})


def find_named_otherwise(folder: Path, found: Mapping[str, list[Path]]) -> dict[str, Path]:
    """Find a file for each table that has none of its own name: one with a near name and the columns of the table.

    Args:
        folder: The folder.
        found: The files of the tables that go by their own name.

    Raises:
        RecordsError: When several files could be a table that most studies ask for: no one knows which is meant.
    """
    near: defaultdict[str, list[Path]] = defaultdict(list)
    for path in sorted(folder.iterdir()):
        table = _name_table(path)
        if table in OMOP_TABLES and table not in found and path.is_file() and _has_columns_of(table, path, folder):
            near[table].append(path)
    for table, paths in near.items():
        if len(paths) > 1 and table not in SELDOM_ASKED:
            raise RecordsError(
                f"{len(paths)} files could be the table {table}, and none has its name.",
                where=", ".join(path.name for path in paths[:5]),
                remedy=f"give the one that is meant the name {table}{find_suffix(paths[0])}; if each holds a part of "
                f"the table, put them into a folder {table}",
            )
    return {table: paths[0] for table, paths in near.items() if len(paths) == 1}


def _name_table(path: Path) -> str:
    """Name the table of OMOP, of any version, that a file is nearly named after; empty where there is none."""
    suffix = find_suffix(path)
    stem = re.sub(r"[^a-z0-9]+", "_", path.name[: -len(suffix) or None].lower()).strip("_") if suffix else ""
    if not stem or path.name.startswith("."):
        return ""
    inside = [name for name in _NAMES if f"_{name}_" in f"_{stem}_"]
    if inside:
        return max(inside, key=len)
    return next(iter(get_close_matches(stem, _NAMES, n=1, cutoff=_ALIKE)), "")


def _has_columns_of(table: str, path: Path, folder: Path) -> bool:
    needed = set(OMOP_TABLES[table])
    check_inside(folder, [path])
    try:
        columns = _read_columns(table, path)
    except RecordsError:
        return False
    there = columns | {column.removesuffix("time") for column in columns if column.endswith("_datetime")}
    return needed <= there and (table != "person" or bool(columns & _BIRTH))


def _read_columns(table: str, path: Path) -> set[str]:
    if not is_parquet(path):
        return set(read_csv_header(path, OMOP_TABLES[table]).columns)
    import duckdb

    check_parquet(path)
    try:
        with duckdb.connect() as connection:
            described = connection.execute("DESCRIBE SELECT * FROM read_parquet(?)", [str(path)]).fetchall()
    except duckdb.Error:
        return set()
    return {str(row[0]).lower() for row in described}
