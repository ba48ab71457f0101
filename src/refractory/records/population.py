"""The drug records of everybody, as an expression that the source computes: only what comes of it is handed over.

What the narrow way does row by row in the embedded database is done here with three questions to the source (which
kinds of records there are, what is wrong with how many, which are copies) and one expression, in which what is known of
the kinds stands as a table of literals. The answer is the same.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from refractory.errors import RecordsError
from refractory.records.accounts import TableAccount
from refractory.records.clinical import DRUG, TREATMENT_TABLES, ClinicalTable
from refractory.records.column_reading import read_text
from refractory.records.concept_sets import ConceptSetDefinition, ConceptSets, resolve_concept_sets
from refractory.records.drug_kinds import FACTS, kind_columns, read_kinds, spell_kind
from refractory.records.narrow import check_persons, may_belong
from refractory.records.population_copies import Copies, find_copies, without_copies
from refractory.records.population_facts import (
    CountedKinds,
    Kind,
    find_shortest_key,
    is_asked_by_key,
    join_facts,
)
from refractory.records.population_faults import (
    COPY,
    NO_FAULT,
    NO_PERSON,
    columns_to_read,
    judge_drugs,
    list_problems,
)
from refractory.records.population_slices import MOST_ROWS_AT_A_TIME, Slice, slice_persons
from refractory.records.schema import Problem
from refractory.records.source import UNREAD_PERSON, check_tables

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from refractory.records.source import Source

Progress = Callable[[str], None]

# One row per drug record and concept set that names it, as far as eras, lines and doses ask; records/schema.py says
# what the columns are. A number stands for the concept set: it is sorted faster than a name.
SHAPE = (
    "source_table",
    "row_id",
    "person_id",
    "set_number",
    "start_date",
    "end_date",
    "days_supply",
    "quantity",
    *FACTS,
)
# Beside them, what is written in words; null where the source has no such column.
WORDS = ("sig", "stop_reason")


@dataclass(frozen=True)
class Population:
    """The drug records of everybody.

    Args:
        drugs: One row per record and concept set: SHAPE and WORDS; an expression over the source.
        set_names: Name of the concept set by its number.
        concept_sets: The concept sets in the terms of the source.
        problems: What was not used as written: one line a rule with the rows that it speaks of.
        accounts: One per source table.
        records: Rows of `drugs`, as the kinds were counted.
        slices: Persons that are worked on one after another.
        directions: Every direction that a record bears, once.
    """

    drugs: ir.Table
    set_names: tuple[str, ...]
    concept_sets: ConceptSets
    problems: tuple[Problem, ...]
    accounts: tuple[TableAccount, ...]
    records: int
    slices: tuple[Slice, ...]
    directions: tuple[str, ...]


def count_asked(source: Source, concept_sets: ConceptSets) -> int:
    """Count the rows that the narrow way would be handed over: those that a concept set may name."""
    rows = 0
    for table in _tables(source):
        whole = source.table(table.name)
        asked = whole.filter(_may_belong(source, whole, table, concept_sets))
        rows += int(source.rows(asked.aggregate(rows=asked.count()))[0][0])
    return rows


def resolve_drug_sets(
    source: Source, definitions: Mapping[str, ConceptSetDefinition], drug_sets: Sequence[str]
) -> ConceptSets:
    """Find out which concepts and texts the leaf sets that are drugs mean in a source.

    Raises:
        RecordsError: When the source has no person or no drug table.
    """
    check_tables(source, ("person", DRUG.name))
    return resolve_concept_sets({name: definitions[name] for name in drug_sets}, source)


def derive_population(
    source: Source,
    definitions: Mapping[str, ConceptSetDefinition],
    concept_sets: ConceptSets,
    progress: Progress = lambda _: None,
    rows_at_a_time: int = MOST_ROWS_AT_A_TIME,
) -> Population:
    """Derive the drug records of everybody inside the source.

    Args:
        source: Where the records are; only read.
        definitions: The leaf concept sets that are drugs, by name.
        concept_sets: The same in the terms of the source, from resolve_drug_sets.
        progress: Is told each step as it begins.
        rows_at_a_time: Records that are worked on at once where they have to fit into memory.

    Returns:
        The records as an expression, and what became of each row of the source's tables.

    Raises:
        RecordsError: When a person id is no number, or the kinds are too many.
    """
    names = tuple(sorted(concept_sets.sets))
    tables = _tables(source)
    progress("Counting the kinds of drug records")
    counts = {table: _count_kinds(source, table, concept_sets) for table in tables}
    asked = sum(own.total() for _, of_kind in counts.values() for own in of_kind.values())
    slices = slice_persons(source, asked, rows_at_a_time)
    progress("Reading what is known of each kind")
    told = {table: (columns, list(of_kind)) for table, (columns, of_kind) in counts.items()}
    facts = read_kinds(source, definitions, names, told)
    parts, accounts, records = [], [], 0
    problems: list[Problem] = []
    directions: set[str] = set()
    for table, (columns, of_kind) in counts.items():
        known = dict(zip(of_kind, facts[table], strict=True))
        counted = CountedKinds(columns, of_kind, {kind: own for kind, own in known.items() if own})
        named = _pick_rows(source, table, counted, concept_sets)
        progress(f"Looking for copies in {table.name}")
        copies = find_copies(source, table, columns, counted.facts.keys(), named, slices) if counted.facts else Copies()
        _without(counted, copies)
        account, listed = _account(source, table, counted)
        accounts.append(account)
        problems += listed
        records += sum(_used(counted.counts[kind]) * len(own) for kind, own in counted.facts.items())
        if counted.facts:
            parts.append(_derive_drugs(source, table, counted, copies, concept_sets))
            directions |= _list_directions(source, table, named)
    if not parts:
        raise no_drug_records(source)
    import ibis

    drugs = parts[0] if len(parts) == 1 else ibis.union(*parts, distinct=False)
    return Population(
        drugs, names, concept_sets, tuple(problems), tuple(accounts), records, slices, tuple(sorted(directions))
    )


def no_drug_records(source: Source) -> RecordsError:
    """Say that a source holds none of the drugs."""
    return RecordsError(
        "No drug record of the source belongs to any of the concept sets.",
        where=source.name,
        remedy="`refractory check` counts what each set finds and names codes that resolve to nothing",
    )


def _tables(source: Source) -> tuple[ClinicalTable, ...]:
    return tuple(table for table in TREATMENT_TABLES if source.has(table.name))


def _may_belong(source: Source, whole: ir.Table, table: ClinicalTable, concept_sets: ConceptSets) -> ir.BooleanValue:
    return may_belong(source, whole, table, tuple(concept_sets.sets.values()), concept_sets.has_vocabulary)


def _count_kinds(
    source: Source, table: ClinicalTable, concept_sets: ConceptSets
) -> tuple[tuple[str, ...], dict[Kind, Counter[tuple[int, int]]]]:
    whole = source.table(table.name)
    if UNREAD_PERSON in whole.columns:
        check_persons(source, table.name, whole, source.count(table.name))
    columns = kind_columns(table, whole.columns)
    rows = whole.filter(_may_belong(source, whole, table, concept_sets))
    read = dict.fromkeys((*columns, *columns_to_read(table, whole.columns)))
    judged = judge_drugs(source, table, rows.select(*read))
    grouped = judged.group_by([*columns, "fault", "note"]).aggregate(records=judged.count())
    counts: dict[Kind, Counter[tuple[int, int]]] = {}
    for *kind, fault, note, records in source.rows(grouped):
        counts.setdefault(spell_kind(columns, kind), Counter())[fault, note] += records
    return columns, counts


def _pick_rows(
    source: Source, table: ClinicalTable, counted: CountedKinds, concept_sets: ConceptSets
) -> ir.BooleanValue | None:
    """Say which rows are compared with each other; None where to ask costs more than to look at all."""
    asked = sum(own.total() for own in counted.counts.values())
    if 2 * asked > source.count(table.name):
        return None
    return _may_belong(source, source.table(table.name), table, concept_sets)


def _without(counted: CountedKinds, copies: Copies) -> None:
    """Count copies as copies, and not as what else is wrong with them."""
    for kind, fault, note, records in copies.counted:
        # Whose person is unknown is no copy of anything: that is looked at first.
        if fault != NO_PERSON:
            counted.counts[kind][fault, note] -= records
            counted.counts[kind][COPY, 0] += records


def _used(counts: Counter[tuple[int, int]]) -> int:
    return sum(records for (fault, _), records in counts.items() if fault == NO_FAULT)


def _account(source: Source, table: ClinicalTable, counted: CountedKinds) -> tuple[TableAccount, tuple[Problem, ...]]:
    rows = source.count(table.name)
    found: Counter[tuple[int, int]] = Counter()
    for kind in counted.facts:
        found.update(counted.counts[kind])
    used = _used(found)
    problems = list_problems(table, [(*what, records) for what, records in found.items()])
    return TableAccount(table.name, rows, used, rows - found.total(), found.total() - used), problems


def _derive_drugs(
    source: Source, table: ClinicalTable, counted: CountedKinds, copies: Copies, concept_sets: ConceptSets
) -> ir.Table:
    import ibis

    keys = find_shortest_key(counted)
    asked = None
    if not is_asked_by_key(table, counted, keys, concept_sets):
        asked = _may_belong(source, source.table(table.name), table, concept_sets)
    rows = without_copies(source, table, copies, asked)
    read = dict.fromkeys((*keys, *columns_to_read(table, rows.columns)))
    read |= dict.fromkeys(column for column in (table.key, *WORDS) if column in rows.columns)
    known = join_facts(source, counted, keys, rows.select(*read), sorted(concept_sets.sets))
    faults = {fault for kind in counted.facts for fault, _ in counted.counts[kind]}
    judged = judge_drugs(source, table, known, faults)
    used = judged.filter(judged.fault == NO_FAULT)
    return used.select(
        source_table=ibis.literal(table.name),
        row_id=used[table.key] if table.key in used.columns else ibis.null("int64"),
        person_id=used.person_id,
        set_number=used.set_number,
        start_date=used.start_date,
        end_date=used.end_date,
        days_supply=used.read_supply,
        quantity=used.read_quantity,
        **{fact: used[f"fact_{fact}"] for fact in FACTS},
        **{column: read_text(used, column) for column in WORDS},
    )


def _list_directions(source: Source, table: ClinicalTable, named: ir.BooleanValue | None) -> set[str]:
    """List what is written as a direction in the records of a table that may belong to the drugs."""
    rows = source.table(table.name)
    if "sig" not in rows.columns:
        return set()
    rows = rows if named is None else rows.filter(named)
    written = rows.select(sig=read_text(rows, "sig"))
    return {text for (text,) in source.rows(written.filter(written.sig.notnull()).distinct())}
