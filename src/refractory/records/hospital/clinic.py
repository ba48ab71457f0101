"""Diagnoses, laboratory values, skin scores and weights of one member."""

from __future__ import annotations

from datetime import timedelta
from random import Random

from refractory.records.hospital.facts import FIRST_WITHOUT_MYOPATHY, SWITCH_TO_ICD10, Diagnosis, Label, Reading, icd
from refractory.records.hospital.infusions import ACTIVE_ITEM
from refractory.records.hospital.slots import Slot

WEAKNESS = ("728.87", "M62.81")
LUNG = ("515", "J84.10")
CANCERS = (("174.9", "C50.919"), ("162.9", "C34.90"), ("183.0", "C56.9"))
TISSUE_DISEASES = (("710.1", "M34.9"), ("710.0", "M32.9"), ("710.2", "M35.00"))
IMMUNODEFICIENCY = ("279.06", "D83.9")
_STYLES = ("full", "full", "full", "text", "undotted", "standard")
UPPER_LIMIT = 200.0


def plan_diagnoses(slot: Slot, rng: Random) -> tuple[Diagnosis, ...]:
    """Plan the codes of the disease, of the organs that it affects and of what decides its subtype."""
    return tuple(
        sorted(
            [*_disease(slot, rng), *_organs(slot, rng), *_companions(slot, rng), *_future(slot, rng)],
            key=lambda diagnosis: diagnosis.day,
        )
    )


def _coded(slot: Slot, day: int, kind: tuple[str, str], rng: Random) -> Diagnosis:
    code = icd(kind, slot.day0_date + timedelta(days=day))
    return Diagnosis(day, code, rng.choice(_STYLES))


def disease_code(slot: Slot, day: int, rng: Random) -> Diagnosis:
    """Draw a code of the disease that says nothing about muscle, lung or cancer."""
    when = slot.day0_date + timedelta(days=day)
    if when < SWITCH_TO_ICD10:
        code = "710.3"
    elif slot.subtype == "Juvenile":
        codes = ["M33.00", "M33.09", "M33.03"] if when >= FIRST_WITHOUT_MYOPATHY else ["M33.00", "M33.09"]
        code = rng.choice(codes[:2] if slot.has_muscle else codes)
    else:
        codes = ["M33.10", "M33.19", "M33.90", "M33.13", "M33.93"]
        is_bare = when >= FIRST_WITHOUT_MYOPATHY and not slot.has_muscle
        code = rng.choice(codes if is_bare else codes[:3])
    return Diagnosis(day, code, rng.choice(_STYLES))


