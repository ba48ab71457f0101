"""A placebo time zero: the same rules asked before anybody was treated, beside those asked at the true day 0."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import count

from refractory.analysis.estimates import Plan, estimate_share
from refractory.analysis.results import Caution, Findings, NamedEstimate, ResultRow, ResultTable, Severity
from refractory.dates import say_days
from refractory.numbers import format_estimate
from refractory.outcomes.around import Around
from refractory.outcomes.around_doses import PlaceboSparing
from refractory.outcomes.placebo import Placebo, PlaceboAnswer
from refractory.outcomes.response import ResponseStatus
from refractory.outcomes.sparing import LOWER, SparingClass
from refractory.statistics.estimate import Estimate
from refractory.statistics.paired_proportions import estimate_mcnemar, estimate_paired_difference

SPARING = "Glucocorticoid dose lower"
CANNOT = "cannot be asked"


@dataclass(frozen=True)
class PairedAnswers:
    """One rule at an earlier day 0 and at the true one, in the persons judged at both.

    Args:
        days: How far time zero was moved back.
        name: The rule in words.
        key: Short name, for ids.
        earlier: Proportion with the answer at the earlier day 0.
        true: The same at the true one, after as many days.
        difference: True minus earlier.
        test: McNemar's exact test.
        why: Why the rule cannot be asked; empty where it can.
    """

    days: int
    name: str
    key: str
    earlier: Estimate
    true: Estimate
    difference: Estimate
    test: Estimate
    why: str = ""

    @property
    def persons(self) -> int:
        """Persons judged at both."""
        return self.difference.n


def pair_answers(
    days: int, name: str, key: str, pairs: Sequence[tuple[bool, bool]], plan: Plan, why: str
) -> PairedAnswers:
    """Compare the answers of the same persons at the earlier day 0 and at the true one.

    Args:
        days: How far time zero was moved back.
        name: The rule in words.
        key: Short name, for ids.
        pairs: Of each person judged at both, whether it was met at the earlier day 0 and at the true one.
        plan: What the protocol chose.
        why: Why the rule cannot be asked; empty where it can.
    """
    counts = Counter(pairs)
    both, true_only, earlier_only = counts[True, True], counts[False, True], counts[True, False]
    return PairedAnswers(
        days=days,
        name=name,
        key=key,
        earlier=estimate_share(both + earlier_only, len(pairs), plan.analysis),
        true=estimate_share(both + true_only, len(pairs), plan.analysis),
        difference=estimate_paired_difference(
            both, true_only, earlier_only, counts[False, False], level=plan.analysis.level
        ),
        test=estimate_mcnemar(true_only, earlier_only),
        why=why,
    )


def _pair_rule(placebo: Placebo, number: int, answer: PlaceboAnswer, plan: Plan) -> PairedAnswers:
    judged = (ResponseStatus.RESPONSE, ResponseStatus.NO_RESPONSE)
    pairs = [
        (answer.earlier[person].status is judged[0], answer.true[person].status is judged[0])
        for person in answer.earlier
        if answer.earlier[person].status in judged and answer.true[person].status in judged
    ]
    why = answer.why or ("" if pairs else _say_nobody(placebo))
    return pair_answers(
        placebo.days, answer.name, "primary" if number == 0 else f"supporting_{number}", pairs, plan, why
    )


def _say_nobody(placebo: Placebo) -> str:
    if not placebo.persons:
        return "nobody had the disease by then, was observed and not yet treated"
    return "nobody was judged both then and at the true day 0"


def _pair_sparing(placebo: Placebo, sparing: PlaceboSparing, plan: Plan) -> PairedAnswers:
    def is_judged(found: Mapping[int, SparingClass], person: int) -> bool:
        return found.get(person, SparingClass.NOT_EVALUABLE) is not SparingClass.NOT_EVALUABLE

    pairs = [
        (sparing.earlier[person] in LOWER, sparing.true[person] in LOWER)
        for person in placebo.persons
        if is_judged(sparing.earlier, person) and is_judged(sparing.true, person)
    ]
    why = "" if pairs else _say_nobody(placebo)
    if not sparing.earlier:
        why = f"baseline and end of follow-up overlap within {say_days(placebo.days)}"
    return pair_answers(placebo.days, SPARING, "sparing", pairs, plan, why)


def analyse_placebos(around: Around, plan: Plan) -> Findings:
    """Say how often each rule was met at an earlier day 0, and at the true one in the same persons.

    Args:
        around: What the records hold around day 0.
        plan: What the protocol chose.
    """
    sparing = {one.days: one for one in around.doses.placebos} if around.doses else {}
    found: list[tuple[Placebo, list[PairedAnswers]]] = []
    for placebo in around.placebos:
        own = [_pair_rule(placebo, number, answer, plan) for number, answer in enumerate(placebo.answers)]
        own += [_pair_sparing(placebo, sparing[placebo.days], plan)] if placebo.days in sparing else []
        found.append((placebo, own))
    if not found:
        return Findings()
    estimates = [named for _, own in found for one in own for named in _name(one, plan)]
    cautions = [caution for placebo, own in found for caution in _find_cautions(placebo, own, plan)]
    return Findings(tuple(estimates), (_tabulate(found, plan),), tuple(cautions))


def _name(one: PairedAnswers, plan: Plan) -> list[NamedEstimate]:
    key, at = f"explanation.placebo.{one.days}.{one.key}", f"time zero {say_days(one.days)} earlier"
    parts = (
        ("earlier", f"{one.name}, {at}", one.earlier),
        ("true", f"{one.name}, at the true day 0 over as many days", one.true),
        ("difference", f"{one.name}, true day 0 minus {at}", one.difference),
        ("mcnemar", f"{one.name}, true day 0 against {at}", one.test),
    )
    return [
        NamedEstimate(f"{key}.{part}", one.name, f"{rule}; {one.why}" if one.why else rule, "overall", one.name, number)
        for part, rule, number in parts
    ]


def _tabulate(found: Sequence[tuple[Placebo, Sequence[PairedAnswers]]], plan: Plan) -> ResultTable:
    rows, notes = [], []
    for placebo, own in found:
        head = f"Time zero {say_days(placebo.days)} earlier"
        asked = len(placebo.persons)
        rows.append(ResultRow(head, (asked, None, None, None, None)))
        rows += [
            ResultRow(
                one.name,
                (one.persons, CANNOT, None, None, None)
                if one.why
                else (one.persons, one.earlier, one.true, one.difference, one.test),
                indent=1,
            )
            for one in own
        ]
        lost = "; ".join(f"{count}: {why}" for why, count in placebo.lost.items())
        reasons = dict.fromkeys((one.name, one.why) for one in own if one.why)
        said = [f"{head}: {asked} of {asked + sum(placebo.lost.values())} persons could be asked"]
        said += [f"not the others ({lost})"] if lost else []
        said += [f"{name} {CANNOT}: {why}" for name, why in reasons]
        notes.append("; ".join(said) + ".")
    general = (
        "Every rule is asked as if day 0 had been earlier, its window cut off before the true day 0; the true day 0 is "
        "asked over as many days, in the same persons, so that these proportions are lower than those of the whole "
        "window. Nobody was treated in the earlier time: what was met then was met without the treatment. But whoever "
        "got well then for good was never treated and is not here, so that the earlier proportions are lower than "
        "those of all persons left untreated. Difference: true minus earlier (Newcombe's interval for pairs); P by "
        "McNemar's exact test, not adjusted for the number of rules. A P value above "
        f"{plan.analysis.significance:g} shows no likeness: the interval says how large a difference may be there, and "
        f"with fewer than {_find_fewest_apart(plan.analysis.significance)} persons whose two answers differ no P value "
        "can be smaller."
    )
    columns = ("", "Persons", "Earlier day 0", "True day 0", "Difference", "P")
    title = f"Placebo time zero: {plan.response.name} before anybody was treated"
    return ResultTable("explanation-placebo", title, columns, tuple(rows), (general, *notes))


def _find_fewest_apart(alpha: float) -> int:
    """Find how many pairs must differ, all the same way, before McNemar's exact P value can lie below alpha."""
    return next(pairs for pairs in count(1) if 2 * 0.5**pairs < alpha)


