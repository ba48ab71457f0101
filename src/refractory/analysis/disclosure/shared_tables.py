"""The tables that are shared: built from what may be said, not cut down from what was found."""

from __future__ import annotations

from collections.abc import Mapping

from refractory.analysis.analysis_set import Number
from refractory.analysis.baseline_groups import with_and_without
from refractory.analysis.disclosure.cohort_traits import KNOWN, LOWERED, NO, NOT_KNOWN, NOT_ON_IT, YES, measures_of
from refractory.analysis.disclosure.linked_counts import ALL, RESPONSE, STRATUM, Trait
from refractory.analysis.disclosure.requirements import DID_NOT, OPEN, RESPONDED
from refractory.analysis.disclosure.sharing import NOT_SHOWN, Sharing, may_add_up
from refractory.analysis.results import Cell, ResultRow, ResultTable
from refractory.statistics.location import estimate_mean, estimate_median


def tabulate_shared(sharing: Sharing) -> tuple[ResultTable, ...]:
    """Tabulate everything of which at least one number is shared, in the order of reading."""
    tables: list[ResultTable | None] = [
        _tabulate_baseline(sharing),
        _tabulate_sizes(sharing),
        _tabulate_response(sharing),
    ]
    tables += [_tabulate_agreement(sharing), _tabulate_comparison(sharing), _tabulate_benchmarks(sharing)]
    tables += [_tabulate_sparing(sharing), _tabulate_events(sharing), _tabulate_reasons(sharing)]
    return tuple(table for table in tables if table is not None and table.rows)


def _tabulate_baseline(sharing: Sharing) -> ResultTable:
    groups, cohort = sharing.find_groups(), sharing.counts.cohort
    rows: list[ResultRow] = []
    for key, (label, number) in measures_of(sharing.patients, sharing.plan).items():
        rows += _tabulate_measure(sharing, f"known.{key}", label, number, groups)
        if key == "drugs_before":
            # In the order of the words: that of the counts would rank those that are suppressed.
            for name in sorted(cohort.added_up):
                drug = name.removeprefix("drug.")
                rows.append(_row_of(sharing, f"{drug[:1].upper()}{drug[1:]}", name, YES, groups, indent=1))
    rows.append(_row_of(sharing, "Female", "sex", YES, groups))
    rows += _rows_of_answers(sharing, "Subtype", cohort.trait("subtype"), groups)
    if cohort.trait("sparing.on_it"):
        rows.append(_row_of(sharing, "On a glucocorticoid at baseline", "sparing.on_it", YES, groups))
    heads = tuple(f"{name} (n = {cohort.persons_in(group).bit_count()})" for name, group in groups.items())
    footnotes = (
        "Mean ± sample standard deviation, median (quartiles) where each quarter of the persons is as many as the "
        "smallest count, or persons (per cent of the column).",
        "Persons who are not evaluable for response stand in no response column.",
    )
    return ResultTable("baseline", "Persons at time zero", ("", *heads), tuple(rows), footnotes)


def _row_of(
    sharing: Sharing, label: str, trait: str, answer: str, groups: Mapping[str, str], indent: int = 0
) -> ResultRow:
    return ResultRow(label, tuple(sharing.say_share(trait, answer, group) for group in groups.values()), indent)


def _rows_of_answers(sharing: Sharing, heading: str, trait: Trait | None, groups: Mapping[str, str]) -> list[ResultRow]:
    if trait is None:
        return []
    rows = [_row_of(sharing, answer, trait.name, answer, groups, indent=1) for answer in trait.answers]
    return [ResultRow(heading, (None,) * len(groups)), *rows]


