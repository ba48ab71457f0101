"""What a person must know of a sheet before they trust what was drafted from it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from refractory.errors import RecordsError
from refractory.numbers import say_count
from refractory.records.cell_words import read_cell_text
from refractory.starting.answer_words import classify_answer
from refractory.starting.answers import Meaning
from refractory.starting.column_facts import count_open
from refractory.starting.drafting import Draft, Found
from refractory.starting.looks import ColumnLook
from refractory.starting.treatments import UNNAMED, Treatment
from refractory.starting.views import SheetView

_GROUP = re.compile(r"(?:treatment |study |tx )?(?:group|arm|cohort|gruppe|groupe|grupo|gruppo|groep)")
_COUNTED = re.compile(
    r"(?<![a-z])(?:days?|weeks?|months?|tage?|wochen|monate|jours?|mois|dias|meses|visit month)(?![a-z])"
)
_DAY = re.compile(r"(?<!\d)\d{1,4}[./-]\d{1,2}[./-]\d{1,4}(?!\d)")
_MOST_NAMED = 6
_PERSON_COLUMN = re.compile(r"(?:pt|pat|patient|paciente|paziente|case|subj\w*|fall|p|id)[ #.]*\d+", re.IGNORECASE)


def warn_of(
    views: Sequence[SheetView], found: Found, treatment: Treatment, main: Meaning | None, passed_over: Sequence[str]
) -> Iterable[str]:
    """Say what a person must know, each in a sentence."""
    if main is None:
        yield "No column says who responded: a score decides where one is there, else nobody will be evaluable."
    if not treatment.drug.rxnorm and treatment.drug.name == UNNAMED.name:
        yield 'No name of the treatment was found: it is called "studied treatment"; give it its name in both files.'
    for name in passed_over:
        yield f'Sheet "{name}" holds no table that tells persons; it is not used.'
    for view in views:
        for look in view.looks:
            if view.role(look).kind not in ("unknown",) and look.days.is_mixed and look.is_date:
                yield (
                    f'Column "{look.name}" of {view.grid.name} has dates in both orders: '
                    f"{look.days.against['month first']} with the day first and "
                    f"{look.days.against['day first']} with the month first; those against its order are not used, "
                    "and others may be wrong."
                )
        if not view.is_long:
            twice = [key for key, times in Counter(one for one in view.persons if one).items() if times > 1]
            if twice:
                yield f"{say_count(len(twice), 'person')} of {view.grid.name} stand in more than one row."
        yield from _warn_of_columns(view, treatment)
    if main is not None:
        yield from _warn_of_both(views, main)


def _warn_of_columns(view: SheetView, treatment: Treatment) -> Iterable[str]:
    for look in view.looks:
        if view.role(look).kind == "unknown" and _GROUP.fullmatch(look.plain) and len(look.texts) > 1:
            yield (
                f'Column "{look.name}" parts the persons into {len(look.texts)} groups and is not used: where a group '
                f"did not have {treatment.drug.name}, its persons must go."
            )


def _warn_of_both(views: Sequence[SheetView], main: Meaning) -> Iterable[str]:
    """Warn of persons whom one column says to have responded in one row and not in another."""
    for view in views:
        if not any(look is main.look for look in view.looks) or view.first("drug name") is not None:
            continue
        said: dict[str, set[bool]] = {}
        for row, cell in main.look.cells:
            answer = classify_answer(read_cell_text(cell).lower(), main.look)
            if view.persons[row] and answer is not None:
                said.setdefault(str(view.persons[row]), set()).add(answer)
        both = sum(len(answers) == 2 for answers in said.values())
        if both:
            yield (
                f'{say_count(both, "person")} in "{main.look.name}" responded in one row and not in another: '
                "a person with any response within the time counts as a responder."
            )


def warn_of_counts(drafts: Sequence[Draft], *, is_repeated: bool) -> Iterable[str]:
    """Say which columns count doses or cycles: only those with a day of their own are in the study."""
    for draft in drafts:
        for look in draft.view.of("count"):
            why = "only the days of its infusions count" if is_repeated else "no cycles are counted without their days"
            yield f'Column "{look.name}" counts and is not used: {why}.'


def warn_of_days(views: Sequence[SheetView], found: Found) -> list[ColumnLook]:
    """Warn of cells that are no days, or two; return the columns in which some days are known only to the month."""
    kinds = ("drug start", "drug stop", "date", "response date", "numbered start")
    for view in views:
        for look in view.of(*kinds):
            if unread := look.filled - look.days.readable[look.days.best] - count_open(look):
                found.warnings.append(
                    f'{unread} of {say_count(look.filled, "cell")} of "{look.name}" cannot be read as a day and are '
                    "NOT USED (03/15 may be a day or a month): write the whole date."
                )
        spans = [(look, look.days.spans) for look in view.of(*kinds) if look.days.spans]
        is_of_drugs = view.first("drug name", "drug start") is not None
        for look, cells in spans if not is_of_drugs else []:
            found.warnings.append(
                f'{cells} of {say_count(look.filled, "cell")} of "{look.name}" hold two days and are NOT USED: only of '
                "a drug are they its first and its last."
            )
    return [look for view in views for look in view.of(*kinds) if look.days.in_parts]


def require_persons_in_rows(views: Sequence[SheetView]) -> None:
    """Raise where persons stand in columns.

    Raises:
        RecordsError: When they do.
    """
    if any(map(is_turned, views)):
        raise RecordsError(
            "The persons seem to stand in columns, one beside the other.",
            where=", ".join(view.grid.name for view in views if is_turned(view)),
            remedy="turn the sheet, so that each person has a row of their own: copy it, then paste it transposed",
        )


def no_treatment_day(views: Sequence[SheetView]) -> RecordsError:
    """Say that no column tells the day of a treatment, and which columns hold days or count them."""
    dated = [look.name for view in views for look in view.looks if look.is_date]
    counted = [look.name for view in views for look in view.looks if _COUNTED.search(look.plain) and look.is_number]
    remedy = 'a column such as "IVIG start" or "Infusion 1 date" is needed: day 0 of each person is that day'
    if dated:
        remedy += f". Columns of days here, none named after a treatment: {_name_some(dated)}"
    if counted:
        remedy += f". Days, weeks or months that are counted are no dates: {_name_some(counted)}"
    several = [
        look.name
        for view in views
        for look in view.looks
        if sum(len(_DAY.findall(str(cell))) > 1 for _, cell in look.cells) > 0.3 * look.filled
    ]
    if several:
        remedy += f". Several days stand in one cell: give each a column or a row of its own: {_name_some(several)}"
    where = _name_some([view.grid.name for view in views], "")
    return RecordsError("No column says on which day a treatment was given.", where=where, remedy=remedy)


def _name_some(names: Sequence[str], mark: str = '"') -> str:
    """Name columns or sheets; of many, the first and the number of the others."""
    told = ", ".join(f"{mark}{name}{mark}" for name in names[:_MOST_NAMED])
    return f"{told} and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else told


def is_turned(view: SheetView) -> bool:
    """Say whether a sheet has its persons in columns, one beside the other."""
    names = view.grid.columns[1:]
    return len(names) > 1 and sum(bool(_PERSON_COLUMN.fullmatch(name)) for name in names) >= 0.6 * len(names)
