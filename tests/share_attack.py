"""An attack on a folder share/: everything that is printed there, put into one integer program.

The attacker knows the program and the protocol, that is which counts add up to which, and reads the files. The code
knows nothing of how the counts were suppressed.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise, product
from pathlib import Path

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

from refractory.statistics.association import estimate_fisher_exact

STATUSES = ("RESPONSE", "NO_RESPONSE", "NOT_EVALUABLE")
SPARING = ("STOPPED", "DECREASED", "UNCHANGED", "INCREASED", "NOT_EVALUABLE", "NOT_ON_IT")
_SPARED = {
    "lower or stopped": ("STOPPED", "DECREASED"), "of these, stopped": ("STOPPED",), "unchanged": ("UNCHANGED",),
    "increased": ("INCREASED",), "not evaluable": ("NOT_EVALUABLE",), "not on it at baseline": ("NOT_ON_IT",),
}  # fmt: skip
_ON_IT = "On a glucocorticoid at baseline"
_SHARE = re.compile(r"([\d,]+)/([\d,]+) \(.*\)")
_HEAD = re.compile(r"(.+) \(n = ([\d,]+)\)")
_SUPPRESSED, _NOT_SHOWN = "suppressed", "not shown"


@dataclass(frozen=True)
class Study:
    """What the attacker knows of the study.

    Args:
        strata: Names of the strata; none: no strata.
        subtypes: Names of the subtypes.
        drugs: Names of the drugs before day 0.
        rules: Names of the supporting rules, each one stricter than the one before it: whom it takes, that one takes.
        smallest: Smallest count that is shared.
        zeros_shown: Whether 0 is shared.
    """

    strata: tuple[str, ...]
    subtypes: tuple[str, ...]
    drugs: tuple[str, ...]
    rules: tuple[str, ...]
    smallest: int
    zeros_shown: bool = True


@dataclass
class Program:
    """Unknown whole numbers, and what is known of their sums."""

    unknowns: list[tuple[object, ...]] = field(default_factory=list)
    rows: list[tuple[tuple[int, ...], int, float]] = field(default_factory=list)
    asked: dict[str, tuple[int, ...]] = field(default_factory=dict)

    def add(self, *name: object) -> None:
        self.unknowns.append(name)

    def know(self, places: Iterable[int], least: float, most: float) -> None:
        self.rows.append((tuple(places), least, most))

    def know_difference(self, first: Iterable[int], second: Iterable[int]) -> None:
        """Two sums are equal."""
        self.rows.append(((*first, *(-1 - place for place in second)), 0, 0))


class Attack:
    """The reading of one folder, and the questions asked of it."""

    def __init__(self, share: Path, study: Study) -> None:
        self.study, self.program = study, Program()
        self.strata = study.strata or ("",)
        self.tables = {path.stem: read_table(path) for path in (share / "tables").glob("*.csv")}
        self.results = read_table(share / "results.csv")
        self.places: dict[tuple[object, ...], int] = {}
        # Of these nothing at all is said, not even whether they are small.
        self.withheld: set[str] = set()
        self.among: dict[str, tuple[int, ...]] = {}
        self._define()
        self._read()

    def _define(self) -> None:
        """One unknown per stratum, answer by the primary rule and answer to one further question."""
        study = self.study
        questions: dict[str, Sequence[object]] = {"": [""], "sex": ["yes", "no"], "sparing": SPARING}
        questions |= {f"drug {name}": ["yes", "no"] for name in study.drugs}
        if study.subtypes:
            questions["subtype"] = study.subtypes
        if study.rules:
            # The rules are asked together: a stricter one takes nobody whom the laxer one refuses.
            found = product(STATUSES, repeat=len(study.rules))
            questions["rules"] = [one for one in found if all(map(_is_allowed, pairwise(one)))]
        for question, answers in questions.items():
            for stratum in self.strata:
                for status in STATUSES:
                    for answer in answers:
                        self.places[question, stratum, status, answer] = len(self.program.unknowns)
                        self.program.add(question, stratum, status, answer)
        for question in questions:
            for stratum in self.strata if question else ():
                for status in STATUSES:
                    self.program.know_difference(self.find(question, stratum, status), self.find("", stratum, status))

    def find(
        self, question: str, stratum: str | None = None, status: str | None = None, answer: object = None
    ) -> tuple[int, ...]:
        """Find the unknowns that add up to a count."""
        return tuple(
            place
            for (own, its_stratum, its_status, its_answer), place in self.places.items()
            if own == question
            and stratum in (None, its_stratum)
            and status in (None, its_status)
            and (answer in (None, its_answer) or (callable(answer) and answer(its_answer)))
        )

    def note(self, label: str, places: tuple[int, ...], cell: str, among: tuple[int, ...], *, is_marked: bool) -> None:
        """Take in one printed count: its number, its mark, or that it is asked for; among whom it was counted."""
        small = 1 if self.study.zeros_shown else 0
        share = _SHARE.fullmatch(cell)
        if cell.replace(",", "").isdigit() or share:
            count = int((share[1] if share else cell).replace(",", ""))
            self.program.know(places, count, count)
            return
        if cell in ("", "not estimable (0/0)"):
            return
        if cell == f"<{self.study.smallest}":
            self.program.know(places, small, self.study.smallest - 1)
        elif cell == _NOT_SHOWN:
            self.withheld.add(label)
        elif cell == _SUPPRESSED:
            if is_marked:  # beside marks of small counts it says that this one is none
                self.program.know(places, self.study.smallest, np.inf)
        else:
            raise AssertionError(f"{label}: a cell that nobody can read: {cell!r}")
        self.program.asked[label] = places
        self.among[label] = among

    def _read(self) -> None:
        self._read_baseline()
        self._read_response()
        self._read_sizes()
        self._read_agreement()
        self._read_sparing()
        self._read_results()
        self._invert_tests()

    def _read_columns(self, head: Sequence[str]) -> list[tuple[str | None, str | None]]:
        """Take in the sizes in the heads of table 1, and say which group each column is of."""
        groups: list[tuple[str | None, str | None]] = []
        for column in head[1:]:
            found = _HEAD.fullmatch(column)
            assert found
            name = found[1]
            status = {"Responders": "RESPONSE", "Non-responders": "NO_RESPONSE"}.get(name)
            group = (None, status) if name == "All" or status else (name, None)
            self.note(column, self.find("", *group), found[2], self.find(""), is_marked=False)
            groups.append(group)
        return groups

    def _read_baseline(self) -> None:
        head, *rows = self.tables.get("baseline", [[""]])
        groups = self._read_columns(head)
        questions: dict[str, tuple[str, object]] = {"Female": ("sex", "yes"), _ON_IT: ("sparing", _is_on_it)}
        questions |= {name.capitalize(): (f"drug {name}", "yes") for name in self.study.drugs}
        questions |= {name: ("subtype", name) for name in self.study.subtypes}
        for label, *cells in rows:
            if label not in questions:
                continue
            question, answer = questions[label]
            for kind in (0, 1, 2):  # overall, by stratum, by response: marks are read within one breakdown
                own = [place for place, (stratum, status) in enumerate(groups) if _kind(stratum, status) == kind]
                marked = any(cells[place].startswith("<") for place in own) and kind != 0
                for place in own:
                    stratum, status = groups[place]
                    places = self.find(question, stratum, status, answer)
                    self.note(
                        f"{label}, {head[place + 1]}",
                        places,
                        cells[place],
                        self.find("", stratum, status),
                        is_marked=marked,
                    )
        self._read_drugs_added_up(rows, groups)

    def _read_drugs_added_up(self, rows: list[list[str]], groups: list[tuple[str | None, str | None]]) -> None:
        """The mean number of drugs, times the persons, is the sum over the drugs of the persons with each."""
        labels = [row[0] for row in rows]
        if "Drugs before day 0" not in labels:
            return
        means = rows[labels.index("Drugs before day 0") + 1][1:]
        for mean, (stratum, status) in zip(means, groups, strict=True):
            number = re.match(r"[\d.]+", mean)
            if number is None:
                continue
            half = 0.5 * 10 ** -len(number[0].partition(".")[2])
            places: list[int] = []
            for drug in self.study.drugs:
                places += self.find(f"drug {drug}", stratum, status, "yes")
            size = self._size_of(stratum, status)
            self.program.know(places, (float(number[0]) - half) * size - 1e-6, (float(number[0]) + half) * size + 1e-6)

    def _size_of(self, stratum: str | None, status: str | None) -> int:
        places = self.find("", stratum, status)
        return next(int(least) for known, least, most in self.program.rows if known == places and least == most)

    def _read_sizes(self) -> None:
        for label, cell in self.tables.get("strata", [["", ""]])[1:]:
            if label in self.study.strata:
                self.note(f"size of {label}", self.find("", label), cell, self.find(""), is_marked=False)
            elif label in self.study.subtypes:
                self.note(f"size of {label}", self.find("subtype", answer=label), cell, self.find(""), is_marked=False)

    def _read_response(self) -> None:
        for label, size, *cells in self.tables.get("response", [[]])[1:]:
            counts = cells[:3]
            if label == "All persons":
                targets = [self.find("", None, status) for status in STATUSES]
                self.note("persons", self.find(""), size, self.find(""), is_marked=False)
            elif label in self.study.strata:
                targets = [self.find("", label, status) for status in STATUSES]
            elif label in self.study.subtypes:
                targets = [self.find("subtype", None, status, label) for status in STATUSES]
            elif label in self.study.rules:
                targets = [self.find("rules", None, None, _answers(self.study, label, status)) for status in STATUSES]
            else:
                continue
            marked = any(cell.startswith("<") for cell in counts)
            for status, places, cell in zip(STATUSES, targets, counts, strict=True):
                self.note(f"{label}, {status}", places, cell, sum(targets, ()), is_marked=marked)
            self._invert_readings(label, targets, cells[3:])

    def _invert_readings(self, label: str, targets: list[tuple[int, ...]], readings: list[str]) -> None:
        """A printed percentage gives its numerator away, and the number of persons among whom it was counted."""
        for reading, counted in zip(readings, (targets[:2], targets), strict=True):
            share = _SHARE.fullmatch(reading)
            if share:
                self.program.know(targets[0], int(share[1]), int(share[1]))
                among = [place for places in counted for place in places]
                self.program.know(among, int(share[2]), int(share[2]))
            elif reading == "not estimable (0/0)":
                self.program.know([place for places in counted for place in places], 0, 0)
            else:
                assert reading in ("", _SUPPRESSED, _NOT_SHOWN), (label, reading)

    def _read_agreement(self) -> None:
        pairs = (
            ("RESPONSE", "RESPONSE"),
            ("RESPONSE", "NO_RESPONSE"),
            ("NO_RESPONSE", "RESPONSE"),
            ("NO_RESPONSE",) * 2,
        )
        for label, *cells in self.tables.get("agreement", [[]])[1:]:
            marked = any(cell.startswith("<") for cell in cells[:4])
            for (primary, own), cell in zip(pairs, cells[:4], strict=True):
                places = self.find("rules", None, primary, _answers(self.study, label, own))
                self.note(f"{label}, {primary} and {own}", places, cell, self.find("", None, primary), is_marked=marked)

    def _read_sparing(self) -> None:
        rows = self.tables.get("sparing", [[]])[1:]
        assert {label for label, _ in rows} <= set(_SPARED)
        for label, cell in rows:
            places = self.find("sparing", answer=lambda answer, label=label: answer in _SPARED[label])
            # The two questions of the table, lower and stopped, are marked each for itself.
            cells = [own for other, own in rows if (other == "of these, stopped") == (label == "of these, stopped")]
            marked = any(own.startswith("<") for own in cells)
            self.note(f"sparing, {label}", places, cell, self.find(""), is_marked=marked)

    def _invert_tests(self) -> None:
        """A printed P value and difference of two strata: try all counts that two groups of these sizes can have."""
        numbers: dict[tuple[str, str], str] = {(row[12], row[8]): row[10] for row in self.results}
        told = numbers.get(("response.difference.test", "p_value")), numbers.get(("response.difference", "estimate"))
        if None in told:
            return
        names = self.study.strata[:2]
        sizes = [self._size_of(name, None) for name in names]
        fitting = []
        for first in range(sizes[0] + 1):
            for second in range(sizes[1] + 1):
                p = estimate_fisher_exact(first, sizes[0], second, sizes[1]).p_value
                if p is None:
                    continue
                difference = first / sizes[0] - second / sizes[1]
                if (f"{p:.10g}", f"{difference:.10g}") == told:
                    fitting.append((first, second))
        for place, name in enumerate(names):
            found = {pair[place] for pair in fitting}
            if len(found) == 1:
                count = found.pop()
                self.program.know(self.find("", name, "RESPONSE"), count, count)

    def _read_results(self) -> None:
        """Every count of results.csv that the attacker has a place for."""
        numbers: dict[str, dict[str, str]] = {}
        for row in self.results[1:]:
            numbers.setdefault(row[12], {})[row[8]] = row[10]
        for key, found in numbers.items():
            places = self._place_of(key)
            if places and found["count"].isdigit():
                self.program.know(places[0], int(found["count"]), int(found["count"]))
            if places and found.get("denominator", "").isdigit():
                self.program.know(places[1], int(found["denominator"]), int(found["denominator"]))

    def _place_of(self, key: str) -> tuple[tuple[int, ...], tuple[int, ...]] | None:
        """Return the unknowns of the numerator and of the denominator of an estimate."""
        words = key.split(".")
        if words[0] == "response" and words[1] in ("overall", *self.study.strata):
            stratum = None if words[1] == "overall" else words[1]
            cells = [self.find("", stratum, status) for status in STATUSES]
        elif words[0] == "response" and words[1] == "subtype":
            cells = [self.find("subtype", None, status, words[2]) for status in STATUSES]
        elif words[0] == "supporting" and words[2] == "overall":
            cells = [self.find("rules", None, None, _answers(self.study, words[1], status)) for status in STATUSES]
        else:
            return None
        last = words[-1]
        evaluable, persons = cells[0] + cells[1], cells[0] + cells[1] + cells[2]
        if last in ("as_non_response", "worst"):
            return cells[0], persons
        if last == "best":
            return cells[0] + cells[2], persons
        return (cells[0], evaluable) if last in ("evaluable", "overall", *self.study.strata) else None

    def find_contradictions(self, truth: Mapping[tuple[object, ...], int]) -> list[tuple[tuple[object, ...], ...]]:
        """Name each thing that the attacker takes for known and that is not so: the attack would prove nothing."""
        counts = [truth.get(name, 0) for name in self.program.unknowns]
        wrong = []
        for places, least, most in self.program.rows:
            total = sum(counts[place] if place >= 0 else -counts[-1 - place] for place in places)
            if not least <= total <= most:
                wrong.append(tuple(self.program.unknowns[place if place >= 0 else -1 - place] for place in places))
        return wrong

    def find_determined(self, truth: Mapping[tuple[object, ...], int], needed: int = 2) -> list[str]:
        """Name each suppressed count that can only be fewer values than needed, of all that agree with the files.

        Of a breakdown that is not shown at all the counts are asked for that are small; of all, the rests that are.
        """
        counts = [truth.get(name, 0) for name in self.program.unknowns]

        def is_small(places: Iterable[int]) -> bool:
            total = sum(counts[place] for place in places)
            return (1 if self.study.zeros_shown else 0) <= total < self.study.smallest

        asked = {label: own for label, own in self.program.asked.items() if label not in self.withheld or is_small(own)}
        for label, own in self.program.asked.items():
            rest = tuple(set(self.among[label]) - set(own))
            if is_small(rest):
                asked[f"the rest of {label}"] = rest
        for place, (lax, strict) in enumerate(pairwise(self.study.rules)):
            # Whom the laxer rule takes and the stricter one does not; nobody is no news where the rules agree.
            between = self.find("rules", answer=lambda answer, at=place: _is_between(answer[at : at + 2]))
            if is_small(between) and any(counts[each] for each in between):
                asked[f"{lax}, not {strict}"] = between
        labels = list(asked)
        values: dict[str, set[int]] = {label: set() for label in labels}
        draw = np.random.default_rng(0)
        for _ in range(4):
            self._solve(dict(zip(labels, draw.normal(size=len(labels)), strict=True)), asked, values)
        for label in labels:
            for sign in (1.0, -1.0):
                if max(values[label]) - min(values[label]) + 1 < needed:
                    self._solve({label: sign}, asked, values)
        return [label for label in labels if max(values[label]) - min(values[label]) + 1 < needed]

    def _solve(
        self, weights: Mapping[str, float], asked: Mapping[str, tuple[int, ...]], values: dict[str, set[int]]
    ) -> None:
        """Find one cohort that agrees with everything and is the least by some weights; note its counts."""
        size = len(self.program.unknowns)
        costs = np.zeros(size)
        for label, weight in weights.items():
            for place in asked[label]:
                costs[place] += weight
        found = milp(costs, constraints=self._constraints(), integrality=np.ones(size), bounds=Bounds(0, 500))
        assert found.status == 0, f"no cohort agrees with the files: {found.message}"
        counts = np.rint(found.x).astype(int)
        for label, own in values.items():
            own.add(int(counts[list(asked[label])].sum()))

    def _constraints(self) -> LinearConstraint:
        rows, columns, signs, least, most = [], [], [], [], []
        for number, (places, low, high) in enumerate(self.program.rows):
            for place in places:
                rows.append(number)
                columns.append(place if place >= 0 else -1 - place)
                signs.append(1.0 if place >= 0 else -1.0)
            least.append(low)
            most.append(high)
        matrix = csr_array((signs, (rows, columns)), shape=(len(self.program.rows), len(self.program.unknowns)))
        return LinearConstraint(matrix, least, most)


def _is_allowed(pair: tuple[str, str]) -> bool:
    lax, strict = pair
    return lax == "RESPONSE" or strict != "RESPONSE"


def _is_between(pair: tuple[str, str]) -> bool:
    lax, strict = pair
    return lax == "RESPONSE" and strict != "RESPONSE"


def _is_on_it(answer: object) -> bool:
    return answer != "NOT_ON_IT"


def _kind(stratum: str | None, status: str | None) -> int:
    return 1 if stratum is not None else 2 if status is not None else 0


def _answers(study: Study, rule: str, status: str):
    place = study.rules.index(rule)
    return lambda answer: answer[place] == status


def read_table(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))