def _tabulate_measure(
    sharing: Sharing, trait: str, label: str, number: Number, groups: Mapping[str, str]
) -> list[ResultRow]:
    cohort, smallest = sharing.counts.cohort, sharing.counts.limit.smallest
    means: list[Cell] = []
    medians: list[Cell] = []
    for group in groups.values():
        persons = cohort.persons_at((trait, KNOWN, group))
        values = [number(one) for place, one in enumerate(sharing.patients) if persons >> place & 1]
        known = [float(value) for value in values if value is not None]
        is_shared = sharing.counts.is_shown(trait, KNOWN, group) and may_add_up(sharing.counts, trait, group)
        for cells, estimate, least in ((means, estimate_mean, smallest), (medians, estimate_median, 4 * smallest)):
            told = estimate(known) if len(known) >= least else NOT_SHOWN
            cells.append(told if is_shared else NOT_SHOWN)
    rows = [
        ResultRow(label, (None,) * len(groups)),
        ResultRow("mean ± SD", tuple(means), 1),
        ResultRow("median (quartiles)", tuple(medians), 1),
    ]
    if any(cohort.count((trait, NOT_KNOWN, group)) for group in groups.values()):
        rows.append(_row_of(sharing, "not known", trait, NOT_KNOWN, groups, indent=1))
    return rows


def _tabulate_sizes(sharing: Sharing) -> ResultTable:
    rows: list[ResultRow] = []
    cohort = sharing.counts.cohort
    for name, heading in ((STRATUM, "Strata"), ("subtype", "Subtypes")):
        trait = cohort.trait(name)
        rows += [ResultRow(heading, (None,))] if trait else []
        for answer in trait.answers if trait else ():
            rows.append(ResultRow(answer, (sharing.say(name, answer),), 1))
            parts = cohort.trait(f"parts.{answer}") if name == STRATUM else None
            for part in list(parts.answers)[1:] if parts else ():
                rows.append(ResultRow(f"of these, {part}", (sharing.say(f"parts.{answer}", part),), 2))
    return ResultTable("strata", "Strata and subtypes", ("Group", "Persons"), tuple(rows))


def _tabulate_response(sharing: Sharing) -> ResultTable:
    cohort = sharing.counts.cohort
    rows = [_row_of_response(sharing, "All persons", "overall", cohort.persons, (RESPONSE, ALL), 0)]
    strata = cohort.trait(STRATUM)
    for answer in strata.answers if strata else ():
        size, cells = sharing.say(STRATUM, answer), (RESPONSE, f"{STRATUM}:{answer}")
        rows.append(_row_of_response(sharing, answer, answer, size, cells, 1))
    subtypes = cohort.trait("subtype")
    rows += [ResultRow("By subtype", (None,) * 6)] if subtypes else []
    for answer in subtypes.answers if subtypes else ():
        size = sharing.say("subtype", answer)
        rows.append(_row_of_response(sharing, answer, f"subtype.{answer}", size, ("subtype", answer), 1))
    supporting = [trait for trait in cohort.traits if trait.name.startswith("supporting.")]
    rows += [ResultRow("By supporting rule", (None,) * 6)] if supporting else []
    for trait in supporting:
        label = trait.name.removeprefix("supporting.")
        rows.append(_row_of_response(sharing, label, "", cohort.persons, (trait.name, ALL), 1))
    names = with_and_without(sharing.plan.response)
    columns = (
        sharing.plan.response.name, "Persons", *names, "Not evaluable", "Evaluable persons only",
        "Not evaluable as non-response",
    )  # fmt: skip
    footnotes = (
        f"Persons / persons counted (per cent; {100 * sharing.plan.analysis.level:g} % "
        f"{sharing.plan.analysis.proportion} interval).",
    )
    return ResultTable("response", sharing.plan.response.name, columns, tuple(rows), footnotes)


def _row_of_response(
    sharing: Sharing, label: str, key: str, size: str | int, cells: tuple[str, str], indent: int
) -> ResultRow:
    """Give the row of one group, or of one rule: cells are a question and its group, or a subtype by response."""
    question, group = cells
    if question == "subtype":
        counts = [sharing.say(question, group, f"{RESPONSE}:{status}") for status in (RESPONDED, DID_NOT, OPEN)]
    else:
        counts = [sharing.say(question, status, group) for status in (RESPONDED, DID_NOT, OPEN)]
    prefix = f"response.{key}" if key else f"{question}.overall"
    readings = (sharing.say_estimate(f"{prefix}.{reading}") for reading in ("evaluable", "as_non_response"))
    return ResultRow(label, (size, *counts, *readings), indent)