def _find_cautions(placebo: Placebo, own: Sequence[PairedAnswers], plan: Plan) -> list[Caution]:
    """Find what is not clearly met more often at the true day 0; the first rule that can be asked stands for all."""
    if plan.response.means == "harm":
        return []
    rules = [one for one in own if one.key != "sparing"]
    asked = [one for one in rules if not one.why]
    cautions = []
    if not asked:
        text = (
            f"With time zero moved back by {say_days(placebo.days)} no rule of response can be asked: "
            f"{rules[0].why}. How often it would have been met without the treatment is not known."
        )
        title = f"No placebo time zero {say_days(placebo.days)} earlier"
        cautions.append(Caution(f"explanation-placebo-{placebo.days}-unknown", title, text, Severity.NOTE, 0))
    elif asked[0].key != "primary":
        text = (
            f"{rules[0].name} cannot be asked {say_days(placebo.days)} before day 0: {rules[0].why}. "
            f"The placebo time zero speaks of the other rules alone."
        )
        title = f"The primary outcome has no placebo time zero {say_days(placebo.days)} earlier"
        cautions.append(Caution(f"explanation-placebo-{placebo.days}-not-primary", title, text, Severity.NOTE, 0))
    for one in (*asked[:1], *(one for one in own if one.key == "sparing" and not one.why)):
        if one.difference.lower is None or one.difference.lower > 0:
            continue
        text = (
            f"{one.name}: {format_estimate(one.earlier)} with time zero {say_days(placebo.days)} earlier, before "
            f"anybody was treated, and {format_estimate(one.true)} at the true day 0 over as many days, in the same "
            f"persons. The difference is {format_estimate(one.difference)}."
        )
        title = f"{one.name}: not clearly more often than {say_days(placebo.days)} earlier"
        code = f"explanation-placebo-{placebo.days}-{one.key}"
        cautions.append(Caution(code, title, text, Severity.SERIOUS, one.difference))
    return cautions
