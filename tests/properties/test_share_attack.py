"""No suppressed count can be worked out from everything that share/ holds: drawn cohorts, attacked."""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

from refractory.analysis.analyse import analyse
from refractory.analysis.cautions import RunFacts
from refractory.analysis.disclosure.shared_results import suppress_small_counts
from refractory.analysis.earlier_treatment import EarlierTreatment
from refractory.analysis.estimates import Plan
from refractory.analysis.plan import AnalysisDefinition
from refractory.analysis.report_definition import ReportDefinition
from refractory.analysis.results import AttritionStep, Results, StudyHead
from refractory.analysis.shared import SharedResults
from refractory.cohort.refractory import CourseBefore
from refractory.cohort.strata import GroupDefinition, Member, StratumDefinition
from refractory.dates import PartialDate
from refractory.exposures.adequacy import Adequacy
from refractory.outcomes.assess import Patient
from refractory.outcomes.explanations import Explanations
from refractory.outcomes.response import Response, ResponseDefinition, ResponseRule, ResponseStatus
from refractory.outcomes.sparing import DoseInWindow, Sparing, SparingClass, SparingDefinition
from refractory.run_store import write_share
from share_attack import Attack, Study

# Thousands: REFRACTORY_ATTACKS=5000 pytest tests/properties/test_share_attack.py
ATTACKS = int(os.environ.get("REFRACTORY_ATTACKS", "60"))
FIRST = int(os.environ.get("REFRACTORY_FIRST_ATTACK", "0"))
YES, NO, OPEN = ResponseStatus.RESPONSE, ResponseStatus.NO_RESPONSE, ResponseStatus.NOT_EVALUABLE
SUPPRESSION = "refractory.analysis.disclosure"
CLASSES = list(SparingClass)
DAY_0 = date(2020, 1, 1)
STRATA = ("Skin alone", "With muscle", "With lung")
SUBTYPES = ("Classic", "Overlap", "Juvenile")
DRUGS = ("dapsone", "methotrexate", "rituximab")
RULES = ("Lower by 4", "Lower by 8")
HEAD = StudyHead("drawn", "Drawn", "", "", "drug", "disease", "Improvement", "drawn", True, "0" * 64, "0")
FACTS = RunFacts(True, False, 0, 0, 0, 0, True, 0, 0, (), 0, 0, True)


@dataclass(frozen=True)
class Drawn:
    """A cohort that was drawn, and what was chosen for it."""

    patients: tuple[Patient, ...]
    plan: Plan
    taken: dict[str, list[int]]
    study: Study


def draw_cohort(seed: int) -> Drawn:
    """Draw a cohort: anything from nobody to a hundred persons, of one stratum or three, with rare and sure answers."""
    draw = np.random.default_rng(seed)
    persons = int(draw.choice([draw.integers(0, 12), draw.integers(5, 45), draw.integers(20, 100)]))
    strata = STRATA[: int(draw.choice([0, 2, 2, 3]))]
    smallest, zeros_shown = int(draw.choice([4, 5, 5, 11])), bool(draw.random() < 0.7)
    rates = draw.dirichlet(draw.choice([0.3, 1.0, 5.0]) * np.ones(3))
    weights = draw.dirichlet(draw.choice([0.5, 3.0]) * np.ones(max(len(strata), 1)))
    kinds = draw.dirichlet(draw.choice([0.5, 3.0]) * np.ones(3))
    drug_rates, female = draw.beta(0.6, 0.8, 3), draw.beta(2, 2)
    spare, on_it = draw.dirichlet(draw.choice([0.3, 3.0]) * np.ones(len(CLASSES))), draw.beta(3, 0.5)
    patients, taken = [], {drug: [] for drug in DRUGS}
    for number in range(persons):
        own = [drug for drug, rate in zip(DRUGS, drug_rates, strict=True) if draw.random() < rate]
        for drug in own:
            taken[drug].append(number)
        status = ResponseStatus(draw.choice([YES, NO, OPEN], p=rates))
        lax = status if draw.random() < 0.8 else ResponseStatus(draw.choice([YES, NO, OPEN]))
        strict = lax if lax is not YES or draw.random() < 0.8 else NO
        patients.append(
            _patient(
                number,
                (status, lax, strict),
                stratum=str(draw.choice(strata, p=weights)) if strata else None,
                subtype=str(draw.choice(SUBTYPES, p=kinds)),
                sex="female" if draw.random() < female else "male",
                age=int(draw.integers(18, 90)) if draw.random() < 0.9 else None,
                drugs=len(own),
                spared=Sparing(
                    DoseInWindow(10.0, int(draw.random() < on_it)),
                    DoseInWindow(),
                    SparingClass(draw.choice(CLASSES, p=spare)),
                    {},
                ),
            )
        )
    plan = Plan(
        analysis=AnalysisDefinition(compare=strata[:2] if len(strata) > 1 else ()),
        response=ResponseDefinition(
            name="Improvement",
            primary=ResponseRule(label="improved"),
            supporting=tuple(ResponseRule(name=name, label=name) for name in RULES),
        ),
        sparing=SparingDefinition(glucocorticoid="steroid"),
        strata=tuple(StratumDefinition(name=name, any=("muscle",)) for name in strata),
        subtypes=tuple(GroupDefinition(name=name, any=("muscle",)) for name in SUBTYPES),
        has_cycles=False,
        has_refractory_rule=True,
    )
    taken = {drug: own for drug, own in taken.items() if own}
    study = Study(strata, SUBTYPES, tuple(taken), RULES, smallest, zeros_shown)
    return Drawn(tuple(patients), plan, taken, study)


