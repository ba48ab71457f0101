"""The published study by plain loops over one person at a time, written from its protocol and from no other code.

It reads what the hospital wrote, never the truth. Slow, obvious, and the judge of the planted records.
"""

import csv
import re
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

import duckdb

GLUCOCORTICOID = "systemic glucocorticoid"
LEAVES = {
    "8640": GLUCOCORTICOID, "8638": GLUCOCORTICOID, "6902": GLUCOCORTICOID, "3264": GLUCOCORTICOID,
    "5492": GLUCOCORTICOID, "10759": GLUCOCORTICOID, "6851": "methotrexate", "1256": "azathioprine",
    "68149": "mycophenolate", "7145": "mycophenolate", "3008": "ciclosporin", "42316": "tacrolimus",
    "3002": "cyclophosphamide", "121191": "rituximab", "27169": "leflunomide", "1357536": "tofacitinib",
    "5521": "hydroxychloroquine", "3108": "dapsone", "10432": "thalidomide", "5666": "immunoglobulin",
}  # fmt: skip
PREDNISONE = {"8640": 1, "8638": 1, "6902": 1.25, "3264": 6.667, "5492": 0.25, "10759": 1.25}
BILLING = {
    "J1459": (500, "intravenous"), "J1561": (500, "intravenous"), "J1566": (500, "intravenous"),
    "J1568": (500, "intravenous"), "J1569": (500, "intravenous"), "J1553": (100, "intravenous"),
    "J1559": (100, "subcutaneous"), "J1575": (100, "subcutaneous"),
}  # fmt: skip
ROUTE_TEXTS = {"po": "oral", "by mouth": "oral", "iv": "intravenous", "sc": "subcutaneous"}
EIGHT_WEEKS = ("methotrexate", "azathioprine", "mycophenolate")


@dataclass(frozen=True)
class Rules:
    """What a colleague could have chosen otherwise."""

    at_least: int = 2
    apart: int = 30
    washout: int = 180
    failed: int = 2
    split: int = 7
    response: tuple = (1, 365)


@dataclass
class Drug:
    leaf: str
    route: str
    start: date
    end: date
    is_end_known: bool
    daily_mg: float | None


@dataclass
class Person:
    person_id: int
    sex: str = ""
    birth: date | None = None
    periods: list = field(default_factory=list)
    codes: dict = field(default_factory=lambda: defaultdict(list))
    drugs: list = field(default_factory=list)
    infusions: list = field(default_factory=list)  # date, grams, route, table
    readings: dict = field(default_factory=lambda: defaultdict(list))
    examinations: list = field(default_factory=list)
    labels: list = field(default_factory=list)


@dataclass
class Finding:
    """What the study says of one member of the cohort."""

    day0: date
    diagnosis: date
    age_years: float
    drugs_before: dict
    involvement: str
    subtype: str
    response: str
    response_date: str
    cycles: list
    cycles_to_response: int | None
    glucocorticoid: str
    baseline_mg: float
    follow_up_mg: float
    sparing: dict
    baseline_score: float | None
    falls: tuple
    grams_per_kg: list


def sets_of_code(code: str) -> set:
    """Name the concept sets of a diagnosis code written without its dot."""
    found = set()
    if re.match(r"M33[019]|M360$|7103$", code):
        found.add("dermatomyositis")
    if code in ("M3302", "M3312", "M3392", "M6281", "72887"):
        found.add("weakness")
    if code in ("M3301", "M3311", "M3391", "515") or re.match("J84", code):
        found.add("lung")
    if code == "M360" or re.match("C[0-9]", code) or re.match(r"(1[4-9]|20)\d", code):
        found.add("cancer")
    if re.match("M32|M34|M350|M351", code) or code in ("7100", "7101", "7102"):
        found.add("tissue disease")
    if re.match("D8[0-3]", code) or re.match(r"279[01]", code):
        found.add("Immunodeficiency")
    if code in ("G7241", "35971"):
        found.add("Inclusion body myositis")
    return found


