"""Folders of OMOP as exports, spreadsheets and clusters leave them, and some that mean harm."""

from __future__ import annotations

import csv
import gzip
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb

from refractory.errors import RefractoryError
from spec.records.small_clinic import read, write_folder


@dataclass(frozen=True)
class OmopCase:
    """A folder of the small clinic that somebody spoiled.

    Args:
        name: What is wrong with it, as a sentence.
        spoil: Spoils the folder.
        form: csv or parquet.
        lost: Rows that are not read any more: table and key.
        listed: What is left out: table and key (or None), and a word of the reason.
        refused: Words of the error, where nothing may be read at all.
        folder: Name of the folder.
    """

    name: str
    spoil: Callable[[Path], object]
    form: str = "csv"
    lost: frozenset[tuple[str, int]] = frozenset()
    listed: Mapping[tuple[str, int | None], str] = field(default_factory=dict)
    refused: str | None = None
    folder: str = "clinic"

    def find_faults(self, where: Path) -> list[str]:
        """Write the folder, spoil and read it, and name what came of it otherwise than it must."""
        sound = _list_sound_facts(self.form)
        folder = write_folder(where / "plain", self.form).rename(where / self.folder)
        self.spoil(folder)
        try:
            records = read(folder)
        except RefractoryError as error:
            if self.refused is None:
                return [f"refused: {error}"]
            said = str(error)
            return [] if re.search(self.refused, said, re.IGNORECASE) else [f"refused with: {said}"]
        if self.refused is not None:
            return ["read, and must be refused"]
        facts = _list_facts(records)
        faults = [f"{row} is new" for row in facts - sound]
        gone = {(row[0], row[1]) for row in sound - facts}
        if gone != self.lost:
            faults.append(f"{gone} are lost, wanted {set(self.lost)}")
        listed = {(one.table, one.row): one.rule for one in records.problems if one.is_left_out}
        if listed.keys() != self.listed.keys():
            faults.append(f"left out {listed}, wanted {dict(self.listed)}")
        faults += [
            f"{place} is left out for {listed[place]!r}, wanted {word!r}"
            for place, word in self.listed.items()
            if place in listed and not re.search(word, listed[place])
        ]
        for one in records.accounts:
            assert one.rows == one.used + one.not_asked_for + one.listed, one
        return faults


@cache
def _list_sound_facts(form: str) -> set[tuple[Any, ...]]:
    with TemporaryDirectory() as where:
        return _list_facts(read(write_folder(Path(where) / "clinic", form)))


def _list_facts(records: Any) -> set[tuple[Any, ...]]:
    store = records.store
    rows = {row for name in ("drug", "event", "measurement") for row in store.rows(store.table(name))}
    return rows | {("person", *row) for row in store.rows(store.table("person"))}


def rewrite(table: str, *changes: tuple[str, str]) -> Callable[[Path], None]:
    """Replace texts of a table's CSV file; the pattern must be there."""

    def spoil(folder: Path) -> None:
        path = folder / f"{table}.csv"
        text = path.read_text()
        for pattern, by in changes:
            text, times = re.subn(pattern, by, text, flags=re.MULTILINE)
            assert times, pattern
        path.write_text(text)

    return spoil


def pack_badly(folder: Path) -> None:
    path = folder / "drug_exposure.csv"
    path.rename(folder / "drug_exposure.csv.gz")


def pack_with_more_behind(folder: Path) -> None:
    path = folder / "drug_exposure.csv"
    (folder / "drug_exposure.csv.gz").write_bytes(gzip.compress(path.read_bytes())[:-40])
    path.unlink()


def part_by_separators(folder: Path) -> None:
    """Write a table as three parts: with commas, with semicolons and in another order, with tabs."""
    path = folder / "drug_exposure.csv"
    head, *rows = path.read_text().splitlines()
    path.unlink()
    parts = folder / "drug_exposure"
    parts.mkdir()
    for number, mark in enumerate(",;\t"):
        own = rows[number::3]
        lines = [mark.join(line.split(",")) for line in (head, *own)]
        (parts / f"part-{number}.csv").write_text("\n".join(lines) + "\n")


def part_by_bars(folder: Path) -> None:
    """Part the cells of each table by bars."""
    for path in folder.glob("*.csv"):
        with path.open(newline="") as file:
            rows = list(csv.reader(file))
        with path.open("w", newline="") as file:
            csv.writer(file, delimiter="|").writerows(rows)


