"""Scores worked out by plain loops from the published tables, and the script that writes the vectors beside it.

Nothing of the program is used here: `python tests/reference/score_vectors.py` writes improvement_scores.csv and
myositis_classes.csv again, the same bytes each time. Numbers are decimals, so that no edge is missed.
"""

from __future__ import annotations

import csv
import itertools
import random
from decimal import Decimal
from pathlib import Path

HERE = Path(__file__).parent
SITES = [
    "scalp",
    "malar",
    "periorbital",
    "rest_of_face",
    "v_neck",
    "posterior_neck",
    "upper_back",
    "rest_of_back",
    "abdomen",
    "lateral_thigh",
    "rest_of_leg",
    "arm",
    "mechanics_hand",
    "dorsum_of_hand",
    "gottron_elsewhere",
]


def cdasi(sheet, gap):
    """Activity and damage of one sheet; a missing answer is replaced by what `gap` gives for its largest value."""

    def answer(key, most):
        return gap(most) if sheet.get(key) is None else sheet[key]

    activity = damage = 0
    for site in SITES:
        activity += answer(f"{site}_erythema", 3) + answer(f"{site}_scale", 2) + answer(f"{site}_erosion", 1)
        damage += answer(f"{site}_poikiloderma", 1) + answer(f"{site}_calcinosis", 1)
    if answer("hands_papules", 1) == 1:
        activity += 2 * answer("hands_erythema", 3)
    else:
        activity += answer("hands_erythema", 3)
    activity += answer("hands_ulceration", 1) + answer("periungual", 2) + answer("alopecia", 1)
    damage += answer("hands_damage", 2)
    return activity, damage


def disability(tasks, aids):
    """HAQ: eight lists of answers to tasks and eight aids; None where fewer than six categories are answered."""
    categories = []
    for answers, aid in zip(tasks, aids, strict=True):
        known = [one for one in answers if one is not None]
        if known:
            worst = max(known)
            if aid == 1 and worst < 2:
                worst = 2
            categories.append(worst)
    return sum(categories) / len(categories) if len(categories) >= 6 else None


def dlqi(answers):
    """The sum of ten questions; one may be unanswered."""
    known = [one for one in answers if one is not None]
    return sum(known) if len(known) >= 9 else None


def points_of(measure, percent):
    """Points of one core measure for an absolute percent change, positive when better."""
    if measure == "mmt":
        if percent <= 2:
            return Decimal(0)
        if percent <= 10:
            return Decimal(10)
        if percent <= 20:
            return Decimal(20)
        if percent <= 30:
            return Decimal("27.5")
        return Decimal("32.5")
    table = {
        "physician": ["0", "7.5", "15", "17.5", "20"],
        "patient": ["0", "2.5", "5", "7.5", "10"],
        "haq": ["0", "5", "7.5", "7.5", "10"],
        "enzyme": ["0", "2.5", "5", "7.5", "7.5"],
        "extramuscular": ["0", "7.5", "12.5", "15", "20"],
    }[measure]
    for edge, points in zip((5, 15, 25, 40), table[:4], strict=True):
        if percent <= edge:
            return Decimal(points)
    return Decimal(table[4])


MEASURES = ("physician", "patient", "mmt", "haq", "enzyme", "extramuscular")
MOST = {
    "physician": 20,
    "patient": 10,
    "mmt": Decimal("32.5"),
    "haq": 10,
    "enzyme": Decimal("7.5"),
    "extramuscular": 20,
}
SPANS = {"physician": 10, "patient": 10, "mmt": 80, "haq": 3, "extramuscular": 10}
ENZYME_SPANS = {"ck": 15, "aldolase": 6, "ast": 3, "alt": 3, "ldh": 3}


def improvement_category(kind, total):
    """Minimal, moderate or major improvement by total."""
    minimal, moderate, major = (20, 40, 60) if kind == "adult" else (30, 45, 70)
    if total >= major:
        return "major"
    if total >= moderate:
        return "moderate"
    return "minimal" if total >= minimal else "none"


def improvement(kind, percents):
    """Total, lower and upper end and category of one person; `percents` by measure, None where it is missing."""
    lower = upper = Decimal(0)
    for measure in MEASURES:
        if percents[measure] is None:
            upper += MOST[measure]
        else:
            lower += points_of(measure, percents[measure])
            upper += points_of(measure, percents[measure])
    is_whole = None not in percents.values()
    ends = {improvement_category(kind, lower), improvement_category(kind, upper)}
    return (lower if is_whole else None), lower, upper, (ends.pop() if len(ends) == 1 else None)


def most_abnormal(values, limits):
    """The enzyme with the largest multiple of its upper limit at baseline; the first of two alike; None without any."""
    best = None
    for enzyme in ENZYME_SPANS:
        if values.get(enzyme) is not None:
            multiple = values[enzyme] / limits[enzyme]
            if best is None or multiple > values[best] / limits[best]:
                best = enzyme
    return best


CLINICAL = {
    "weak_proximal_arms": ("0.7", "0.7"),
    "weak_proximal_legs": ("0.8", "0.5"),
    "neck_flexors_weaker": ("1.9", "1.6"),
    "legs_proximal_weaker": ("0.9", "1.2"),
    "heliotrope": ("3.1", "3.2"),
    "gottron_papules": ("2.1", "2.7"),
    "gottron_sign": ("3.3", "3.7"),
    "dysphagia": ("0.7", "0.6"),
    "anti_jo_1": ("3.9", "3.8"),
    "raised_enzyme": ("1.3", "1.4"),
}
BIOPSY = {
    "endomysial_infiltrate": "1.7",
    "perimysial_infiltrate": "1.2",
    "perifascicular_atrophy": "1.9",
    "rimmed_vacuoles": "3.1",
}
SKIN = ("heliotrope", "gottron_papules", "gottron_sign")
WEAK = ("weak_proximal_arms", "weak_proximal_legs", "neck_flexors_weaker", "legs_proximal_weaker")
FURTHER = ("finger_flexors_weak", "treatment_helped")