def _tabulate_agreement(sharing: Sharing) -> ResultTable:
    rows = []
    for trait in sharing.counts.cohort.traits:
        if trait.name.startswith("supporting."):
            label = trait.name.removeprefix("supporting.")
            pairs = ((RESPONDED, RESPONDED), (DID_NOT, RESPONDED), (RESPONDED, DID_NOT), (DID_NOT, DID_NOT))
            counts = [sharing.say(trait.name, own, f"{RESPONSE}:{primary}") for own, primary in pairs]
            found = [sharing.say_estimate(f"agreement.{label}.{key}") for key in ("percent", "kappa", "ac1")]
            if any(isinstance(cell, int) and cell for cell in counts):
                rows.append(ResultRow(label, (*counts, *found)))
    columns = (
        "Supporting rule", "Both", "Primary only", "This only", "Neither", "Same answer", "Cohen's kappa",
        "Gwet's AC1",
    )  # fmt: skip
    return ResultTable("agreement", "Primary and supporting rules compared", columns, tuple(rows))


def _tabulate_comparison(sharing: Sharing) -> ResultTable | None:
    names = sharing.plan.analysis.compare
    ids = [*(f"response.{name}" for name in names), "response.difference", "response.fisher"]
    if len(names) != 2 or any(each not in sharing.estimates for each in ids):
        return None
    cells = tuple(sharing.estimates[each].estimate for each in ids)
    title = f"{sharing.plan.response.name}: the strata compared"
    columns = ("", *names, "Difference", "Exact test")
    return ResultTable("comparison", title, columns, (ResultRow(sharing.plan.response.name, cells),))


def _tabulate_benchmarks(sharing: Sharing) -> ResultTable:
    rows = [
        ResultRow(one.title[:1].upper() + one.title[1:], tuple(map(sharing.say_estimate, (own, f"{own}.difference"))))
        for one in sharing.plan.benchmarks
        if (own := f"benchmark.{one.title}") in sharing.estimates
    ]
    columns = ("", sharing.plan.response.name, "Difference: this study less the other")
    footnotes = ("A difference is no effect of the treatment, and its absence no proof against one.",)
    return ResultTable("benchmarks", "The response of others", columns, tuple(rows), footnotes)


def _tabulate_sparing(sharing: Sharing) -> ResultTable | None:
    if sharing.counts.cohort.trait("sparing") is None:
        return None
    words = {
        LOWERED: "lower or stopped", "UNCHANGED": "unchanged", "INCREASED": "increased",
        "NOT_EVALUABLE": "not evaluable", NOT_ON_IT: "not on it at baseline",
    }  # fmt: skip
    rows = [ResultRow(said, (sharing.say_share("sparing", answer),)) for answer, said in words.items()]
    rows.insert(1, ResultRow("of these, stopped", (sharing.say_share("sparing.stopped", YES),), 1))
    title = "The glucocorticoid at the end of follow-up, of all persons"
    return ResultTable("sparing", title, ("", "Persons"), tuple(rows))


def _tabulate_events(sharing: Sharing) -> ResultTable:
    rows = [
        ResultRow(trait.name.removeprefix("safety."), (sharing.say_share(trait.name, YES),))
        for trait in sharing.counts.cohort.traits
        if trait.name.startswith("safety.") and NO in trait.answers
    ]
    return ResultTable("safety", "Events after day 0, of all persons", ("", "Persons"), tuple(rows))


def _tabulate_reasons(sharing: Sharing) -> ResultTable | None:
    trait = sharing.counts.cohort.trait("safety.stop_reason")
    if trait is None or not sharing.plan.safety or not sharing.plan.safety.stop_reason:
        return None
    # In the order of the words: that of the counts would rank those that are suppressed.
    rows = [
        ResultRow(reason[:1].upper() + reason[1:], (sharing.say_share(trait.name, reason),))
        for reason in sorted(trait.answers)
    ]
    return ResultTable("stop_reasons", "Why the treatment was stopped, by chart review", ("", "Persons"), tuple(rows))
