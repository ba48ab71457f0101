"""Reading the records of a study: narrow first, then typed, cleaned, named and accounted for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import TYPE_CHECKING

from refractory.records.about import read_about
from refractory.records.accounts import RowCounts, TableAccount, account_for
from refractory.records.circe.entries import add_entries, write_days_of
from refractory.records.clean import Judged, Reading, count_judged, keep_coded, keep_judged, list_faults
from refractory.records.clinical import (
    CLINICAL_TABLES,
    DRUG,
    MEASUREMENT,
    OBSERVATION,
    PROCEDURE,
    TREATMENT_TABLES,
    ClinicalTable,
)
from refractory.records.concept_sets import ConceptSetDefinition, ConceptSets, expand_members, resolve_concept_sets
from refractory.records.drugs import add_drugs, drug_columns
from refractory.records.events import add_events, add_measurements, judge_values, value_columns
from refractory.records.from_files import EmbeddedSource
from refractory.records.membership import Membership
from refractory.records.narrow import Handed, extract_all, find_persons
from refractory.records.persons import add_deaths, add_observation_periods, add_persons
from refractory.records.reading import RawTable
from refractory.records.schema import SCHEMAS, Problem
from refractory.records.source import check_tables, quoted
from refractory.records.store import Store
from refractory.records.translation import IsTranslated, join_problems
from refractory.records.vocabulary_rows import find_ids, keep_names, keep_strengths

if TYPE_CHECKING:
    from refractory.records.circe.definition import CirceDefinition
    from refractory.records.source import Source

Progress = Callable[[str], None]

# Filled here; `label` is filled from a file of its own.
_FILLED = ("person", "observation_period", "death", "event", "drug", "measurement")

# Up to so many rows the planning of a query costs more than its rows.
_FEW_ROWS = 200_000

# Columns whose concepts are asked for by name: products, routes, modifiers, units, answers, origin.
_NAMED = (
    (DRUG.name, DRUG.concept),
    (DRUG.name, DRUG.source_concept),
    (DRUG.name, "route_concept_id"),
    (PROCEDURE.name, PROCEDURE.concept),
    (PROCEDURE.name, PROCEDURE.source_concept),
    (PROCEDURE.name, "modifier_concept_id"),
    (MEASUREMENT.name, "unit_concept_id"),
    (OBSERVATION.name, "unit_concept_id"),
    (OBSERVATION.name, "value_as_concept_id"),
    ("person", "race_concept_id"),
)
_VALUE_TABLES = (MEASUREMENT, OBSERVATION)
_NOTED_WHEN_ABSENT = {
    "observation_period": "periods of observation are not known",
    "concept": "codes are matched as the source writes them",
}


@dataclass(frozen=True)
class RecordNeeds:
    """What a study needs of its records.

    Args:
        concept_sets: All concept sets by name, those that gather others included.
        treatment: The set of the studied treatment: only persons who ever had it are read.
        drug_sets: Leaf sets that are drugs: procedures that name them are drugs too.
        measurement_units: Leaf sets whose values are needed, with the unit that they are wanted in; None: as recorded.
        definitions: Cohort definitions of ATLAS, asked of each day of the treatment.
    """

    concept_sets: Mapping[str, ConceptSetDefinition]
    treatment: str
    drug_sets: tuple[str, ...]
    measurement_units: Mapping[str, str | None]
    definitions: tuple[CirceDefinition, ...] = ()


@dataclass(frozen=True)
class Records:
    """The records of a study, in one shape whatever the source.

    Args:
        store: Holds the tables of records/schema.py except `label`.
        concept_sets: The concept sets in the terms of the source.
        problems: Everything that was not used as written, row by row.
        accounts: One per source table that was read.
        cdm_version: Version of OMOP as the source says it; empty when it does not.
        source_name: Name of the source as it says it, else as it was called.
        is_invented: True when the source says that its records are invented.
        fingerprint: Hash of what was read.
        translation: The way back to the files, where the tables of OMOP were made of files of another kind.
        definition_gaps: What of a cohort definition the records cannot answer: file, and what in words.
    """

    store: Store
    concept_sets: ConceptSets
    problems: tuple[Problem, ...]
    accounts: tuple[TableAccount, ...]
    cdm_version: str
    source_name: str
    is_invented: bool
    fingerprint: str
    translation: IsTranslated | None = None
    definition_gaps: tuple[tuple[str, str], ...] = ()


def read_records(
    source: Source,
    needs: RecordNeeds,
    progress: Progress = lambda _: None,
    look_closer: Callable[[Store], None] | None = None,
) -> Records:
    """Read the records of every person who ever had the treatment, as far as a concept set names them.

    Each row of a source table is used, not asked for, or listed as a problem with its reason; that the three add up
    is checked here.

    Args:
        source: Where the records are; only read.
        needs: What the study needs.
        progress: Is told each step as it begins.
        look_closer: Is shown the working tables of the reading before they go; see quality_faults.

    Raises:
        RecordsError: When a table that no study can do without is missing, or the source cannot be read.
    """
    check_tables(source, ("person", DRUG.name))
    progress("Looking up concept sets")
    concept_sets = resolve_concept_sets(needs.concept_sets, source)
    progress("Finding the persons who had the treatment")
    leaves = expand_members(needs.concept_sets)[needs.treatment]
    treatment = [concept_sets.sets[leaf] for leaf in leaves]
    persons = find_persons(source, treatment, concept_sets.has_vocabulary)
    store = Store(source.connect_store())
    for name in _FILLED:
        store.add(name, SCHEMAS[name])
    # What is only needed while reading lies in temporary tables of a connection of its own, and goes with it.
    work = Store(store.connection.cursor())
    handed = extract_all(source, work, concept_sets, persons, progress)
    counts = {name: RowCounts(one.rows, one.asked, _count(work, one.raw.name)) for name, one in handed.items()}
    progress("Cleaning the records")
    membership = Membership(work, concept_sets, [table.name for table in CLINICAL_TABLES])
    full = [table for table in CLINICAL_TABLES if table.name in handed and counts[table.name].handed]
    readings = [_reading(table, handed[table.name].raw) for table in full]
    if readings:
        keep_coded(work, readings)
        membership.derive("coded")
    if any(one.mapped_ids or one.ambiguous_ids or one.excluded_ids or one.excluded_texts for one in treatment):
        _drop_untreated(work, handed, leaves, counts, has_records=bool(readings))
    _keep_vocabulary(source, work, handed)
    problems = [*_list_tables(source), *_clean_persons(work, handed, counts)]
    if readings:
        problems += _clean_records(work, concept_sets, readings, needs, counts)
    if look_closer:
        look_closer(work)
    work.connection.close()
    if sum(one.handed for one in counts.values()) <= _FEW_ROWS:
        store.plan_for_few_rows()
    accounts = account_for(counts, source.foreign_tables, problems, source.name)
    if isinstance(source, IsTranslated):
        problems = [*join_problems(source, problems)]
        accounts = (*(replace(one, is_file=True) for one in source.read_accounts), *accounts)
    entries = add_entries(source, store, needs.definitions, write_days_of(leaves), progress)
    problems, accounts = [*problems, *entries.problems], (*accounts, *entries.accounts)
    about = read_about(source)
    counted = " ".join(f"{account.table} {account.rows}" for account in accounts)
    return Records(
        store=store,
        concept_sets=concept_sets,
        problems=tuple(problems),
        accounts=accounts,
        cdm_version=about["cdm_version"],
        source_name=about["cdm_source_name"] or source.name,
        is_invented="invented" in about["source_description"].lower(),
        fingerprint=sha256(f"{source.fingerprint()} {counted}".encode()).hexdigest(),
        translation=source if isinstance(source, IsTranslated) else None,
        definition_gaps=entries.gaps,
    )


def _reading(table: ClinicalTable, raw: RawTable) -> Reading:
    if table in TREATMENT_TABLES:
        return Reading(table, raw, drug_columns(raw))
    return Reading(table, raw, value_columns(raw) if table in _VALUE_TABLES else {})


def _drop_untreated(
    work: Store, handed: Mapping[str, Handed], leaves: Iterable[str], counts: dict[str, RowCounts], *, has_records: bool
) -> None:
    """Drop the rows of persons whom a closer look at codes and exclusions finds never to have had the treatment."""
    connection = work.connection
    wanted = ", ".join(quoted(leaf) for leaf in leaves)
    tables = ", ".join(quoted(table.name) for table in TREATMENT_TABLES)
    treated = (
        "SELECT DISTINCT person_id FROM coded JOIN belonging USING (n) "
        f"WHERE concept_set IN ({wanted}) AND table_name IN ({tables}) AND person_id IS NOT NULL"
        if has_records
        else "SELECT NULL::BIGINT AS person_id WHERE false"
    )
    connection.execute(f"CREATE OR REPLACE TEMP TABLE treated AS {treated}")
    for name, one in handed.items():
        of_others = f"{one.raw.integer('person_id')} NOT IN (SELECT person_id FROM treated)"
        ((dropped,),) = connection.execute(f"DELETE FROM {one.raw.name} WHERE {of_others}").fetchall()
        counts[name] = replace(counts[name], untreated=dropped)
    if has_records and any(one.untreated for one in counts.values()):
        connection.execute("DELETE FROM coded WHERE person_id NOT IN (SELECT person_id FROM treated)")


def _list_tables(source: Source) -> Iterable[Problem]:
    if isinstance(source, EmbeddedSource):
        for name, file in sorted(source.named_otherwise.items()):
            yield Problem(
                name, None, "", f"no file has its name; {file} has its columns", "read", rows=0, is_left_out=False
            )
    for name, rows in sorted(source.foreign_tables.items()):
        rule, done = "its columns are not those of OMOP", "the table counts as absent"
        yield Problem(name, None, "", rule, done, rows=rows, is_left_out=rows > 0)
    for name, done in _NOTED_WHEN_ABSENT.items():
        if not source.has(name) and name not in source.foreign_tables:
            yield Problem(name, None, "", "the table is not there", done, rows=0, is_left_out=False)


def _keep_vocabulary(source: Source, work: Store, handed: Mapping[str, Handed]) -> None:
    columns = [(handed[table].raw, column) for table, column in _NAMED if table in handed]
    products = [(raw, column) for raw, column in columns if column in (DRUG.concept, DRUG.source_concept)]
    strength = keep_strengths(source, work, find_ids(work, products))
    keep_names(source, work, find_ids(work, [*columns, *((strength, unit) for unit in strength.kinds)]))


def _clean_persons(work: Store, handed: Mapping[str, Handed], counts: dict[str, RowCounts]) -> list[Problem]:
    problems: list[Problem] = []
    adding = {"person": add_persons, "death": add_deaths, "observation_period": add_observation_periods}
    for name, add in adding.items():
        if name in handed:
            problems += add(work, handed[name].raw)
            used = _count(work, name)
            counts[name] = replace(counts[name], used=used, left_out=_count(work, handed[name].raw.name) - used)
    return problems


def _clean_records(
    work: Store,
    concept_sets: ConceptSets,
    readings: Sequence[Reading],
    needs: RecordNeeds,
    counts: dict[str, RowCounts],
) -> list[Problem]:
    tables = [reading.table for reading in readings]
    keep_judged(work, readings)
    with_values = [reading for reading in readings if reading.table in _VALUE_TABLES]
    with_drugs = [reading for reading in readings if reading.table in TREATMENT_TABLES]
    values: dict[str, list[Problem]] = {}
    if with_values:
        values = judge_values(work, with_values, needs.measurement_units)
        add_measurements(work)
    if set(tables) - {MEASUREMENT, DRUG}:
        add_events(work, with_values)
    amounts = add_drugs(work, with_drugs, concept_sets, needs.drug_sets) if with_drugs else {}
    judged = count_judged(work)
    for table in tables:
        found, one = judged.get(table.name, Judged()), counts[table.name]
        not_named = one.handed - one.untreated - found.named
        counts[table.name] = replace(one, used=found.used, left_out=found.named - found.used, not_named=not_named)
    faults = list_faults(work, tables)
    problems: list[Problem] = []
    for table in tables:
        problems += [*faults[table.name], *values.get(table.name, ()), *amounts.get(table.name, ())]
    return problems


def _count(work: Store, table: str) -> int:
    ((rows,),) = work.connection.execute(f'SELECT count(*) FROM "{table}"').fetchall()
    return int(rows)
