"""Servers of Spark for tests, each a process of its own on this machine: a Connect server, a master, workers."""

from __future__ import annotations

import os
import socket
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from time import monotonic, sleep

HOST = "127.0.0.1"
# A server that lives for minutes gains nothing from the second compiler of Java and loses seconds to it.
QUICK_JAVA = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
QUICK = {
    "spark.ui.enabled": "false",
    "spark.driver.extraJavaOptions": QUICK_JAVA,
    "spark.sql.shuffle.partitions": "2",
}
_START_SECONDS = 180


def find_free_port() -> int:
    """Find a port on which nobody listens."""
    with socket.socket() as listening:
        listening.bind((HOST, 0))
        return int(listening.getsockname()[1])


def _answers(port: int) -> bool:
    try:
        socket.create_connection((HOST, port), timeout=1).close()
    except OSError:
        return False
    return True


@contextmanager
def running(folder: Path, name: str, words: Sequence[str], ready: str | int) -> Iterator[None]:
    """Run a class of Spark until the block ends; it begins when a text is printed or a port is listened on."""
    import pyspark

    home = Path(pyspark.__file__).parent
    places = {
        "SPARK_HOME": str(home),
        "SPARK_LOCAL_IP": HOST,
        "SPARK_LOCAL_DIRS": str(folder),
        "SPARK_WORKER_DIR": str(folder / "work"),
        "SPARK_DAEMON_MEMORY": "512m",
        "SPARK_DAEMON_JAVA_OPTS": QUICK_JAVA,
    }
    printed = folder / f"{name}.log"
    with printed.open("w", encoding="utf-8") as log:
        server = subprocess.Popen(
            [home / "bin" / "spark-class", *words], cwd=folder, env=os.environ | places, stdout=log, stderr=log
        )
    try:
        end = monotonic() + _START_SECONDS
        while not (_answers(ready) if isinstance(ready, int) else ready in printed.read_text(encoding="utf-8")):
            is_hopeless = server.poll() is not None or monotonic() > end
            assert not is_hopeless, f"{name} did not start: {printed.read_text()[-3000:]}"
            sleep(0.1)
        yield
    finally:
        server.terminate()
        try:
            server.wait(timeout=20)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


@contextmanager
def connect_server(folder: Path) -> Iterator[str]:
    """Run a server of Spark Connect with two cores, and give its address."""
    port = find_free_port()
    settings = QUICK | {
        "spark.master": "local[2]",
        "spark.driver.memory": "1g",
        "spark.sql.warehouse.dir": str(folder / "warehouse"),
        "spark.connect.grpc.binding.address": HOST,
        "spark.connect.grpc.binding.port": str(port),
    }
    words = ["org.apache.spark.deploy.SparkSubmit"]
    for key, value in settings.items():
        words += ["--conf", f"{key}={value}"]
    words += ["--class", "org.apache.spark.sql.connect.service.SparkConnectServer", "spark-internal"]
    with running(folder, "connect", words, port):
        yield f"sc://{HOST}:{port}"


@contextmanager
def cluster(folder: Path, workers: int) -> Iterator[str]:
    """Run a master and so many workers of one core each, and give the address of the master."""
    port = find_free_port()
    place = ["--host", HOST, "--webui-port", "0"]
    with ExitStack() as servers:
        master = ["org.apache.spark.deploy.master.Master", *place, "--port", str(port)]
        servers.enter_context(running(folder, "master", master, port))
        address = f"spark://{HOST}:{port}"
        for number in range(workers):
            worker = ["org.apache.spark.deploy.worker.Worker", *place, "--cores", "1", "--memory", "1g", address]
            servers.enter_context(running(folder, f"worker{number}", worker, "Successfully registered with master"))
        yield address
