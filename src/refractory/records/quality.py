"""Data quality: what is doubtful in records that a study uses, counted by rule, with how much it can bias an answer."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from refractory.records.quality_rules import RULES
from refractory.records.schema import Problem
from refractory.records.source import quoted

if TYPE_CHECKING:
    from refractory.records.store import Store

FLAGS = "quality_flag"
# One row per doubtful row of the source, rule and concept set; `row_id` of a person is the person's id.
FLAG = {
    "rule": "string",
    "source_table": "string",
    "row_id": "int64",
    "person_id": "int64",
    "column_name": "string",
    "concept_set": "string",
}
USED = "used as written"


class Weight(StrEnum):
    """What a doubt can do to the study's answer."""

    SERIOUS = "serious"  # it can move the answer
    NOTABLE = "notable"  # it can move a number beside the answer
    INFORMATION = "for information"  # it moves nothing, or the program has dealt with it


@dataclass(frozen=True)
class Uses:
    """What a study uses its concept sets for, as far as a rule of quality must know.

    Args:
        deciding: Leaf sets that decide who is in the cohort, from when, and who responded.
        treatment: Leaf sets of the studied treatment.
        disease: Leaf sets of the disease.
        weights: Leaf sets of body weight, in kg.
        glucocorticoids: Leaf sets whose daily dose is followed.
        scores: Leaf sets of scores: their values may fall to a tenth by themselves.
        ranges: Least and largest possible value by leaf set of a score.
        drug_names: The drug's name as dose limits know it, by leaf set.
        response_item: Adjudicated item of the response; empty without one.
        is_per_kg: True when the study counts grams of the treatment per kg.
        has_infusions: True when the treatment is given as infusions.
    """

    deciding: frozenset[str] = frozenset()
    treatment: tuple[str, ...] = ()
    disease: tuple[str, ...] = ()
    weights: tuple[str, ...] = ()
    glucocorticoids: tuple[str, ...] = ()
    scores: tuple[str, ...] = ()
    ranges: tuple[tuple[str, float, float], ...] = ()
    drug_names: tuple[tuple[str, str], ...] = ()
    response_item: str = ""
    is_per_kg: bool = False
    has_infusions: bool = False


@dataclass(frozen=True)
class QualityFinding:
    """One rule that some rows break.

    Args:
        rule: Id of the rule.
        weight: What it can do to the answer.
        title: The rule in words.
        rows: Rows that break it.
        persons: Persons whose rows they are; None where that is not known.
        where: Tables and columns, or files and columns; never a value.
        matters: What it does to the study.
        advice: What to do.
    """

    rule: str
    weight: Weight
    title: str
    rows: int
    persons: int | None
    where: tuple[str, ...]
    matters: str
    advice: str


def listed(names: Collection[str]) -> str:
    """Write names as a list of SQL; without a name the list holds the empty text, which names nothing."""
    return ", ".join(quoted(name) for name in sorted(names)) or "''"


def begin_flags(store: Store) -> None:
    """Make the table of flags, empty."""
    store.add(FLAGS, FLAG)


def flag_rows(store: Store, rules: Mapping[str, str]) -> None:
    """Flag the rows that queries find; each gives source_table, row_id, person_id, column_name, concept_set."""
    for rule, query in rules.items():
        store.connection.execute(
            f"INSERT INTO {FLAGS} SELECT {quoted(rule)}, source_table, row_id, person_id, column_name, concept_set "
            f"FROM ({query})"
        )


def count_flags(store: Store, uses: Uses) -> tuple[QualityFinding, ...]:
    """Count the flagged rows by rule.

    A rule weighs more where one of its rows belongs to a concept set that decides the answer. A row that two concept
    sets name is one row.

    Returns:
        One finding per rule that any row breaks, the heaviest first.
    """
    rows = store.connection.execute(
        f"""
        SELECT rule, count(DISTINCT (source_table, row_id)) FILTER (row_id IS NOT NULL)
                 + count(*) FILTER (row_id IS NULL),
               count(DISTINCT person_id), coalesce(bool_or(concept_set IN ({listed(uses.deciding)})), false),
               list(DISTINCT concat_ws('.', source_table, nullif(column_name, ''))
                    ORDER BY concat_ws('.', source_table, nullif(column_name, '')))
        FROM {FLAGS} GROUP BY rule
        """
    ).fetchall()
    return sort_findings(
        build_finding(rule, count, persons or None, tuple(where), is_deciding=is_deciding)
        for rule, count, persons, is_deciding, where in rows
    )


def build_finding(
    rule: str, rows: int, persons: int | None, where: tuple[str, ...], *, is_deciding: bool = False, more: str = ""
) -> QualityFinding:
    """Build the finding of a rule from its counts; `more` is said after what the rule does to a study."""
    known = RULES[rule]
    weight = Weight(known.if_deciding if is_deciding else known.otherwise)
    matters = f"{known.matters} {more}".strip()
    return QualityFinding(rule, weight, known.title, rows, persons, where, matters, known.advice)


def sort_findings(findings: Iterable[QualityFinding]) -> tuple[QualityFinding, ...]:
    """Bring findings in order: the heaviest first, then those with the most persons and rows."""
    order = list(Weight)
    return tuple(sorted(findings, key=lambda one: (order.index(one.weight), -(one.persons or 0), -one.rows, one.rule)))


def list_flagged(store: Store, known: Collection[str]) -> list[Problem]:
    """List the flagged rows as lines of problems.csv, without the rules that the reading has listed itself."""
    rows = store.connection.execute(
        f"""
        SELECT DISTINCT source_table, row_id, coalesce(column_name, ''), rule FROM {FLAGS}
        WHERE rule NOT IN ({listed(known)}) ORDER BY ALL
        """
    ).fetchall()
    return [
        Problem(table, row, column, RULES[rule].title, USED, is_left_out=False) for table, row, column, rule in rows
    ]
