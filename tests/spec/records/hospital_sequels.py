"""Scores by item, durability and events of the invented hospital by plain loops over what it wrote, never its truth."""

import csv
from collections import defaultdict
from datetime import date, timedelta
from itertools import product

import duckdb

SITES = (
    "scalp", "malar", "periorbital", "rest_of_face", "v_neck", "posterior_neck", "upper_back", "rest_of_back",
    "abdomen", "lateral_thigh", "rest_of_leg", "arm", "mechanics_hand", "dorsum_of_hand", "gottron_elsewhere",
)  # fmt: skip
ACTIVITY = {f"{site}_{sign}": most for site in SITES for sign, most in (("erythema", 3), ("scale", 2), ("erosion", 1))}
ACTIVITY |= {"hands_erythema": 3, "hands_papules": 1, "hands_ulceration": 1, "periungual": 2, "alopecia": 1}
DAMAGE = {f"{site}_{sign}": 1 for site in SITES for sign in ("poikiloderma", "calcinosis")} | {"hands_damage": 2}
TOTALS = ("cdasi activity", "cdasi activity score", "cdasi-a")
# Event: days of risk, and the codes without their dots.
EVENTS = {
    "headache": (3, "R51 R519 7840"),
    "aseptic meningitis": (7, "G030 3220"),
    "thromboembolism": (13, "I2699 I82409 I824Y9 I219 I639 41519 45340 45341 41091 43491"),
    "haemolytic anaemia": (13, "D599 D594 2839 28319"),
    "acute renal failure": (13, "N179 N170 5849 5845"),
}


def connect(folder):
    return duckdb.connect(str(folder / "records" / "hospital.duckdb"), read_only=True)


def planted(folder):
    with (folder / "truth" / "persons.csv").open(encoding="utf-8") as file:
        return {int(row["person_id"]): row for row in csv.DictReader(file)}


def activity(items):
    sites = sum(items[name] for name in ACTIVITY if not name.startswith("hands"))
    hands = items["hands_erythema"] * (2 if items["hands_papules"] else 1)
    return sites + hands + items["hands_ulceration"]


def damage(items):
    return sum(items[name] for name in DAMAGE)


def score(items, names, rule):
    """Say value and bounds of a total whose items may be missing; with one out of range there is neither."""
    if any(not 0 <= items[name] <= names[name] for name in names if name in items):
        return None, None, None
    known = {name: value for name, value in items.items() if name in names and 0 <= value <= names[name]}
    open_items = [name for name in names if name not in known]
    if len(open_items) > 3:
        return None, None, None
    filled = product(*(range(names[name] + 1) for name in open_items))
    found = [rule(known | dict(zip(open_items, way, strict=True))) for way in filled]
    return (found[0] if not open_items else None), min(found), max(found)


def read_visits(folder):
    """Read totals and items of the planted persons by person and date: one total, and items by name."""
    totals, items = defaultdict(dict), defaultdict(dict)
    sql = (
        "SELECT DISTINCT person_id, measurement_date, lower(measurement_source_value), value_as_number FROM measurement"
    )
    with connect(folder) as connection:
        for person, when, text, value in connection.execute(sql).fetchall():
            name = text.removeprefix("cdasi_")
            if value is None:
                continue
            if name in ACTIVITY or name in DAMAGE:
                assert name not in items[person, when]
                items[person, when][name] = int(value)
            elif text in TOTALS:
                totals[person, when]["activity"] = int(value)
            elif text in ("cdasi damage", "physician global", "pruritus nrs"):
                totals[person, when][text.removeprefix("cdasi ").replace(" ", "_")] = value
    return totals, items


def read_instrument(folder):
    """Read each visit as an instrument does that takes items first and the written total where they do not suffice."""
    totals, items = read_visits(folder)
    found = {}
    for key in {*items, *(key for key, each in totals.items() if {"activity", "damage"} & set(each))}:
        row = {}
        for name, names, rule in (("activity", ACTIVITY, activity), ("damage", DAMAGE, damage)):
            value, low, high = score(items[key], names, rule) if items.get(key) else (None, None, None)
            written = totals.get(key, {}).get(name)
            if value is not None:
                row[name] = (value, "items", value, value)
            elif written is not None:
                row[name] = (int(written), "total only", int(written), int(written))
            elif items.get(key):
                row[name] = (None, "incomplete", low, high)
            else:
                row[name] = (None, "", None, None)
            row[f"written_{name}"] = None if written is None else int(written)
        found[key] = row
    return found


def read_periods(folder):
    with connect(folder) as connection:
        rows = connection.execute(
            "SELECT person_id, observation_period_start_date, observation_period_end_date FROM observation_period"
        ).fetchall()
    periods = defaultdict(list)
    for person, start, end in rows:
        periods[person].append((start, end))
    return periods


def read_event_days(folder, persons):
    """Read the days on which each event of each person is coded, whatever way it is written."""
    with connect(folder) as connection:
        code_of = dict(connection.execute("SELECT concept_id, replace(concept_code, '.', '') FROM concept").fetchall())
        maps = connection.execute(
            "SELECT concept_id_2, concept_id_1 FROM concept_relationship WHERE relationship_id = 'Maps to'"
        ).fetchall()
        rows = connection.execute(
            "SELECT person_id, condition_start_date, condition_source_concept_id, condition_concept_id, "
            "condition_source_value FROM condition_occurrence"
        ).fetchall()
    of_standard = defaultdict(set)
    for standard, source in maps:
        of_standard[standard].add(code_of[source])
    days = defaultdict(set)
    for person, when, source, standard, text in rows:
        if person in persons:
            codes = {code_of[source]} if source else of_standard[standard] if standard else {text.replace(".", "")}
            for event, (_, own) in EVENTS.items():
                if codes & set(own.split()):
                    days[person, event].add(when)
    return days


def episodes(days, apart=30):
    """Join days into episodes: a day fewer than so many days after an episode's first day belongs to it."""
    found = []
    for day in sorted(days):
        if found and (day - found[-1][0]).days < apart:
            found[-1].append(day)
        else:
            found.append([day])
    return found


def judge_episode(episode, day0, infusion_days, periods, risk):
    """Say whether an episode counts, how long after an infusion it began, and whether within the risk window."""
    ends = [end for start, end in periods if start <= day0 <= end]
    counts = bool(ends) and day0 <= episode[0] <= max(ends)
    given = [day for day in infusion_days if day0 <= day <= episode[0]]
    since = (episode[0] - max(given)).days if given else None
    return counts, since, since is not None and since <= risk


def read_labels(folder):
    with (folder / "records" / "labels.csv").open(encoding="utf-8") as file:
        labels = defaultdict(list)
        for row in csv.DictReader(file):
            labels[int(row["person"]), row["item"]].append(row)
    return labels


def final_days(rows, value):
    """Return the days of a value on which the reviewers agree, or their consensus decides."""
    votes = defaultdict(list)
    for row in rows:
        votes[row["date"]].append((row["reviewer"], row["value"].lower()))
    found = []
    for when, each in votes.items():
        said = {vote for reviewer, vote in each if reviewer == "consensus"} or {vote for _, vote in each}
        if said == {value} and len(when) == len("2020-01-01"):
            found.append(date.fromisoformat(when))
    return sorted(found)


def second_course(infusion_days):
    """Return the first infusion day that is at least 84 days after the one before it."""
    for place in range(1, len(infusion_days)):
        if infusion_days[place] - infusion_days[place - 1] >= timedelta(days=84):
            return infusion_days[place]
    return None