def put_row_numbers_first(folder: Path) -> None:
    """Write tables as pandas does: a column without a name numbers the rows."""
    for path in folder.glob("*.csv"):
        head, *rows = path.read_text().splitlines()
        lines = [f",{head}", *(f"{number},{row}" for number, row in enumerate(rows))]
        path.write_text("\n".join(lines) + "\n")


def end_lines_with_a_comma(folder: Path) -> None:
    path = folder / "drug_exposure.csv"
    path.write_text("".join(f"{line},,\n" for line in path.read_text().splitlines()))


def rename(pattern: str, *tables: str) -> Callable[[Path], None]:
    """Rename the files of tables, all of them where none is named: {} is the table, {:u} the table in capitals."""

    def spoil(folder: Path) -> None:
        for number, path in enumerate(sorted(folder.iterdir()), start=1):
            table, _, ending = path.name.partition(".")
            if table in tables or not tables:
                path.rename(folder / pattern.format(table=table, upper=table.upper(), number=number, ending=ending))

    return spoil


def put_beside(name: str, text: str) -> Callable[[Path], object]:
    return lambda folder: (folder / name).write_text(text)


def double(table: str) -> Callable[[Path], None]:
    """Write a table twice, under two names that are nearly its own."""

    def spoil(folder: Path) -> None:
        text = (folder / f"{table}.csv").read_text()
        (folder / f"{table}.csv").unlink()
        for year in (2023, 2024):
            (folder / f"{table}_{year}.csv").write_text(text)

    return spoil


def write_header_twice(folder: Path) -> None:
    path = folder / "drug_exposure.csv"
    head, *rows = path.read_text().splitlines()
    path.write_text("\n".join([head, *rows[:2], head, *rows[2:]]) + "\n")


def empty(table: str) -> Callable[[Path], None]:
    def spoil(folder: Path) -> None:
        path = folder / f"{table}.csv"
        path.write_text(path.read_text().splitlines()[0] + "\n")

    return spoil


def turn_into_folders(folder: Path) -> None:
    """Keep each table as Spark does: a folder of the file's name, with marks of its own beside the parts."""
    for path in sorted(folder.glob("*.parquet")):
        content = path.read_bytes()
        path.unlink()
        path.mkdir()
        (path / "part-00000.snappy.parquet").write_bytes(content)
        (path / "_SUCCESS").touch()
        (path / ".part-00000.snappy.parquet.crc").write_bytes(b"crc\0")


def put_an_empty_folder(folder: Path) -> None:
    (folder / "drug_exposure.csv").unlink()
    (folder / "drug_exposure").mkdir()


def link_out(folder: Path) -> None:
    outside = folder.parent / "outside.csv"
    (folder / "drug_exposure.csv").rename(outside)
    (folder / "drug_exposure.csv").symlink_to(outside)


def link_to_itself(folder: Path) -> None:
    parts = folder / "drug_exposure"
    parts.mkdir()
    (folder / "drug_exposure.csv").rename(parts / "part-0.csv")
    (parts / "loop").symlink_to(parts)


def link_to_nowhere(folder: Path) -> None:
    (folder / "death.csv").unlink()
    (folder / "death.csv").symlink_to(folder / "nowhere.csv")


def rename_parts(folder: Path) -> None:
    """Give the parts of a table names that a search reads as patterns."""
    parts = folder / "drug_exposure"
    parts.mkdir()
    head, *rows = (folder / "drug_exposure.csv").read_text().splitlines()
    (folder / "drug_exposure.csv").unlink()
    for name, own in (("part[0].csv", rows[:3]), ("it's *.csv", rows[3:])):
        (parts / name).write_text("\n".join([head, *own]) + "\n")


def write_ids_as_decimals(folder: Path) -> None:
    for table in ("person", "drug_exposure"):
        path = folder / f"{table}.parquet"
        key = "'x'" if table == "person" else "drug_exposure_id"
        more = "" if table == "person" else f", {key}::DOUBLE AS {key}"
        statement = f"SELECT * REPLACE (person_id::DOUBLE AS person_id{more}) FROM read_parquet('{path}')"
        duckdb.sql(f"COPY ({statement}) TO '{path}.new' (FORMAT parquet)")
        Path(f"{path}.new").rename(path)


def write_in_utf_16(folder: Path) -> None:
    path = folder / "drug_exposure.csv"
    path.write_bytes(path.read_text().encode("utf-16"))


def end_in_a_quote(folder: Path) -> None:
    with (folder / "drug_exposure.csv").open("a") as file:
        file.write('599,1,1551101,2015-09-01,,1,1,"2 tabs')


