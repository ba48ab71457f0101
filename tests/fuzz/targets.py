"""What is fuzzed: each reader with files to start from; whatever it is given, it reads it or says why it cannot."""

from __future__ import annotations

import io
import json
import os
import zipfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

from fuzz.fhir_seeds import list_seeds
from fuzz.staged import read_fhir_resources, read_redcap_rows, read_sheet_rows
from hostile.case import BASIC, HEAD, MAPPING, read_case
from hostile.files import BOOKS, CYCLES, LARGE, TEXTS, book
from hostile.guard import watched
from hostile.typed import TYPED
from redcap_project import SOURCE, dictionary_text
from refractory.analysis.summarised_result import COLUMNS
from refractory.errors import RefractoryError
from refractory.protocol import parse_protocol
from refractory.records.cell_dates import read_cell_date
from refractory.records.cell_numbers import read_cell_number
from refractory.records.cell_words import read_yes_or_no, spell_person
from refractory.records.from_anywhere import open_records
from refractory.records.from_drug_names import find_drug_mentions
from refractory.records.from_labels import read_labels
from refractory.records.from_mapping import read_mapping
from refractory.records.store import Store
from refractory.shown.files import read_run
from refractory.shown.tables import tabulate_answer, tabulate_results

ROOT = Path(__file__).parents[2]
STUDIES = ROOT / "studies"
# A folder in memory comes and goes a hundred times as quickly as one on some disks.
QUICK_ROOM = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None


@dataclass(frozen=True)
class Target:
    """One reader.

    Args:
        seeds: Gives the contents to start from.
        read: Reads a content in a folder of its own; raises nothing but what a user is told.
    """

    seeds: Callable[[], list[bytes]]
    read: Callable[[bytes, Path], None]

    def run(self, content: bytes) -> bool:
        """Read a content; False where it is refused in words.

        Raises:
            AssertionError: When the reader asks for the network, for a program, or for a file outside its folder.
        """
        with TemporaryDirectory(prefix="refractory-", dir=QUICK_ROOM) as folder, watched() as asked:
            try:
                self.read(content, Path(folder))
                is_read = True
            except RefractoryError as error:
                is_read = False
                said = str(error)
            outside = [one for one in asked if folder not in one]
        if outside or not (is_read or said):
            raise AssertionError(outside or "refused without a word")
        return is_read


def _written(cases: tuple[object, ...], *suffixes: str) -> Iterator[bytes]:
    """Give the contents of hostile cases as their files hold them."""
    for case in cases:
        if case.name in LARGE or not case.file.endswith(suffixes):
            continue
        with TemporaryDirectory() as folder:
            path = Path(folder) / "in" / case.file
            path.parent.mkdir()
            case.write(path.parent)
            if path.is_file() and path.stat().st_size < 50_000:
                yield path.read_bytes()


def _read_charts(name: str, mapping: str = BASIC) -> Callable[[bytes, Path], None]:
    def read(content: bytes, folder: Path) -> None:
        (folder / name).write_bytes(content)
        (folder / MAPPING).write_text(mapping.replace("[source]", f'[source]\nfile = "{name}"'), encoding="utf-8")
        outcome = read_case(folder / MAPPING)
        if outcome.refused is not None:
            raise RefractoryError(outcome.refused)

    return read


@cache
def _book_xml() -> dict[str, bytes]:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "charts.xlsx"
        book(("Q4711", "MTX", 42065, "ongoing", 1.5), ("Q4712", "MMF", "2/4/2015", None, True))(path)
        with zipfile.ZipFile(path) as archive:
            return {name: archive.read(name) for name in archive.namelist()}


def _read_sheet_xml(content: bytes, folder: Path) -> None:
    """Read a workbook of which one part, the one named before the first line break, is the content."""
    name, _, text = content.partition(b"\n")
    members = _book_xml()
    part = name.decode("latin-1") if name.decode("latin-1") in members else "xl/worksheets/sheet1.xml"
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for one, own in (members | {part: text}).items():
            archive.writestr(one, own)
    _read_charts("charts.xlsx")(packed.getvalue(), folder)


def _read_mapping(content: bytes, folder: Path) -> None:
    (folder / "charts.csv").write_bytes((HEAD + "Q4711,MTX,2015-03-02,,15 mg\n").encode())
    path = folder / MAPPING
    path.write_bytes(content)
    # An address of a server is understood here and asked nothing.
    if read_mapping(path).source.kind == "sheet":
        open_records(str(path)).close()


def _read_results(content: bytes, folder: Path) -> None:
    (folder / "results.csv").write_bytes(content)
    run = read_run(folder)
    tabulate_answer(run)
    tabulate_results(run.results.results)