def myositis_scores(person):
    """The score without and with a biopsy of a person whose answers are all known."""
    without = with_biopsy = Decimal(0)
    if 18 <= person["age_at_onset"] < 40:
        without, with_biopsy = Decimal("1.3"), Decimal("1.5")
    elif person["age_at_onset"] >= 40:
        without, with_biopsy = Decimal("2.1"), Decimal("2.2")
    for item, (first, second) in CLINICAL.items():
        if person[item] == 1:
            without += Decimal(first)
            with_biopsy += Decimal(second)
    for item, points in BIOPSY.items():
        if person["biopsy"] == 1 and person[item] == 1:
            with_biopsy += Decimal(points)
    return without, with_biopsy


def myositis_class(score, has_biopsy):
    """Definite, probable, possible or not, by the published cut-offs."""
    cuts = ("8.7", "6.7", "6.5") if has_biopsy else ("7.5", "5.5", "5.3")
    for name, cut in zip(("definite", "probable", "possible"), cuts, strict=True):
        if score >= Decimal(cut):
            return name
    return "not"


def myositis_subgroup(person):
    """The tree, for a person with myositis whose answers are all known."""
    rash = any(person[item] == 1 for item in SKIN)
    if person["age_at_onset"] < 18:
        return "JDM" if rash else "JM"
    if rash:
        return "DM" if any(person[item] == 1 for item in WEAK) else "ADM"
    if person["finger_flexors_weak"] == 1 and person["treatment_helped"] == 0:
        return "IBM"
    if person["biopsy"] == 1 and person["rimmed_vacuoles"] == 1:
        return "IBM"
    return "PM"


def completions(person):
    """Every person that somebody with unknown answers may be; whether a biopsy was done is known."""
    unknown = [item for item, answer in person.items() if answer is None]
    ways = [(10, 30, 50) if item == "age_at_onset" else (0, 1) for item in unknown]
    for chosen in itertools.product(*ways):
        yield person | dict(zip(unknown, chosen, strict=True))


def _write(file_name, columns, rows):
    with file_name.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)


def write_improvements(dice, folder):
    """Write persons with one-decimal values at two visits, every second one with a change on an edge."""
    columns = ["kind"]
    for measure in ("physician", "patient", "mmt", "haq", "extramuscular"):
        columns += [f"{measure}_baseline", f"{measure}_follow_up"]
    for enzyme in ("ck", "ldh"):
        columns += [f"{enzyme}_baseline", f"{enzyme}_follow_up", f"{enzyme}_uln"]
    rows = []
    for number in range(80):
        kind = "adult" if number % 2 else "juvenile"
        row, percents = [kind], {}
        for measure in ("physician", "patient", "mmt", "haq", "extramuscular"):
            span, step = SPANS[measure], Decimal("0.125") if measure == "haq" else Decimal("0.1")
            edges = (2, 10, 20, 30) if measure == "mmt" else (5, 15, 25, 40)
            before = step * dice.randrange(int(span / step) + 1)
            sign = 1 if measure == "mmt" else -1
            if number % 4 < 2:
                after = before + sign * Decimal(span) * dice.choice(edges) / 100
            else:
                after = step * dice.randrange(int(span / step) + 1)
            after = min(max(after, Decimal(0)), Decimal(span))
            row += [before, after]
            percents[measure] = 100 * sign * (after - before) / span
        limits = {"ck": Decimal(170), "ldh": Decimal(250)}
        values = {"ck": Decimal(dice.randrange(50, 3000)), "ldh": Decimal(dice.randrange(150, 2500))}
        later = {"ck": Decimal(dice.randrange(50, 3000)), "ldh": Decimal(dice.randrange(150, 1500))}
        for enzyme in ("ck", "ldh"):
            row += [values[enzyme], later[enzyme], limits[enzyme]]
        chosen = most_abnormal(values, limits)
        percents["enzyme"] = 100 * (values[chosen] - later[chosen]) / limits[chosen] / ENZYME_SPANS[chosen]
        total, _, _, category = improvement(kind, percents)
        rows.append([*row, chosen, total.normalize() + 0, category])
    _write(folder / "improvement_scores.csv", [*columns, "enzyme_used", "total", "category"], rows)


def write_classes(dice, folder):
    """Write persons with all answers known, half of them with a biopsy."""
    asked = ["age_at_onset", *CLINICAL, "biopsy", *BIOPSY, *FURTHER]
    rows = []
    for number in range(80):
        person = {item: int(dice.random() < 0.35) for item in asked}
        person["age_at_onset"] = dice.choice((3, 17, 18, 25, 39, 40, 63))
        person["biopsy"] = number % 2
        if not person["biopsy"]:
            person |= dict.fromkeys(BIOPSY, 0)
        without, with_biopsy = myositis_scores(person)
        score = with_biopsy if person["biopsy"] else without
        name = myositis_class(score, bool(person["biopsy"]))
        subgroup = myositis_subgroup(person) if name in ("definite", "probable") else ""
        rows.append(
            [*(person[item] for item in asked), without, with_biopsy if person["biopsy"] else "", name, subgroup]
        )
    columns = [*asked, "score_without_biopsy", "score_with_biopsy", "class", "subgroup"]
    _write(folder / "myositis_classes.csv", columns, rows)


if __name__ == "__main__":
    write_improvements(random.Random(2016), HERE)
    write_classes(random.Random(2017), HERE)
