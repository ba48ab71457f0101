"""A flat export of REDCap: one line per record, event and instance, with a column for everything."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import compress, islice

from refractory.records.redcap_boxes import SIGN
from refractory.records.redcap_cells import is_checked
from refractory.records.redcap_columns import EVENT, GROUP, INSTANCE, REPEATS, ExportColumns, arrange_columns
from refractory.records.redcap_dictionary import RedcapDictionary, slug_of
from refractory.records.redcap_rows import CutLine, ExportRow
from refractory.records.schema import Problem

Lines = Callable[[], Iterable[Sequence[str]]]  # the lines of a file, cells already, each time from its first one


@dataclass
class FlatExport:
    """A flat export, to be read as often as needed.

    Args:
        file: Name of the file.
        dictionary: The data dictionary.
        lines: Begins to read the file.
        columns: What each column is.
        head: Its first line.
        notes: What is to be told of the file as a whole.
        problems: Lines that were not taken; of the last reading.
        rows: Lines that hold anything; of the last reading.
    """

    file: str
    dictionary: RedcapDictionary
    lines: Lines
    columns: ExportColumns
    head: Sequence[str] = ()
    notes: tuple[Problem, ...] = ()
    problems: list[Problem] = field(default_factory=list)
    rows: int = 0

    @property
    def present(self) -> frozenset[str]:
        """Names of the fields that the export has a column of."""
        return frozenset(name.split(SIGN)[0] if name in self.columns.boxes else name for name in self.columns.names)

    def __iter__(self) -> Iterator[ExportRow]:
        self.problems, self.rows = list(self.notes), 0
        names, boxes = self.columns.names, self.columns.boxes
        own = {self.dictionary.record_id: -1, EVENT: -1, REPEATS: -1, INSTANCE: -1, GROUP: -1}
        plain, checked, is_plain = [], [], [False] * len(names)
        for place, name in enumerate(names):
            if name in own:
                own[name] = place
            elif name in boxes:
                checked.append((place, name))
            elif name:
                plain.append(name)
                is_plain[place] = True
        every = {one.name: {text.lower() for text in one.choices.values()} for one in self.dictionary.fields}
        meanings = {name: every[name.split(SIGN)[0]] for name in boxes}
        record_at, event_at, repeats_at, instance_at, group_at = own.values()
        width, head = len(names), list(self.head)
        neither, short = Counter[str](), 0
        for number, cells in skip_head(self.lines()):
            self.rows += 1
            if len(cells) > width and any(map(str.strip, cells[width:])):
                self._leave_out(number, "", "the line has more cells than the first line has columns")
                continue
            if isinstance(cells, CutLine):
                self._leave_out(number, "", "the file ends within the line")
                continue
            if cells == head:
                self._leave_out(number, "", "the header again")
                continue
            if len(cells) < width:
                short += 1
                cells = [*cells, *("",) * (width - len(cells))]
            record = cells[record_at].strip()
            if not record:
                self._leave_out(number, self.dictionary.record_id, "the line names no record")
                continue
            filled = {
                name: text
                for name, text in zip(plain, compress(cells, is_plain), strict=True)
                if text and (text[0] > " " or text.strip())
            }
            unknown = set()
            for place, name in checked:
                if cells[place] and (says := is_checked(cells[place], meanings[name])) is not False:
                    if says:
                        filled[name] = "1"
                    else:
                        unknown.add(name.split(SIGN)[0])
            neither.update(unknown)
            yield ExportRow(
                number,
                record,
                cells[event_at].strip() if event_at >= 0 else "",
                slug_of(cells[repeats_at]) if repeats_at >= 0 else "",
                cells[instance_at].strip() if instance_at >= 0 else "",
                cells[group_at].strip() if group_at >= 0 else "",
                filled,
                unknown=frozenset(unknown),
            )
        self._tell(neither, short)

    def _tell(self, neither: Mapping[str, int], short: int) -> None:
        """Tell of the file as a whole."""
        found = [(name, "a box is neither checked nor not", "taken as not known", n) for name, n in neither.items()]
        if short:
            found.append(("", "the line has fewer cells than the first line has columns", "the rest is blank", short))
        self.problems += [
            Problem(self.file, None, name, rule, done, rows, is_left_out=False, file=self.file, place=name)
            for name, rule, done, rows in found
        ]

    def _leave_out(self, line: int, column: str, rule: str) -> None:
        self.problems.append(
            Problem(self.file, line, column, rule, "left out", file=self.file, line=line, place=column)
        )


def skip_head(lines: Iterable[Sequence[str]]) -> Iterator[tuple[int, Sequence[str]]]:
    """Give the lines below the head with their numbers; blank ones, of which some servers send many, are passed over.

    Example:
        >>> list(skip_head([[], ["record_id"], ["1"], [" "], ["2"]]))
        [(3, ['1']), (5, ['2'])]
    """
    filled = ((number, cells) for number, cells in enumerate(lines, start=1) if any(map(str.strip, cells)))
    return islice(filled, 1, None)


def open_flat(
    file: str,
    lines: Lines,
    head: Sequence[str],
    dictionary: RedcapDictionary,
    missing: Mapping[str, str],
    notes: Iterable[Problem] = (),
) -> FlatExport | None:
    """Open a flat export; None when no column tells the records apart.

    Args:
        file: Name of the file.
        lines: Begins to read it.
        head: Its first line.
        dictionary: The data dictionary.
        missing: Missing-data codes that are known, with their meaning.
        notes: What is to be told of the file as a whole.
    """
    columns = arrange_columns(head, dictionary, missing)
    if dictionary.record_id not in columns.names:
        return None
    rule = "the column comes again"
    twice = [
        Problem(file, 1, name, rule, "the first one read", is_left_out=False, file=file, line=1, place=name)
        for name in columns.again
    ]
    rule = "several fields have the label of the column"
    twice += [
        Problem(file, 1, name, rule, "taken as this one", is_left_out=False, file=file, line=1, place=name)
        for name in columns.unsure
    ]
    return FlatExport(file, dictionary, lines, columns, head, (*notes, *twice))
