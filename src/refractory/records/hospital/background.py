"""The other persons of the hospital, drawn by the hundred thousand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any

from refractory.records.hospital.book import EHR, Scrambler
from refractory.records.hospital.facts import FIRST_R51_9, LAST_RECORD, SWITCH_TO_ICD10
from refractory.records.hospital.products import products
from refractory.records.hospital.vocabulary import IMMUNOGLOBULIN, ROUTES, UNITS, source_concepts

if TYPE_CHECKING:
    import numpy

Columns = dict[str, Any]
CHUNK_PERSONS = 100_000
_EPOCH = date(1970, 1, 1).toordinal()
_SWITCH, _LAST_DAY, _FIRST_DAY = (day.toordinal() - _EPOCH for day in (SWITCH_TO_ICD10, LAST_RECORD, date(2000, 1, 1)))
_R51_SPLIT = FIRST_R51_9.toordinal() - _EPOCH
# ICD-9-CM code, ICD-10-CM code, weight in the draw.
_DISEASES = (
    ("401.9", "I10", 24), ("250.00", "E11.9", 12), ("493.90", "J45.909", 8), ("272.4", "E78.5", 18),
    ("715.90", "M19.90", 10), ("530.81", "K21.9", 10), ("691.8", "L20.9", 5), ("714.0", "M06.9", 3),
    ("696.1", "L40.0", 4), ("311", "F32.9", 6),
)  # fmt: skip
# Events that follow infusions also come to others: headache before October 2020 and from then on first.
_HEADACHES = (("784.0", "R51"), ("784.0", "R51.9"))
_EVENTS = (
    ("415.19", "I26.99"),
    ("453.40", "I82.409"),
    ("410.91", "I21.9"),
    ("434.91", "I63.9"),
    ("283.9", "D59.9"),
    ("584.9", "N17.9"),
    ("322.0", "G03.0"),
)
_SHARES_OF_EVENTS = (0.01, 0.004)  # of visits: headache, any of the others
_OTHER_REASONS = (("357.81", "G61.81"), ("287.31", "D69.3"), ("279.06", "D83.9"))
_DERMATOMYOSITIS = ("710.3", "M33.10")
_DRUGS = (
    ("lisinopril 10", 22), ("atorvastatin 20", 22), ("metformin 500", 18), ("insulin", 8), ("prednisone 5", 6),
    ("prednisone 20", 4), ("triamcinolone cream", 8), ("prednisolone drops", 4), ("methotrexate 2.5", 3),
    ("hydroxychloroquine 200", 3), ("azathioprine 50", 2),
)  # fmt: skip
_PLAIN, _INFUSED, _SUBCUTANEOUS, _DISEASED = range(4)
_SHARES = (0.005, 0.001, 0.003)  # of the last three kinds


@dataclass(frozen=True)
class Chunk:
    """Some background persons: columns by table, and how many of them ever had immunoglobulin."""

    tables: dict[str, Columns]
    infused: int
    subcutaneous: int


def draw_background(seed: int, persons: int, first_number: int, person_keys: Scrambler) -> Iterator[Chunk]:
    """Draw the background persons, chunk by chunk.

    Args:
        seed: Source of the draws; a chunk's draws depend on the seed and its place alone.
        persons: How many.
        first_number: Number of the first; keys are made of numbers.
        person_keys: Makes keys of numbers.

    Returns:
        Chunks of at most a hundred thousand persons.
    """
    import numpy as np

    for place, begin in enumerate(range(0, persons, CHUNK_PERSONS)):
        size = min(CHUNK_PERSONS, persons - begin)
        numbers = np.arange(first_number + begin, first_number + begin + size, dtype=np.int64)
        yield _Draw(np.random.default_rng([seed, place]), person_keys.key(numbers)).chunk()


class _Draw:
    """One chunk in the making."""

    def __init__(self, rng: numpy.random.Generator, person_ids: Any) -> None:
        import numpy as np

        self.np, self.rng, self.ids = np, rng, person_ids
        self.size = len(person_ids)
        self.tables: dict[str, Columns] = {}
        self.born = rng.integers(-15_000, 17_500, self.size)
        self.start = np.maximum(self.born, rng.integers(_FIRST_DAY, _LAST_DAY - 900, self.size))
        self.end = np.minimum(self.start + rng.integers(300, 6000, self.size), _LAST_DAY)
        kinds = np.array([_INFUSED, _SUBCUTANEOUS, _DISEASED, _PLAIN])
        self.kind = kinds[np.searchsorted(np.cumsum(_SHARES), rng.random(self.size), side="right")]
        # A year of infusions lies within the observed time.
        self.end = np.where(self.kind == _PLAIN, self.end, np.maximum(self.end, self.start + 700))

    def chunk(self) -> Chunk:
        self._draw_persons()
        who, day = self._draw_visits()
        self._draw_conditions(who, day)
        self._draw_drugs(who, day)
        self._draw_measurements(who, day)
        self._draw_infusions()
        self._draw_events(who, day)
        counts = self.np.bincount(self.kind, minlength=4)
        return Chunk(self.tables, int(counts[_INFUSED]), int(counts[_SUBCUTANEOUS]))

    def _add(self, table: str, columns: Columns) -> None:
        """Add rows of the same columns to those that the table has already in this chunk."""
        before = self.tables.setdefault(table, {})
        for name, values in columns.items():
            join = self.np.ma.concatenate if self.np.ma.isMaskedArray(values) else self.np.concatenate
            before[name] = join([before[name], values]) if name in before else values

    def _masked(self, values: Any, is_null: Any) -> Any:
        return self.np.ma.array(values, mask=is_null)

    def _draw_persons(self) -> None:
        np, rng = self.np, self.rng
        born = np.datetime64("1970-01-01") + self.born
        years = born.astype("datetime64[Y]").astype(int) + 1970
        months = born.astype("datetime64[M]").astype(int) % 12 + 1
        days = (born - born.astype("datetime64[M]")).astype(int) + 1
        is_vague = rng.random(self.size) < 0.05
        race = rng.choice(np.array([8527, 8516, 8515, 0]), self.size, p=[0.7, 0.14, 0.06, 0.1])
        self.tables["person"] = {
            "person_id": self.ids,
            "gender_concept_id": np.where(rng.random(self.size) < 0.53, 8532, 8507),
            "year_of_birth": years,
            "month_of_birth": self._masked(months, is_vague),
            "day_of_birth": self._masked(days, is_vague),
            "race_concept_id": race,
            "ethnicity_concept_id": np.zeros(self.size, dtype=np.int64),
        }
        self.tables["observation_period"] = {
            "person_id": self.ids,
            "observation_period_start_date": self.start,
            "observation_period_end_date": self.end,
            "period_type_concept_id": np.full(self.size, EHR),
        }
        dead = np.flatnonzero(rng.random(self.size) < 0.04)
        self.tables["death"] = {
            "person_id": self.ids[dead],
            "death_date": self.end[dead],
            "death_type_concept_id": np.full(len(dead), EHR),
        }

    def _draw_visits(self) -> tuple[Any, Any]:
        np, rng = self.np, self.rng
        who = np.repeat(np.arange(self.size), rng.poisson(4, self.size) + 1)
        day = self.start[who] + (rng.random(len(who)) * (self.end - self.start)[who]).astype(np.int64)
        self.tables["visit_occurrence"] = {
            "person_id": self.ids[who],
            "visit_concept_id": np.where(rng.random(len(who)) < 0.08, 9201, 9202),
            "visit_start_date": day,
            "visit_end_date": day,
            "visit_type_concept_id": np.full(len(who), EHR),
        }
        return who, day

    def _code(self, who: Any, day: Any, kinds: tuple[tuple[str, str], ...], place: Any) -> None:
        """Add diagnoses: the code of the era, written in one of three styles."""
        np, rng = self.np, self.rng
        old, new = (_codes(kinds, column) for column in (0, 1))
        is_new = day >= _SWITCH
        text = np.where(is_new, new.text[place], old.text[place])
        style = rng.choice(3, len(who), p=[0.8, 0.1, 0.1])  # full, text only, standard only
        source = np.where(is_new, new.source[place], old.source[place])
        self._add(
            "condition_occurrence",
            {
                "person_id": self.ids[who],
                "condition_start_date": day,
                "condition_concept_id": np.where(style == 1, 0, new.standard[place]),
                "condition_source_concept_id": np.where(style == 0, source, 0),
                "condition_source_value": np.where(style == 2, "", text),
                "condition_type_concept_id": np.full(len(who), EHR),
            },
        )

    def _draw_conditions(self, who: Any, day: Any) -> None:
        np, rng = self.np, self.rng
        coded = np.flatnonzero(rng.random(len(who)) < 0.85)
        weights = np.array([row[2] for row in _DISEASES], dtype=float)
        place = rng.choice(len(_DISEASES), len(coded), p=weights / weights.sum())
        self._code(who[coded], day[coded], tuple(row[:2] for row in _DISEASES), place)
        ill = np.repeat(np.flatnonzero(self.kind == _DISEASED), 3)
        spread = self.start[ill] + np.tile(np.array([10, 60, 150]), len(ill) // 3)
        self._code(ill, spread, (_DERMATOMYOSITIS,), np.zeros(len(ill), dtype=int))
        treated = np.flatnonzero((self.kind == _INFUSED) | (self.kind == _SUBCUTANEOUS))
        self._code(treated, self.start[treated] + 200, _OTHER_REASONS, rng.integers(0, 3, len(treated)))

    def _draw_events(self, who: Any, day: Any) -> None:
        """Add headaches and graver events; they are drawn last, so that all else stays as it was drawn before."""
        np, rng = self.np, self.rng
        chance = rng.random(len(who))
        ached = np.flatnonzero(chance < _SHARES_OF_EVENTS[0])
        self._code(who[ached], day[ached], _HEADACHES, (day[ached] >= _R51_SPLIT).astype(int))
        other = np.flatnonzero(chance > 1 - _SHARES_OF_EVENTS[1])
        self._code(who[other], day[other], _EVENTS, rng.integers(0, len(_EVENTS), len(other)))

    def _draw_drugs(self, who: Any, day: Any) -> None:
        np, rng = self.np, self.rng
        given = np.flatnonzero(rng.random(len(who)) < 0.6)
        chosen = [products()[key] for key, _ in _DRUGS]
        weights = np.array([weight for _, weight in _DRUGS], dtype=float)
        place = rng.choice(len(_DRUGS), len(given), p=weights / weights.sum())
        days = rng.choice(np.array([30, 60, 90]), len(given))
        has_supply = rng.random(len(given)) < 0.9
        self._add(
            "drug_exposure",
            {
                "person_id": self.ids[who[given]],
                "drug_exposure_start_date": day[given],
                "drug_exposure_end_date": day[given] + days - 1,
                "drug_concept_id": np.array([product.concept_id for product in chosen])[place],
                "drug_source_concept_id": np.zeros(len(given), dtype=np.int64),
                "drug_source_value": np.array([product.name for product in chosen], dtype=object)[place],
                "quantity": days * rng.choice(np.array([1.0, 2.0]), len(given)),
                "days_supply": self._masked(days, ~has_supply),
                "route_concept_id": np.array([ROUTES[product.route] for product in chosen])[place],
                "drug_type_concept_id": np.full(len(given), EHR),
            },
        )

    def _draw_measurements(self, who: Any, day: Any) -> None:
        np, rng = self.np, self.rng
        taken = np.flatnonzero(rng.random(len(who)) < 0.5)
        is_weight = rng.random(len(taken)) < 0.8
        kg, enzyme = np.round(rng.normal(76, 16, len(taken)), 1), np.round(rng.lognormal(4.6, 0.5, len(taken)))
        self.tables["measurement"] = {
            "person_id": self.ids[who[taken]],
            "measurement_date": day[taken],
            "measurement_concept_id": np.where(is_weight, 3025315, 3007220),
            "measurement_source_value": np.where(is_weight, "29463-7", "2157-6").astype(object),
            "value_as_number": np.where(is_weight, kg, enzyme),
            "unit_concept_id": np.where(is_weight, UNITS["kg"], UNITS["U/L"]),
            "range_high": self._masked(np.full(len(taken), 200.0), is_weight),
            "measurement_type_concept_id": np.full(len(taken), EHR),
        }

    def _draw_infusions(self) -> None:
        """Give immunoglobulin to persons with other diseases, by vein or under the skin."""
        np, rng = self.np, self.rng
        for kind, codes, gap, route in (
            (_INFUSED, ("J1566", "J1569", "J1459"), 28, "intravenous"),
            (_SUBCUTANEOUS, ("J1559", "J1575"), 7, "subcutaneous"),
        ):
            treated = np.flatnonzero(self.kind == kind)
            times = rng.integers(1, 9, len(treated))
            who = np.repeat(treated, times)
            nth = np.arange(len(who)) - np.repeat(np.cumsum(times) - times, times)
            place = np.repeat(rng.integers(0, len(codes), len(treated)), times)
            source = np.array([source_concepts()["HCPCS", code][0].concept_id for code in codes])
            self._add(
                "drug_exposure",
                {
                    "person_id": self.ids[who],
                    "drug_exposure_start_date": self.start[who] + 210 + gap * nth,
                    "drug_exposure_end_date": self.start[who] + 210 + gap * nth,
                    "drug_concept_id": np.full(len(who), IMMUNOGLOBULIN),
                    "drug_source_concept_id": source[place],
                    "drug_source_value": np.array(codes, dtype=object)[place],
                    "quantity": rng.integers(40, 160, len(who)).astype(float),
                    "days_supply": self._masked(np.ones(len(who), dtype=np.int64), np.ones(len(who), dtype=bool)),
                    "route_concept_id": np.where(rng.random(len(who)) < 0.7, ROUTES[route], 0),
                    "drug_type_concept_id": np.full(len(who), EHR),
                },
            )


@dataclass(frozen=True)
class _Codes:
    text: Any
    source: Any
    standard: Any


@cache
def _codes(kinds: tuple[tuple[str, str], ...], column: int) -> _Codes:
    import numpy as np

    found = [source_concepts()[("ICD9CM", "ICD10CM")[column], kind[column]] for kind in kinds]
    return _Codes(
        np.array([concept.code for concept, _ in found], dtype=object),
        np.array([concept.concept_id for concept, _ in found]),
        np.array([standard for _, standard in found]),
    )
