"""A Spark that cannot be read: one clear message each, soon, with what to try and nothing of a person's record."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from time import monotonic

import pytest
from pyspark import SparkContext

from refractory.errors import RecordsError
from refractory.records.from_omop import open_source
from refractory.records.from_spark import SparkSource
from refractory.records.from_spark_session import open_session
from refractory.records.spark_address import parse_spark_address
from spark_servers import HOST, QUICK_JAVA, cluster, connect_server, find_free_port
from spec.records.small_clinic import Clinic, read, write_folder

pytestmark = pytest.mark.alone

SECRET = "Müller"
QUICK = f"spark.driver.extraJavaOptions={QUICK_JAVA}"
SOON = 25


@pytest.fixture(scope="module")
def clinic(tmp_path_factory):
    """A clinic in Parquet whose texts hold a name."""
    drugs = Clinic().drawn["drug_exposure"].replace("2 tabs qd", SECRET)
    return write_folder(tmp_path_factory.mktemp("clinic") / "records", "parquet", Clinic().having(drug_exposure=drugs))


def message_of(error: RecordsError) -> str:
    assert error.where
    assert error.remedy
    assert error.__cause__ is None
    assert error.__suppress_context__ or error.__context__ is None
    assert SECRET not in str(error)
    return str(error)


def told(address, schema=None) -> str:
    with pytest.raises(RecordsError) as error:
        open_source(str(address), schema)
    return message_of(error.value)


@pytest.mark.parametrize("address", ["sc://127.0.0.1", "spark://127.0.0.1:7077", "local[2]"])
def test_without_pyspark(monkeypatch, address):
    monkeypatch.setitem(sys.modules, "pyspark", None)
    message = told(address)
    assert "Reading Spark needs the package pyspark 4.0, which is not installed" in message
    assert "pip install 'refractory[spark]'" in message


@pytest.mark.parametrize("where", ["named by JAVA_HOME", "on the PATH"])
def test_without_java(monkeypatch, tmp_path, where):
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv(*("PATH", str(tmp_path)) if where == "on the PATH" else ("JAVA_HOME", str(tmp_path)))
    message = told("local[2]")
    assert "Spark needs Java 17 or newer, and there is none." in message
    assert f"Java {where}" in message
    assert "openjdk-17-jre-headless" in message


def test_with_an_older_java(monkeypatch, tmp_path):
    java = tmp_path / "bin" / "java"
    java.parent.mkdir()
    java.write_text("#!/bin/sh\necho 'openjdk version \"11.0.2\" 2019-01-15' >&2\n")
    java.chmod(0o755)
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    assert "Spark needs Java 17 or newer; the one that is found is Java 11." in told("local[2]")


@pytest.mark.parametrize(
    ("address", "who"),
    [
        ("sc://127.0.0.1:{port}/;token=secret", "Spark Connect"),
        ("spark://127.0.0.1:{port}", "The master of the Spark cluster"),
        ("spark://no-such-host.invalid:7077,127.0.0.1:{port}", "The master of the Spark cluster"),
    ],
)
def test_nobody_listens_there(address, who):
    begun = monotonic()
    message = told(address.format(port=find_free_port()))
    assert f"{who} cannot be reached." in message
    assert "check host and port" in message
    assert "secret" not in message
    assert monotonic() - begun < SOON


@pytest.fixture
def silence():
    """A port on which something listens that never says a word."""
    with socket.create_server((HOST, 0)) as listening:
        yield listening.getsockname()[1]


def test_a_server_that_is_no_spark_connect(silence, monkeypatch):
    monkeypatch.setattr("refractory.records.from_spark_session.REACH_SECONDS", 2)
    assert "Spark Connect cannot be reached." in told(f"sc://{HOST}:{silence}")


def test_a_server_that_is_no_master(silence, monkeypatch):
    monkeypatch.setattr("refractory.records.from_spark_session.REGISTER_SECONDS", 5)
    monkeypatch.setenv("SPARK_LOCAL_IP", HOST)
    assert "Spark did not start" in told(f"spark://{HOST}:{silence}?{QUICK}")


def test_a_master_without_workers(tmp_path, monkeypatch):
    monkeypatch.setenv("SPARK_LOCAL_IP", HOST)
    with cluster(tmp_path, workers=0) as address:
        message = told(f"{address}?spark.scheduler.maxRegisteredResourcesWaitingTime=2s&{QUICK}")
    assert "No worker of the Spark cluster took a job within 2 seconds." in message
    assert "spark.executor.memory" in message


@pytest.mark.parametrize(
    ("address", "part"),
    [
        ("local[2]?parqet=/omop", '"parqet"'),
        ("local[2]?parquet=", '"parquet" without a folder'),
        ("sc://127.0.0.1?spark.sql.x", '"spark.sql.x"'),
    ],
)
def test_an_address_with_a_part_that_nobody_understands(address, part):
    with pytest.raises(RecordsError) as error:
        open_source(address)
    assert f"The address of Spark has a part that is not understood: {part}." in str(error.value)
    assert "?parquet=/folder" in str(error.value)


def test_an_address_of_spark_connect_that_is_none():
    assert "The address of Spark Connect is not understood." in told("sc://127.0.0.1:15002/database")


def test_a_spark_inside_the_program(clinic, tmp_path, monkeypatch):
    """A second one beside it, an empty catalogue, a Java that is killed, and one that does not start."""
    monkeypatch.chdir(tmp_path)
    source = open_source(f"local[1]?parquet={clinic}&{QUICK}")
    assert "A Spark is open in this process already." in told("local[1]")
    assert source.count("person") == 3
    with pytest.raises(RecordsError) as error:
        source.find_tables(None)
    assert "There is no person table." in message_of(error.value)
    SparkContext._gateway.proc.kill()
    with pytest.raises(RecordsError) as error:
        source.count("person")
    assert "Spark has stopped answering (" in message_of(error.value)
    assert "spark.driver.memory=8g" in message_of(error.value)
    source.close()
    assert "Spark did not start (" in told("local[1]?spark.driver.memory=none")
    assert list(tmp_path.iterdir()) == []


def test_a_database_that_is_not_there_and_an_empty_folder(spark_connect, tmp_path):
    assert 'No table of OMOP can be read in a schema "omop".' in told(spark_connect, "omop")
    assert "Spark gave up on a query" in told(spark_connect, "no_catalogue.omop")
    message = told(f"{spark_connect}?parquet={tmp_path}")
    assert "The folder holds no table of OMOP that Spark can see." in message
    assert "There is no person table." in told(spark_connect)


def test_a_table_that_no_study_can_do_without(spark_connect, tmp_path):
    folder = write_folder(tmp_path / "clinic", "parquet", Clinic().having(drug_exposure=None))
    with pytest.raises(RecordsError) as error:
        read(f"{spark_connect}?parquet={folder}")
    assert "The table drug_exposure is missing." in message_of(error.value)


def test_a_setting_that_the_server_does_not_take(spark_connect):
    message = told(f"{spark_connect}?spark.executor.memory=2g")
    assert "Spark Connect does not take the session (" in message
    assert "CANNOT_MODIFY_CONFIG" in message


def test_a_text_that_is_no_number_is_an_error_and_never_a_null(spark_connect, clinic):
    """As on PostgreSQL, whatever the server's own settings are; the message does not tell the text."""
    source = open_source(f"{spark_connect}?parquet={clinic}&spark.sql.ansi.enabled=false")
    drug = source.table("drug_exposure")
    with pytest.raises(RecordsError) as error:
        source.rows(drug.select(days=drug.sig.cast("int64")))
    message = message_of(error.value)
    assert "Spark gave up on a query (" in message
    assert "CAST_INVALID_INPUT" in message
    source.close()