def _spare(*, is_on_it: bool, what: str) -> Sparing:
    return Sparing(DoseInWindow(10.0, int(is_on_it)), DoseInWindow(), SparingClass(what), {})


def _patient(
    number: int,
    answers: tuple[ResponseStatus, ...],
    *,
    stratum: str | None,
    subtype: str,
    sex: str,
    age: int | None,
    drugs: int,
    spared: Sparing,
) -> Patient:
    born = None if age is None else DAY_0 - timedelta(days=365 * age + number)
    member = Member(
        number, DAY_0, DAY_0 - timedelta(days=100 + number), born, born, sex, None, drugs, "chart", {}, stratum, subtype
    )
    day = PartialDate(DAY_0 + timedelta(days=30), DAY_0 + timedelta(days=30))
    found = [Response(one, day if one is YES else None, "open" if one is OPEN else "") for one in answers]
    return Patient(
        member=member, cycles=(), response=found[0], supporting=tuple(found[1:]), cycles_to_response=None,
        sparing=spared, baseline={}, observed_until=None,
    )  # fmt: skip


def share(drawn: Drawn) -> SharedResults:
    courses = tuple(
        CourseBefore(person, drug, 100, None, Adequacy.ADEQUATE, None, True)
        for drug, own in drawn.taken.items()
        for person in own
    )
    statuses = [one.response.status for one in drawn.patients]
    earlier = EarlierTreatment(courses, dict.fromkeys(("strictly", "as_written", "laxly"), statuses), 0)
    found = analyse(drawn.patients, drawn.plan, (), FACTS, earlier, Explanations())
    persons = len(drawn.patients)
    results = Results(
        HEAD, (AttritionStep("In", "In", "", persons, persons, persons, persons),), found.estimates, found.tables, (),
        found.cautions, (), (), (), found.listings, found.curves,
    )  # fmt: skip
    report = ReportDefinition(
        smallest_count=drawn.study.smallest, zeros="shown" if drawn.study.zeros_shown else "suppressed"
    )
    return suppress_small_counts(
        results, drawn.patients, drawn.plan, earlier.persons_by_drug, published=(), report=report
    )


def count_truth(drawn: Drawn) -> Counter[tuple[object, ...]]:
    """Count the persons by what the attacker asks: question, stratum, answer by the primary rule, answer."""
    truth: Counter[tuple[object, ...]] = Counter()
    for one in drawn.patients:
        place = (one.member.stratum or "", one.response.status.value)
        answers: dict[str, object] = {"": "", "sex": "yes" if one.member.sex == "female" else "no"}
        answers |= {f"drug {drug}": "yes" if one.member.person_id in own else "no" for drug, own in drawn.taken.items()}
        spared = one.sparing
        is_on_it = spared is not None and spared.is_on_glucocorticoid
        answers["sparing"] = spared.glucocorticoid.value if spared and is_on_it else "NOT_ON_IT"
        answers |= {"subtype": one.member.subtype, "rules": tuple(answer.status.value for answer in one.supporting)}
        truth.update((question, *place, answer) for question, answer in answers.items())
    return truth


def test_no_suppressed_count_of_drawn_cohorts_can_be_worked_out_from_the_files(tmp_path):
    suppressed, shown = 0, 0
    for seed in range(FIRST, FIRST + ATTACKS):
        drawn = draw_cohort(seed)
        folder = tmp_path / f"{seed}"
        write_share(share(drawn), folder)
        attack, truth = Attack(folder, drawn.study), count_truth(drawn)
        assert attack.find_contradictions(truth) == [], f"seed {seed}"
        assert attack.find_determined(truth) == [], f"seed {seed}"
        suppressed += len(attack.program.asked)
        shown += len(attack.program.rows)
    # An attack on files that say nothing, or hide nothing, would find nothing.
    assert suppressed > 10 * ATTACKS
    assert shown > 30 * ATTACKS


def _attack_some(folder: Path, seeds: range) -> list[str]:
    found = []
    for seed in seeds:
        drawn = draw_cohort(seed)
        write_share(share(drawn), folder / f"{seed}")
        found += Attack(folder / f"{seed}", drawn.study).find_determined(count_truth(drawn))
    return found


@pytest.mark.parametrize(
    ("faulty", "answer"),
    [
        (f"{SUPPRESSION}.suppress_table.can_be", lambda arcs, asked, values: True),
        (f"{SUPPRESSION}.limits.Known.gives_away", lambda known, persons, group, trait: False),
        (f"{SUPPRESSION}.shared_tables.may_add_up", lambda counts, trait, group: True),
    ],
    ids=["complements are shown", "nested groups are shown", "means add up"],
)
def test_the_attack_finds_what_a_suppression_with_one_fault_gives_away(faulty, answer, tmp_path, monkeypatch):
    monkeypatch.setattr(faulty, answer)
    assert _attack_some(tmp_path, range(24)) != []
