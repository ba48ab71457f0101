"""One hospital, written in every form that its records can have, and the published study run on it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from refractory.records.from_anywhere import open_records
from refractory.records.hospital import DEFAULT_SEED, plan_for, write_hospital
from refractory.run_store import write_run
from refractory.study import StudyRun, run_study
from studies.hospital_truth import flagship

FEWEST = 500
# What a user names to read each form, beside the folder of the records.
NAMED = {
    "duckdb": "hospital.duckdb",
    "sheet": "hospital.xlsx",
    "redcap": "hospital.mapping.toml",
    "fhir": "source.mapping.toml",
}


@dataclass(frozen=True)
class Written:
    """The hospital in one form: its folder of records, what a user names, and the labels where they are apart."""

    records: Path
    address: Path
    labels: Path | None


def write_as(form: str, folder: Path) -> Written:
    """Write the hospital in a form into a new folder."""
    write_hospital(folder / form, persons=FEWEST, seed=DEFAULT_SEED, plan=plan_for(DEFAULT_SEED), format=form)
    records = folder / form / "records"
    labels = records / "labels.csv"
    return Written(records, records / NAMED[form], labels if labels.is_file() else None)


def run_on(address: Path, labels: Path | None, folder: Path) -> tuple[StudyRun, bytes]:
    """Run the published study on records and write it; give the run and its results.csv."""
    source = open_records(str(address))
    try:
        done = run_study(flagship(), source, labels)
        write_run(done, folder, ())
    finally:
        source.close()
    return done, (folder / "results.csv").read_bytes()


def without_vocabulary(mapping: Path) -> Path:
    """Write beside a mapping another one that names no vocabulary."""
    text = mapping.read_text(encoding="utf-8")
    assert 'vocabulary = "vocabulary"\n' in text
    other = mapping.with_name(f"without-{mapping.name}")
    other.write_text(text.replace('vocabulary = "vocabulary"\n', ""), encoding="utf-8")
    return other
