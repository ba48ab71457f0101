"""The embedded database: a second one beside it leaves it as it is."""

from __future__ import annotations

import pytest
from duckdb import CatalogException

from refractory.records.store import Store

NUMBERS = {"person_id": "int64", "value": "int64"}


def _fill() -> Store:
    store = Store()
    store.add("number", NUMBERS, [(1, 10), (2, 20)])
    return store


def test_what_is_kept_beside_is_not_kept_here():
    store = _fill()
    table = store.table("number")
    with store.beside({"number": table.filter(table.person_id == 1)}) as other:
        assert other.rows(other.table("number")) == [(1, 10)]
        other.add("number", NUMBERS, [(3, 30)])
        other.keep("doubled", other.table("number").mutate(doubled=other.table("number")["value"] * 2))
        assert other.rows(other.table("doubled")) == [(3, 30, 60)]
        assert store.rows(table.order_by("person_id")) == [(1, 10), (2, 20)]
        assert not store.has("doubled")
    assert store.rows(table.order_by("person_id")) == [(1, 10), (2, 20)]


def test_two_may_be_open_at_once_and_each_is_gone_when_it_is_left():
    store = _fill()
    with store.beside({"number": store.table("number")}) as first, store.beside({}) as second:
        assert first.tally("number") == (2, 2)
        with pytest.raises(CatalogException):
            second.tally("number")
    databases = "SELECT database_name FROM duckdb_databases() WHERE database_name LIKE 'beside%'"
    assert store.connection.execute(databases).fetchall() == []


def test_it_is_gone_after_a_fault_too():
    store = _fill()
    with pytest.raises(RuntimeError), store.beside({"number": store.table("number")}):
        raise RuntimeError
    databases = "SELECT count(*) FROM duckdb_databases() WHERE database_name LIKE 'beside%'"
    assert store.connection.execute(databases).fetchall() == [(0,)]


def _left_out(store: Store) -> str:
    return store.connection.execute("SELECT current_setting('disabled_optimizers')").fetchone()[0]


def test_planning_for_few_rows_leaves_out_what_this_duckdb_knows_and_changes_no_answer():
    store = _fill()
    first, second = store.table("number"), store.keep("other", store.table("number"))
    joined = first.join(second, "person_id").order_by("person_id").select("person_id")
    before = store.rows(joined)
    assert _left_out(store) == ""
    store.plan_for_few_rows()
    assert _left_out(store) == "join_filter_pushdown"
    assert store.rows(joined) == before == [(1,), (2,)]
    with store.beside({"number": first}) as other:
        assert _left_out(other) == "join_filter_pushdown"
