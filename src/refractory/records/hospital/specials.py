"""Turns of a case that a rule must get right: which member of the cohort has which."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from random import Random

from refractory.records.hospital.plan import HospitalPlan
from refractory.records.hospital.slots import Slot

Fits = Callable[[Slot], bool]
_RECENT = date(2024, 1, 1)  # later members have too little time left for a long course


def _any(slot: Slot) -> bool:
    return True


def _is_plain_response(slot: Slot) -> bool:
    return slot.response != "RESPONSE" or slot.date_known_to == "day"


def _may_have_a_late_second_code(slot: Slot) -> bool:
    return 330 <= slot.delay_days <= 700 and slot.drugs <= 3 and slot.subtype != "Cancer-associated"


def _may_have_few_codes(slot: Slot) -> bool:
    # A code of cancer would be one more; an earlier course is ineligible by the days of its own few codes.
    is_taken = slot.subtype == "Cancer-associated" or "earlier course 181 days before" in slot.specials
    return slot.delay_days >= 120 and not is_taken


def _has_quiet_muscle(slot: Slot) -> bool:
    return not slot.has_muscle and slot.subtype != "Hypomyopathic"


def _has_enzymes_and_no_myopathy(slot: Slot) -> bool:
    return slot.subtype == "Clinically amyopathic" and not slot.specials & {"work-up on day 90", "work-up on day -30"}


# What | how many | who may have it. One member has at most one of a group.
_COURSE: tuple[tuple[str, int, Fits], ...] = (
    ("late cycle", 4, lambda slot: _is_plain_response(slot) and slot.day0_date < _RECENT),
    ("low dose", 1, _any),
    ("high dose", 1, _any),
    ("product changed", 5, _any),
    ("treated again", 3, lambda slot: slot.day0_date < _RECENT),
    ("subcutaneous later", 2, lambda slot: slot.day0_date < _RECENT),
)
_BEFORE: tuple[tuple[str, int, Fits], ...] = (
    ("earlier course 181 days before", 1, _may_have_a_late_second_code),
    ("earlier course after one drug", 1, lambda slot: slot.delay_days >= 800 and slot.drugs <= 4),
    ("earlier course before diagnosis", 2, lambda slot: slot.delay_days <= 2500 and slot.subtype != "Juvenile"),
    ("observed for 180 days", 1, lambda slot: slot.delay_days <= 178),
)
_DISEASE: tuple[tuple[str, int, Fits], ...] = (
    ("codes 30 days apart", 2, _may_have_few_codes),
    ("codes 45 days apart", 3, _may_have_few_codes),
    ("work-up on day 90", 1, lambda slot: _has_quiet_muscle(slot) and slot.delay_days >= 120),
    ("work-up on day -30", 1, _has_quiet_muscle),
)
_DRUGS: tuple[tuple[str, int, Fits], ...] = (
    ("course of unknown length", 2, lambda slot: slot.drugs >= 3 and slot.delay_days >= 150),
    ("courses adequate to the day", 3, lambda slot: slot.drugs >= 3 and slot.delay_days >= 250),
    ("drug tried too briefly", 8, lambda slot: slot.drugs <= 5 and slot.delay_days >= 140),
    ("glucocorticoid begun before diagnosis", 2, lambda slot: slot.glucocorticoid != "NOT_EVALUABLE"),
)
_STEROID: tuple[tuple[str, int, Fits], ...] = (
    ("pulse at baseline", 1, lambda slot: slot.glucocorticoid in ("DECREASED", "UNCHANGED")),
    ("pulse before", 2, lambda slot: slot.glucocorticoid != "NOT_EVALUABLE" and slot.delay_days >= 150),
    ("dose changes at baseline", 5, lambda slot: slot.glucocorticoid in ("DECREASED", "STOPPED")),
    ("stops during follow-up window", 1, lambda slot: slot.glucocorticoid == "DECREASED"),
)
_SCORE: tuple[tuple[str, int, Fits], ...] = (
    ("no baseline score", 4, _any),
    ("no follow-up score", 3, _any),
    ("no score", 2, _any),
    ("score against label", 4, lambda slot: slot.response != "NOT_EVALUABLE"),
    ("fall of exactly 4 points", 1, _any),
    ("fall of exactly 40 %", 2, _any),
    ("fall of exactly 50 %", 1, _any),
    ("low score too early", 1, _any),
)
_LABELS: tuple[tuple[str, int, Fits], ...] = (
    ("active by score", 5, lambda slot: not slot.specials & {"no baseline score", "no score"}),
    ("active by treatment", 3, lambda slot: bool(slot.specials & {"no baseline score", "no score"})),
    ("reviewers disagree", 3, lambda slot: _is_plain_response(slot) and slot.response != "NOT_EVALUABLE"),
    ("two reviewers", 10, _any),
    ("no before yes", 4, lambda slot: slot.response == "RESPONSE" and (slot.cycles or 0) >= 2),
    ("yes before no", 3, lambda slot: slot.response == "RESPONSE" and slot.date_known_to == "day"),
    ("yes after the window", 2, lambda slot: slot.response == "NO_RESPONSE"),
)
_FUTURE: tuple[tuple[str, int, Fits], ...] = (
    ("immunodeficiency after day 0", 1, _any),
    ("cancer after day 0", 1, lambda slot: slot.subtype not in ("Cancer-associated", "Juvenile")),
    ("weakness after day 0", 2, lambda slot: slot.subtype in ("Clinically amyopathic", "Hypomyopathic")),
    ("one raised enzyme twice written", 1, _has_enzymes_and_no_myopathy),
    ("enzyme at the limit", 1, _has_enzymes_and_no_myopathy),
    ("lung disease over a year ago", 1, lambda slot: slot.involvement == "none"),
    ("one code of another tissue disease", 2, lambda slot: slot.subtype in ("Classic", "Clinically amyopathic")),
    ("death", 2, _any),
)


def deal_specials(slots: list[Slot], plan: HospitalPlan) -> None:
    """Give each special turn to as many members as may have it, up to the number wanted."""
    rng = Random(f"specials {plan.seed}")
    gaps: tuple[tuple[str, int, Fits], ...] = (
        ("gap at split", plan.gaps_at_split, _is_plain_response),
        ("gap beyond split", plan.gaps_beyond_split, lambda slot: (slot.cycles or 0) >= 2),
    )
    for group in (gaps + _COURSE, _BEFORE, _DISEASE, _DRUGS, _STEROID, _SCORE, _LABELS, _FUTURE):
        free = list(slots)
        for name, wanted, fits in group:
            may = [slot for slot in free if fits(slot)]
            for slot in rng.sample(may, min(wanted, len(may))):
                slot.specials.add(name)
                free.remove(slot)
