"""Opening and stopping a session of Spark: over Spark Connect, on a cluster, or inside the program."""

from __future__ import annotations

import logging
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import warnings
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from threading import Timer
from typing import TYPE_CHECKING, Any

from refractory.errors import RecordsError
from refractory.records.from_spark_faults import faults_of_spark, say_what_happened

if TYPE_CHECKING:
    from refractory.records.spark_address import SparkAddress

LEAST_JAVA = 17
REACH_SECONDS = 10
# A master that takes the connection and then does not answer: Spark itself would ask for a minute.
REGISTER_SECONDS = 40
_MASTER_PORT, _CONNECT_PORT = 7077, 15002
_PROXIES = {"grpc_proxy", "https_proxy", "http_proxy", "all_proxy"}
_WAIT_FOR_WORKERS = "spark.scheduler.maxRegisteredResourcesWaitingTime"
# A server that goes away is asked again for some five seconds, and not for ten minutes.
_RETRIES = {"max_retries": 3, "initial_backoff": 250, "max_backoff": 4000, "jitter": 100}

# What every session is told, so that a site's own settings never change an answer. A cast that fails is an error as
# on PostgreSQL: without this rule it would be null, and a sum too large would wrap around.
_SAME_ANSWERS = {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.ansi.enabled": "true",
    "spark.sql.caseSensitive": "false",
    "spark.sql.parser.escapedStringLiterals": "false",
    "spark.sql.variable.substitute": "false",
    "spark.sql.adaptive.enabled": "true",
}
_OF_THE_PROGRAM = {
    "spark.app.name": "refractory",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.log.level": "ERROR",
    "spark.driver.maxResultSize": "0",
}
_INSIDE = {
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.memory": "2g",
    "spark.sql.shuffle.partitions": "8",
}


@dataclass(frozen=True)
class OpenSession:
    """A session of Spark, and how it is ended."""

    session: Any
    stop: Callable[[], None]


def open_session(address: SparkAddress) -> OpenSession:
    """Open a session of Spark.

    Raises:
        RecordsError: When pyspark or Java is not there, or nobody answers.
    """
    if find_spec("pyspark") is None:
        raise _without_pyspark(address)
    return _connect(address) if address.master.startswith("sc://") else _launch(address)


def _without_pyspark(address: SparkAddress) -> RecordsError:
    return RecordsError(
        "Reading Spark needs the package pyspark 4.0, which is not installed, or not with what Spark Connect needs.",
        where=address.name,
        remedy="pip install 'refractory[spark]'",
    )


def _connect(address: SparkAddress) -> OpenSession:
    # What the transport has to say on the user's terminal helps nobody.
    os.environ.setdefault("GRPC_VERBOSITY", "NONE")
    try:
        import grpc
        from pyspark.sql.connect.client import DefaultChannelBuilder
        from pyspark.sql.connect.client.retries import DefaultPolicy
        from pyspark.sql.connect.session import SparkSession
    except ImportError:
        raise _without_pyspark(address) from None
    try:
        builder = DefaultChannelBuilder(address.master)
    except ValueError:
        raise RecordsError(
            "The address of Spark Connect is not understood.", where=address.name, remedy="write sc://host:15002"
        ) from None
    # Behind a proxy nobody can be reached but through it.
    if not any(name.lower() in _PROXIES for name in os.environ) and not _answers(builder.endpoint, _CONNECT_PORT):
        raise _unreachable("Spark Connect", address)
    channel = builder.toChannel()
    try:
        grpc.channel_ready_future(channel).result(timeout=REACH_SECONDS)
    except grpc.FutureTimeoutError:
        raise _unreachable("Spark Connect", address) from None
    finally:
        channel.close()
    session = SparkSession.builder.channelBuilder(builder).create()
    session.client.set_retry_policies([DefaultPolicy(**_RETRIES)])
    # All sessions of a process share the threads that tell the server what was received, and an earlier session that
    # is cleared away while a question is put waits for them for ever: nobody tells, a stream that breaks is an error.
    session.client.disable_reattachable_execute()
    opened = OpenSession(session, session.stop)
    try:
        # Spark warns of a setting that it will drop one day; a site that still uses it must not change an answer.
        with warnings.catch_warnings(action="ignore"):
            for key, setting in (dict(address.settings) | _SAME_ANSWERS).items():
                session.conf.set(key, setting)
    except faults_of_spark() as error:
        opened.stop()
        raise RecordsError(
            f"Spark Connect does not take the session ({say_what_happened(error)}).",
            where=address.name,
            remedy="check the token and the settings in the address, and that the server is a Spark of version 4",
        ) from None
    return opened


def _launch(address: SparkAddress) -> OpenSession:
    from pyspark import SparkContext

    is_inside = address.master.startswith("local")
    if SparkContext._active_spark_context is not None:
        raise RecordsError(
            "A Spark is open in this process already.",
            where=address.name,
            remedy="stop it first, or read through Spark Connect: sc://host:15002",
        )
    if not is_inside:
        _check_master(address)
    _check_java(address)
    settings = {**(_INSIDE if is_inside else {}), **_OF_THE_PROGRAM, **address.settings, **_SAME_ANSWERS}
    return _start(address, settings | {"spark.master": address.master}, None if is_inside else REGISTER_SECONDS)


