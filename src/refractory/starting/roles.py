"""What each column of a sheet is, by its name and by what its cells look like."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from refractory.records.from_drug_names import Ingredient, find_ingredients
from refractory.records.grid_persons import split_age_and_sex
from refractory.records.redcap_dictionary import STATUS
from refractory.starting import words
from refractory.starting.answer_words import classify_answer, is_failure
from refractory.starting.column_facts import is_change, is_count, is_dose, is_end_of_some, is_history, is_pair
from refractory.starting.day_looks import say_days
from refractory.starting.drug_times import is_apart_from_treatment, is_time_of_drug
from refractory.starting.initials import are_initials
from refractory.starting.looks import ColumnLook
from refractory.starting.sexes import MEN, WOMEN
from refractory.starting.steroids import STEROIDS

DEFAULT_FOLLOW_UP_DAY = 180
DAYS_IN_MONTH, DAYS_IN_WEEK = 30, 7
_NOW = re.compile(
    r"(?<![a-z])(?:current\w*|still on|concomitant\w*|concurrent\w*|ongoing|aktuell\w*|begleit\w*|actuel\w*)"
)
_ICD = re.compile(r"[a-tv-z]\d[0-9a-z](?:\.?[0-9a-z]{1,4})?|\d{3}\.\d{1,2}")


@dataclass(frozen=True)
class Role:
    """What a column is.

    Args:
        kind: Its part, such as "birth", "drug start", "tried" or "response".
        why: How that is known, in words.
        drug: The drug that it speaks of.
        day: For a dose or a score: its day, counted from the treatment's first; None where the name does not say.
        item: For a score or a laboratory value: what is measured.
    """

    kind: str
    why: str = ""
    drug: Ingredient | None = None
    day: int | None = None
    item: str = ""


def find_roles(looks: Sequence[ColumnLook], person_column: str = "") -> dict[int, Role]:
    """Say what each column of a sheet is, by its place; the column that tells the person is found first.

    Args:
        looks: The columns.
        person_column: The column that tells the person, where that is known: the record id of REDCap.
    """
    roles: dict[int, Role] = {}
    person = next((look for look in looks if person_column and look.name == person_column and look.filled), None)
    person = person or find_person([look for look in looks if "{n}" not in look.name])
    if person is not None:
        roles[person.place] = Role(
            "person", f"{_count(person.filled, person.rows)} filled, {len(person.texts)} different"
        )
    for look in looks:
        if look.place not in roles:
            roles[look.place] = _find_role(look)
    return roles


def find_person(looks: Sequence[ColumnLook]) -> ColumnLook | None:
    """Find the column that tells the person: by its name, else the first whose values tell the rows apart."""
    named = [one for one in looks if words.PERSON.fullmatch(one.short) and one.filled and not one.is_date]
    named = named or [one for one in looks if re.search(r"\b(?:mrn|id|pat nr|patient)\b", one.plain) and _is_key(one)]
    named = named or [one for one in looks[:4] if one.filled == one.rows == len(one.texts) and _is_key(one)]
    named = named or [one for one in looks if words.NAMES.fullmatch(one.short) and one.filled]
    named = [one for one in named if not are_initials(one)] or named
    # Of several the one with the most values tells persons best; a name that says more of a person wins a tie.
    strong = re.compile(r"mrn|patient|pt|subj|pat|study|record|nhc|person")
    return max(named, key=lambda one: (len(one.texts), bool(strong.search(one.plain)), -one.place), default=None)


def _is_key(look: ColumnLook) -> bool:
    return look.filled > 0 and not look.is_date and not words.AGE.search(look.plain) and not look.is_drug_list


def _find_role(look: ColumnLook) -> Role:
    for find in (_of_identity, _of_days, _of_change, _of_person, _of_measure, _of_answer, _of_drug, _of_list, _of_rest):
        role = find(look)
        if role is not None:
            return role
    return Role("unknown", "not recognised")


def _of_identity(look: ColumnLook) -> Role | None:
    if "{n}" in look.name:
        return Role("unknown", "a mapping writes {n} for numbers: rename the column")
    is_marked = look.facts.is_identifier and not words.BIRTH.search(look.plain)  # the age at day 0 needs it
    if is_marked or words.NAMES.fullmatch(look.short) or are_initials(look):
        return Role("name", "identifies persons: a study does not need it")
    if not look.filled:
        return Role("empty", "no cell is filled")
    if look.facts.choices == STATUS:
        return Role("unknown", "how far a form of REDCap is")
    if words.PERSON.fullmatch(look.short) and not look.is_date and len(look.texts) >= 0.7 * look.filled > 1:
        return Role("name", "another number of the person: a study does not need it")
    if words.NOTES.search(look.plain) and not (look.is_drug_list and 2 * look.filled >= look.rows):
        return Role("note", "free text that no rule reads")
    return None


def _of_days(look: ColumnLook) -> Role | None:
    plain = look.plain
    if words.BIRTH.search(plain) and (look.days.share >= 0.5 or look.is_number):
        return Role("birth", say_days(look.days, look.filled))
    hinted = words.DATE.search(plain) and look.days.share >= 0.3 and not look.is_number and not look.is_yes_or_no
    if not look.is_date and not hinted and not is_end_of_some(look):
        return None
    why, drug = say_days(look.days, look.filled), _named_drug(look)
    if words.DEATH.search(plain):
        return Role("death date", why)
    if words.LAST_SEEN.search(plain):
        return Role("last seen", why)
    if words.RESPONSE.search(plain):
        return Role("response date", why)
    if is_apart_from_treatment(look.name):
        return Role("date" if words.VISIT_DATE.search(plain) else "other date", why)
    if drug is not None:
        return Role("drug stop" if words.STOP.search(plain) else "drug start", why, drug)
    if words.DIAGNOSIS.search(plain) or words.ONSET.search(plain):
        return Role("diagnosis date", why)
    if words.STOP.search(plain):
        return Role("drug stop", why)
    if words.INFUSION.search(plain) or re.search(r"(?:tx|rx|therapy|treatment)", plain):
        return Role("drug start", why)
    if words.VISIT_DATE.search(plain):
        return Role("date", why)
    return Role("other date", f"{why}; its name does not say of what")


def _of_change(look: ColumnLook) -> Role | None:
    if is_change(look):
        return Role("change", "a difference of two values")
    return Role("count", "how many there were, without their days") if is_count(look) else None


def _of_person(look: ColumnLook) -> Role | None:
    plain = look.plain
    if words.AGE.search(plain) and words.SEX.search(plain):
        both = sum(split_age_and_sex(str(cell)) is not None for _, cell in look.cells)
        if both >= 0.6 * look.filled > 0:
            return Role("age", f"{_count(both, look.filled)} tell the age and the sex", item="sex")
    if words.AGE.search(plain) and look.is_number and not words.DOSE.search(plain):
        return Role("age", f"{_count(look.numbers, look.filled)} are numbers")
    if words.SEX.search(plain):
        known = sum(count for text, count in look.texts.items() if text in MEN | WOMEN | {"v"})
        if look.legend or known >= 0.6 * look.filled or look.is_yes_or_no or set(look.texts) <= {"1", "2", "0"}:
            return Role("sex", f"{known} of {look.filled} cells say woman or man")
    if words.RACE.search(plain):
        return Role("race", "by its name")
    if words.WEIGHT.search(plain) and look.is_number and not re.search(r"\bg / kg\b|dose|loss|change", plain):
        return Role("weight", f"{_count(look.numbers, look.filled)} are numbers", day=find_day(look))
    return None


def _of_measure(look: ColumnLook) -> Role | None:
    if not look.is_number and not is_pair(look):
        return None
    is_of_drug = bool(look.named_drugs) and not is_time_of_drug(look.name)
    for table, kind in ((words.SCORES, "score"), (words.LABS, "lab")):
        for item, pattern in table:
            rest, times = re.subn(rf"(?<![a-z0-9])(?:{pattern})(?![a-z0-9])", " ", look.plain)
            if times and not (is_of_drug and find_ingredients(rest)):  # "MG-ADL" names no adalimumab
                return Role(kind, f"{_count(look.numbers, look.filled)} are numbers", day=find_day(look), item=item)
    return None


def _of_answer(look: ColumnLook) -> Role | None:
    plain, drug = look.plain, _named_drug(look)
    if words.REASON.search(plain) and not (look.is_drug_list and words.BEFORE.search(plain)):
        return Role("drug reason", "by its name", drug)
    if words.RESPONSE.search(plain) and not words.NO_RESPONSE_WORDS.search(plain) and _is_answer(look):
        about = None if drug is not None and drug.name in STEROIDS else drug  # "steroid-free remission"
        return Role("response", f"{len(look.texts)} different answers", about)
    state = words.STATE.fullmatch(plain)
    is_judged = words.JUDGEMENT.search(plain) or (state and (state["after"] or not look.named_drugs))
    if is_judged and not look.is_yes_or_no and _tells_responses(look):
        about = None if drug is not None and drug.name in STEROIDS else drug
        return Role("response", f"{len(look.texts)} different answers, of responses by what they say", about)
    if is_failure(look):
        is_of_treatment = drug is None or (drug.name not in STEROIDS and "resist" in plain)
        if is_of_treatment and not re.search(r"prior|previous|before|past|hx|history", plain):
            return Role("response", "asks for a failure", drug)
    if words.DEATH.search(plain) and look.is_category:
        return Role("died", "by its name")
    return None


def _is_answer(look: ColumnLook) -> bool:
    """Say whether cells are answers: a few that come again, or texts that tell a response or none."""
    if look.is_category or (not look.is_number and sum(look.answers) >= 0.6 * look.filled):
        return True
    return _tells_responses(look)


def _tells_responses(look: ColumnLook) -> bool:
    """Say whether most cells are texts that tell a response or none."""
    told = sum(count for text, count in look.texts.items() if classify_answer(text, look) is not None)
    return not look.is_number and told >= 0.6 * look.filled > 0


def _of_drug(look: ColumnLook) -> Role | None:
    drug, plain = _named_drug(look), look.plain
    is_steroid = words.STEROID.search(plain) is not None or (drug is not None and drug.name in STEROIDS)
    if (
        is_steroid
        and is_dose(look)
        and not look.is_yes_or_no
        and not re.search(r"cumulative|cum\b|duration|weeks", plain)
    ):
        return Role("steroid dose", f"{_count(look.numbers, look.filled)} are numbers", drug, find_day(look))
    if drug is None or (look.is_drug_list and not look.is_number):
        return None
    if words.ROUTE.search(plain):
        return Role("drug route", "by its name", drug)
    if look.is_yes_or_no and _NOW.search(plain) and not words.BEFORE.search(plain):
        return Role("drugs now", "says whether it goes on", drug)
    if look.is_yes_or_no:
        kind = "given" if words.GIVEN.search(plain) and not words.BEFORE.search(plain) else "tried"
        said_yes, said_no = look.answers
        return Role(kind, f"{said_yes} say yes and {said_no} no", drug)
    if words.DOSE.search(plain) or look.is_number:
        return Role("drug dose", f"{_count(look.numbers, look.filled)} are numbers", drug)
    if look.is_category or is_history(look):
        return Role("tried so", f"{len(look.texts)} different answers", drug)
    return None


def _of_list(look: ColumnLook) -> Role | None:
    plain = look.plain
    if look.is_drug_list and not look.is_number:
        why = f"{_count(look.naming_drugs, look.filled)} name a drug"
        if _NOW.search(plain):
            return Role("drugs now", why)
        if words.BEFORE.search(plain):
            return Role("tried list", why)
        return Role("drug name" if words.TREATMENT.search(plain) else "tried list", why)
    if words.TREATMENT.search(plain) and words.BEFORE.search(plain) and not look.is_number and not look.is_yes_or_no:
        return Role("tried list", f"{_count(look.naming_drugs, look.filled)} name a drug")
    return None


def _of_rest(look: ColumnLook) -> Role | None:
    plain = look.plain
    if re.search(r"rx ?norm|rx ?cui", plain):
        return Role("drug code", "codes of RxNorm")
    coded = sum(count for text, count in look.texts.items() if _ICD.fullmatch(text))
    is_said = words.CODE.search(plain) or words.DIAGNOSIS.search(plain) or look.is_category
    if coded >= 0.7 * look.filled and is_said:
        return Role("icd", f"{_count(coded, look.filled)} are ICD codes")
    if words.DIAGNOSIS.search(plain) and not look.is_number and not look.is_yes_or_no:
        return Role("diagnosis", f"{len(look.texts)} different texts")
    if words.ROUTE.search(plain) and look.is_category:
        return Role("drug route", f"{len(look.texts)} different texts")
    if words.GIVEN.search(plain) and look.is_yes_or_no:
        return Role("given", "by its name")
    if words.UNIT.search(plain) and look.is_category:
        return Role("drug unit", f"{len(look.texts)} different texts")
    if words.DOSE.search(plain):
        return Role("drug dose", f"{_count(look.numbers, look.filled)} are numbers")
    return None


def _named_drug(look: ColumnLook) -> Ingredient | None:
    if len(look.named_drugs) > 1 and words.BEFORE_ANOTHER.search(look.name):
        rest = find_ingredients(words.BEFORE_ANOTHER.sub(" ", look.name))  # "Before TCZ: MTX" asks for methotrexate
        if rest:
            return rest[0]
    return look.named_drugs[0] if look.named_drugs else None


def find_day(look: ColumnLook) -> int | None:
    """Find the day that a name speaks of, counted from the treatment: 0 at baseline, 180 for "6mo"."""
    if found := re.search(r"(?<![\d/])(\d{1,2}) / 12(?!\d)", look.plain):  # 6/12 is six months in Britain
        return int(found[1]) * DAYS_IN_MONTH
    if found := words.MONTHS.search(look.plain):
        return int(found[1] or found[2]) * DAYS_IN_MONTH
    if found := words.WEEKS.search(look.plain):
        return int(found[1] or found[2]) * DAYS_IN_WEEK
    if words.BASELINE.search(look.plain):
        return 0
    return DEFAULT_FOLLOW_UP_DAY if words.FOLLOW_UP.search(look.plain) else None


def _count(some: int, of: int) -> str:
    return f"{some} of {of} cell{'' if of == 1 else 's'}"
