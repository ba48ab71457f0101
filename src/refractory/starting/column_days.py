"""Of which day a column speaks: its name or its group decides, and none takes the day of another group."""

from __future__ import annotations

import re
from dataclasses import dataclass

from refractory.records.cell_visits import read_visit
from refractory.starting import words
from refractory.starting.drafting import Draft
from refractory.starting.drug_times import leave_out_time_of_drug
from refractory.starting.families import Family
from refractory.starting.looks import ColumnLook
from refractory.starting.roles import DEFAULT_FOLLOW_UP_DAY, find_day
from refractory.starting.views import SheetView
from refractory.starting.words import _any_of, spell_name

_MOSTLY = 0.7  # of the cells of a column of visits are visits or days

_BEFORE = _any_of(
    "baseline, base, pre, before, bl, at ivig, t 0, avant, vor, voor, antes, prima, initial*, initial, prior, m 0, "
    "day 0, w 0, basal*, previo, previa, ausgangs*, bei beginn, beginn, at start, start, depart, inicio, inizio, debut"
)
_AFTER_WORDS = {
    "after": _any_of("post, after, nach, apres, despues, dopo, tras, na, best, nadir"),
    "at follow-up": _any_of("follow up, fu, f / u, verlauf*, suivi, seguimiento, kontroll*, controle, control*"),
    "at the end": _any_of("end, ende, last, final, finale, letzt*, dernier*, derniere*, ultim*, fin, abschluss*"),
}
_OF_NO_GROUP = _any_of(
    "date, dates, dt, dat, datum, fecha, data, day, tag, jour, dia, of, the, de, du, der, des, am, on, le, la, el, il, "
    "when, visit, visite, visita, besuch*, assessment, assessed, review, evaluation, kg, mg, g, wt, score, total, "
    "value, wert, month, months, monat*, mois, mes, meses, mesi, week, weeks, woche*, mo, m, w, wk, at, in, a, bei, "
    "tx, rx, treatment, therapie, therapy, infusion*, traitement, behandlung, tratamiento, terapia"
)


@dataclass(frozen=True)
class ColumnDay:
    """Of which day a column speaks.

    Args:
        column: Name of the column of days; {n} in it for repeated columns.
        looks: The columns that it stands for.
        later: Days that are added to it.
        why: How that is known; empty where nothing is to be said.
        family: The repeated columns that the value stands in; None where it is not repeated.
        from_start: Day from the treatment's first; None where the column has days of its own.
        counted_from: The day from which visits in the column are counted; empty where it holds none.
    """

    column: str
    looks: tuple[ColumnLook, ...]
    later: int = 0
    why: str = ""
    family: Family | None = None
    from_start: int | None = None
    counted_from: str = ""

    @property
    def of_visits(self) -> dict[str, str]:
        """The field that counts visits from the treatment's first day, where the column holds visits."""
        return {"counted_from": self.counted_from} if self.counted_from else {}


def find_visits(view: SheetView) -> ColumnLook | None:
    """Find the column that says of most rows which visit they are, or on which day: "Baseline", "W12", "12/03/2019"."""
    for look in view.looks:
        if view.role(look).kind not in ("unknown", "note", "date", "other date"):
            continue
        visits = [row for row, cell in look.cells if read_visit(cell, look.name) is not None]
        dated = look.days.readable[look.days.best] if not look.is_number else 0
        if len(visits) >= 0.1 * look.filled and len(visits) + dated >= _MOSTLY * look.filled > 0:
            return look
    return None


def find_row_day(draft: Draft) -> ColumnLook | None:
    """Find the day of the rows of a sheet that has one row an event or a visit; None for one row a person."""
    view = draft.view
    if view.first("drug name") is not None and not draft.has_drug_of_person:
        return draft.anchor
    own = draft.anchor if draft.lent is None else None
    if not view.is_long:
        return None
    return view.first("date") or own or (find_visits(view) if draft.lent is not None else None)


def find_column_day(draft: Draft, look: ColumnLook) -> ColumnDay | None:
    """Find of which day a column speaks: its repeated days, its own date, its row's, else counted from the treatment.

    Returns:
        None where the name of a laboratory value, or of a column that comes again, says no time.
    """
    family = next((one for one in draft.view.families if look in one.members.values()), None)
    days = _find_days_of_family(draft, family) if family is not None else None
    if family is not None and days is not None:
        why = f'Each on its own day, "{days.pattern}".'
        return ColumnDay(days.pattern, tuple(days.members.values()), why=why, family=family)
    row = find_row_day(draft)
    own = _find_own_date(draft, look, is_row_dated=row is not None)
    if own is not None or row is not None:
        day = own or row
        assert day is not None
        if draft.lent is not None and day is find_visits(draft.view):
            why = f'Its day: "{day.name}"; a visit such as "W12" is counted from "{draft.lent.name}".'
            return ColumnDay(day.name, (day, draft.lent), why=why, counted_from=draft.lent.name)
        return ColumnDay(day.name, (day,), why=f'Its day: "{day.name}".')
    return _count_from_start(draft, look, family)


