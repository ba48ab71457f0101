"""A mapping as it is being drafted: tables and records with the reasons for them."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

_WIDEST = 100  # a longer table stands on lines of its own
_FORBIDDEN = re.compile("[\x00-\x08\x0a-\x1f\x7f\ud800-\udfff]")


def _write_condition(when: tuple[str, Sequence[str]], also: tuple[str, Sequence[str]] | None) -> str:
    more = f", also = {_write_condition(also, None)}" if also else ""
    return f"{{ column = {quote(when[0])}, is = {quote_all(when[1])}{more} }}"


@dataclass(frozen=True)
class DraftRecord:
    """A record of a mapping, with what is to be said of it.

    Args:
        kind: Its kind, as the mapping calls it.
        column: Column of each field.
        text: Fields that are the same in every row.
        says: Comment lines above it.
        when: Column of its condition, and the texts that meet it.
        also: Column of a second condition, and the texts that meet it.
        values: What a written value means.
        split: Marks between several entries of a cell.
        dates: Order of its dates where it is another than the source's.
        of_several: Which value counts of a cell that tells several.
        missing: What stands for nothing in it, where it differs from the source.
        days_later: Days after its date.
        covers: Columns that its names with {n} stand for.
        once: True when the rows of a person repeat it.
        each_day: True when each day that a cell lists is a record.
        is_offered: True when it is written as a comment, to be taken or not.
        incomplete_dates: What becomes of a date of which only the month or the year is known.
    """

    kind: str
    column: Mapping[str, str] = field(default_factory=dict)
    text: Mapping[str, str] = field(default_factory=dict)
    says: Sequence[str] = ()
    when: tuple[str, Sequence[str]] | None = None
    also: tuple[str, Sequence[str]] | None = None
    values: Mapping[str, str] = field(default_factory=dict)
    split: Sequence[str] = ()
    dates: str = ""
    missing: Sequence[str] | None = None
    days_later: int = 0
    covers: Sequence[str] = ()
    once: bool = False
    each_day: bool = False
    is_offered: bool = False
    of_several: str = ""
    incomplete_dates: str = ""

    def lines(self) -> list[str]:
        """Write it as lines of TOML."""
        said = [f"# {line}" for line in self.says]
        said += ["[[table.record]]", f"kind = {quote(self.kind)}"]
        if self.text:
            said.append(f"text = {_inline(self.text)}")
        if self.column:
            said.append(f"column = {_inline(self.column)}")
        if self.when:
            said.append(f"when = {_write_condition(self.when, self.also)}")
        if self.split:
            said.append(f"split = {quote_all(self.split)}")
        if self.of_several:
            said.append(f"of_several = {quote(self.of_several)}")
        values = _inline(self.values, quote_keys=True)
        if self.values and len(values) <= _WIDEST:
            said.append(f"values = {values}")
        if self.dates:
            said.append(f"dates = {quote(self.dates)}")
        if self.incomplete_dates:
            said.append(f"incomplete_dates = {quote(self.incomplete_dates)}")
        if self.missing is not None:
            said.append(f"missing = {quote_all(self.missing)}")
        if self.days_later:
            said.append(f"days_later = {self.days_later}")
        if self.once:
            said.append("once = true")
        if self.each_day:
            said.append("each_day = true")
        if len(values) > _WIDEST:  # a table of its own, a line for each; it ends the record
            said += ["[table.record.values]", *(f"{quote(text)} = {quote(one)}" for text, one in self.values.items())]
        if self.is_offered:
            said = [line if line.startswith("#") else f"# {line}" for line in said]
        return [*said, ""]


@dataclass(frozen=True)
class DraftBorrow:
    """A column that a table takes from another sheet.

    Args:
        name: What it is called.
        sheet: The other sheet.
        first: Its column there.
        when: Column of its condition there, and the texts that meet it.
        also: Column of a second condition there, and the texts that meet it.
        says: Comment lines above it.
    """

    name: str
    sheet: str
    first: str
    when: tuple[str, Sequence[str]] | None
    says: Sequence[str] = ()
    also: tuple[str, Sequence[str]] | None = None

    def lines(self) -> list[str]:
        """Write it as lines of TOML."""
        said = [f"# {line}" for line in self.says]
        said += ["[[table.borrow]]", f"name = {quote(self.name)}", f"sheet = {quote(self.sheet)}"]
        said.append(f"first = {quote(self.first)}")
        if self.when:
            said.append(f"when = {_write_condition(self.when, self.also)}")
        return [*said, ""]


@dataclass
class DraftTable:
    """A table of a mapping.

    Args:
        sheet: Its sheet, or its file.
        person: Column that tells the person.
        header: Lines that name the columns.
        until: Last line that holds a row.
        merged: Cells of the header that count as merged.
        headings: Texts in the person's column that head groups of rows.
        fill_down: Columns in which an empty cell means the same as the cell above.
        dates_of: Order of day and month in columns that differ from others of their record.
        borrow: Columns that it takes from other sheets.
        records: Its records.
        not_used: Columns that hold nothing for the study, with the reason.
        says: Comment lines above it.
    """

    sheet: str
    person: str
    header: Sequence[int] = (1,)
    until: int | None = None
    merged: Sequence[str] = ()
    headings: Sequence[str] = ()
    fill_down: Sequence[str] = ()
    dates_of: dict[str, str] = field(default_factory=dict)
    borrow: list[DraftBorrow] = field(default_factory=list)
    records: list[DraftRecord] = field(default_factory=list)
    not_used: dict[str, str] = field(default_factory=dict)
    says: list[str] = field(default_factory=list)

    def lines(self) -> list[str]:
        """Write it as lines of TOML."""
        said = [f"# {line}" for line in self.says]
        said += ["[[table]]", f"sheet = {quote(self.sheet)}"]
        if tuple(self.header) != (1,):
            said.append(f"header = {list(self.header)}")
        if self.merged:
            said.append(f"merged = {quote_all(self.merged)}")
        if self.until is not None:
            said.append(f"until = {self.until}")
        said.append(f"person = {quote(self.person)}")
        if self.headings:
            said.append(f"headings = {quote_all(self.headings)}")
        if self.fill_down:
            said.append(f"fill_down = {quote_all(self.fill_down)}")
        if self.dates_of:
            said.append(f"dates_of = {_inline(self.dates_of, quote_keys=True)}")
        if self.not_used:
            said.append("not_used = [")
            width = max(len(quote(name)) for name in self.not_used) + 1
            said += [f"  {quote(name) + ',':{width}}  # {why}" for name, why in self.not_used.items()]
            said.append("]")
        said.append("")
        for borrowed in self.borrow:
            said += borrowed.lines()
        for record in self.records:
            said += record.lines()
        return said


def quote(text: str) -> str:
    """Write a text as TOML does."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def join_lines(lines: Sequence[str]) -> str:
    """Join lines of TOML; what no comment may hold becomes a question mark."""
    return "\n".join(_FORBIDDEN.sub("?", line) for line in lines)


def quote_all(texts: Sequence[str]) -> str:
    """Write a list of texts as TOML does."""
    return "[" + ", ".join(quote(text) for text in texts) + "]"


def _inline(table: Mapping[str, str], quote_keys: bool = False) -> str:
    named = ", ".join(f"{quote(key) if quote_keys else key} = {quote(value)}" for key, value in table.items())
    return f"{{ {named} }}"
