"""Eras and doses of everybody: handed over and derived here, or derived inside the source, with one answer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from refractory.errors import RecordsError
from refractory.exposures.eras import derive_exposures
from refractory.exposures.written_doses import (
    SIG,
    SIG_STEP,
    WrittenDoses,
    keep_written_doses,
    read_written_doses,
)
from refractory.population_tables import DOSE, ERA, derive_named_doses, derive_named_eras
from refractory.protocol import Protocol
from refractory.records.about import read_about
from refractory.records.accounts import TableAccount
from refractory.records.clinical import TREATMENT_TABLES
from refractory.records.concept_sets import ConceptSetDefinition, ConceptSets
from refractory.records.drug_kinds import name_every_drug
from refractory.records.population import (
    SHAPE,
    WORDS,
    count_asked,
    derive_population,
    no_drug_records,
    resolve_drug_sets,
)
from refractory.records.population_slices import MOST_ROWS_AT_A_TIME
from refractory.records.read import RecordNeeds, read_records
from refractory.records.schema import Problem
from refractory.records.source import Source, literal_rows, small_table
from refractory.records.store import Store

if TYPE_CHECKING:
    import ibis.expr.types as ir

Progress = Callable[[str], None]
Compute = Literal["auto", "embedded", "source"]
Definitions = Mapping[str, ConceptSetDefinition]

# Up to so many rows are handed over: it takes about as long as to ask the source, and every row that is not used is
# listed by itself. Beyond, all columns of all rows would have to be held in memory, a gigabyte for every 1,000,000.
MOST_HANDED_OVER = 1_000_000

SHAPES = {"eras": ERA, "doses": DOSE}


@dataclass(frozen=True)
class DrugSummary:
    """What the eras of one drug add up to.

    Args:
        concept_set: The drug.
        persons: Persons with an era.
        records: Records that the eras are made of.
        eras: Eras.
        median_days: Median length of an era, from its first to its last day; None without any.
    """

    concept_set: str
    persons: int = 0
    records: int = 0
    eras: int = 0
    median_days: float | None = None


@dataclass(frozen=True)
class PopulationRun:
    """Eras and doses of everybody.

    Args:
        protocol: The study whose drugs they are.
        compute: Where they were derived: "embedded" or "source".
        why: Why there, as a sentence.
        store: Holds `eras` and `doses`, as population_tables says.
        summary: One per drug.
        accounts: What became of each row of the source's tables of drugs.
        problems: What was not used as written; row by row where it was handed over, else counted by rule.
        source_name: Name of the source.
        is_invented: True when the source says that its records are invented.
        fingerprint: Hash of what was read.
    """

    protocol: Protocol
    compute: str
    why: str
    store: Store
    summary: tuple[DrugSummary, ...]
    accounts: tuple[TableAccount, ...]
    problems: tuple[Problem, ...]
    source_name: str
    is_invented: bool
    fingerprint: str


@dataclass(frozen=True)
class _Drugs:
    """Drug records with a number for each set, in parts, and how what is derived from them is kept in the store."""

    parts: tuple[ir.Table, ...]
    written: WrittenDoses | None
    records: int
    names: tuple[str, ...]
    store: Store
    keep: Callable[[str, Iterable[ir.Table]], object]
    accounts: tuple[TableAccount, ...]
    problems: tuple[Problem, ...]


def run_population(
    protocol: Protocol,
    source: Source,
    compute: Compute = "auto",
    progress: Progress = lambda _: None,
    rows_at_a_time: int = MOST_ROWS_AT_A_TIME,
) -> PopulationRun:
    """Derive the eras and doses of all persons, for every drug of a study.

    Args:
        protocol: The study: its leaf concept sets that are drugs, how long a gap an era survives, and by which routes
            doses count.
        source: Where the records are; only read.
        compute: "source" derives inside the source, "embedded" has all records handed over, "auto" chooses by the
            number of rows that would be.
        progress: Is told each step as it begins.
        rows_at_a_time: Records that are worked on at once where they have to fit into memory.

    Raises:
        RecordsError: When the source holds none of the drugs, or cannot be read.
    """
    progress("Looking up concept sets")
    definitions = {name: protocol.concepts[name] for name in protocol.drug_sets}
    concept_sets = resolve_drug_sets(source, definitions, protocol.drug_sets)
    progress("Counting the records that would be handed over")
    where, why = choose_compute(compute, count_asked(source, concept_sets))
    progress(why)
    if where == "source":
        drugs = _leave_in_source(source, definitions, concept_sets, progress, rows_at_a_time)
    else:
        drugs = _hand_over(source, definitions, concept_sets, progress)
    _derive_tables(protocol, drugs, progress)
    progress("Summing up")
    summary = _sum_up(drugs)
    about = read_about(source)
    return PopulationRun(
        protocol=protocol,
        compute=where,
        why=why,
        store=drugs.store,
        summary=summary,
        accounts=drugs.accounts,
        problems=drugs.problems,
        source_name=about["cdm_source_name"] or source.name,
        is_invented="invented" in about["source_description"].lower(),
        fingerprint=source.fingerprint(),
    )


def choose_compute(compute: Compute, rows: int) -> tuple[str, str]:
    """Choose where to derive, and say why.

    Args:
        compute: What was asked for.
        rows: Rows that would be handed over.

    Example:
        >>> choose_compute("auto", 5)[0], choose_compute("auto", 5_000_000)[0], choose_compute("embedded", 5_000_000)[0]
        ('embedded', 'source', 'embedded')
    """
    if compute == "embedded" or (compute == "auto" and rows <= MOST_HANDED_OVER):
        why = "as asked" if compute == "embedded" else f"not more than {MOST_HANDED_OVER:,}"
        return "embedded", f"Handing {rows:,} records over ({why})"
    why = "as asked" if compute == "source" else f"more than {MOST_HANDED_OVER:,} would be handed over"
    return "source", f"Working inside the source on {rows:,} records ({why})"


def _leave_in_source(
    source: Source, definitions: Definitions, concept_sets: ConceptSets, progress: Progress, rows_at_a_time: int
) -> _Drugs:
    population = derive_population(source, definitions, concept_sets, progress, rows_at_a_time)
    store = Store(source.connect_store())

    def keep(name: str, tables: Iterable[ir.Table]) -> None:
        store.add(name, SHAPES[name])
        for table in tables:
            source.extract(table, store, "part")
            store.connection.execute(f'INSERT INTO "{name}" BY NAME SELECT * FROM part; DROP TABLE part')

    return _Drugs(
        tuple(part.of(population.drugs) for part in population.slices),
        _read_directions(source, population.directions),
        population.records,
        population.set_names,
        store,
        keep,
        population.accounts,
        population.problems,
    )


def _read_directions(source: Source, texts: Sequence[str]) -> WrittenDoses | None:
    """Read what the directions say and put it beside the records; None where none of them says a dose."""
    sigs, steps = read_written_doses(texts)
    if not sigs:
        return None
    try:
        return WrittenDoses(small_table(source, SIG, sigs), small_table(source, SIG_STEP, steps))
    except ValueError:
        raise RecordsError(
            "A direction of the drug records holds a control character, and cannot be told inside the source.",
            where=source.name,
            remedy="--compute embedded, which hands the records over",
        ) from None


def _hand_over(source: Source, definitions: Definitions, concept_sets: ConceptSets, progress: Progress) -> _Drugs:
    every = name_every_drug(definitions)
    names = tuple(sorted(concept_sets.sets))
    needs = RecordNeeds({**definitions, every: ConceptSetDefinition(members=names)}, every, names, {})
    records = read_records(source, needs, progress)
    drug = records.store.table("drug")
    found = records.store.count(drug)
    if not found:
        raise no_drug_records(source)
    numbers = literal_rows({"set_number": "int32", "name": "string"}, list(enumerate(names)))
    numbered = drug.join(numbers, drug.concept_set == numbers.name).select(*SHAPE, *WORDS)
    written = keep_written_doses(records.store)
    tables = {table.name for table in TREATMENT_TABLES}
    accounts = tuple(account for account in records.accounts if account.table in tables)

    def keep(name: str, tables: Iterable[ir.Table]) -> None:
        for table in tables:
            records.store.keep(name, table)

    return _Drugs((numbered,), written, found, names, records.store, keep, accounts, records.problems)


def _derive_tables(protocol: Protocol, drugs: _Drugs, progress: Progress) -> None:
    exposures = [derive_exposures(part, drugs.written) for part in drugs.parts]

    def tell(step: str) -> Iterator[ir.Table]:
        for number, part in enumerate(exposures, start=1):
            progress(f"{step}, part {number} of {len(exposures)}" if len(exposures) > 1 else step)
            yield part

    drugs.keep("eras", (derive_named_eras(protocol, drugs.names, part) for part in tell("Deriving eras")))
    doses = (derive_named_doses(protocol, drugs.names, part, drugs.written) for part in tell("Deriving doses"))
    drugs.keep("doses", doses)


def _sum_up(drugs: _Drugs) -> tuple[DrugSummary, ...]:
    store = drugs.store
    eras = store.table("eras")
    length = (eras.end_date - eras.start_date).cast("int64") + 1
    by_drug = eras.group_by("concept_set").aggregate(
        persons=eras.person_id.nunique(), records=eras.exposures.sum(), eras=eras.count(), median_days=length.median()
    )
    found = {row[0]: DrugSummary(row[0], row[1], int(row[2]), row[3], float(row[4])) for row in store.rows(by_drug)}
    derived = sum(one.records for one in found.values())
    if derived != drugs.records:
        raise RecordsError(
            f"Records are lost or counted twice: {drugs.records:,} were found, the eras are made of {derived:,}.",
            remedy="this is a fault of the program; please report it with these counts",
        )
    return tuple(found.get(name, DrugSummary(name)) for name in drugs.names)
