"""A mapping as TOML, with the reasons for each choice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from refractory.numbers import say_count
from refractory.records.from_drug_names import find_ingredients
from refractory.starting.choices import Chooser
from refractory.starting.drafting import Found
from refractory.starting.drafts import DraftTable, join_lines, quote, quote_all
from refractory.starting.incomplete_days import SHORTEST
from refractory.starting.orders import OrderOfDates
from refractory.starting.spellings import Spellings, find_spellings
from refractory.starting.views import SheetView


def write_mapping(
    tables: Sequence[DraftTable], views: Sequence[SheetView], order: OrderOfDates, missing: Sequence[str], found: Found,
    files: Sequence[str], chooser: Chooser, stem: str, dictionary: str = "",
    parts: str = "",
) -> str:  # fmt: skip
    """Write the mapping as TOML with comments."""
    lines = [
        "# Which column of the sheet is what, written by `refractory init`: read it, mend it, run the study.",
        *(f"# CHOSEN WITHOUT EVIDENCE: {one}" for one in chooser.unasked),
        *(f"# NOTE: {one}" for one in dict.fromkeys(found.warnings)),
        "",
        "[source]",
        f"kind    = {quote('redcap' if dictionary else 'sheet')}",
        f"name    = {quote(stem)}",
        f"file    = {quote_all(files)}",
        *([f"dictionary = {quote(dictionary)}"] if dictionary else []),
        f"dates   = {quote(order.order)}    # {order.why}",
        f"decimal = {quote(_find_decimal(views))}",
    ]
    if missing:
        counts = Counter(
            code for view in views for look in view.looks for code, n in look.missing.items() for _ in range(n)
        )
        lines.append(f"missing = {quote_all(missing)}    # {', '.join(f'{counts[one]} x' for one in missing)}")
    usual, spelled = Spellings(), find_spellings(views)
    for name, found_ones, defaults in (("yes", spelled.yes, usual.yes), ("no", spelled.no, usual.no)):
        if found_ones != defaults:
            lines.append(f"{name:7} = {quote_all(found_ones)}")
    if parts and parts != SHORTEST:  # each record says that of itself
        told = "days of which only the month or the year is known: not used, first day, middle or last day"
        lines.append(f"incomplete_dates = {quote(parts)}    # {told}")
    lines.append("")
    for table in tables:
        lines += table.lines()
    return join_lines([*lines, *_write_codes(views, found)])


def _find_decimal(views: Sequence[SheetView]) -> str:
    """Find what parts decimals in texts."""
    commas = points = 0
    for view in views:
        for look in view.looks:
            if look.is_number:
                for text in look.texts:
                    head = text.split()[0] if text.split() else ""
                    commas += (
                        head.replace(",", "", 1).isdigit() and head.count(",") == 1 and len(head.split(",")[1]) != 3
                    )
                    points += head.replace(".", "", 1).isdigit() and "." in head
    return "," if commas > points else "."


def _write_codes(views: Sequence[SheetView], found: Found) -> list[str]:
    """Write the names of drugs as the sheet has them with their codes, and those that were not recognised."""
    lines = [
        "# Names of drugs are found by the program's own list. What it does not know is written here: a text of the",
        '# sheet, and its code ("RxNorm:6851" is methotrexate).',
        "[codes.drug]",
    ]
    written: dict[str, str] = {}
    for view in views:
        for look in view.of("drug name", "tried list"):
            for text in look.texts:
                drugs = find_ingredients(look.first_spelling[text])
                if len(drugs) == 1 and drugs[0].rxnorm and len(text) <= 40 and view.first("drug code") is None:
                    written.setdefault(look.first_spelling[text], f'"RxNorm:{drugs[0].rxnorm}"  # {drugs[0].name}')
    lines += [f"# {quote(text)} = {meaning}" for text, meaning in sorted(written.items()) if _is_plain(text)]
    for text, cells in sorted(found.unnamed.items()):
        if _is_plain(text):
            lines.append(f'# {quote(text)} = "RxNorm:"  # not recognised, {say_count(cells, "cell")}: fill in the code')
    return [*lines, ""]


def _is_plain(text: str) -> bool:
    return len(text) <= 60 and text.isprintable()