def _start(address: SparkAddress, settings: dict[str, str], seconds: float | None) -> OpenSession:
    from pyspark import SparkConf, SparkContext
    from pyspark.java_gateway import launch_gateway
    from pyspark.sql import SparkSession

    # Spark makes a folder for new tables where it runs, though none is made; here it is one that goes again.
    warehouse = tempfile.TemporaryDirectory(prefix="refractory-", ignore_cleanup_errors=True)
    # What its driver has to say of a Java that ends helps nobody: whoever called is told once.
    logging.getLogger("py4j").setLevel(logging.CRITICAL + 1)
    told = {"spark.sql.warehouse.dir": warehouse.name} | settings
    conf = SparkConf(loadDefaults=False).setAll(list(told.items()))
    # Whatever the machine behind Spark prints goes to a file without a name: the terminal is the user's.
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as printed:
        try:
            gateway = launch_gateway(conf, {"stdout": printed, "stderr": printed})
        except Exception:
            warehouse.cleanup()
            raise _not_started(address, printed) from None
        stop = _stopping(gateway, warehouse)
        watch = Timer(seconds, gateway.proc.kill) if seconds else None
        try:
            if watch:
                watch.start()
            interrupted = signal.getsignal(signal.SIGINT)
            context = SparkContext(conf=conf, gateway=gateway)
            if signal.getsignal(signal.SIGINT) is not interrupted:
                # Spark's own answer to an interrupt talks over the question that is being put, and fails.
                signal.signal(signal.SIGINT, interrupted)
            if watch:
                watch.cancel()
                _wait_for_workers(context, address)
            session = SparkSession(context)
        except RecordsError:
            stop()
            raise
        except Exception:
            stop()
            raise _not_started(address, printed) from None
        finally:
            if watch:
                watch.cancel()
    return OpenSession(session, stop)


def _stopping(gateway: Any, warehouse: tempfile.TemporaryDirectory[str]) -> Callable[[], None]:
    def stop() -> None:
        from pyspark import SparkContext

        context = SparkContext._active_spark_context
        # What is stopped may have gone before.
        with suppress(Exception):
            if context is not None:
                context.stop()
        with suppress(Exception):
            gateway.shutdown()
        SparkContext._active_spark_context = SparkContext._gateway = SparkContext._jvm = None
        # Java ends when nobody holds the other end of its standard input.
        gateway.proc.stdin.close()
        try:
            gateway.proc.wait(timeout=REACH_SECONDS)
        except subprocess.TimeoutExpired:
            gateway.proc.kill()
            gateway.proc.wait()
        warehouse.cleanup()

    return stop


def _check_master(address: SparkAddress) -> None:
    places = address.master.removeprefix("spark://").split(",")
    if not any(_answers(place, _MASTER_PORT) for place in places):
        raise _unreachable("The master of the Spark cluster", address)


def _answers(place: str, usual_port: int) -> bool:
    host, _, port = place.rpartition(":") if ":" in place else (place, "", usual_port)
    try:
        socket.create_connection((host, int(port)), timeout=REACH_SECONDS).close()
    except (OSError, ValueError):
        return False
    return True


def _wait_for_workers(context: Any, address: SparkAddress) -> None:
    """Run a job of one row, and give up when no worker takes it: Spark itself would wait for ever."""
    seconds = context._jsc.sc().conf().getTimeAsSeconds(_WAIT_FOR_WORKERS, "60s")
    watch = Timer(seconds, context.cancelAllJobs)
    watch.start()
    try:
        context._jsc.parallelize([1]).count()
    except Exception:
        raise RecordsError(
            f"No worker of the Spark cluster took a job within {seconds} seconds.",
            where=address.name,
            remedy="check that workers run, have a free core and the memory asked for (spark.executor.memory), and can "
            "reach this machine (spark.driver.host)",
        ) from None
    finally:
        watch.cancel()


def _check_java(address: SparkAddress) -> None:
    home = os.environ.get("JAVA_HOME")
    program = str(Path(home) / "bin" / "java") if home else shutil.which("java")
    found = None
    if program:
        with suppress(OSError, subprocess.TimeoutExpired):
            said = subprocess.run([program, "-version"], capture_output=True, text=True, timeout=60, check=False)
            found = re.search(r'version "(\d+)', said.stderr + said.stdout)
    if found is None:
        what = f"Spark needs Java {LEAST_JAVA} or newer, and there is none."
    elif int(found[1]) < LEAST_JAVA:
        what = f"Spark needs Java {LEAST_JAVA} or newer; the one that is found is Java {found[1]}."
    else:
        return
    raise RecordsError(
        what,
        where=f"{address.name}, Java {'named by JAVA_HOME' if home else 'on the PATH'}",
        remedy="install it (on Debian: apt-get install openjdk-17-jre-headless), or name one by JAVA_HOME",
    )


def _unreachable(who: str, address: SparkAddress) -> RecordsError:
    return RecordsError(
        f"{who} cannot be reached.",
        where=address.name,
        remedy="check host and port, and that the server runs and can be reached from here",
    )


def _not_started(address: SparkAddress, printed: Any) -> RecordsError:
    printed.seek(0)
    # No record has been read so far, so nothing of a person can stand in it.
    faults = [line.strip() for line in printed if re.search(r"Error|Exception", line)]
    return RecordsError(
        f"Spark did not start{f' ({faults[0][:200]})' if faults else ''}.",
        where=address.name,
        remedy="check the settings in the address and in spark-defaults.conf, and the memory that is free",
    )
