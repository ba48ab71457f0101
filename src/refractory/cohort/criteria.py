"""Presence of something in the record: the one question that eligibility, exclusions and features ask."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Literal

from pydantic import Field, model_validator

from refractory.dates import Window, WindowDays
from refractory.definition import Definition
from refractory.records.from_circe import CirceKey
from refractory.records.later import later

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from refractory.records.circe.definition import CirceDefinition

Leaves = Mapping[str, tuple[str, ...]]
Anchor = Literal["day 0", "diagnosis"]
UPPER_LIMIT = "upper limit of normal"


class Criterion(Definition):
    """At least so many records of a concept set in a window, all of them on or before day 0."""

    concept: str = Field("", description="Concept set looked for; or `circe`.")
    circe: CirceKey | None = Field(
        None,
        description="Cohort definition of ATLAS beside the study: days on which a person enters it are looked for.",
    )
    window: WindowDays = Field(Window(None, 0), description="Days around the anchor, both ends included.")
    anchor: Anchor = Field("day 0", description='What the window is counted from: "day 0" or "diagnosis".')
    at_least: int = Field(1, ge=1, description="Different days with such a record.")
    above: float | Literal["upper limit of normal"] | None = Field(
        None, description="For measurements: values above this number, or above the source's upper limit of normal."
    )
    below: float | None = Field(None, description="For measurements: values below this number.")

    @model_validator(mode="after")
    def _looks_for_one_thing(self) -> Criterion:
        if bool(self.concept) == bool(self.circe):
            raise ValueError(
                "a criterion looks for a concept set (concept) or a cohort definition (circe), one of them"
            )
        if self.circe and (self.above is not None or self.below is not None):
            raise ValueError("above and below are for values of a concept set; a cohort definition has its own")
        return self

    def find_leaves(self, leaves: Leaves) -> tuple[str, ...]:
        """Name what the facts that it looks for are called: leaf concept sets, or the cohort definition."""
        return (name_facts(self.circe),) if self.circe else leaves[self.concept]

    def describe(self) -> str:
        """Say the criterion in words.

        Example:
            >>> Criterion(concept="creatine kinase", window=[-365, 0], above=UPPER_LIMIT, at_least=2).describe()
            'creatine kinase above the upper limit of normal on at least 2 days, on days -365 to 0'
        """
        value = ""
        if self.above is not None:
            value += f" above {'the ' + UPPER_LIMIT if self.above == UPPER_LIMIT else format(self.above, 'g')}"
        if self.below is not None:
            value += f" below {self.below:g}"
        often = f" on at least {self.at_least} days," if self.at_least > 1 else ""
        since = "" if self.anchor == "day 0" else f" from {self.anchor}"
        what = say_entry(self.circe) if self.circe else self.concept
        return f"{what}{value}{often} on {self.window}{since}"


def name_facts(definition: CirceDefinition) -> str:
    """Name the facts that are entries into a cohort definition: as no concept set of a study can be called."""
    return f"circe: {definition.file}"


def say_entry(definition: CirceDefinition) -> str:
    """Say that a person enters a cohort definition, by its title and its file."""
    title = definition.title
    named = definition.file if title == definition.file.removesuffix(".json") else f"{title} ({definition.file})"
    return f"entry into the cohort definition {named}"


@later
def derive_facts(event: ir.Table, drug: ir.Table, measurement: ir.Table) -> ir.Table:
    """Put all records into one table of dated facts.

    Returns:
        One row per source row per concept set: person_id, concept_set, date, value, upper_limit (the last
        two null for what is no measurement).
    """
    import ibis

    nothing = ibis.null("float64")
    return ibis.union(
        event.select("person_id", "concept_set", date=event.start_date, value=nothing, upper_limit=nothing),
        drug.select("person_id", "concept_set", date=drug.start_date, value=nothing, upper_limit=nothing),
        measurement.select("person_id", "concept_set", "date", "value", "upper_limit"),
        distinct=False,
    )


def in_window(day: ir.IntegerValue, window: Window) -> ir.BooleanValue:
    """Say of day numbers whether they lie in the window, both ends included."""
    import ibis

    inside: ir.BooleanValue = ibis.literal(True)
    if window.first_day is not None:
        inside = inside & (day >= window.first_day)
    if window.last_day is not None:
        inside = inside & (day <= window.last_day)
    return inside


@later
def derive_findings(
    candidates: ir.Table,
    facts: ir.Table,
    criteria: Mapping[str, Criterion],
    leaves: Leaves,
    entries: ir.Table | None = None,
) -> ir.Table:
    """Answer every criterion for every candidate in one pass over the facts.

    Facts after day 0 are left out before anything is counted: the future decides nothing.

    Args:
        candidates: One row per candidate day 0: person_id, day0_date, diagnosis_date.
        facts: One row per dated fact, from derive_facts.
        criteria: The criteria, by the name of the column that answers each.
        leaves: The leaf concept sets of each concept set.
        entries: One row per stay in a cohort definition as each candidate knew it; see records.schema. None without.

    Returns:
        One row per candidate with any fact: person_id, day0_date, and a boolean column per criterion.
    """
    import ibis

    wanted = sorted({leaf for criterion in criteria.values() for leaf in criterion.find_leaves(leaves)})
    dated = candidates.join(facts.filter(facts.concept_set.isin(wanted)), "person_id")
    if entries is not None:
        entered = candidates.join(_as_facts(entries), ["person_id", "day0_date"]).select(*dated.columns)
        dated = dated.union(entered.filter(entered.concept_set.isin(wanted)))
    dated = dated.filter(dated.date <= dated.day0_date)
    day = {
        "day 0": dated.date.delta(dated.day0_date, unit="day"),
        "diagnosis": dated.date.delta(dated.diagnosis_date, unit="day"),
    }
    found = {}
    for name, criterion in criteria.items():
        fits = dated.concept_set.isin(list(criterion.find_leaves(leaves)))
        fits = fits & in_window(day[criterion.anchor], criterion.window)
        if criterion.above is not None:
            limit = dated.upper_limit if criterion.above == UPPER_LIMIT else ibis.literal(float(criterion.above))
            fits = fits & (dated["value"] > limit)
        if criterion.below is not None:
            fits = fits & (dated["value"] < criterion.below)
        days = ibis.ifelse(fits, dated.date, ibis.null("date")).nunique()
        found[name] = days >= criterion.at_least
    return dated.group_by(["person_id", "day0_date"]).aggregate(**found)


def _as_facts(entries: ir.Table) -> ir.Table:
    import ibis

    nothing = ibis.null("float64")
    named = (ibis.literal("circe: ") + entries.definition).name("concept_set")
    return entries.select("person_id", "day0_date", named, date=entries.entry_date, value=nothing, upper_limit=nothing)


@later
def keep_where(candidates: ir.Table, findings: ir.Table, column: str, *, is_wanted: bool) -> ir.Table:
    """Keep the candidates whose finding is as wanted; a candidate without any fact has found nothing."""
    keys = ["person_id", "day0_date"]
    found = findings.filter(findings[column]).select(*keys)
    return candidates.semi_join(found, keys) if is_wanted else candidates.anti_join(found, keys)


def one_of(names: Sequence[str]) -> str:
    """Join names for a sentence: "a", "a or b", "a, b or c"."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"