def test_a_file_that_is_cut_off(spark_connect, clinic, tmp_path):
    path = tmp_path / "person.parquet"
    content = (clinic / "person.parquet").read_bytes()
    path.write_bytes(content[: len(content) // 2])
    assert "Spark gave up on a query (" in told(f"{spark_connect}?parquet={tmp_path}")


def test_a_server_that_goes_away(tmp_path):
    with connect_server(tmp_path) as address:
        source = SparkSource("a test", open_session(parse_spark_address(address)))
    begun = monotonic()
    with pytest.raises(RecordsError) as error:
        source.find_tables(None)
    assert "Spark has stopped answering (" in message_of(error.value)
    source.close()
    assert monotonic() - begun < SOON


def test_the_command_line_says_one_thing_and_ends(tmp_path):
    study = os.path.join(os.path.dirname(__file__), "..", "..", "..", "studies", "ivig-cutaneous-dm.toml")
    command = [os.path.join(os.path.dirname(sys.executable), "refractory"), "check", study, "--records"]
    done = subprocess.run(
        [*command, f"spark://{HOST}:{find_free_port()}"], capture_output=True, text=True, check=False, cwd=tmp_path
    )
    assert done.returncode == 1
    assert done.stdout == ""
    steps, _, message = done.stderr.partition("RecordsError: ")
    assert steps == "Opening the records ...\n"
    assert message.startswith("The master of the Spark cluster cannot be reached.\n  Where: spark://127.0.0.1:")
    assert message.count("\n") == 3
    assert list(tmp_path.iterdir()) == []