def read_hospital(folder: Path) -> dict[int, Person]:
    """Read every person who ever had immunoglobulin."""
    records = folder / "records"
    if (records / "hospital.duckdb").exists():
        connection = duckdb.connect(str(records / "hospital.duckdb"), read_only=True)
    else:
        connection = duckdb.connect()
        for path in records.glob("*.parquet"):
            connection.execute(f"CREATE VIEW {path.stem} AS SELECT * FROM '{path}'")
    with connection:
        return _Reader(connection, records / "labels.csv").persons()


class _Reader:
    def __init__(self, connection, labels: Path):
        self.connection, self.labels = connection, labels
        self.concept = {row[0]: row for row in self._rows("SELECT concept_id, concept_code, concept_name FROM concept")}
        self.maps = defaultdict(set)
        for code, standard in self._rows(
            "SELECT replace(c.concept_code, '.', ''), r.concept_id_2 FROM concept_relationship r JOIN concept c "
            "ON c.concept_id = r.concept_id_1 WHERE r.relationship_id = 'Maps to' AND c.vocabulary_id LIKE 'ICD%'"
        ):
            self.maps[standard] |= sets_of_code(code)
        for (below,) in self._rows(
            "SELECT descendant_concept_id FROM concept_ancestor WHERE ancestor_concept_id = 80182"
        ):
            self.maps[below].add("dermatomyositis")
        self.ingredient = {}
        for below, code in self._rows(
            "SELECT a.descendant_concept_id, c.concept_code FROM concept_ancestor a JOIN concept c "
            "ON c.concept_id = a.ancestor_concept_id WHERE c.vocabulary_id = 'RxNorm'"
        ):
            self.ingredient[below] = code
        self.strength = dict(
            self._rows("SELECT drug_concept_id, coalesce(amount_value, numerator_value) FROM drug_strength")
        )

    def _rows(self, sql: str) -> list:
        return self.connection.execute(sql).fetchall()

    def persons(self) -> dict[int, Person]:
        products = "SELECT descendant_concept_id FROM concept_ancestor WHERE ancestor_concept_id = 19117912"
        self.ever = (
            f"SELECT person_id FROM drug_exposure WHERE drug_concept_id IN ({products}) "
            f"UNION SELECT person_id FROM procedure_occurrence WHERE procedure_source_value IN {tuple(BILLING)}"
        )
        self.found = {row[0]: Person(row[0]) for row in self._rows(self.ever)}
        columns = "gender_concept_id, year_of_birth, month_of_birth, day_of_birth"
        for person_id, gender, *born in self._of("person", columns):
            person = self.found[person_id]
            person.sex = {8507: "male", 8532: "female"}[gender]
            person.birth = date(*born) if all(born) else None
        columns = "observation_period_start_date, observation_period_end_date"
        for person_id, start, end in self._of("observation_period", columns):
            self.found[person_id].periods.append((start, end))
        self._conditions()
        self._drugs()
        self._procedures()
        self._measurements()
        with self.labels.open(encoding="utf-8") as file:
            for row in csv.DictReader(file):
                if int(row["person"]) in self.found:
                    self.found[int(row["person"])].labels.append(row)
        return self.found

    def _of(self, table: str, columns: str) -> list:
        # Rows that are equal in everything but their key are one row written twice.
        return self._rows(f"SELECT DISTINCT person_id, {columns} FROM {table} WHERE person_id IN ({self.ever})")

    def _conditions(self) -> None:
        columns = "condition_start_date, condition_concept_id, condition_source_concept_id, condition_source_value"
        for person_id, start, standard, source, text in self._of("condition_occurrence", columns):
            if source:
                found = sets_of_code(self.concept[source][1].replace(".", ""))
            elif standard:
                found = self.maps[standard]
            else:
                found = sets_of_code(text.replace(".", ""))
            for name in found:
                self.found[person_id].codes[name].append(start)

    def _route(self, concept: int | None, text: str | None, otherwise: str) -> str:
        if concept:
            return self.concept[concept][2].lower()
        return ROUTE_TEXTS.get(text.lower(), text.lower()) if text else otherwise

    def _drugs(self) -> None:
        columns = (
            "drug_exposure_start_date, drug_exposure_end_date, days_supply, quantity, drug_concept_id, "
            "drug_source_concept_id, drug_source_value, dose_unit_source_value, sig, route_concept_id, "
            "route_source_value"
        )
        for row in self._of("drug_exposure", columns):
            person_id, start, end, supply, quantity, concept, source, text, unit, _, *route = row
            leaf = LEAVES.get(self.ingredient.get(concept, ""))
            if leaf is None or (end and end < start):
                continue
            person = self.found[person_id]
            if leaf == "immunoglobulin":
                code = self.concept[source][1] if source else ""
                mg, usual = BILLING.get(code, (1000 if unit == "g" else self.strength.get(concept), "unknown"))
                person.infusions.append((start, quantity * mg / 1000, self._route(*route, usual), "drug"))
                continue
            supply = supply if supply and supply > 0 else None
            last = end or (start + timedelta(days=supply - 1) if supply else start)
            mg = self.strength.get(concept) or float(re.search(r"([\d.]+) MG", text.upper())[1])
            mg *= PREDNISONE.get(self.ingredient[concept], 1)
            daily = quantity * mg / ((last - start).days + 1) if quantity else None
            known = bool(end or supply)
            person.drugs.append(Drug(leaf, self._route(*route, "unknown"), start, last, known, daily))

    def _procedures(self) -> None:
        columns = "procedure_date, procedure_source_value, quantity"
        for person_id, start, text, quantity in self._of("procedure_occurrence", columns):
            if text in BILLING:
                mg, route = BILLING[text]
                self.found[person_id].infusions.append((start, quantity * mg / 1000, route, "procedure"))
            elif "skin exam" in text.lower():
                self.found[person_id].examinations.append(start)
        for person_id, start, text in self._of("observation", "observation_date, observation_source_value"):
            if "skin exam" in text.lower():
                self.found[person_id].examinations.append(start)

    def _measurements(self) -> None:
        columns = (
            "measurement_date, measurement_concept_id, measurement_source_value, value_as_number, "
            "unit_concept_id, unit_source_value, range_high"
        )
        names = {
            3007220: "enzyme", 3025315: "weight", 2000000020: "aldolase", "ck": "enzyme", "cpk": "enzyme",
            "aldolase": "aldolase", "weight": "weight", "cdasi activity": "score", "cdasi activity score": "score",
            "cdasi-a": "score",
        }  # fmt: skip
        for person_id, when, concept, text, value, unit, unit_text, limit in self._of("measurement", columns):
            name = names.get(concept or text.lower())
            if name == "weight":
                pounds = unit == 8739 or unit_text in ("lb", "lbs")
                if not pounds and unit != 9529 and unit_text != "kg":
                    continue
                value = value / 2.20462 if pounds else value
            if name:
                self.found[person_id].readings[name].append((when, value, limit))


