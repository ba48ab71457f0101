"""An invented hospital run through the pipeline, and its truth read beside it."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from refractory.protocol import Protocol, parse_protocol
from refractory.records.from_omop import open_source
from refractory.records.hospital import plan_for, write_hospital
from refractory.study import StudyRun, run_study

STUDY = Path(__file__).parents[2] / "studies" / "ivig-cutaneous-dm.toml"


@dataclass(frozen=True)
class Truth:
    """What was planted, each table by person."""

    persons: dict[int, dict[str, str]]
    courses: dict[int, list[dict[str, str]]]
    infusions: dict[int, list[dict[str, str]]]
    scores: dict[int, list[dict[str, str]]]
    cycles: dict[int, list[tuple[str, str, str]]]
    disease: dict[int, list[date]]
    doses: dict[int, list[dict[str, str]]]
    sparing: dict[int, list[dict[str, str]]]
    attrition: list[dict[str, str]]
    incomplete: frozenset[int]

    @property
    def members(self) -> dict[int, dict[str, str]]:
        """The planted cohort."""
        return {person: row for person, row in self.persons.items() if row["is_in_cohort"] == "True"}


def read_truth(folder: Path) -> Truth:
    """Read the truth that a hospital planted."""

    def rows(name: str) -> list[dict[str, str]]:
        return read_rows(folder, name)

    def by_person(name: str) -> dict[int, list[dict[str, str]]]:
        found: dict[int, list[dict[str, str]]] = {}
        for row in rows(name):
            found.setdefault(int(row["person_id"]), []).append(row)
        return found

    return Truth(
        persons={int(row["person_id"]): row for row in rows("persons")},
        courses=by_person("courses"),
        infusions=by_person("infusions"),
        scores=by_person("scores"),
        cycles={
            person: [(row["cycle"], row["first_date"], _tenths(row["grams"])) for row in own]
            for person, own in by_person("cycles").items()
        },
        disease={
            person: sorted(date.fromisoformat(row["date"]) for row in own)
            for person, own in by_person("disease").items()
        },
        doses=by_person("doses"),
        sparing=by_person("sparing"),
        attrition=rows("attrition"),
        incomplete=frozenset(
            int(row["person_id"]) for row in rows("instrument") if row["activity_provenance"] == "incomplete"
        ),
    )


def read_rows(folder: Path, name: str) -> list[dict[str, str]]:
    """Read one table of the truth as it was written."""
    with (folder / "truth" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _tenths(grams: str) -> str:
    return f"{float(grams):.1f}" if grams else ""


def invent(folder: Path, seed: int, persons: int) -> Path:
    """Write a hospital and return its folder."""
    write_hospital(folder, persons=persons, seed=seed, plan=plan_for(seed))
    return folder


def run(folder: Path, protocol: Protocol) -> StudyRun:
    """Run a study on an invented hospital; its store stays open for the test to ask."""
    source = open_source(str(folder / "records" / "hospital.duckdb"))
    return run_study(protocol, source, folder / "records" / "labels.csv")


def flagship(*changes: tuple[str, str]) -> Protocol:
    """Return the shipped protocol with some of its text replaced; each text must be there."""
    text = STUDY.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text, f"the protocol has no {old!r}"
        text = text.replace(old, new)
    return parse_protocol(text)
