"""Eras and doses of everybody: handed over and derived here, or derived inside the source, with one answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from refractory.errors import RecordsError
from refractory.exposures.dose import derive_daily_doses, derive_dose_stretches
from refractory.exposures.eras import derive_eras, derive_exposures
from refractory.exposures.treatment import has_route
from refractory.protocol import Protocol
from refractory.records.accounts import TableAccount
from refractory.records.clinical import TREATMENT_TABLES
from refractory.records.concept_sets import ConceptSetDefinition, ConceptSets
from refractory.records.drug_kinds import name_every_drug
from refractory.records.population import (
    SHAPE,
    count_asked,
    derive_population,
    no_drug_records,
    resolve_drug_sets,
)
from refractory.records.read import RecordNeeds, read_about, read_records
from refractory.records.schema import Problem
from refractory.records.source import Source, literal_rows
from refractory.records.store import Store

if TYPE_CHECKING:
    import ibis.expr.types as ir

Progress = Callable[[str], None]
Compute = Literal["auto", "embedded", "source"]
Definitions = Mapping[str, ConceptSetDefinition]

# Up to so many rows are handed over: it takes about as long as to ask the source, and every row that is not used is
# listed by itself. Beyond, all columns of all rows would have to be held in memory, a gigabyte for every 3,000,000.
MOST_HANDED_OVER = 1_000_000

ERA = {
    "person_id": "int64",
    "concept_set": "string",
    "start_date": "date",
    "end_date": "date",
    "covered_days": "int64",
    "exposures": "int64",
    "has_known_end": "boolean",
    "stop_reason": "string",
}
DOSE = {
    "person_id": "int64",
    "drug": "string",
    "from_date": "date",
    "until_date": "date",
    "daily_mg": "float64",
    "unknown": "int64",
}
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
        store: Holds `eras` (ERA) and `doses` (DOSE).
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
    """Drug records with a number for each set, and how a table that is derived from them is kept in the store."""

    table: ir.Table
    records: int
    names: tuple[str, ...]
    store: Store
    keep: Callable[[str, ir.Table], object]
    accounts: tuple[TableAccount, ...]
    problems: tuple[Problem, ...]


def run_population(
    protocol: Protocol, source: Source, compute: Compute = "auto", progress: Progress = lambda _: None
) -> PopulationRun:
    """Derive the eras and doses of all persons, for every drug of a study.

    Args:
        protocol: The study: its leaf concept sets that are drugs, how long a gap an era survives, and by which routes
            doses count.
        source: Where the records are; only read.
        compute: "source" derives inside the source, "embedded" has all records handed over, "auto" chooses by the
            number of rows that would be.
        progress: Is told each step as it begins.

    Raises:
        RecordsError: When the source holds none of the drugs, or cannot be read.
    """
    progress("Looking up concept sets")
    definitions = {name: protocol.concepts[name] for name in protocol.drug_sets}
    concept_sets = resolve_drug_sets(source, definitions, protocol.drug_sets)
    progress("Counting the records that would be handed over")
    where, why = choose_compute(compute, count_asked(source, concept_sets))
    progress(why)
    find = _leave_in_source if where == "source" else _hand_over
    drugs = find(source, definitions, concept_sets, progress)
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


def _leave_in_source(source: Source, definitions: Definitions, concept_sets: ConceptSets, progress: Progress) -> _Drugs:
    population = derive_population(source, definitions, concept_sets, progress)
    store = Store(source.connect_store())

    def keep(name: str, table: ir.Table) -> None:
        source.extract(table, store, name)
        store.declare(name, SHAPES[name])

    return _Drugs(
        population.drugs,
        population.records,
        population.set_names,
        store,
        keep,
        population.accounts,
        population.problems,
    )


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
    numbered = drug.join(numbers, drug.concept_set == numbers.name).select(*SHAPE, "stop_reason")
    tables = {table.name for table in TREATMENT_TABLES}
    accounts = tuple(account for account in records.accounts if account.table in tables)
    return _Drugs(numbered, found, names, records.store, records.store.keep, accounts, records.problems)


def _derive_tables(protocol: Protocol, drugs: _Drugs, progress: Progress) -> None:
    import ibis

    exposures = derive_exposures(drugs.table)
    progress("Deriving eras")
    parts = []
    for days, sets in _sets_by_persistence(protocol).items():
        chosen = exposures
        if len(sets) < len(drugs.names):
            chosen = exposures.filter(exposures.set_number.isin([drugs.names.index(name) for name in sets]))
        parts.append(derive_eras(chosen, days, ("person_id", "set_number")))
    eras = parts[0] if len(parts) == 1 else ibis.union(*parts, distinct=False)
    named = _name(eras, "set_number", "concept_set", dict(enumerate(drugs.names)))
    drugs.keep("eras", named.select(*ERA))
    progress("Deriving doses")
    doses, names = _derive_doses(protocol, drugs.names, exposures)
    named = _name(doses, "drug_number", "drug", names)
    # What is added and taken away again in another order leaves another dust: a nanogram is told, no less.
    named = named.mutate(daily_mg=named.daily_mg.round(6))
    drugs.keep("doses", named.select(*DOSE))


def _sets_by_persistence(protocol: Protocol) -> dict[int, list[str]]:
    """Group the drugs by the longest gap that their eras survive: that of the refractory rule, else the treatment's."""
    days = dict.fromkeys(protocol.drug_sets, protocol.treatment.persistence)
    if protocol.refractory:
        days |= dict.fromkeys(protocol.leaves[protocol.refractory.among], protocol.refractory.persistence)
        days |= dict.fromkeys(protocol.leaves[protocol.treatment.concept], protocol.treatment.persistence)
    grouped: dict[int, list[str]] = {}
    for name, gap in days.items():
        grouped.setdefault(gap, []).append(name)
    return grouped


def _derive_doses(
    protocol: Protocol, names: tuple[str, ...], exposures: ir.Table
) -> tuple[ir.Table, Mapping[int, str]]:
    """Derive the stretches of equal dose; glucocorticoids, where the study names them, add up to one drug."""
    import ibis

    numbers = {name: number for number, name in enumerate(names)}
    told = dict(enumerate(names))
    drug = exposures.set_number
    sparing = protocol.sparing
    if sparing:
        steroids = [numbers[name] for name in protocol.leaves[sparing.glucocorticoid]]
        others = protocol.leaves[sparing.steroid_sparing] if sparing.steroid_sparing else ()
        wanted = [*steroids, *(numbers[name] for name in others)]
        exposures = exposures.filter(exposures.set_number.isin(wanted) & has_route(exposures, sparing.routes, "counts"))
        told = {number: name for number, name in told.items() if number in wanted}
        told = {number: name for number, name in told.items() if number not in steroids}
        told[steroids[0]] = sparing.glucocorticoid
        drug = ibis.ifelse(exposures.set_number.isin(steroids), steroids[0], exposures.set_number)
    dosed = derive_daily_doses(exposures.mutate(drug_number=drug))
    return derive_dose_stretches(dosed, ("person_id", "drug_number")), told


def _name(table: ir.Table, number: str, name: str, names: Mapping[int, str]) -> ir.Table:
    told = literal_rows({"told_number": "int64", name: "string"}, list(names.items()))
    return table.join(told, table[number] == told.told_number)


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