DRUG = "drug_exposure"
# What a study of the small clinic asks for.
ASKED_FOR = (
    *((DRUG, key) for key in (501, 502, 503, 504)),
    *(("condition_occurrence", key) for key in (101, 102, 103)),
    *(("procedure_occurrence", key) for key in (201, 202)),
    *(("measurement", key) for key in (401, 402, 403, 404)),
    *(("observation", key) for key in (301, 302)),
)
OF_PERSONS = (("death", 2), ("observation_period", 1), ("observation_period", 2))
OMOP = (
    OmopCase("a table that is called .gz is not packed", pack_badly, refused="not a whole gzip"),
    OmopCase("a packed table lacks its end", pack_with_more_behind, refused="drug_exposure.csv.gz"),
    OmopCase("the parts of one table are parted by commas, semicolons and tabs", part_by_separators),
    OmopCase("cells are parted by bars", part_by_bars),
    OmopCase("a column without a name numbers the rows", put_row_numbers_first),
    OmopCase("lines end with commas that part nothing", end_lines_with_a_comma),
    OmopCase("names of files have a number before them", rename("{number:03d}_{upper}.{ending}")),
    OmopCase("names of files begin with what they are", rename("omop_cdm_{table}.{ending}"), form="parquet"),
    OmopCase("names of files end with a day", rename("{table}-20240131.{ending}")),
    OmopCase("a name of a file lacks a letter", rename("condition_occurence.{ending}", "condition_occurrence")),
    OmopCase("names of files are plurals", rename("{table}s.{ending}", "person", "measurement")),
    OmopCase("tables are called .txt", rename("{table}.txt")),
    OmopCase("a text tells about a table", put_beside("person.txt", "One row per person.\n")),
    OmopCase("an older table lies beside", put_beside("person_old.csv", "person_id,year_of_birth\n9,1950\n")),
    OmopCase("a table may be one of two files", double("drug_exposure"), refused="2 files could be the table drug_exp"),
    OmopCase(
        "a table of other things has a like name",
        put_beside("person_visits.csv", "person_id,visit\n1,2\n"),
    ),
    OmopCase("a table has its header twice", write_header_twice, refused="person_id is no whole number in 1 of 6"),
    OmopCase(
        "ids have decimals in CSV",
        rewrite(DRUG, (r"^(\d+),(\d+),(\d+)", r"\1.0,\2.0,\3.0")),
    ),
    OmopCase("ids are decimals in Parquet", write_ids_as_decimals, form="parquet"),
    OmopCase(
        "days are a spreadsheet's counts, and one is none",
        rewrite(DRUG, ("2015-01-01", "42005"), ("2016-07-15", "2016-02-30")),
        lost=frozenset({(DRUG, 502), (DRUG, 504)}),
        listed={(DRUG, 502): "start date cannot be read", (DRUG, 504): "start date cannot be read"},
    ),
    OmopCase(
        "the table of drugs has no row",
        empty(DRUG),
        lost=frozenset({(DRUG, 501), (DRUG, 502), (DRUG, 503), (DRUG, 504)}),
    ),
    OmopCase(
        "the table of persons has no row",
        empty("person"),
        lost=frozenset((*ASKED_FOR, ("person", 1), ("person", 2))),
        listed=dict.fromkeys((*ASKED_FOR, *OF_PERSONS), "no row in person"),
    ),
    OmopCase("each table is a folder, as a cluster writes it", turn_into_folders, form="parquet"),
    OmopCase("a table is a folder without a file", put_an_empty_folder, refused="drug_exposure"),
    OmopCase("a table is a link that leads out of the folder", link_out, refused="leads out"),
    OmopCase("a folder of parts holds a link to itself", link_to_itself),
    OmopCase("a table is a link to nowhere", link_to_nowhere, refused="link to nowhere"),
    OmopCase("names of files are patterns of a search", rename_parts),
    OmopCase("the name of the folder is a pattern of a search", lambda folder: None, folder="clinic [2015] *, it's"),
    OmopCase(
        "an id is larger than any whole number",
        rewrite(DRUG, ("^501,1,", "501,99999999999999999999,")),
        refused="person_id is no whole number in 1 of 5",
    ),
    OmopCase("a line has more cells than the header", rewrite(DRUG, ("^502,(.*)$", r"502,\1,,,x")),
        refused="line 3|columns of the header"),
    OmopCase("a table ends within a quotation", end_in_a_quote, refused="line|quotation"),
    OmopCase("a table is in UTF-16", write_in_utf_16, refused="UTF-8"),
)  # fmt: skip