def _read_labels(content: bytes, folder: Path) -> None:
    path = folder / "labels.csv"
    path.write_bytes(content)
    store = Store()
    store.add("person", {"person_id": "int64"}, [(1,), (2,)])
    read_labels(path, store)


def _read_protocol(content: bytes, folder: Path) -> None:
    parse_protocol(content.decode("utf-8", "replace"), "fuzzed.toml", folder)


NAMED_EVERYTHING = """
[source]
name    = "Charts"
dates   = "day first"
years   = 30
decimal = ","
missing = ["-", "999"]
yes     = ["yes", "ja"]
incomplete_dates = "middle"

[[table]]
sheet     = "charts.csv"
header    = [1]
until     = 40
person    = "MRN"
fill_down = ["MRN"]
not_used  = ["Dose"]

[[table.record]]
kind   = "drug"
column = { what = "Drug", start = "Start" }
text   = { unit = "mg" }
split  = [",", ";"]
values = { "mtx" = "methotrexate" }
when   = { column = "Drug", is = ["anything"] }

[[table.record]]
kind   = "label"
column = { value = "Drug", date = "Start" }
text   = { item = "relapse" }

[codes.drug]
MTX = "RxNorm:6851"
"""
REDCAP = (
    SOURCE
    + """dates = "day first"

[[table]]
sheet  = "visits"
person = "record_id"

[[table.record]]
kind   = "drug"
column = { what = "drug", start = "start" }
"""
)
DICTIONARY = dictionary_text(
    """
    field     | form   | type     | label  | choices               | validation
    record_id | visits | text     | Record | -                     | -
    drug      | visits | radio    | Drug   | 1, MTX / 2, MMF       | -
    start     | visits | text     | Start  | -                     | date_dmy
    felt      | visits | checkbox | Felt   | 1, well / -9, unknown | -
    """
)
EXPORT = (
    "record_id,redcap_event_name,redcap_repeat_instrument,redcap_repeat_instance,drug,start,felt___1,felt____9,"
    "visits_complete\n1,v1,visits,1,1,2015-03-02,1,0,2\n1,v1,visits,2,2,2015-04-02,0,1,2\n2--1,v1,,,1,,0,0,0\n"
)
VALUES = (
    "record,redcap_event_name,redcap_repeat_instrument,redcap_repeat_instance,field_name,value\n"
    "1,v1,visits,1,drug,1\n1,v1,visits,1,start,2015-03-02\n1,v1,visits,1,felt,1\n2,v1,,,felt,UNK\n"
)
VISITS = b"MRN,IVIG 1 date,IVIG 1 dose,IVIG 2 date,IVIG 2 dose\nQ1,2015-03-02,80 g,,60g\nQ2,3/4/15,2 g/kg,,\n"
_PARTED = b"\n=====\n"


def _part(content: bytes) -> tuple[bytes, bytes]:
    dictionary, _, export = content.partition(_PARTED)
    return dictionary, export


def _read_redcap(content: bytes, folder: Path) -> None:
    """Read a dictionary and an export that a line of equal signs parts."""
    dictionary, export = _part(content)
    (folder / "dictionary.csv").write_bytes(dictionary)
    (folder / "export.csv").write_bytes(export)
    (folder / MAPPING).write_text(REDCAP, encoding="utf-8")
    open_records(str(folder / MAPPING)).close()


def _read_fhir(content: bytes, folder: Path) -> None:
    (folder / "charts.ndjson").write_bytes(content)
    open_records(str(folder)).close()


CIRCE = {
    "ConceptSets": [{"id": 0, "name": "DM", "expression": {"items": [
        {"concept": {"CONCEPT_ID": 80182, "CONCEPT_NAME": "Dermatomyositis", "VOCABULARY_ID": "SNOMED",
                     "CONCEPT_CODE": "396230008"}, "isExcluded": False, "includeDescendants": True}]}}],
    "PrimaryCriteria": {"CriteriaList": [{"ConditionOccurrence": {"CodesetId": 0}}],
                        "ObservationWindow": {"PriorDays": 0, "PostDays": 0},
                        "PrimaryCriteriaLimit": {"Type": "First"}},
    "InclusionRules": [], "CensoringCriteria": [], "cdmVersionRange": ">=5.0.0",
}  # fmt: skip


def _read_circe(content: bytes, folder: Path) -> None:
    definition = import_module("refractory.records.circe.definition")
    for parse in (definition.parse_definition, definition.parse_concept_sets):
        with suppress(ValueError):  # what a protocol names its mistakes by
            parse(content.decode("utf-8", "replace"), "fuzzed.json")