def _disease(slot: Slot, rng: Random) -> list[Diagnosis]:
    first = -slot.delay_days
    if "codes 30 days apart" in slot.specials or "codes 45 days apart" in slot.specials:
        apart = 30 if "codes 30 days apart" in slot.specials else 45
        days = [first, first + apart, 70]
    elif "earlier course 181 days before" in slot.specials:
        days = [first, first + 20, -170, -100, -40, 30]
    else:
        # At least one code 30 days or more after the first, then visits now and then.
        days = [first, rng.randint(first + 30, -5)]
        day = first + rng.randint(20, 60)
        step = max(40, slot.delay_days // 9)
        while day < 300:
            days.append(day)
            day += rng.randint(step // 2, step * 3 // 2)
    return [disease_code(slot, day, rng) for day in sorted(set(days))]


def _organs(slot: Slot, rng: Random) -> list[Diagnosis]:
    found: list[Diagnosis] = []
    recent = [rng.randint(max(-365, -slot.delay_days), 0) for _ in range(2)]
    if slot.has_muscle and slot.subtype != "Hypomyopathic" and (slot.subtype == "Classic" or rng.random() < 0.5):
        recent[0] = rng.choice([recent[0], -365, 0])
        found.append(_coded(slot, recent[0], WEAKNESS, rng))
        if slot.day0_date.year >= 2017 and rng.random() < 0.5 and not slot.specials & _FEW_CODES:
            found.append(Diagnosis(rng.randint(-60, -1), _with_myopathy(slot), "full"))
    elif slot.subtype == "Classic":
        found.append(_coded(slot, -366 - rng.choice([0, 0, rng.randint(1, 200)]), WEAKNESS, rng))
    if slot.involvement in ("lung", "both"):
        found.append(_coded(slot, recent[1], LUNG, rng))
    elif "lung disease over a year ago" in slot.specials:
        found.append(_coded(slot, -366, LUNG, rng))
    return found


_FEW_CODES = {"codes 30 days apart", "codes 45 days apart", "earlier course 181 days before"}


def _with_myopathy(slot: Slot) -> str:
    return "M33.02" if slot.subtype == "Juvenile" else "M33.12"


def has_weakness(diagnoses: tuple[Diagnosis, ...]) -> bool:
    """Say whether weakness is coded in the year up to day 0."""
    codes = {*WEAKNESS, "M33.02", "M33.12", "M33.92"}
    return any(diagnosis.code in codes and -365 <= diagnosis.day <= 0 for diagnosis in diagnoses)


def _companions(slot: Slot, rng: Random) -> list[Diagnosis]:
    first = -slot.delay_days
    if slot.subtype == "Cancer-associated":
        day = rng.choice([rng.randint(first - 1000, min(-1, first + 1000)), first - 1095, first])
        kind = CANCERS[1] if slot.sex == "male" else rng.choice(CANCERS)
        found = [_coded(slot, day, kind, rng)]
        if slot.day0_date.year >= 2017 and slot.delay_days < 365 and rng.random() < 0.5:
            found.append(Diagnosis(rng.randint(first, -1), "M36.0", "full"))
        return found
    kind = rng.choice(TISSUE_DISEASES)
    if slot.subtype == "Overlap":
        days = rng.sample(range(first - 400, 1), rng.choice([2, 3]))
        return [_coded(slot, day, kind, rng) for day in days]
    if "one code of another tissue disease" in slot.specials:
        # Written twice on one day, and again after day 0: still one day with such a code before day 0.
        once = _coded(slot, -50, kind, rng)
        return [once, once, _coded(slot, 40, kind, rng)]
    return []


def _future(slot: Slot, rng: Random) -> list[Diagnosis]:
    """Plan codes after day 0, which may decide nothing."""
    found = []
    if "immunodeficiency after day 0" in slot.specials:
        found.append(_coded(slot, 1, IMMUNODEFICIENCY, rng))
    if "cancer after day 0" in slot.specials:
        found.append(_coded(slot, 1, CANCERS[1], rng))
    if "weakness after day 0" in slot.specials:
        found.append(_coded(slot, rng.choice([1, 30]), WEAKNESS, rng))
    return found


def plan_laboratory(slot: Slot, is_weak: bool, rng: Random) -> tuple[tuple[Reading, ...], tuple[int, ...]]:
    """Plan the muscle enzymes and the days of skin examinations; the work-up at diagnosis is one or several of them.

    Returns:
        The readings, and the days of examinations.
    """
    first = -slot.delay_days
    last = min(first + 90, -1)
    if "work-up on day 90" in slot.specials:
        return (), (first + 90, 20)
    if "work-up on day -30" in slot.specials:
        return (), (first - 30, first + 95)
    examinations = [rng.randint(first - 30, last) for _ in range(rng.choice([0, 1, 2]))]
    normal = float(rng.randint(40, 190))
    enzymes = [Reading(rng.randint(first - 30, last), "creatine kinase", normal, "U/L", UPPER_LIMIT)]
    if examinations and rng.random() < 0.5:
        enzymes = []
    if rng.random() < 0.4:
        enzymes.append(Reading(rng.randint(first - 30, last), "aldolase", rng.randint(20, 75) / 10, "U/L", 7.6))
    return (*enzymes, *_raised(slot, is_weak, rng)), tuple(examinations)


def _raised(slot: Slot, is_weak: bool, rng: Random) -> list[Reading]:
    def enzyme(day: int, value: float) -> Reading:
        return Reading(day, "creatine kinase", value, "U/L", UPPER_LIMIT)

    if slot.has_muscle and not is_weak:
        days = rng.sample(range(max(-365, -slot.delay_days), 1), 2)
        days = rng.choice([days, [-365, 0]])
        return [enzyme(day, float(rng.randint(260, 2400))) for day in days]
    if slot.subtype == "Hypomyopathic":
        return [enzyme(day, float(rng.randint(260, 2400))) for day in (-366, -366 - rng.randint(5, 90))]
    if "one raised enzyme twice written" in slot.specials:
        once = enzyme(-40, 450.0)
        return [once, once, enzyme(1, 600.0)]
    if "enzyme at the limit" in slot.specials:
        return [enzyme(day, UPPER_LIMIT) for day in (-70, -20)]
    return [enzyme(rng.randint(5, 200), float(rng.randint(260, 900)))] if rng.random() < 0.2 else []


def plan_scores(slot: Slot, rng: Random) -> tuple[Reading, ...]:
    """Plan the skin scores: they mostly move as the label says, and in some against it."""
    if "no score" in slot.specials:
        return ()
    baseline, target = _score_change(slot, rng)
    days = [rng.randint(28, 45), rng.randint(70, 110), rng.randint(150, 220), rng.randint(280, 365)]
    days = days[: rng.choice([2, 3, 4])]
    scores = [(-rng.choice([0, 0, rng.randint(1, 89), 90]), baseline)]
    if rng.random() < 0.4:
        scores.append((-rng.randint(91, 150), baseline + rng.randint(-4, 8)))
    if slot.response == "RESPONSE" or "score against label" in slot.specials:
        steps = [baseline - round((baseline - target) * (place + 1) / len(days)) for place in range(len(days))]
    else:
        steps = [target if place == 0 else baseline + rng.randint(-1, 3) for place in range(len(days))]
    follow_up = list(zip(days, steps, strict=True))
    if "low score too early" in slot.specials:
        follow_up = [(27, max(1, baseline - 15)), (60, baseline)]
    if "no baseline score" in slot.specials:
        scores = [(-91, baseline)]
    if "no follow-up score" in slot.specials:
        follow_up = [(27, target), (366, target)]
    readings = [Reading(day, "CDASI activity", float(value)) for day, value in [*scores, *follow_up]]
    if rng.random() < 0.3:
        readings.append(Reading(rng.choice([0, 50]), "CDASI activity", None))
    readings += [Reading(day, "CDASI damage", float(rng.randint(0, 8))) for day, _ in follow_up]
    return tuple(readings)


def _score_change(slot: Slot, rng: Random) -> tuple[int, int]:
    """Draw the baseline and the lowest score of follow-up."""
    exact = {"fall of exactly 4 points": (22, 18), "fall of exactly 50 %": (26, 13)}
    for name, pair in exact.items():
        if name in slot.specials:
            return pair
    if "fall of exactly 40 %" in slot.specials:
        return rng.choice([(35, 21), (15, 9), (20, 12)])
    baseline = rng.randint(14, 42)
    falls = (slot.response == "RESPONSE") != ("score against label" in slot.specials)
    return baseline, baseline - round(baseline * rng.uniform(0.45, 0.9)) if falls else baseline - rng.randint(0, 3)


def plan_active_labels(slot: Slot, rng: Random) -> tuple[Label, ...]:
    """Plan what the reviewers said about the disease before day 0."""
    if slot.specials & {"active by score", "active by treatment"}:
        return ()
    day = rng.choice([0, -90, rng.randint(-89, -1), rng.randint(-89, -1)])
    when = (slot.day0_date + timedelta(days=day)).isoformat()
    reviewers = ["reviewer 1", "reviewer 2"]
    if "two reviewers" not in slot.specials:
        reviewers = [rng.choice(reviewers)]
    labels = [Label(ACTIVE_ITEM, "yes", when, reviewer) for reviewer in reviewers]
    if rng.random() < 0.15:
        labels.append(Label(ACTIVE_ITEM, "no", (slot.day0_date + timedelta(days=120)).isoformat(), reviewers[0]))
    return tuple(labels)


def plan_weights(slot: Slot, weight_kg: float, rng: Random) -> tuple[Reading, ...]:
    """Plan body weights in kg and in pounds; a child of any age keeps its weight over the months of treatment."""
    readings = []
    for day in (-slot.delay_days, -rng.randint(5, 30), 60, 140, 230, 330, 420):
        if rng.random() < 0.25:
            readings.append(Reading(day, "body weight", round(weight_kg * 2.20462, 1), rng.choice(["lb", "lbs"])))
        else:
            readings.append(Reading(day, "body weight", weight_kg, "kg"))
    if rng.random() < 0.2:
        # A unit that nobody can read, nearer to day 0 than any other weight.
        readings.append(Reading(-2, "body weight", round(weight_kg / 6.35, 1), rng.choice(["?", "unk"])))
    return tuple(readings)
