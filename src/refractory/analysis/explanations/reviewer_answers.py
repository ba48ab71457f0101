"""Whether reviewers who read the same charts agree on the response."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from refractory.analysis.estimates import Plan, estimate_share
from refractory.analysis.results import Caution, Findings, NamedEstimate, ResultRow, ResultTable
from refractory.numbers import format_share
from refractory.outcomes.response import ResponseStatus
from refractory.statistics.agreement import estimate_ac1, estimate_kappa
from refractory.statistics.estimate import Estimate
from refractory.statistics.krippendorff import estimate_alpha_nominal

_ID = "explanation.reviewers"
Answers = Mapping[str, Mapping[int, ResponseStatus]]


def analyse_reviewers(plan: Plan, by_reviewer: Answers) -> Findings:
    """Estimate how far the reviewers agree on the response of the persons whom several of them judged.

    Args:
        plan: What the protocol chose.
        by_reviewer: What each reviewer alone would have said, by person; the consensus is none of them.

    Returns:
        Nothing where no person was judged by two reviewers.
    """
    answers = _pair(by_reviewer)
    twice = {person: own for person, own in answers.items() if len(own) > 1}
    if not twice:
        return Findings()
    agreed = sum(len(set(own.values())) == 1 for own in twice.values())
    label = "Agreement of the reviewers"
    named = [
        NamedEstimate(
            f"{_ID}.agreement", label, f"{label}: persons of whom all reviewers who judged them said the same, among "
            "those judged by at least two", "overall", label, estimate_share(agreed, len(twice), plan.analysis),
        )
    ]  # fmt: skip
    for key, method, estimate in _estimate_beyond_chance(twice, plan.analysis.level):
        named.append(NamedEstimate(f"{_ID}.{key}", label, f"{label}: {method}", "overall", label, estimate))
    cautions = (_find_caution(len(twice) - agreed, len(twice), plan),) if agreed < len(twice) else ()
    return Findings(tuple(named), (_tabulate(by_reviewer, twice, named, plan),), cautions)


def _find_caution(apart: int, twice: int, plan: Plan) -> Caution:
    text = (
        f"Of {twice} persons judged by at least two reviewers {apart} {'was' if apart == 1 else 'were'} judged "
        f"differently before any consensus. {plan.response.name} of persons whom one reviewer alone judged is as "
        "doubtful."
    )
    return Caution("reviewers-disagree", "Reviewers disagree", text, number=estimate_share(apart, twice, plan.analysis))


def _pair(by_reviewer: Answers) -> dict[int, dict[str, bool]]:
    """Gather by person what each reviewer said; who could not say is left out."""
    answers: dict[int, dict[str, bool]] = {}
    for name, by_person in by_reviewer.items():
        for person, status in by_person.items():
            if status is not ResponseStatus.NOT_EVALUABLE:
                answers.setdefault(person, {})[name] = status is ResponseStatus.RESPONSE
    return answers


def _estimate_beyond_chance(twice: Mapping[int, Mapping[str, bool]], level: float) -> list[tuple[str, str, Estimate]]:
    names = sorted({name for own in twice.values() for name in own})
    if len(names) == 2:
        table = [[0, 0], [0, 0]]
        for own in twice.values():
            table[0 if own[names[0]] else 1][0 if own[names[1]] else 1] += 1
        kappa, ac1 = estimate_kappa(table, level=level), estimate_ac1(table, level=level)
        return [("kappa", "Cohen's kappa", kappa), ("ac1", "Gwet's AC1", ac1)]
    ratings = [[float(own[name]) if name in own else None for name in names] for own in twice.values()]
    return [("alpha", "Krippendorff's alpha, nominal", estimate_alpha_nominal(ratings))]


def _tabulate(
    by_reviewer: Answers, twice: Mapping[int, Mapping[str, bool]], named: Sequence[NamedEstimate], plan: Plan
) -> ResultTable:
    rows = [ResultRow("Persons judged by at least two reviewers", (len(twice),))]
    names = sorted({name for own in twice.values() for name in own})
    rows += [
        ResultRow(
            f"Reviewer {place}: {plan.response.name.lower()}",
            (format_share(sum(own[name] for own in twice.values() if name in own),
                          sum(name in own for own in twice.values())),), indent=1,
        )
        for place, name in enumerate(names, start=1)
    ]  # fmt: skip
    words = {f"{_ID}.agreement": "All said the same"}
    rows += [ResultRow(words.get(one.id, one.rule.partition(": ")[2]), (one.estimate,), indent=1) for one in named]
    footnotes = (
        f"Of {len(by_reviewer)} reviewers, each by what it wrote about dates that another wrote about too, before any "
        "consensus; persons whom a reviewer could not judge are left out. Reviewers who agree may err together: "
        "agreement is no proof that the label is right.",
    )
    return ResultTable("explanation-reviewers", "Agreement of the reviewers", ("", "Persons"), tuple(rows), footnotes)
