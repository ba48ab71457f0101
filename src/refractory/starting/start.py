"""From sheets to a mapping and a protocol to start from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from refractory.errors import RecordsError
from refractory.numbers import say_count
from refractory.records.grid import Grid, RawSheet
from refractory.starting.answers import Meaning, find_response, read_meaning
from refractory.starting.beware import no_treatment_day, require_persons_in_rows, warn_of, warn_of_counts, warn_of_days
from refractory.starting.choices import Choose, Chooser
from refractory.starting.diseases import find_best_name, name_disease
from refractory.starting.drafting import Draft, Found
from refractory.starting.drafting_disease import add_disease, find_dated_persons
from refractory.starting.drafting_tables import draft_table
from refractory.starting.drafts import DraftTable
from refractory.starting.expected import Expected, count_expected
from refractory.starting.incomplete_days import SHORTEST, choose_parts
from refractory.starting.lending import find_lender, gives_treatment, lend_day, write_borrow
from refractory.starting.mapping_text import write_mapping
from refractory.starting.orders import OrderOfDates, find_order
from refractory.starting.person_sheets import join_person_sheets
from refractory.starting.protocol_concepts import ProtocolDraft
from refractory.starting.protocol_text import name_study, write_protocol
from refractory.starting.shared_persons import leave_out_legends, share_persons
from refractory.starting.spellings import Spellings, find_spellings
from refractory.starting.treatments import Treatment, find_treatment
from refractory.starting.tried import ask_for_tried, warn_of_tried
from refractory.starting.views import SheetView, view_grid, view_sheet

_LONGEST_SHOWN, _MOST_SHOWN = 30, 8


@dataclass(frozen=True)
class Started:
    """A mapping and a protocol to start from.

    Args:
        mapping: The mapping, as TOML with comments.
        protocol: The protocol, as TOML with comments.
        study: Short name of the study.
        told: What was recognised, as short lines of two parts: what, and how it is known.
        unasked: What was chosen without evidence.
        warnings: What a person must know before they trust it.
        expected: What the sheets hold, to compare with what the two files give.
    """

    mapping: str
    protocol: str
    study: str
    told: tuple[tuple[str, str], ...]
    unasked: tuple[str, ...]
    warnings: tuple[str, ...]
    expected: Expected


def start_from_sheets(
    raws: Sequence[RawSheet], ask: Choose, *, stem: str, mapping_file: str, files: Sequence[str]
) -> Started:
    """Draft a mapping and a protocol from the sheets of a source.

    Args:
        raws: The sheets.
        ask: Asks a person; None as an answer: nobody is there, and the default is taken and told.
        stem: What the source is called.
        mapping_file: Name of the mapping's file.
        files: Names of the files beside it.

    Raises:
        RecordsError: When no sheet has a column that tells the person, or none says when a treatment was given.
    """
    joined, others = join_person_sheets(raws)
    seen = [(raw, view_sheet(raw)) for raw in others]
    views, legends = leave_out_legends(share_persons([*(view for _, view in seen if view is not None), *joined]))
    passed_over = [*(raw.sheet for raw, view in seen if view is None), *legends]
    return start_from_views(views, passed_over, ask, stem=stem, mapping_file=mapping_file, files=files)


def start_from_grids(
    grids: Sequence[Grid], ask: Choose, *, stem: str, mapping_file: str, files: Sequence[str], dictionary: str
) -> Started:
    """Draft a mapping and a protocol from an export of REDCap; see `start_from_sheets`.

    Args:
        grids: One per instrument, with what the dictionary says of each column.
        ask: Asks a person.
        stem: What the source is called.
        mapping_file: Name of the mapping's file.
        files: Names of the exports.
        dictionary: Name of the dictionary's file.

    Raises:
        RecordsError: When none says when a treatment was given.
    """
    # The record id of REDCap is the first column of each of its grids, whatever other numbers a form asks for.
    found = [view_grid(grid, person_column=grid.columns[0] if grid.columns else "") for grid in grids]
    views = [view for view in found if view is not None]
    return start_from_views(views, (), ask, stem=stem, mapping_file=mapping_file, files=files, dictionary=dictionary)


def start_from_views(
    views: Sequence[SheetView], passed_over: Sequence[str], ask: Choose, *, stem: str, mapping_file: str,
    files: Sequence[str], dictionary: str = "",
) -> Started:  # fmt: skip
    """Draft a mapping and a protocol from sheets whose columns have their roles; see `start_from_sheets`."""
    if not views:
        raise RecordsError(
            "No sheet has a column that tells the person.",
            where=", ".join(files),
            remedy='give the column of the study number a name such as "ID" or "Patient", and each row its number',
        )
    chooser = Chooser(ask)
    title = " ".join([stem, *(f"{view.grid.sheet} {view.shape.title}" for view in views)])
    order = find_order(views, chooser)
    treatment = find_treatment(views, title, order, chooser)
    require_persons_in_rows(views)
    if treatment is None:
        raise no_treatment_day(views)
    found, parts = _look_at_incomplete_days(views, chooser)
    main, others, meanings = _read_responses(views, treatment, chooser)
    disease = name_disease(views, title)
    missing = _find_missing(views)
    is_of_many = len(files) > 1 and not dictionary
    drafts = [
        Draft(view, treatment, order, meanings[id(view)], missing, disease, found, is_of_many_files=is_of_many)
        for view in views
    ]
    found.dated_persons = find_dated_persons(drafts)
    drafts, tables = _draft_tables(drafts)
    if not any(gives_treatment(record, treatment) for table in tables for record in table.records):
        raise RecordsError(
            f"No column says on which day {treatment.drug.name} was given.",
            where=", ".join(view.grid.name for view in views),
            remedy='name the column of its days after it, such as "IVIG start" or "IVIG 1 date"',
        )
    if not found.has_disease:
        add_disease(drafts, tables, disease, found)
    disease = find_best_name(found, disease)
    is_repeated = _is_repeated(drafts)
    found.warnings += warn_of_counts(drafts, is_repeated=is_repeated)
    protocol = ProtocolDraft(
        name_study(stem), mapping_file, treatment, is_repeated, disease, found, main, others, tuple(chooser.unasked)
    )
    protocol = ask_for_tried(protocol, drafts)
    found.warnings += [said for one in (main, *others) if one is not None for said in _warn_of_answers(one, views)]
    found.warnings += [*warn_of_tried(protocol), *warn_of(views, found, treatment, main, passed_over)]
    mapping = write_mapping(tables, views, order, missing, found, files, chooser, stem, dictionary, parts)
    return Started(
        mapping,
        write_protocol(protocol),
        protocol.name,
        tuple(_tell(views, order, treatment, main, protocol)),
        tuple(chooser.unasked),
        tuple(dict.fromkeys(found.warnings)),
        count_expected(drafts, main),
    )


def _look_at_incomplete_days(views: Sequence[SheetView], chooser: Chooser) -> tuple[Found, str]:
    found = Found()
    parts = choose_parts(warn_of_days(views, found), found.warnings, chooser)
    found.is_shortest = parts == SHORTEST
    return found, parts


def _is_repeated(drafts: Sequence[Draft]) -> bool:
    """Say whether the sheets may tell of several days of the treatment of a person."""
    if any(one.anchor and one.view.is_long for one in drafts):
        return True
    started = [one.treated("drug start") for one in drafts]
    return any(len(looks) > 1 or any(look.days.lists for look in looks) for looks in started)


def _draft_tables(drafts: Sequence[Draft]) -> tuple[list[Draft], list[DraftTable]]:
    """Draft the table of each sheet; those that do not tell when the treatment began come last, and borrow its day."""
    tables = {place: draft_table(draft) for place, draft in enumerate(drafts) if draft.anchor is not None}
    kept = list(drafts)
    lender = find_lender([drafts[place] for place in tables], list(tables.values()))
    for place, draft in enumerate(drafts):
        if place in tables:
            continue
        lent = lend_day(draft, lender) if lender is not None else None
        kept[place] = lent or draft
        tables[place] = draft_table(kept[place])
        uses = {name for record in tables[place].records for name in record.column.values()}
        if lent is not None and lender is not None and lent.lent is not None and lent.lent.name in uses:
            tables[place].borrow = [write_borrow(lent, lender)]
    return kept, [tables[place] for place in range(len(drafts))]


def _read_responses(
    views: Sequence[SheetView], treatment: Treatment, chooser: Chooser
) -> tuple[Meaning | None, list[Meaning], dict[int, list[Meaning]]]:
    """Read the columns of responses: the one that decides, the others, and all of them by their sheet."""
    meanings: dict[int, list[Meaning]] = {id(view): [] for view in views}
    chosen = find_response(views, treatment, chooser)
    if chosen is None:
        return None, [], meanings
    spellings = find_spellings(views)
    main = read_meaning(chosen[1], "response", chooser, spellings)
    meanings[id(chosen[0])].append(main)
    others: list[Meaning] = []
    for view, look in chosen[2]:
        taken = {"response", *(one.item for one in others)}
        names = (look.plain, f"{look.plain} of {view.grid.sheet.lower()}", *(f"{look.plain} {n}" for n in range(2, 99)))
        item = next(name for name in names if name and name not in taken)
        other = read_meaning(look, item, Chooser(lambda question: None), spellings)
        meanings[id(view)].append(other)
        others.append(other)
    return main, others, meanings


def _find_missing(views: Sequence[SheetView]) -> tuple[str, ...]:
    """Find the texts that stand for nothing in the whole source; numbers are told column by column."""
    found = {code for view in views for look in view.looks for code in look.missing if not code.lstrip("-").isdigit()}
    return tuple(sorted(found))


def _warn_of_answers(meaning: Meaning, views: Sequence[SheetView]) -> Iterable[str]:
    name = meaning.look.name
    if many := sum(meaning.look.texts[text] for text in meaning.values):
        many_said = say_count(many, "remark")
        yield f'{many_said} of "{name}" taken by their words for yes, no or unclear: read each in the mapping.'
    if untold := _count_untold(meaning, find_spellings(views)):
        yield f'{say_count(untold, "cell")} of "{name}" tell neither a response nor none: not evaluable.'


def _count_untold(meaning: Meaning, spellings: Spellings) -> int:
    def name_value(text: str) -> str:
        return meaning.values.get(text, spellings.write_label(text))

    return sum(cells for text, cells in meaning.look.texts.items() if name_value(text) in meaning.untold)


def _tell(
    views: Sequence[SheetView],
    order: OrderOfDates,
    treatment: Treatment,
    main: Meaning | None,
    protocol: ProtocolDraft,
) -> Iterable[tuple[str, str]]:
    for view in views:
        rows = sum(bool(one) for one in view.persons)
        persons = view.count_persons(range(len(view.persons)))
        yield (
            view.grid.name,
            f"{say_count(rows, 'row')}, {say_count(persons, 'person')}; the person is in "
            f'"{view.person.name if view.person else ""}"',
        )
    yield "Dates", f"{order.order}: {order.why}"
    yield (
        "Treatment",
        f"{treatment.drug.name}{f', {treatment.drug.route}' if treatment.drug.route else ''}: {treatment.why}",
    )
    tried, (some, treated) = protocol.tried, protocol.with_failed
    rule = f"; the protocol asks for {protocol.failed} of them: {some} of {say_count(treated, 'person')} had so many"
    beside = f"; not counted: {', '.join(protocol.beside)}" if protocol.beside else ""
    yield "Tried before", f"{', '.join(tried)}{rule}{beside}" if tried else f"nothing in the sheet tells it{beside}"
    if main is not None:
        positive, negative = _say_answers(main.positive), _say_answers(main.negative)
        yield "Response", f'"{main.look.name}": {positive} against {negative}'
    else:
        yield "Response", "no column tells it"
    if protocol.has_sparing and not protocol.has_steroid_days:
        yield "Glucocorticoids", f"{say_count(protocol.found.steroid_courses, 'course')} with a dose and an end"
    elif protocol.has_sparing:
        yield "Glucocorticoids", f"doses before the treatment and at day {max(protocol.found.steroid_days)}"


def _say_answers(answers: Sequence[str]) -> str:
    """Say answers in a line; long ones are told by their number alone."""
    short = [one for one in answers if len(one) <= _LONGEST_SHOWN][:_MOST_SHOWN]
    more = len(answers) - len(short)
    said = ", ".join(short)
    return f"{said} and {more} more" if more and short else said or (f"{more} texts" if more else "none")
