"""Ibis expressions as SQL text."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from refractory.records.fingerprints import derive_fingerprint
from refractory.records.later import Later, build, derive_note

if TYPE_CHECKING:
    import ibis.expr.types as ir

Noted = tuple[str, tuple[tuple[str, str], ...]]

SPARK = "pyspark"
DUCKDB = "duckdb"
# A run has about 80 expressions; a thousand studies in one process still fit.
_MOST_KEPT = 4096

# Texts by the fingerprint of their expression: those of former runs, and those that this process compiled.
_texts: dict[str, str] = {}
# Of expressions that are built later: the fingerprint of their text, and their columns with their kinds, by their note.
_notes: dict[str, Noted] = {}


def compile_sql(expression: ir.Table, dialect: str) -> str:
    """Return the text that an expression over unbound tables compiles to.

    Compiling costs more than running on the records of a small study, so the text of an expression is
    kept for the next time that the same one comes up in the process; that of the embedded database also for the next
    run, where somebody keeps `compiled_texts` and hands them to `recall_texts`. No value of a record stands in them.
    """
    if isinstance(expression, Later):
        return compile_query(expression)[0] if dialect == DUCKDB else _compile(build(expression).op(), dialect)
    return _compile(expression.op(), dialect)


def compile_query(expression: ir.Table) -> tuple[str, dict[str, str]]:
    """Return the text that an expression compiles to for the embedded database, and the kinds of its columns by name.

    An expression that is built later is not built where its note is known: the text is then that of a former time.
    """
    if not isinstance(expression, Later):
        return compile_sql(expression, DUCKDB), _kinds(expression)
    note = derive_note(expression)
    if note not in _notes or _notes[note][0] not in _texts:
        built = build(expression)
        fingerprint = derive_fingerprint(built.op())
        _texts.setdefault(fingerprint, compile_sql(built, DUCKDB))
        _notes[note] = fingerprint, tuple(_kinds(built).items())
    fingerprint, kinds = _notes[note]
    return _texts[fingerprint], dict(kinds)


def recall_texts(texts: Mapping[str, str], notes: Mapping[str, Noted]) -> None:
    """Take in what a former run of the same program compiled: texts by fingerprint, and which notes they belong to."""
    _texts.update(texts)
    _notes.update(notes)


def compiled_texts() -> tuple[dict[str, str], dict[str, Noted]]:
    """Return the texts that are known by the fingerprint of their expression, and the notes that they belong to."""
    return dict(_texts), dict(_notes)


def _kinds(expression: ir.Table) -> dict[str, str]:
    return {column: _kind(kind) for column, kind in expression.schema().items()}


def _kind(kind: Any) -> str:
    if kind.is_integer():
        return "int64"
    if kind.is_floating() or kind.is_decimal():
        return "float64"
    return str(kind).lstrip("!")


@lru_cache(maxsize=_MOST_KEPT)
def _compile(operation: Any, dialect: str) -> str:
    if dialect != DUCKDB:
        return _translate(operation, dialect)
    fingerprint = derive_fingerprint(operation)
    if fingerprint not in _texts:
        _texts[fingerprint] = _translate(operation, dialect)
    return _texts[fingerprint]


def _translate(operation: Any, dialect: str) -> str:
    import ibis

    if dialect == SPARK:
        _set_spark_options()
    return str(ibis.to_sql(operation.to_expr(), dialect=dialect, pretty=False))


def _set_spark_options() -> None:
    """Set the options that the compiler of Spark's dialect asks for and that only a connection of Ibis would set."""
    import ibis
    from ibis.config import Config

    if ibis.options.pyspark is None:
        ibis.options.pyspark = type("SparkOptions", (Config,), {"treat_nan_as_null": False})()
