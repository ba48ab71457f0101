"""Selection by availability of data: kept against left out, evaluable against not evaluable."""

from __future__ import annotations

from collections.abc import Sequence

from refractory.analysis.analysis_set import with_status
from refractory.analysis.estimates import Plan, estimate_share, strata_of
from refractory.analysis.explanations.bounds import bound_response, count_primary, estimate_primary
from refractory.analysis.explanations.group_balance import BALANCE_FOOTNOTE, compare_members, find_largest
from refractory.analysis.results import Caution, Findings, NamedEstimate, ResultRow, ResultTable, Severity
from refractory.cohort.criteria import one_of
from refractory.numbers import format_estimate, say_count
from refractory.outcomes.assess import Patient
from refractory.outcomes.left_out import LeftOut
from refractory.outcomes.response import ResponseStatus
from refractory.statistics.estimate import Estimate, EstimateKind

_ID = "explanation.selection"
# Of more than this share of all who met every other criterion a reader must know first.
_MANY = 0.1


def analyse_selection(patients: Sequence[Patient], plan: Plan, left_out: LeftOut | None) -> Findings:
    """Compare the persons who were kept with those left out for lack of data, and bound what these would change.

    Args:
        patients: The analysis set, at least one.
        plan: What the protocol chose.
        left_out: Persons left out for lack of data; None where no criterion asks for data.
    """
    found = _analyse_left_out(patients, plan, left_out) if left_out is not None else Findings()
    judged = [one for one in patients if one.response.status is not ResponseStatus.NOT_EVALUABLE]
    others = with_status(patients, ResponseStatus.NOT_EVALUABLE)
    return found + (_compare_evaluable(judged, others, plan) if others else Findings())


def _analyse_left_out(patients: Sequence[Patient], plan: Plan, left_out: LeftOut) -> Findings:
    many = len(left_out.members)
    label = "Persons left out for lack of data alone"
    rule = f"{label}: lost at {_say_criteria(left_out)}, and every other criterion met"
    count = Estimate(EstimateKind.COUNT, many, len(patients) + many, "count")
    named = [NamedEstimate(f"{_ID}.persons", label, rule, "overall", "persons", count)]
    table = _tabulate_left_out(patients, plan, left_out)
    if not many:
        return Findings(tuple(named), (table,))
    told = _estimate_with(patients, plan, left_out)
    for key, said, estimate in told:
        named.append(
            NamedEstimate(f"{_ID}.{key}", plan.response.name, f"{plan.response.name}: {said}", "overall",
                          plan.response.name, estimate)
        )  # fmt: skip
    tables = (table, _tabulate_bounds(patients, plan, told))
    return Findings(tuple(named), tables, (_find_caution(patients, plan, left_out),))


def _say_criteria(left_out: LeftOut) -> str:
    return one_of([f'"{name}"' for name in left_out.criteria])


def _estimate_with(patients: Sequence[Patient], plan: Plan, left_out: LeftOut) -> list[tuple[str, str, Estimate]]:
    """Estimate the response with the persons left out, by what they are thought to have done."""
    responders, among = count_primary(patients, plan)
    many = len(left_out.members)
    against, favour = bound_response(responders, among, many, plan)
    found = [
        ("kept", "the persons of the cohort, as printed", estimate_primary(patients, plan)),
        ("against", "with the persons left out, all counted against the treatment", against),
        ("favour", "with the persons left out, all counted in favour of it", favour),
    ]
    statuses = [left_out.statuses[one.person_id] for one in left_out.members]
    known = [one for one in statuses if one is not ResponseStatus.NOT_EVALUABLE]
    if known:
        more = sum(one is ResponseStatus.RESPONSE for one in known)
        with_known = estimate_share(responders + more, among + len(known), plan.analysis)
        found.append(("known", f"with those left out whose response is known ({len(known)} of {many})", with_known))
    return found


