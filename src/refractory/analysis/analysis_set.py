"""The analysis set: the patients and the few questions that every estimate asks of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from refractory.outcomes.assess import Patient
from refractory.outcomes.response import Response, ResponseStatus

Answer = Callable[[Patient], Response]
Number = Callable[[Patient], float | int | None]


@dataclass(frozen=True)
class Tally:
    """How many of some patients responded.

    Args:
        responders: Persons with RESPONSE.
        non_responders: Persons with NO_RESPONSE.
        not_evaluable: Persons with NOT_EVALUABLE.
    """

    responders: int
    non_responders: int
    not_evaluable: int

    @property
    def evaluable(self) -> int:
        """Persons whom somebody could judge."""
        return self.responders + self.non_responders

    @property
    def persons(self) -> int:
        """All persons."""
        return self.evaluable + self.not_evaluable


def primary_answer(patient: Patient) -> Response:
    """Return the answer by the primary rule."""
    return patient.response


def supporting_answer(number: int) -> Answer:
    """Return the question for the answer by one supporting rule."""
    return lambda patient: patient.supporting[number]


def baseline_value(covariate: str) -> Number:
    """Return the question for the baseline value of a covariate."""
    return lambda patient: patient.baseline[covariate]


def tally(patients: Iterable[Patient], answer: Answer = primary_answer) -> Tally:
    """Count the three answers among some patients."""
    counts = dict.fromkeys(ResponseStatus, 0)
    for patient in patients:
        counts[answer(patient).status] += 1
    return Tally(
        counts[ResponseStatus.RESPONSE], counts[ResponseStatus.NO_RESPONSE], counts[ResponseStatus.NOT_EVALUABLE]
    )


def of_stratum(patients: Sequence[Patient], stratum: str) -> list[Patient]:
    """Return the patients of a stratum."""
    return [patient for patient in patients if patient.member.stratum == stratum]


def of_subtype(patients: Sequence[Patient], subtype: str) -> list[Patient]:
    """Return the patients of a subtype."""
    return [patient for patient in patients if patient.member.subtype == subtype]


def with_status(patients: Iterable[Patient], status: ResponseStatus) -> list[Patient]:
    """Return the patients with that answer by the primary rule."""
    return [patient for patient in patients if patient.response.status is status]