def iv_days(person: Person) -> list[date]:
    return sorted({day for day, _, route, _ in person.infusions if route in ("intravenous", "unknown")})


def is_within(day: date, anchor: date, first: int | None, last: int) -> bool:
    return (first is None or (day - anchor).days >= first) and (day - anchor).days <= last


def eras(drugs: list[Drug], leaf: str, before: date) -> list[tuple]:
    """Join the systemic exposures of a drug that begin before a day, cut at the day before it."""
    systemic = ("oral", "intravenous", "subcutaneous", "intramuscular", "unknown")
    cut = before - timedelta(days=1)
    own = [drug for drug in drugs if drug.leaf == leaf and drug.route in systemic and drug.start < before]
    found: list = []
    for start, end, known in sorted((drug.start, min(drug.end, cut), drug.is_end_known) for drug in own):
        days = {start + timedelta(days=n) for n in range((end - start).days + 1)}
        if found and (start - max(found[-1][1])).days <= 30:
            found[-1] = (found[-1][0], found[-1][1] | days, found[-1][2] and known)
        else:
            found.append((start, days, known))
    return found


def failed_drugs(person: Person, day0: date, diagnosis: date) -> dict:
    """Return the drugs that failed, each with the adequacy of its best course."""
    found: dict = {}
    for leaf in {drug.leaf for drug in person.drugs}:
        least = 56 if leaf in EIGHT_WEEKS else 1 if leaf == "rituximab" else 28
        for start, days, known in eras(person.drugs, leaf, day0):
            if start < diagnosis:
                continue
            if len(days) >= least:
                found[leaf] = "ADEQUATE"
            elif not known:
                found.setdefault(leaf, "UNKNOWN")
    return found