def _tabulate_left_out(patients: Sequence[Patient], plan: Plan, left_out: LeftOut) -> ResultTable:
    kept = [one.member for one in patients]
    members = left_out.members
    lost = "; ".join(f"{name}: {say_count(count, 'person')}" for name, count in left_out.lost.items() if count)
    rows = [ResultRow("Persons left out who meet every other criterion", (None, 0, None))]
    if members:
        rows = [row for row, _ in compare_members(kept, members, strata_of(plan, patients), plan.analysis.level)]
    footnotes = (
        f"Left out: lost at {_say_criteria(left_out)}, which ask for data and not for the disease or its treatment, "
        "and every other criterion met as far as the records show"
        + (f". Lost there in all: {lost}." if lost else ". Nobody was lost there."),
        *([BALANCE_FOOTNOTE] if members else []),
    )
    columns = ("", f"Kept (n = {len(kept)})", f"Left out (n = {len(members)})", "Standardised difference")
    title = "Persons left out for lack of data, beside those who were kept"
    return ResultTable("explanation-selection", title, columns, tuple(rows), footnotes)


def _tabulate_bounds(patients: Sequence[Patient], plan: Plan, told: Sequence[tuple[str, str, Estimate]]) -> ResultTable:
    rows = [ResultRow(said[:1].upper() + said[1:], (estimate,)) for _, said, estimate in told]
    rows.append(ResultRow("If the persons left out did as the others", (estimate_primary(patients, plan),)))
    footnotes = (
        "The first bound counts all persons left out against the treatment, the second all in favour of it; the truth "
        "lies between them.",
    )
    title = f"{plan.response.name} with the persons left out for lack of data"
    return ResultTable("explanation-selection-bounds", title, ("", plan.response.name), tuple(rows), footnotes)


def _find_caution(patients: Sequence[Patient], plan: Plan, left_out: LeftOut) -> Caution:
    many = len(left_out.members)
    compared = compare_members(
        [one.member for one in patients], left_out.members, strata_of(plan, patients), plan.analysis.level
    )
    largest = find_largest(compared)
    unlike = (
        f" They differ most in {_in_a_sentence(largest[0])}: standardised difference {format_estimate(largest[1])}."
        if largest
        else ""
    )
    responders, among = count_primary(patients, plan)
    against, favour = bound_response(responders, among, many, plan)
    low, high = sorted((against, favour), key=lambda one: one.value or 0.0)
    verb = "was" if many == 1 else "were"
    text = (
        f"{say_count(many, 'person')} who met every other criterion {verb} left out by what asks for data: "
        f"{_say_criteria(left_out)}."
        f"{unlike} With them {plan.response.name.lower()} lies between {format_estimate(low)} and "
        f"{format_estimate(high)}."
    )
    known = [estimate for key, _, estimate in _estimate_with(patients, plan, left_out) if key == "known"]
    if known:
        judged = known[0].n - among
        text += f" Of {judged} of them it is known: with these it is {format_estimate(known[0])}."
    severity = Severity.SERIOUS if many > _MANY * (len(patients) + many) else Severity.NOTE
    return Caution("left-out-for-data", "Persons left out for lack of data", text, severity, many)


def _in_a_sentence(label: str) -> str:
    return label[:1].lower() + label[1:]


def _compare_evaluable(judged: Sequence[Patient], others: Sequence[Patient], plan: Plan) -> Findings:
    persons = [*judged, *others]
    compared = compare_members(
        [one.member for one in judged], [one.member for one in others], strata_of(plan, persons), plan.analysis.level
    )
    columns = ("", f"Evaluable (n = {len(judged)})", f"Not evaluable (n = {len(others)})", "Standardised difference")
    footnotes = (
        BALANCE_FOOTNOTE,
        "What the response would be with them is printed with the response: the worst and the best bound.",
    )
    title = "Persons who could not be judged, beside those who could"
    table = ResultTable("explanation-evaluable", title, columns, tuple(row for row, _ in compared), footnotes)
    named = []
    largest = find_largest(compared)
    if largest:
        rule = f"Evaluable less not evaluable: {_in_a_sentence(largest[0])}, the measure in which they differ most"
        named.append(NamedEstimate("explanation.evaluable.difference", title, rule, "overall", largest[0], largest[1]))
    return Findings(tuple(named), (table,))
