"""Compiled queries are kept for the next run: the same expression finds its text, another never does."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import ibis
import pytest

from refractory.records import compiling
from refractory.records.compiling import DUCKDB, compile_sql
from refractory.records.fingerprints import derive_fingerprint
from refractory.records.source import IdLists

T = ibis.table({"person_id": "int64", "day": "date", "mg": "float64", "drug": "string"}, name="t")
U = ibis.table({"person_id": "int64", "day": "date", "mg": "float64", "drug": "string"}, name="u")
IN_ORDER = ibis.window(group_by="person_id", order_by="day")
DIFFERENT = {
    "the table": T,
    "another table": U,
    "a column less": T.select("person_id", "day"),
    "two columns in another order": T.select("day", "person_id"),
    "a filter": T.filter(T.mg > 1),
    "another number": T.filter(T.mg > 2),
    "a whole number": T.filter(T.mg > 1.0),
    "at least": T.filter(T.mg >= 1),
    "another column": T.filter(T.person_id > 1),
    "a text": T.filter(T.drug == "1"),
    "a negation": T.filter(~(T.mg > 1)),
    "a name": T.mutate(x=T.mg),
    "another name": T.mutate(y=T.mg),
    "a window": T.mutate(x=T.mg.sum().over(IN_ORDER)),
    "another function": T.mutate(x=T.mg.max().over(IN_ORDER)),
    "a window of another order": T.mutate(
        x=T.mg.sum().over(ibis.window(group_by="person_id", order_by=ibis.desc("day")))
    ),
    "a frame": T.mutate(x=T.mg.sum().over(ibis.window(group_by="person_id", order_by="day", preceding=(None, 0)))),
    "a frame of ranges": T.mutate(
        x=T.mg.sum().over(ibis.range_window(group_by="person_id", order_by="day", preceding=None, following=0))
    ),
    "a join": T.join(U, "person_id").select(T.day),
    "an outer join": T.left_join(U, "person_id").select(T.day),
    "a join the other way round": U.join(T, "person_id").select(U.day),
    "columns dropped": T.drop("mg"),
    "other columns dropped": T.drop("mg", "drug"),
    "a list": T.filter(T.drug.isin(["a", "b"])),
    "a list of other parts": T.filter(T.drug.isin(["a', 'b"])),
    "a union": ibis.union(T, U, distinct=False),
    "a union of different rows": ibis.union(T, U, distinct=True),
}


def test_different_expressions_have_different_fingerprints():
    found = {name: derive_fingerprint(expression.op()) for name, expression in DIFFERENT.items()}
    assert len(set(found.values())) == len(found)


PROGRAM = """
import ibis
from refractory.records.fingerprints import derive_fingerprint
t = ibis.table({"a": "int64", "b": "string"}, name="t")
u = t.mutate(c=t.a.sum().over(ibis.window(group_by="b", order_by="a"))).drop("a", "b")
print(derive_fingerprint(u.join(t, u.c == t.a).filter(t.b.isin(["x", "y"])).op()))
"""


def test_an_expression_has_the_same_fingerprint_in_every_process():
    found = {
        subprocess.run(
            [sys.executable, "-c", PROGRAM], env=os.environ | {"PYTHONHASHSEED": seed}, capture_output=True, check=True
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert len(found) == 1


def test_a_text_that_is_known_is_not_compiled_again(monkeypatch):
    expression = T.filter(T.mg > 123.5)
    monkeypatch.setattr(compiling, "_texts", {derive_fingerprint(expression.op()): "kept"})
    assert compile_sql(expression, DUCKDB) == "kept"


def test_a_list_of_ids_stands_in_a_query_only_when_it_is_run():
    lists = IdLists()
    first, second = lists.name("[11,12]"), lists.name("[13]")
    assert first != second
    sql = f"SELECT '{first}', '{second}'"
    assert "11" not in sql
    assert lists.fill(sql) == "SELECT '[11,12]', '[13]'"


STUDY = Path(__file__).parents[3] / "studies" / "celecoxib-after-nsaid.toml"


@pytest.fixture
def kept(tmp_path, eunomia, monkeypatch):
    """Run a study in a fresh process; give the file of the queries that it kept and the results that it wrote."""

    def run(place: str) -> tuple[Path, bytes]:
        program = Path(sys.executable).with_name("refractory")
        out = tmp_path / place
        command = [program, "run", STUDY, "--records", eunomia, "--out", out]
        subprocess.run(command, env=os.environ | {"XDG_CACHE_HOME": str(tmp_path)}, capture_output=True, check=True)
        (file,) = (tmp_path / "refractory").glob("queries-*.json")
        return file, (out / "results.csv").read_bytes()

    return run


def test_a_run_keeps_its_queries_without_any_persons_id_and_the_next_gives_the_same_results(kept, eunomia):
    import duckdb

    file, results = kept("first")
    kept_queries = json.loads(file.read_text())
    texts, notes = kept_queries["texts"], kept_queries["notes"]
    assert len(texts) > 30
    assert len(notes) > 20
    with duckdb.connect(str(eunomia), read_only=True) as connection:
        # Numbers that are no concept and no code of the study, so that a concept set cannot be taken for them.
        no_concepts = "EXCEPT SELECT concept_id FROM concept EXCEPT SELECT descendant_concept_id FROM concept_ancestor"
        persons = connection.execute(f"SELECT person_id FROM person WHERE person_id > 999 {no_concepts}")
        persons = {str(person) for (person,) in persons.fetchall()} - set(re.findall(r"\d+", STUDY.read_text()))
    assert len(persons) > 500
    listed = {number for text in texts.values() for number in text.replace("(", ",").replace(")", ",").split(",")}
    assert persons & {one.strip(" '[]") for one in listed} == set()
    written = file.stat().st_mtime_ns
    again, same = kept("second")
    assert (again, again.stat().st_mtime_ns, same) == (file, written, results)


def test_a_run_whose_queries_are_all_known_builds_no_expression(tmp_path, eunomia):
    """Ibis is not even loaded: whatever is built would need it."""
    program = (
        "import sys; from refractory.cli import app\ntry: app()\nfinally: print('ibis' in sys.modules, file=sys.stderr)"
    )
    found = []
    for place in ("first", "second"):
        command = [sys.executable, "-c", program, "run", STUDY, "--records", eunomia, "--out", tmp_path / place]
        done = subprocess.run(
            command, env=os.environ | {"XDG_CACHE_HOME": str(tmp_path)}, capture_output=True, check=True, text=True
        )
        found.append(done.stderr.split()[-1])
    assert found == ["True", "False"]
    same = [(tmp_path / place / "report.html").read_bytes() for place in ("first", "second")]
    assert same[0] == same[1]


def test_a_file_of_queries_that_cannot_be_read_counts_as_none(kept):
    file, results = kept("first")
    for broken in ("", "[]", '{"a": 1}', "\x00"):
        file.write_text(broken)
        again, same = kept("next")
        assert same == results
        assert len(json.loads(again.read_text())["texts"]) > 30
