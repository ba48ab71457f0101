"""Ibis expressions as SQL text."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import ibis.expr.types as ir

SPARK = "pyspark"
# A run has about 60 expressions; a thousand studies in one process still fit.
_MOST_KEPT = 4096


def compile_sql(expression: ir.Table, dialect: str) -> str:
    """Return the text that an expression over unbound tables compiles to.

    Compiling costs more than running on the records of a small study, so the text of an expression is
    kept for the next time that the same one comes up in the process.
    """
    return _compile(expression.op(), dialect)


@lru_cache(maxsize=_MOST_KEPT)
def _compile(operation: Any, dialect: str) -> str:
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
