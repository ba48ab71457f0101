"""Expressions that are built later: what is noted is what would have been built, and different notes never meet."""

from __future__ import annotations

import importlib
import os
import pkgutil
import subprocess
import sys
from dataclasses import dataclass

import ibis
import pytest
from pydantic import BaseModel

import refractory
from refractory.dates import Window
from refractory.exposures.dose import derive_daily_doses
from refractory.exposures.eras import derive_eras, derive_exposures
from refractory.exposures.written_doses import SIG, SIG_STEP, WrittenDoses
from refractory.records.compiling import compile_query
from refractory.records.later import Later, build, derive_note, later, put_together, table_later
from refractory.records.schema import DRUG
from refractory.records.store import Store

SCHEMA = {"person_id": "int64", "day": "date", "mg": "float64", "drug": "string"}
T, U = table_later("t", SCHEMA), table_later("u", SCHEMA)


class Dose(BaseModel):
    least: float


class OtherDose(BaseModel):
    least: float


@later
def keep_at_least(table, dose, *, inclusive=True):
    return table.filter(table.mg >= dose.least if inclusive else table.mg > dose.least)


@dataclass(frozen=True)
class Two:
    left: object
    right: object


@later
def join_two(two, days=()):
    return two.left.join(two.right, "person_id").select(two.left.day).filter(ibis._.day.isin(list(days)))


DIFFERENT = {
    "the table": T,
    "another table": U,
    "a table with a column less": table_later("t", {"person_id": "int64"}),
    "a table with another kind of column": table_later("t", SCHEMA | {"mg": "int64"}),
    "columns": T.select("person_id", "day"),
    "columns in another order": T.select("day", "person_id"),
    "a filter": T.filter(T.mg > 1),
    "a number with a point": T.filter(T.mg > 1.0),
    "true": T.filter(T.mg > True),
    "a text": T.filter(T.drug == "1"),
    "at least": T.filter(T.mg >= 1),
    "the other way round": T.filter(2 - T["person_id"] > 1),
    "a difference": T.mutate(x=1 - T.person_id),
    "a difference the other way round": T.mutate(x=T.person_id - 1),
    "a negation": T.filter(~(T.mg > 1)),
    "both": T.filter((T.mg > 1) & (T.mg < 5)),
    "either": T.filter((T.mg > 1) | (T.mg < 5)),
    "a name": T.mutate(x=T.mg),
    "another name": T.mutate(y=T.mg),
    "a sum": T.mutate(x=T.mg + 1),
    "a rule": keep_at_least(T, Dose(least=1)),
    "a rule told another number": keep_at_least(T, Dose(least=2)),
    "a rule told another kind of thing": keep_at_least(T, OtherDose(least=1)),
    "a rule told otherwise": keep_at_least(T, Dose(least=1), inclusive=False),
    "two tables in one": join_two(Two(T, U)),
    "the same the other way round": join_two(Two(U, T)),
    "a list": join_two(Two(T, U), days=["2020-01-01"]),
    "another list": join_two(Two(T, U), days=["2020-01-01", "2020-01-02"]),
    "a union": put_together([T, U], is_distinct=False),
    "a union of different rows": put_together([T, U], is_distinct=True),
}


def test_different_expressions_have_different_notes():
    found = {name: derive_note(expression) for name, expression in DIFFERENT.items()}
    assert len(set(found.values())) == len(found)


def test_what_is_built_later_is_what_is_built_at_once():
    t = ibis.table(SCHEMA, name="t")
    assert build(DIFFERENT["the other way round"]).equals(t.filter(2 - t.person_id > 1))
    assert build(DIFFERENT["both"]).equals(t.filter((t.mg > 1) & (t.mg < 5)))
    assert build(DIFFERENT["a rule told otherwise"]).equals(t.filter(t.mg > 1.0))
    drug = table_later("drug", DRUG)
    written = WrittenDoses(table_later("sig", SIG), table_later("sig_step", SIG_STEP))
    real = ibis.table(DRUG, name="drug")
    real_written = WrittenDoses(ibis.table(SIG, name="sig"), ibis.table(SIG_STEP, name="sig_step"))
    for told, at_once in ((written, real_written), (None, None)):
        waiting = derive_eras(derive_daily_doses(derive_exposures(drug, told), told), 30)
        assert isinstance(waiting, Later)
        expected = derive_eras(derive_daily_doses(derive_exposures(real, at_once), at_once), 30)
        assert compile_query(waiting) == compile_query(expected)


PROGRAM = """
from refractory.records.later import derive_note, table_later
from refractory.exposures.eras import derive_eras
t = table_later("t", {"a": "int64", "b": "string"})
print(derive_note(derive_eras(t.filter(t.b.isin(frozenset({"x", "y", "z"}))), 30)))
"""


def test_an_expression_has_the_same_note_in_every_process():
    found = {
        subprocess.run(
            [sys.executable, "-c", PROGRAM], env=os.environ | {"PYTHONHASHSEED": seed}, capture_output=True, check=True
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert len(found) == 1


def test_an_expression_that_waits_has_no_value_to_look_at():
    with pytest.raises(TypeError, match="neither true nor false"):
        assert T.mg > 1
    with pytest.raises(TypeError, match="no parts yet"):
        list(T)
    assert not hasattr(T, "__len__")


def test_a_rule_told_what_nobody_can_tell_from_another_is_refused():
    with pytest.raises(TypeError, match="cannot be told a Store"):
        derive_note(keep_at_least(T, Store()))


def test_a_rule_told_a_real_expression_beside_one_that_waits_notes_it_too():
    one, other = (ibis.table(SCHEMA, name="u").filter(ibis._.mg > number) for number in (1, 2))
    notes = {derive_note(put_together([T, table], is_distinct=True)) for table in (one, other, one)}
    assert len(notes) == 2


def test_no_rule_that_may_wait_knows_more_than_it_is_told():
    """A value from around it would not be in its note."""
    found = []
    for module in pkgutil.walk_packages(refractory.__path__, "refractory."):
        names = vars(importlib.import_module(module.name)).values()
        found += [one for one in names if getattr(getattr(one, "__code__", None), "co_name", "") == "wait"]
    rules = {rule.__wrapped__ for rule in found}
    assert len(rules) > 35
    assert [rule.__qualname__ for rule in rules if rule.__closure__] == []


def test_a_kept_table_has_the_columns_and_kinds_of_its_expression():
    store = Store()
    store.add("t", SCHEMA, [(1, None, 2.5, "a")])
    kept = store.keep("sums", store.table("t").group_by("person_id").aggregate(mg=store.table("t").mg.sum()))
    assert store.columns(kept) == ("person_id", "mg")
    assert store.records(kept.filter(kept.mg > 2)) == [{"person_id": 1, "mg": 2.5}]


def test_windows_with_and_without_an_end_are_told_apart():
    notes = {derive_note(join_two(Two(T, U), days=[window])) for window in (Window(0, 1), Window(0, None))}
    assert len(notes) == 2