def final_labels(person: Person, item: str) -> list[tuple]:
    """Bring reviewers to one value a date: consensus decides, else they must agree."""
    by_date = defaultdict(list)
    for row in person.labels:
        if row["item"] == item:
            by_date[row["date"]].append((row["reviewer"], row["value"].lower()))
    found = []
    for when, votes in by_date.items():
        agreed = {value for reviewer, value in votes if reviewer == "consensus"} or {value for _, value in votes}
        found.append((*interval(when), when, agreed.pop() if len(agreed) == 1 else None))
    return sorted(found)


def interval(when: str) -> tuple[date, date]:
    parts = [int(part) for part in when.split("-")]
    if len(parts) == 3:
        return date(*parts), date(*parts)
    if len(parts) == 2:
        year, month = parts
        after = date(year + month // 12, month % 12 + 1, 1)
        return date(year, month, 1), after - timedelta(days=1)
    return date(parts[0], 1, 1), date(parts[0], 12, 31)


def is_active(person: Person, day0: date) -> bool:
    said = [row for row in final_labels(person, "active disease") if is_within(row[0], day0, -90, 0)]
    if said:
        return said[-1][3] == "yes"
    scores = sorted((when, value) for when, value, _ in person.readings["score"] if value is not None)
    scores = [value for when, value in scores if is_within(when, day0, -90, 0)]
    return scores[-1] >= 1 if scores else True


def has_disease(dates: list[date], day0: date, rules: Rules) -> bool:
    """Take the first code, then each next one far enough after the one taken."""
    taken: list[date] = []
    for when in sorted(set(dates)):
        if when <= day0 and (not taken or (when - taken[-1]).days >= rules.apart):
            taken.append(when)
    return len(taken) >= rules.at_least


def judge(person: Person, day0: date, rules: Rules) -> dict[str, bool]:
    """Answer every criterion for one candidate day 0, each without regard to the others."""
    codes = sorted(day for day in person.codes["dermatomyositis"] if day <= day0)
    diagnosis = codes[0] if codes else None
    work_up = person.examinations + [when for name in ("enzyme", "aldolase") for when, _, _ in person.readings[name]]
    answers = {
        "Route": day0 in iv_days(person),
        "Washout": not any(is_within(day, day0, -rules.washout, -1) for day in iv_days(person)),
        "Disease": has_disease(codes, day0, rules),
        "Observation": any(start <= day0 - timedelta(days=180) and day0 <= end for start, end in person.periods),
        "Data at diagnosis": diagnosis is not None
        and any(when <= day0 and is_within(when, diagnosis, -30, 90) for when in work_up),
        "Refractory": diagnosis is not None and len(failed_drugs(person, day0, diagnosis)) >= rules.failed,
        "Active disease": is_active(person, day0),
    }
    for name in ("Immunodeficiency", "Inclusion body myositis"):
        answers[name] = not any(when <= day0 for when in person.codes[name])
    return answers


def candidates(person: Person) -> list[date]:
    return sorted({day for day, _, _, _ in person.infusions})


def find_cohort(persons: dict[int, Person], rules: Rules = Rules()) -> tuple[dict[int, date], dict[int, str]]:
    """Return day 0 of each member, and the criterion that loses each other person."""
    members, losses = {}, {}
    for person_id, person in persons.items():
        left = {day: judge(person, day, rules) for day in candidates(person)}
        for criterion in ("Route", "Washout", "Disease", "Observation", "Data at diagnosis", "Refractory",
                          "Active disease", "Immunodeficiency", "Inclusion body myositis"):  # fmt: skip
            left = {day: answers for day, answers in left.items() if answers[criterion]}
            if not left:
                losses[person_id] = criterion
                break
        if left:
            members[person_id] = min(left)
    return members, losses


def count_cycles(person: Person, day0: date, split: int) -> list[list[date]]:
    cycles: list[list[date]] = []
    for day in iv_days(person):
        if day < day0:
            continue
        if cycles and (day - cycles[-1][-1]).days <= split:
            cycles[-1].append(day)
        else:
            cycles.append([day])
    return cycles


def grams_on(person: Person, day: date) -> float:
    by_table = defaultdict(float)
    for when, grams, route, table in person.infusions:
        if when == day and route in ("intravenous", "unknown"):
            by_table[table] += grams
    return max(by_table.values())


def dose_in_window(person: Person, leaf: str, day0: date, first: int, last: int) -> tuple[float, int]:
    """Add the doses day by day; a day of at least 250 mg of prednisone is a pulse and kept apart."""
    total, covered = 0.0, 0
    for number in range(first, last + 1):
        day = day0 + timedelta(days=number)
        own = [
            drug for drug in person.drugs
            if drug.leaf == leaf and drug.start <= day <= drug.end
            and drug.route in ("oral", "intravenous", "intramuscular", "unknown")
        ]  # fmt: skip
        daily = sum(drug.daily_mg for drug in own)  # a missing dose must not occur here
        covered += bool(own)
        total += 0.0 if leaf == GLUCOCORTICOID and daily >= 250 else daily
    return total / (last - first + 1), covered


def classify_sparing(person: Person, leaf: str, day0: date) -> tuple[str, float, float]:
    before, covered = dose_in_window(person, leaf, day0, -30, -1)
    after, still = dose_in_window(person, leaf, day0, 151, 180)
    if not covered:
        return ("INCREASED" if still else "NOT_EVALUABLE"), before, after
    if not still:
        return "STOPPED", before, after
    change = "DECREASED" if after <= 0.75 * before else "INCREASED" if after >= 1.25 * before else "UNCHANGED"
    return change, before, after


def find_response(person: Person, day0: date, rules: Rules) -> tuple[str, str, tuple | None]:
    labels = final_labels(person, "cutaneous improvement")
    inside = [row for row in labels if all(is_within(day, day0, *rules.response) for day in row[:2])]
    for first, last, when, value in inside:
        if value == "yes":
            return "RESPONSE", when, (first, last)
    return ("NO_RESPONSE" if any(row[3] == "no" for row in inside) else "NOT_EVALUABLE"), "", None


def find_falls(person: Person, day0: date) -> tuple[float | None, tuple]:
    scores = sorted((when, value) for when, value, _ in person.readings["score"] if value is not None)
    before = [value for when, value in scores if is_within(when, day0, -90, 0)]
    after = [value for when, value in scores if is_within(when, day0, 28, 365)]
    if not before or not after:
        return (before[-1] if before else None), ("NOT_EVALUABLE",) * 3
    base, fall = int(before[-1]), int(before[-1]) - int(min(after))
    met = (fall >= 4, 100 * fall >= 40 * base, 100 * fall >= 50 * base)
    return before[-1], tuple("RESPONSE" if each else "NO_RESPONSE" for each in met)


def find_groups(person: Person, day0: date, diagnosis: date, birth: date) -> tuple[str, str]:
    def coded(name: str, anchor: date, first: int | None, last: int) -> set:
        return {when for when in person.codes[name] if when <= day0 and is_within(when, anchor, first, last)}

    raised = {when for when, value, limit in person.readings["enzyme"] if value is not None and value > limit}
    recent = {when for when in raised if is_within(when, day0, -365, 0)}
    muscle = bool(coded("weakness", day0, -365, 0)) or len(recent) >= 2
    lung = bool(coded("lung", day0, -365, 0))
    involvement = {(0, 0): "none", (1, 0): "muscle", (0, 1): "lung", (1, 1): "both"}[muscle, lung]
    if (diagnosis - birth).days / 365.25 < 18:
        return involvement, "Juvenile"
    if coded("cancer", diagnosis, -1095, 1095):
        return involvement, "Cancer-associated"
    if len(coded("tissue disease", day0, None, 0)) >= 2:
        return involvement, "Overlap"
    if coded("weakness", day0, None, 0):
        return involvement, "Classic"
    if len({when for when in raised if when <= day0}) >= 2:
        return involvement, "Hypomyopathic"
    return involvement, "Clinically amyopathic"


def describe(person: Person, day0: date, rules: Rules = Rules()) -> Finding:
    """Say everything that the study reports of one member."""
    diagnosis = min(person.codes["dermatomyositis"])
    cycles = count_cycles(person, day0, rules.split)
    response, when, span = find_response(person, day0, rules)
    to_response = None
    if span:
        counts = {sum(cycle[0] <= end for cycle in cycles) for end in span}
        to_response = counts.pop() if len(counts) == 1 else None
    change, before, after = classify_sparing(person, GLUCOCORTICOID, day0)
    involvement, subtype = find_groups(person, day0, diagnosis, person.birth)
    baseline_score, falls = find_falls(person, day0)
    sparing = {}
    for leaf in {drug.leaf for drug in person.drugs} - {"rituximab"}:
        kind, *doses = classify_sparing(person, leaf, day0)
        if any(doses):
            sparing[leaf] = (kind, *doses)
    return Finding(
        day0=day0,
        diagnosis=diagnosis,
        age_years=(day0 - person.birth).days / 365.25,
        drugs_before=failed_drugs(person, day0, diagnosis),
        involvement=involvement,
        subtype=subtype,
        response=response,
        response_date=when,
        cycles=cycles,
        cycles_to_response=to_response,
        glucocorticoid=change,
        baseline_mg=before,
        follow_up_mg=after,
        sparing=sparing,
        baseline_score=baseline_score,
        falls=falls,
        grams_per_kg=[grams_per_kg(person, cycle) for cycle in cycles],
    )


def grams_per_kg(person: Person, cycle: list[date]) -> float | None:
    near = sorted((abs((when - cycle[0]).days), value) for when, value, _ in person.readings["weight"])
    if not near or near[0][0] > 90:
        return None
    return sum(grams_on(person, day) for day in cycle) / near[0][1]


def read_truth(folder: Path, name: str) -> list[dict]:
    """Read one table of the planted truth."""
    with (folder / "truth" / f"{name}.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def find_differences(found: Finding, row: dict) -> dict:
    """Compare what the records say of a member with the planted row: {} when all is equal."""
    said = {
        "time_zero": found.day0.isoformat(),
        "diagnosis_date": found.diagnosis.isoformat(),
        "drugs": "+".join(sorted(found.drugs_before)),
        "drugs_before": str(len(found.drugs_before)),
        "stratum": "Skin alone" if found.involvement == "none" else "Skin and muscle or lung",
        "involvement": found.involvement,
        "subtype": found.subtype,
        "response": found.response,
        "response_date": found.response_date,
        "cycles_to_response": str(found.cycles_to_response or ""),
        "n_cycles": str(len(found.cycles)),
        "days_from_diagnosis": str((found.day0 - found.diagnosis).days),
        "glucocorticoid": found.glucocorticoid,
        "baseline_score": "" if found.baseline_score is None else f"{found.baseline_score:g}",
        "falls_4_points": found.falls[0],
        "falls_40_percent": found.falls[1],
        "falls_50_percent": found.falls[2],
    }
    different = {name: (value, row[name]) for name, value in said.items() if value != row[name]}
    numbers = {
        "age_years": found.age_years,
        "glucocorticoid_baseline_mg": found.baseline_mg,
        "glucocorticoid_follow_up_mg": found.follow_up_mg,
    }
    return different | {
        name: (value, row[name]) for name, value in numbers.items() if abs(value - float(row[name])) > 1e-3
    }