def _result_seeds() -> list[bytes]:
    head = ",".join(COLUMNS)
    place = "1,Site A,cohort_name,dm,overall,overall"
    lines = [f"{place},Improvement,NA,{number},result,response.overall" for number in (
        "count,integer,35", "denominator,integer,42", "percentage,percentage,83.3", "lower,numeric,68.6",
        "upper,numeric,93", "level,numeric,0.95", "method,character,Clopper-Pearson",
    )]  # fmt: skip
    lines += [f"{place},Difference,NA,{number},result,response.difference" for number in (
        "count,integer,42", "kind,character,difference", "estimate,numeric,0.05", "lower,numeric,-inf",
    )]  # fmt: skip
    lines += [
        f"{place},Rare,NA,count,integer,<5,result,rare.overall",
        f"{place},settings,NA,package_name,character,refractory,,",
    ]
    lines += ["2,Site A,cohort_name,dm,reason,Adults,number_persons,NA,count,integer,50,reason_id,1"]
    return ["\n".join([head, *lines]).encode(), "\n".join([head, *lines]).encode("utf-16")]


def _read_cells(content: bytes, folder: Path) -> None:
    """Read each line as a cell in every way that there is."""
    for text in content.decode("utf-8", "replace").split("\n")[:50]:
        for order in ("year first", "day first", "month first"):
            day = read_cell_date(text, order)
            if (day.earliest is None) != (day.latest is None) or bool(day.fault) != (day.earliest is None):
                raise AssertionError("a date is half read")
            if day.earliest and day.latest and not date(1880, 1, 1) <= day.earliest <= day.latest < date(2102, 1, 1):
                raise AssertionError("the days of a date are in no order")
        for decimal in ".,":
            number = read_cell_number(text, decimal)
            if bool(number.fault) != (number.value is None):
                raise AssertionError("a number is half read")
        read_yes_or_no(text, {"yes"}, {"no"})
        if spell_person(f" {text}") != spell_person(text):
            raise AssertionError("a blank makes another person")
        find_drug_mentions(text)


TARGETS = {
    "sheet-text": Target(lambda: list(_written((*TYPED, *TEXTS), ".csv"))[::5], _read_charts("charts.csv")),
    "sheet-visits": Target(
        lambda: [VISITS],
        _read_charts("charts.csv", CYCLES),
    ),
    "workbook": Target(lambda: list(_written(BOOKS, ".xlsx", ".xls", ".xlsm"))[::3], _read_charts("charts.xlsx")),
    "workbook-parts": Target(
        lambda: [name.encode() + b"\n" + text for name, text in _book_xml().items()], _read_sheet_xml
    ),
    "cells": Target(
        lambda: [
            b"2 March 2015\n02/03/15\n~2015\nQ1 2015\nUNK/03/2015\n42065\nearly 2014\n3/5/15 to 6/5/15",
            "1,5 mg\n<5\n2 g/kg\n1+1/2\n60-70\n½\n1.500,25\nca. 60\n1e3\n135/150".encode(),
            b"failed MTX (LFTs), then CellCept 1g BID\nno MTX\npred 40\nIVIG 2 g/kg\nyes (LFTs)\nP 01\n001.0",
        ],
        _read_cells,
    ),
    # As far as the staged rows, without a database: hundreds a second.
    "fhir-rows": Target(list_seeds, read_fhir_resources),
    "redcap-rows": Target(
        lambda: [(DICTIONARY + _PARTED.decode() + export).encode() for export in (EXPORT, VALUES)],
        lambda content, folder: read_redcap_rows(*_part(content), folder),
    ),
    "sheet-rows": Target(
        lambda: [*_written((*TYPED, *TEXTS), ".csv"), VISITS],
        read_sheet_rows,
    ),
    "mapping": Target(
        lambda: [
            *(one.replace("[source]", '[source]\nfile = "charts.csv"').encode() for one in (BASIC, NAMED_EVERYTHING)),
            REDCAP.encode(),
        ],
        _read_mapping,
    ),
    "redcap": Target(lambda: [(DICTIONARY + _PARTED.decode() + EXPORT).encode()], _read_redcap),
    "fhir": Target(list_seeds, _read_fhir),
    "results": Target(_result_seeds, _read_results),
    "labels": Target(
        lambda: [b"person,item,value,date,reviewer\n1,cutaneous improvement,yes,2015-03,ab\n2,relapse,no,,\n"],
        _read_labels,
    ),
    "protocol": Target(lambda: [path.read_bytes() for path in sorted(STUDIES.glob("*.toml"))], _read_protocol),
}
if find_spec("refractory.records.circe") and find_spec("duckcdm"):
    TARGETS["circe"] = Target(lambda: [json.dumps(CIRCE).encode()], _read_circe)
