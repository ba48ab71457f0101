"""The published study gives the same results from Spark: inside the program, on a cluster, over Spark Connect."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from refractory.records.from_spark_session import open_session
from refractory.records.hospital import DEFAULT_SEED, plan_for, write_hospital
from refractory.records.spark_address import parse_spark_address
from spark_servers import HOST, QUICK_JAVA, cluster

pytestmark = pytest.mark.alone

PROGRAM = Path(sys.executable).with_name("refractory")
STUDY = Path(__file__).parents[3] / "studies" / "ivig-cutaneous-dm.toml"
QUICK = f"spark.driver.extraJavaOptions={QUICK_JAVA}"
ENOUGH_SECONDS = 400


@pytest.fixture(scope="module")
def hospital(tmp_path_factory) -> Path:
    """A hospital as Parquet files, in a folder whose name has letters that are patterns elsewhere."""
    folder = tmp_path_factory.mktemp("hospital") / "of [two] {wards}*"
    write_hospital(folder, persons=500, seed=DEFAULT_SEED, plan=plan_for(DEFAULT_SEED), format="parquet")
    return folder / "records"


def run(records: str, folder: Path, *words: str) -> tuple[bytes, str]:
    """Run the published study in a folder of its own, and return its results and what it told on the way."""
    folder.mkdir()
    command = [str(PROGRAM), "run", str(STUDY), "--records", records, "--out", "out", *words]
    environment = os.environ | {"COLUMNS": "120", "SPARK_LOCAL_IP": HOST, "SPARK_LOCAL_DIRS": str(folder.parent)}
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, check=False, env=environment, timeout=ENOUGH_SECONDS
    )
    assert done.returncode == 0, done.stderr
    assert "15 of 15 published figures come out the same." in done.stdout
    # Neither a warehouse nor a log is left where the program was run.
    assert [found.name for found in folder.iterdir()] == ["out"]
    return (folder / "out" / "results.csv").read_bytes(), done.stderr


@pytest.fixture(scope="module")
def known(hospital, tmp_path_factory) -> tuple[bytes, str]:
    """The results and the steps when the embedded database reads the same files."""
    return run(str(hospital), tmp_path_factory.mktemp("known") / "run")


def find_java(word: str) -> list[psutil.Process]:
    """Find the processes of Java that were started with a word."""
    running = psutil.process_iter(["name", "cmdline"])
    return [one for one in running if one.info["name"] == "java" and word in " ".join(one.info["cmdline"] or ())]


def test_inside_the_program_over_a_folder_of_parquet(hospital, known, tmp_path):
    mark = f"spark.refractory.test=inside-{os.getpid()}"
    results, told = run(f"local[2]?parquet={hospital}&{QUICK}&{mark}", tmp_path / "run")
    assert results == known[0]
    # Spark says nothing of its own, and its machine ends with the run.
    assert told == known[1]
    assert find_java(mark) == []


@pytest.fixture
def master(tmp_path_factory) -> Iterator[tuple[str, Path]]:
    """A cluster of one master and two workers, with the folder of its logs."""
    folder = tmp_path_factory.mktemp("cluster")
    with cluster(folder, workers=2) as address:
        yield address, folder


def test_on_a_cluster_of_two_workers(hospital, known, master, tmp_path):
    address, logs = master
    executors = f"spark.executor.memory=512m&spark.executor.extraJavaOptions={QUICK_JAVA}"
    results, told = run(f"{address}?parquet={hospital}&{QUICK}&{executors}", tmp_path / "run")
    assert (results, told) == known
    for number in range(2):
        assert "Asked to launch executor" in (logs / f"worker{number}.log").read_text(encoding="utf-8")


@pytest.fixture
def catalogue(spark_connect, hospital, tmp_path) -> Iterator[str]:
    """A database `omop` in the catalogue of a Connect server, over the files of the hospital."""
    session = open_session(parse_spark_address(spark_connect)).session
    session.sql("CREATE DATABASE omop")
    # A table of Spark takes the letters of its path as a pattern.
    plain = tmp_path / "plain"
    plain.symlink_to(hospital)
    for file in plain.glob("*.parquet"):
        session.sql(f"CREATE TABLE omop.{file.stem} USING parquet OPTIONS (path '{file}')")
    yield spark_connect
    session.sql("DROP DATABASE omop CASCADE")
    session.stop()


def test_over_spark_connect_the_tables_of_a_database(hospital, known, catalogue, tmp_path):
    labels = ("--labels", str(hospital / "labels.csv"))
    assert run(catalogue, tmp_path / "run", "--schema", "omop", *labels) == known


def test_an_interrupt_stops_the_run_and_spark_with_it(hospital, tmp_path):
    mark = f"spark.refractory.test=interrupted-{os.getpid()}"
    records = f"local[1]?parquet={hospital}&{QUICK}&{mark}"
    with subprocess.Popen(
        [str(PROGRAM), "run", str(STUDY), "--records", records, "--out", str(tmp_path / "out")],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # A shell lets what runs in its background ignore an interrupt, and so would the program.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    ) as running:
        assert running.stderr is not None
        told = [running.stderr.readline() for _ in range(2)]
        assert told == ["Opening the records ...\n", "Looking up concept sets ...\n"]
        assert len(find_java(mark)) == 1
        running.send_signal(signal.SIGINT)
        _, rest = running.communicate(timeout=ENOUGH_SECONDS)
    assert rest == "Stopped. Nothing was written.\n"
    assert running.returncode == 130
    assert find_java(mark) == []
    assert list(tmp_path.iterdir()) == []
