"""The API of REDCap, spoken by PyCap: a project's dictionary and its records, in batches, by a token."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from typing import Any

from refractory.errors import RecordsError
from refractory.records.from_redcap_server import RedcapServer, check_address, read_token
from refractory.records.grid_columns import NUMBER
from refractory.records.mapping import SourceMapping
from refractory.records.redcap_columns import COMPLETE, arrange_columns
from refractory.records.redcap_dictionary import (
    API_HEADINGS,
    RedcapDictionary,
    read_dictionary_lines,
    read_missing_codes,
)
from refractory.records.redcap_flat import FlatExport
from refractory.records.redcap_rows import press, unpress

_CELLS_A_BATCH = 200_000
_LARGEST_BATCH = 1_000  # records
Say = Callable[[str], None]


@dataclass(frozen=True)
class ServedProject:
    """A project as its server has it.

    Args:
        dictionary: Its data dictionary.
        export: Its records, as far as the mapping asks for them.
        missing: Its missing-data codes with their meaning.
        content: A hash of everything that was sent.
    """

    dictionary: RedcapDictionary
    export: FlatExport
    missing: Mapping[str, str]
    content: str


def download_project(mapping: SourceMapping, say: Say = lambda text: None) -> ServedProject:
    """Download what a mapping asks for; nothing is written to a disk.

    Args:
        mapping: Names the address and the environment variable that holds the token.
        say: Takes a sentence on what is being done.

    Raises:
        RecordsError: When the address is not safe, the token is not there, or the server refuses, answers otherwise
            than REDCap does, or does not answer in several tries.
    """
    server = RedcapServer(check_address(mapping.source.address), read_token(mapping.source.token))
    say("Asking REDCap for the data dictionary")
    metadata = server.ask("the data dictionary", lambda project: project.export_metadata(format_type="json"))
    rows = [[str(one.get(name) or "") for name in API_HEADINGS] for one in _expect_rows(metadata, server.host)]
    dictionary = read_dictionary_lines([list(API_HEADINGS), *rows], server.host)
    about = server.ask("the project's settings", lambda project: project.export_project_info(format_type="json"))
    missing = read_missing_codes(str(about.get("missing_data_codes") or "")) if isinstance(about, dict) else {}
    fields = find_fields(dictionary, mapping)
    total = sha256(json.dumps([metadata, about, fields], sort_keys=True).encode())
    names = _find_records(server, dictionary.record_id)
    size = max(1, min(_LARGEST_BATCH, _CELLS_A_BATCH // max(1, len(fields))))
    batches = []
    head: list[str] = []
    for first in range(0, len(names), size):
        some = names[first : first + size]
        say(f"Asking REDCap for records {first + 1:,} to {first + len(some):,} of {len(names):,}")
        answer = server.ask("records", partial(_export, fields=fields, records=some))
        lines = _expect_rows(answer, server.host)
        head = head or list(dict.fromkeys(name for line in lines for name in line))
        batch = [[_write_value(line.get(name)) for name in head] for line in lines]
        total.update(json.dumps(batch).encode())
        batches.append(press(batch))
    head = head or [dictionary.record_id]
    columns = arrange_columns(head, dictionary, missing)
    if dictionary.record_id not in columns.names:
        raise RecordsError(
            "The server leaves out the field that tells the records apart.",
            where=server.host,
            remedy='ask for the export right "Full Data Set": with less, REDCap takes identifying fields away',
        )
    export = FlatExport(server.host, dictionary, lambda: _give_lines(head, batches), columns)
    return ServedProject(dictionary, export, missing, total.hexdigest())


def _give_lines(head: Sequence[str], batches: Iterable[bytes]) -> Iterator[Sequence[str]]:
    yield head
    for batch in batches:
        yield from unpress(batch)


def _export(project: Any, fields: Sequence[str], records: Sequence[str]) -> Any:
    return project.export_records(
        format_type="json", record_type="flat", raw_or_label="raw", event_name="unique", fields=list(fields),
        records=list(records), export_data_access_groups=True,
    )  # fmt: skip


def _find_records(server: RedcapServer, record_id: str) -> list[str]:
    """Ask for the names of the records alone, so that they can be asked for in batches."""
    answer = server.ask(
        "the names of the records",
        lambda project: project.export_records(
            format_type="json", record_type="flat", raw_or_label="raw", event_name="unique", fields=[record_id]
        ),
    )
    lines = _expect_rows(answer, server.host)
    return list(dict.fromkeys(name for line in lines if (name := _write_value(line.get(record_id)))))


def _expect_rows(answer: Any, host: str) -> list[dict[str, Any]]:
    if isinstance(answer, list) and all(isinstance(one, dict) for one in answer):
        return answer
    raise RecordsError(
        "The server answers otherwise than REDCap does.", where=host, remedy="check the address of the API"
    )


def _write_value(value: Any) -> str:
    return "" if value is None else str(value)


def find_fields(dictionary: RedcapDictionary, mapping: SourceMapping) -> tuple[str, ...]:
    """Find the fields that a mapping asks for: with them the record, and the status of each of their forms.

    Args:
        dictionary: The data dictionary.
        mapping: What is asked for; a checkbox is asked for by any of its boxes.

    Returns:
        Names of fields, in the order of the dictionary.
    """
    named = set[str]()
    patterns = []
    for table in mapping.table:
        columns = [column for record in table.record for column in record.column.values()]
        columns += [one.first for one in table.borrow]
        conditions = [*(record.when for record in table.record), *(one.when for one in table.borrow)]
        columns += [one.column for one in conditions if one is not None]
        for name in (" ".join(column.split()).lower() for column in columns):
            base = name.split("___")[0]
            named |= {name, base}
            if NUMBER in name:
                parts = (re.escape(part) for part in base.split(NUMBER))
                patterns.append(re.compile(r"\w{1,10}".join(parts)))
    asked = [
        one
        for one in dictionary.fields
        if one.name in named or any(pattern.fullmatch(one.name) for pattern in patterns)
    ]
    forms = dict.fromkeys(one.instrument for one in asked)
    names = [dictionary.record_id, *(one.name for one in asked), *(f"{form}{COMPLETE}" for form in forms)]
    return tuple(dict.fromkeys(names))
