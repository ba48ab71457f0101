"""A small study is all start-up: a run loads what it uses and no data frame library."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from architecture.source_tree import NAMES, ROOT

# What takes a tenth of a second or more to import; a function that needs one imports it itself.
HEAVY = (
    "pandas", "pyarrow", "scipy", "statsmodels", "numpy", "ibis", "duckdb", "psycopg", "pyspark", "grpc",
    "rich.console", "typst", "pypdfium2",
)  # fmt: skip
NEVER_IN_A_RUN = (
    "pandas", "pyarrow", "polars", "statsmodels", "scipy.stats", "psycopg", "pyspark", "py4j", "grpc", "matplotlib",
    "docx", "lxml", "PIL",
)  # fmt: skip
IMPORT_ALL = "import importlib, sys\nfor name in sys.argv[1:]:\n    importlib.import_module(name)\nprint(*sys.modules)"
RUN = """
import sys
from refractory.cli import main
try:
    main()
except SystemExit as ended:
    if ended.code:
        raise
print(*sys.modules)
"""


def find_loaded(script: str, *arguments: object) -> set[str]:
    """Run a script in a fresh process and return the modules that it had loaded at its end."""
    command = [sys.executable, "-c", script, *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return set(done.stdout.splitlines()[-1].split())


@pytest.fixture(scope="module")
def loaded_by_a_run(tmp_path_factory) -> set[str]:
    folder = tmp_path_factory.mktemp("run")
    find_loaded(RUN, "hospital", "--out", folder / "hospital", "--persons", 500)
    records = folder / "hospital" / "records" / "hospital.duckdb"
    study = ROOT / "studies" / "ivig-cutaneous-dm.toml"
    return find_loaded(RUN, "run", study, "--records", records, "--out", folder / "out")


def _write_small_study(folder: Path, more: str) -> list[str]:
    """Write a study of one person's infusion and headache as text and files, and say how it is run."""
    (folder / "records").mkdir(parents=True)
    tables = {
        "person": "person_id,year_of_birth,gender_concept_id\n1,1970,8532\n",
        "drug_exposure": "person_id,drug_exposure_start_date,drug_source_value\n1,2020-01-01,ivig\n",
        "condition_occurrence": "person_id,condition_start_date,condition_source_value\n1,2019-01-01,M33.1\n"
        "1,2020-01-02,R51\n",
    }
    for name, text in tables.items():
        (folder / "records" / f"{name}.csv").write_text(text, encoding="utf-8")
    (folder / "study.toml").write_text(
        '[study]\nname = "small"\ntitle = "Small"\n[concepts.disease]\nICD10CM = ["M33.1"]\n'
        '[concepts.headache]\nICD10CM = ["R51"]\n[concepts.drug]\nsource = ["ivig"]\n'
        '[disease]\nconcept = "disease"\nat_least = 1\napart = "0 days"\n[treatment]\nconcept = "drug"\ncycle = {}\n'
        f'[response]\nname = "Headache"\nmeans = "harm"\nprimary = {{ event = "headache" }}\n{more}',
        encoding="utf-8",
    )
    return ["run", str(folder / "study.toml"), "--records", str(folder / "records"), "--out", str(folder / "out")]


@pytest.fixture(scope="module")
def loaded_by_the_study_of_events(tmp_path_factory) -> tuple[set[str], set[str]]:
    """Run one study without events and with them, and return what each loaded."""
    folder = tmp_path_factory.mktemp("events")
    asked = '[[safety.event]]\nname = "Headache"\nconcept = "headache"\n'
    plain = find_loaded(RUN, *_write_small_study(folder / "plain", ""))
    return plain, find_loaded(RUN, *_write_small_study(folder / "asked", asked))


def test_importing_every_module_of_the_program_loads_no_heavy_library():
    names = sorted(name for name in NAMES if not name.endswith("__main__"))
    loaded = find_loaded(IMPORT_ALL, *names)
    assert {"refractory.cli", "refractory.cohort.build"} <= loaded
    # The terminal is the one place that prints, and is itself imported when there is something to print.
    assert [name for name in HEAVY if name in loaded and name != "rich.console"] == []


def test_importing_the_command_line_loads_nothing_that_help_does_not_need():
    loaded = find_loaded("import sys, refractory.cli\nprint(*sys.modules)")
    assert [name for name in (*HEAVY, "pydantic", "refractory.study") if name in loaded] == []


def test_a_study_without_events_loads_nothing_of_what_judges_them(loaded_by_the_study_of_events):
    plain, with_events = loaded_by_the_study_of_events
    assert {"refractory.outcomes.assess", "refractory.outcomes.safety_definition"} <= plain
    chapters = ("refractory.outcomes.safety", "refractory.analysis.safety")
    judges = {name for name in NAMES if name.startswith(chapters) and not name.endswith("_definition")}
    assert len(judges) == 6
    assert judges & plain == set()
    assert judges - with_events == set()


@pytest.mark.parametrize("name", NEVER_IN_A_RUN)
def test_a_run_does_not_load(loaded_by_a_run, name):
    assert "refractory.study" in loaded_by_a_run
    assert name not in loaded_by_a_run