def _count_from_start(draft: Draft, look: ColumnLook, family: Family | None) -> ColumnDay | None:
    anchor, role = draft.anchor, draft.view.role(look)
    times = say_times(look.plain)
    if anchor is None or (not times and (family is not None or role.kind in ("lab", "unknown") or draft.view.is_long)):
        return None  # of several rows of a person nobody knows which is of the first day
    later = find_day(look) or (DEFAULT_FOLLOW_UP_DAY if times and "before" not in times else 0)
    why = f"Taken as of day {later}, counted from the treatment's first."
    if not times:
        why += " CHOSEN WITHOUT EVIDENCE: the name says no time."
    elif later == DEFAULT_FOLLOW_UP_DAY and not any(one.startswith("day ") for one in times):
        why += " CHOSEN WITHOUT EVIDENCE: the name says that it is later, and no column says when."
    return ColumnDay(anchor.name, (anchor,), later, why, None, later)


def _find_days_of_family(draft: Draft, family: Family) -> Family | None:
    """Find the repeated days that belong to repeated values: they count alike, and their names begin alike."""
    best: tuple[tuple[int, int], Family] | None = None
    for other in draft.view.families:
        dated = [look for look in other.members.values() if draft.view.role(look).kind in _DAYS]
        common = set(other.members) & set(family.members)
        if other is family or len(dated) < 2 or len(common) < 2:
            continue
        alike = _count_alike(other.pattern.lower(), family.pattern.lower())
        gap = min(abs(other.members[n].place - family.members[n].place) for n in common)
        if best is None or (alike, -gap) > best[0]:
            best = ((alike, -gap), other)
    return best[1] if best is not None else None


def _count_alike(one: str, other: str) -> int:
    """Count the letters with which two names begin alike."""
    pairs = zip(one, other, strict=False)
    return next((place for place, (mine, its) in enumerate(pairs) if mine != its), min(len(one), len(other)))


_DAYS = ("drug start", "date", "other date", "response date")


def _find_own_date(draft: Draft, look: ColumnLook, *, is_row_dated: bool) -> ColumnLook | None:
    """Find the date that belongs to a column by its name, or to its group; one of another time or group is none."""
    repeated = {one.place for family in draft.view.families for one in family.members.values()}
    fits = []
    for one in draft.view.of("date", "other date", "response date", "last seen"):
        if one.place in repeated or one is find_row_day(draft):
            continue
        rank = rank_date(look, one)
        if rank and (draft.view.role(one).kind != "last seen" or rank >= _OF_ITS_TIME):
            fits.append((rank, -abs(one.place - look.place), one))
    best = max(fits, key=lambda one: one[:2], default=None)
    if best is None or (is_row_dated and best[0] < _OF_ITS_GROUP):
        return None
    return best[2]


_OF_NO_OTHER, _BESIDE_IT, _OF_ITS_GROUP, _OF_ITS_TIME = 1, 2, 3, 4


def rank_date(look: ColumnLook, dated: ColumnLook) -> int:
    """Say how well a column of days belongs to a column by both names; 0: not at all.

    The same time ("CDASI post", "date post") is more than the same group ("CK", "CK date"), and that is more than a
    date that names neither.
    """
    own, its = say_times(look.plain), say_times(dated.plain)
    group, other = _say_group(look.name), _say_group(dated.name)
    if other and not group & other:
        return 0
    if its:
        return _OF_ITS_TIME if own & its else 0
    if other:
        return _OF_ITS_GROUP if "before" not in own else 0
    if not own:
        return _OF_NO_OTHER
    is_beside = abs(dated.place - look.place) == 1
    return _BESIDE_IT if is_beside and "before" not in own else 0


def say_times(plain: str) -> frozenset[str]:
    """Say which times the name of a column speaks of, in relation to the treatment.

    Example:
        >>> [sorted(say_times(name)) for name in ("cdasi pre", "date post", "pred 6 mo", "last f / u", "weight")]
        [['before'], ['after'], ['day 180'], ['at follow-up', 'at the end'], []]
    """
    counted = {f"day {day}" for day in count_days(plain)}
    if counted:
        return frozenset("before" if one == "day 0" else one for one in counted)
    later = {name for name, pattern in _AFTER_WORDS.items() if pattern.search(plain)}
    return frozenset(later or ({"before"} if _BEFORE.search(plain) else set()))


def count_days(plain: str) -> set[int]:
    """Return the days from the treatment that a name counts in weeks or months.

    Example:
        >>> count_days("pred 6 mo"), count_days("outcome at 6 / 12"), count_days("ck post")
        ({180}, {180}, set())
    """
    found = {int(one[1] or one[2]) * 30 for one in words.MONTHS.finditer(plain)}
    found |= {int(one[1] or one[2]) * 7 for one in words.WEEKS.finditer(plain)}
    return found | {int(one[1]) * 30 for one in re.finditer(r"(?<![\d/])(\d{1,2}) / 12(?!\d)", plain)}


def _say_group(name: str) -> frozenset[str]:
    """Return the words of a name that tell its group: neither a time nor a word of dates."""
    plain = spell_name(leave_out_time_of_drug(name))
    for pattern in (words.MONTHS, words.WEEKS, _BEFORE, *_AFTER_WORDS.values(), _OF_NO_GROUP):
        plain = pattern.sub(" ", plain)
    return frozenset(one for one in re.findall(r"[a-z]{2,}", plain))
