"""Which of the drugs of a sheet is the one that the study is about."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from refractory.numbers import say_count
from refractory.records.cell_day_lists import read_first_date
from refractory.records.cell_words import is_missing, read_cell_text, read_yes_or_no
from refractory.records.from_drug_names import Ingredient, find_by_code, find_ingredients
from refractory.starting import words
from refractory.starting.choices import Chooser, Question
from refractory.starting.looks import NO, YES, ColumnLook
from refractory.starting.orders import OrderOfDates
from refractory.starting.views import SheetView, cells_by_row, is_same_drug

UNNAMED = Ingredient("", "studied treatment")
_STOPPED = re.compile(r"(?<![a-z])(?:stopped|discontinued|ceased|withdrawn|abgesetzt|gestopt|arrete)(?![a-z])")
_MOST_OFFERED = 40  # the studied drug may be a rare one


@dataclass(frozen=True)
class Treatment:
    """The studied treatment.

    Args:
        drug: The drug.
        why: How it is known.
        is_known: False when it was chosen without evidence.
    """

    drug: Ingredient
    why: str
    is_known: bool


def find_treatment(views: Sequence[SheetView], title: str, order: OrderOfDates, chooser: Chooser) -> Treatment | None:
    """Find the studied treatment; None when no column says when any drug was given.

    Args:
        views: The sheets.
        title: Names of the files and sheets, and the titles above the tables.
        order: The order of the dates: what is studied was begun last.
        chooser: Asks where it is open.
    """
    scores: dict[Ingredient, float] = {}
    has_generic = False
    for view in views:
        has_generic |= _score(view, scores)
    last = _count_last(views, order)
    for drug, persons in last.items():
        _add(scores, drug, 3 * persons / max(last.values()))
    hinted = find_ingredients(title.replace("_", " "))
    for drug in hinted:
        if has_generic or any(is_same_drug(drug, other) for other in scores):
            _add(scores, drug, 4)
    days = _dated_drugs(views)
    dated = {
        drug: score
        for drug, score in scores.items()
        if score > 0 and (has_generic or any(is_same_drug(drug, one) for one in days))
    }
    if not dated:
        return Treatment(UNNAMED, "no column, sheet or file names it", False) if has_generic else None
    ranked = sorted(dated, key=lambda drug: (-dated[drug], drug.name))
    best = ranked[0]
    if len(ranked) == 1 or dated[best] >= dated[ranked[1]] + 2:
        return Treatment(best, _say_why(best, hinted, views, order), True)
    offered = ranked[:_MOST_OFFERED]
    question = Question(
        "Which drug is the study about?", tuple(drug.name for drug in offered), 0, _say_last(best, views, order)
    )
    answer, is_known = chooser(question)
    why = "as you said" if is_known else "CHOSEN WITHOUT EVIDENCE among the drugs of the sheet"
    return Treatment(offered[answer], why, is_known)


def _dated_drugs(views: Sequence[SheetView]) -> list[Ingredient]:
    """Return the drugs of which a sheet says when they were given."""
    found = []
    for view in views:
        kinds = ("drug start", "given") if view.first("date") is not None else ("drug start",)
        for look in view.of(*kinds):
            found += [drug] if (drug := view.role(look).drug) is not None else []
        names = view.first("drug name")
        if names is not None:
            found += list(name_drug_of_row(view, names).values())
    return list(dict.fromkeys(found))


def _add(scores: dict[Ingredient, float], drug: Ingredient, points: float) -> None:
    same = next((one for one in scores if is_same_drug(one, drug)), drug)
    points += scores.pop(same, 0)
    scores[drug if drug.route and not same.route else same] = points


def _score(view: SheetView, scores: dict[Ingredient, float]) -> bool:
    """Score the drugs of a sheet; True when it says when a treatment was given without saying which."""
    has_generic = False
    repeated = {look.place for family in view.families for look in family.members.values()}
    before: list[Ingredient] = []  # several columns on one drug are no more than one: "VDZ y/n", "why VDZ stopped"
    for look in view.looks:
        role = view.role(look)
        if role.kind == "given" and view.first("date") is None:
            continue  # nobody can tell when
        if role.kind in ("drug start", "given"):
            if role.drug is None:
                has_generic |= role.kind == "given" or view.first("drug name") is None
            elif not (words.BEFORE.search(look.plain) and role.kind == "drug start"):
                # Of repeated columns the first tells of the drug.
                _add(scores, role.drug, 3 if look.place in repeated else 2)
        elif role.kind == "tried" and _STOPPED.search(look.plain):
            continue  # "IVIG stopped?" is asked of the treatment too
        elif role.kind in ("tried", "tried so", "drug reason") and role.drug is not None:
            if not any(is_same_drug(role.drug, one) for one in before):
                _add(scores, role.drug, -4)
                before.append(role.drug)
        elif role.kind in ("response", "age", "steroid dose", "response date"):
            for drug in look.named_drugs:
                if role.kind != "steroid dose" or not is_same_drug(drug, role.drug):
                    _add(scores, drug, 4)
    return has_generic


def name_drug_of_row(view: SheetView, names: ColumnLook) -> dict[int, Ingredient]:
    """Return the drug of each row of a sheet with one drug a row: by its code, else by its name."""
    codes = cells_by_row(view.first("drug code"))
    found = {}
    for row, cell in names.cells:
        by_code = find_by_code(read_cell_text(codes[row])) if row in codes else None
        by_name = find_ingredients(read_cell_text(cell))
        drug = by_code or (by_name[0] if by_name else None)
        if drug is not None:
            found[row] = drug
    return found


def find_given_rows(look: ColumnLook) -> set[int]:
    """Find the rows in which a column says that the treatment was given: all but no and a dose of 0."""
    return {
        row for row, cell in look.cells
        if not is_missing(cell, ("0",)) and read_yes_or_no(cell, YES, NO) is not False
    }  # fmt: skip


def _count_last(views: Sequence[SheetView], order: OrderOfDates) -> Counter[Ingredient]:
    """Count the persons whose last begun drug of all sheets each drug is: what is studied comes after what failed."""
    last: dict[str, tuple[date, Ingredient]] = {}
    for view in views:
        for row, drug, day in _find_begun(view, order):
            person = view.persons[row]
            if person and (person not in last or last[person][0] <= day):
                last[person] = (day, drug)
    found: Counter[Ingredient] = Counter()
    for _, drug in last.values():
        same = next((one for one in found if is_same_drug(one, drug)), drug)
        found[same] += 1
    return found


def _find_begun(view: SheetView, order: OrderOfDates) -> Iterator[tuple[int, Ingredient, date]]:
    """Find the drugs of each row with the day on which they began; of repeated columns, on the first of them."""
    names = view.first("drug name")
    if names is not None:
        started = view.first("drug start", "date")
        if started is None or words.BEFORE.search(words.spell_name(view.grid.sheet)):
            return  # a sheet of "previous drugs" holds what failed
        of_row = name_drug_of_row(view, names)
        columns = [(started, of_row)]
    else:
        columns = [
            (look, dict.fromkeys((row for row, _ in look.cells), drug))
            for look in view.of("drug start")
            if (drug := view.role(look).drug) is not None and not words.BEFORE.search(look.plain)
        ]
    begun: dict[tuple[int, Ingredient], date] = {}
    for look, drugs in columns:
        written = order.find_order_of(view, look)
        for row, cell in look.cells:
            when = read_first_date(cell, written).latest if row in drugs else None
            if when is not None:
                place = (row, drugs[row])
                begun[place] = min(begun.get(place, when), when)
    for (row, drug), day in begun.items():
        yield row, drug, day


def _say_why(drug: Ingredient, hinted: Sequence[Ingredient], views: Sequence[SheetView], order: OrderOfDates) -> str:
    said = []
    if any(is_same_drug(drug, one) for one in hinted):
        said.append("a file, sheet or title names it")
    columns = [
        look for view in views for look in view.looks
        if view.role(look).kind in ("drug start", "given") and is_same_drug(view.role(look).drug, drug)
    ]  # fmt: skip
    if columns:
        said.append(f"{say_count(len(columns), 'column')} of its days")
    return " and ".join(said) or _say_last(drug, views, order)


def _say_last(drug: Ingredient, views: Sequence[SheetView], order: OrderOfDates) -> str:
    last = _count_last(views, order)
    persons = sum(count for one, count in last.items() if is_same_drug(one, drug))
    if not last:
        return ""
    return f"{drug.name} is the last drug that was begun in {persons} of {say_count(sum(last.values()), 'person')}"
