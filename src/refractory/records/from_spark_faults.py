"""What Spark says when something fails, in the user's words and without a value of a row."""

from __future__ import annotations

import sys
from contextlib import suppress

from refractory.errors import RecordsError


def explain_fault(error: Exception, name: str) -> RecordsError:
    """Say that a query failed, or that Spark is no longer there.

    Args:
        error: One of `faults_of_spark`.
        name: The source, as its user calls it.
    """
    from py4j.protocol import Py4JError, Py4JJavaError
    from pyspark.errors import RetriesExceeded

    is_gone = isinstance(error, (Py4JError, OSError, EOFError, RetriesExceeded)) and not isinstance(
        error, Py4JJavaError
    )
    if is_gone:
        return RecordsError(
            f"Spark has stopped answering ({say_what_happened(error)}).",
            where=name,
            remedy="try again; if it ran out of memory, give it more: spark.driver.memory=8g in the address of a Spark "
            "inside the program, the server's own settings elsewhere",
        )
    # Spark's own text can hold a value of a row; its class and its word for the fault cannot.
    return RecordsError(
        f"Spark gave up on a query ({say_what_happened(error)}).",
        where=name,
        remedy="try again; if it stays so, look into the log of Spark",
    )


def faults_of_spark() -> tuple[type[Exception], ...]:
    """List the errors that Spark, the way to it and Java raise; anything else is a fault of this program."""
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException

    over_the_net: list[type[Exception]] = []
    if "grpc" in sys.modules:
        import grpc

        over_the_net.append(grpc.RpcError)
    return (PySparkException, Py4JError, OSError, EOFError, *over_the_net)


def say_what_happened(error: Exception) -> str:
    """Name an error of Spark by its class and by Spark's own word for it, never by its text, which can hold a value."""
    word = None
    # A Java that is gone cannot be asked for its word.
    with suppress(Exception):
        word = getattr(error, "getCondition", lambda: None)()
    return f"{type(error).__name__}{f', {word}' if word else ''}"
