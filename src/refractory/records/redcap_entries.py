"""Double data entry of REDCap: two persons enter each record, as 17--1 and 17--2, and a merged one is 17."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from refractory.records.redcap_boxes import SIGN
from refractory.records.redcap_rows import Export, ExportRow
from refractory.records.schema import Problem

WHERE_BOTH_AGREE, FIRST, SECOND = "where both agree", "first entry", "second entry"
_ENTRY = re.compile(r"(.+)--([12])")
_Place = tuple[str, str, str, str]


def is_entry(record: str) -> bool:
    """Say whether a record is named as one of two entries."""
    return _ENTRY.fullmatch(record) is not None


@dataclass
class DoubleEntries:
    """The entries of a project, gathered before its rows are read again.

    Args:
        records: Names of the records as written.
        pairs: By place, the rows of the first and of the second entry.
    """

    records: set[str] = field(default_factory=set)
    pairs: dict[_Place, dict[str, ExportRow]] = field(default_factory=dict)

    def add(self, row: ExportRow) -> None:
        """Take note of a row."""
        self.records.add(row.record)
        entry = _ENTRY.fullmatch(row.record)
        if entry:
            self.pairs.setdefault((entry[1], *row.place[1:]), {}).setdefault(entry[2], row)

    @property
    def are_there(self) -> bool:
        """True when some record was entered twice; a name that only looks so stays a name."""
        return any(
            f"{place[0]}--1" in self.records and (f"{place[0]}--2" in self.records or place[0] in self.records)
            for place in self.pairs
        )

    def merge(self, rows: Export, chosen: str, states: frozenset[str], problems: list[Problem]) -> Iterator[ExportRow]:
        """Make one row of the two entries.

        The merged record stands for both where REDCap has it. Else what both entries say is taken, and what they say
        differently is told and not used; or one of the two entries is taken throughout.

        Args:
            rows: The rows as exported.
            chosen: WHERE_BOTH_AGREE, FIRST or SECOND.
            states: Columns that say how far a form is, which two entries may differ in.
            problems: Takes what was not used.
        """
        if not self.are_there:
            yield from rows
            return
        file, alone = rows.file, Counter[str]()
        for row in rows:
            entry = _ENTRY.fullmatch(row.record)
            if not entry:
                yield row
                continue
            base, number = entry.groups()
            pair = self.pairs[(base, *row.place[1:])]
            if base in self.records:
                problems.append(_list(row, file, "one of two entries, and the merged record is there"))
            elif f"{base}--{3 - int(number)}" not in self.records:
                alone[number] += 1
                yield replace(row, record=base)
            elif chosen != WHERE_BOTH_AGREE:
                if number == ("1" if chosen == FIRST else "2"):
                    yield replace(row, record=base)
                else:
                    problems.append(_list(row, file, f"one of two entries; the {chosen} was chosen"))
            elif len(pair) == 1:
                problems.append(_list(row, file, "only one of the two entries has it"))
            elif number == "1" and pair["1"].line == row.line:
                yield replace(_agree(pair["1"], pair["2"], states, file, problems), record=base)
            else:
                problems.append(_list(row, file, "second of two entries; compared with the first"))
        for number, count in sorted(alone.items()):
            rule = f"entered once only, by the {'first' if number == '1' else 'second'} of two"
            problems.append(Problem(file, None, "", rule, "used", count, is_left_out=False, file=file))


def _agree(one: ExportRow, other: ExportRow, states: frozenset[str], file: str, problems: list[Problem]) -> ExportRow:
    """Keep what both entries say."""
    kept, differing = {}, []
    for name in dict.fromkeys((*one.cells, *other.cells)):
        said = (one.cells.get(name, "").strip(), other.cells.get(name, "").strip())
        if said[0] == said[1] or name in states:
            kept[name] = one.cells.get(name) or other.cells[name]
        else:
            differing.append(name)
            problems.append(
                Problem(
                    file, one.line, name, "the two entries differ", "value not used",
                    is_left_out=False, file=file, line=one.line, place=name,
                )
            )  # fmt: skip
    unknown = frozenset(name.split(SIGN)[0] for name in differing if SIGN in name)
    kept = {name: text for name, text in kept.items() if name.split(SIGN)[0] not in unknown}
    return replace(one, cells=kept, unknown=unknown | one.unknown | other.unknown)


def _list(row: ExportRow, file: str, rule: str) -> Problem:
    return Problem(file, row.line, "", rule, "left out", row.lines, file=file, line=row.line)
