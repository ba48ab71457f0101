"""Answers as a file: JSON with all numbers behind them, or CSV with one row a statement."""

from __future__ import annotations

import csv
import io
import json
import os
from pathlib import Path

from refractory.consistency.answers import Answer, Answers
from refractory.errors import OutputError

_COLUMNS = ("kind", "name", "printed", "verdict", "finding", "note", "source", "confidence", "roundings")


def write_answers(answers: Answers, path: Path) -> None:
    """Write answers, whole or not at all; the end of the name, .json or .csv, says how.

    Raises:
        OutputError: When the name ends otherwise, or the file cannot be written.
    """
    check_name(path)
    text = _say_json(answers) if path.suffix.lower() == ".json" else _say_csv(answers)
    partial = path.parent / f".{path.name}.partial-{os.getpid()}"
    try:
        partial.write_bytes(text.encode("utf-8"))
        os.replace(partial, path)
    except OSError as error:
        partial.unlink(missing_ok=True)
        raise OutputError(
            f"the file cannot be written: {error.strerror}.", where=f"--out {path}", remedy="choose another place."
        ) from None


def check_name(path: Path) -> None:
    """Refuse a name that ends neither in .json nor in .csv.

    Raises:
        OutputError: When it does.
    """
    if path.suffix.lower() not in (".json", ".csv"):
        raise OutputError(
            f'"{path.name}" ends neither in .json nor in .csv.', where=f"--out {path}", remedy="name it answers.json."
        )


def _cells(one: Answer) -> dict[str, str]:
    cells = {name: str(getattr(one, name)) for name in _COLUMNS[:-1]}
    return cells | {"roundings": "; ".join(one.roundings)}


def _say_csv(answers: Answers) -> str:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, _COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(_cells(one) for one in answers.listed)
    return text.getvalue()


def _say_json(answers: Answers) -> str:
    listed = [_cells(one) | {"roundings": list(one.roundings), "numbers": dict(one.details)} for one in answers.listed]
    whole = {
        "title": answers.title,
        "citation": answers.citation,
        "not_cut_off_by": list(answers.not_cut_off_by),
        "answers": listed,
    }
    return json.dumps(whole, indent=2, ensure_ascii=False) + "\n"
