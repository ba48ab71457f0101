"""Who is counted and how they are judged: which explanations in that a study looks for, and how."""

from __future__ import annotations

from pydantic import Field, model_validator

from refractory.dates import Days, Window, WindowDays, say_days
from refractory.definition import Definition

Share = tuple[float, float]


class LabelValidityDefinition(Definition):
    """How often the label of the response is right: counts from a validation, or ranges that are thought possible."""

    said_yes: int | None = Field(None, ge=0, description="Of those who truly responded, whom the label says to have.")
    truly_yes: int | None = Field(None, ge=1, description="Persons of the validation who truly responded.")
    said_no: int | None = Field(None, ge=0, description="Of those who truly did not, of whom the label says so.")
    truly_no: int | None = Field(None, ge=1, description="Persons of the validation who truly did not respond.")
    sensitivity: Share | None = Field(None, description="Lowest and highest sensitivity that is thought possible.")
    specificity: Share | None = Field(None, description="Lowest and highest specificity that is thought possible.")
    source: str = Field("", description="Where the counts or the ranges come from.")

    @model_validator(mode="after")
    def _is_one_way(self) -> LabelValidityDefinition:
        counts = (self.said_yes, self.truly_yes, self.said_no, self.truly_no)
        ranges = (self.sensitivity, self.specificity)
        has_counts, has_ranges = (all(one is not None for one in each) for each in (counts, ranges))
        is_mixed = any(one is not None for one in (ranges if has_counts else counts))
        if has_counts == has_ranges or is_mixed:
            raise ValueError(
                "the label's errors are given as four counts (said_yes, truly_yes, said_no, truly_no) or as two ranges "
                "(sensitivity, specificity), not as parts of both"
            )
        for counted, among in ((self.said_yes, self.truly_yes), (self.said_no, self.truly_no)):
            if has_counts and (counted or 0) > (among or 0):
                raise ValueError(f"{counted} persons cannot be counted among {among}")
        for name, share in (("sensitivity", self.sensitivity), ("specificity", self.specificity)):
            if share and not 0 <= share[0] <= share[1] <= 1:
                raise ValueError(f"{name} is a range like [0.8, 0.95]: two shares between 0 and 1, the lower one first")
        if self.sensitivity and self.specificity and self.sensitivity[0] + self.specificity[0] <= 1:
            raise ValueError(
                "the lowest sensitivity and the lowest specificity add up to no more than 1: such a label says nothing"
            )
        return self

    @property
    def counts(self) -> tuple[int, int, int, int] | None:
        """Said to and truly responded, said and truly not; None where ranges are given."""
        if self.truly_yes is None or self.truly_no is None:
            return None
        return self.said_yes or 0, self.truly_yes, self.said_no or 0, self.truly_no

    @property
    def corners(self) -> tuple[Share, Share]:
        """Sensitivity and specificity with which the corrected response is lowest, and with which it is highest."""
        sensitivity, specificity = self.sensitivity or (1.0, 1.0), self.specificity or (1.0, 1.0)
        return (sensitivity[1], specificity[0]), (sensitivity[0], specificity[1])

    def describe(self) -> str:
        """Say the definition as a sentence of a methods section."""
        source = f" ({self.source})" if self.source else ""
        if self.counts:
            yes, of_yes, no, of_no = self.counts
            return (
                f"The response is corrected for the errors of its label: of {of_yes} persons who truly responded it "
                f"says so of {yes}, of {of_no} who did not of {no}{source}; the interval carries the uncertainty of "
                "all three counts (Rogan-Gladen, melded exact interval)."
            )
        ends = [f"{share[0]:g} to {share[1]:g}" for share in (self.sensitivity, self.specificity) if share]
        return (
            f"The response is corrected for the errors of its label within bounds: a sensitivity of {ends[0]} and a "
            f"specificity of {ends[1]}{source}."
        )


class CountedDefinition(Definition):
    """Other drugs near day 0, the errors of the label, and what the response is held against."""

    near_day_0: WindowDays = Field(
        Window(-30, 30), description="Days around day 0 in which another drug begun or raised may explain the response."
    )
    among: str | None = Field(
        None, description="Concept set of the other drugs, one member a drug; none: that of [lines], or [refractory]."
    )
    persistence: Days = Field(30, description="A drug is begun when it was not covered for longer than this before.")
    raised: float = Field(25, gt=0, description="Per cent by which a glucocorticoid dose is higher to count as raised.")
    raised_for: Days = Field(14, description="How many days in a row a dose lasts at least to be a level of its own.")
    label: LabelValidityDefinition | None = Field(None, description="How often the label of the response is right.")
    threshold: tuple[float, ...] = Field(
        (), description="Proportions that the response is held against beside the benchmarks, such as [0.5]."
    )

    @model_validator(mode="after")
    def _can_be_told(self) -> CountedDefinition:
        if self.near_day_0.first_day is None or self.near_day_0.last_day is None:
            raise ValueError("near_day_0 has two ends: what lies far from day 0 explains nothing at it")
        if self.raised_for < 1:
            raise ValueError('raised_for is at least "1 day"')
        if any(not 0 < one < 1 for one in self.threshold):
            raise ValueError("a threshold is a proportion between 0 and 1: 0.5 for 50 %")
        return self

    def describe_counted(self) -> tuple[str, ...]:
        """Say how these explanations are looked for, as sentences of a methods section."""
        said = [
            "Where the study names other drugs, those were looked for that were begun on "
            f"{self.near_day_0} (not covered for more than {say_days(self.persistence)} before), and glucocorticoid "
            f"doses that rose by at least {self.raised:g} % from one level of at least {say_days(self.raised_for)} to "
            "the next, or were given as a pulse; the response is printed with and without these persons.",
            "Persons left out only by criteria that ask for data are compared with the cohort by standardised "
            "differences, as are those evaluable with those not; bounds say what the response would be if all of them "
            "had failed, responded, or responded as the others.",
            "Persons not observed to the end of the response window are counted as failures and as responders.",
            "For each benchmark without the treatment the fewest failures are found with which the lower limit of the "
            "response lies below it, among those not evaluable and then among the responders.",
            "The cohort is built again from the records dated up to day 0, and everything decided at day 0 compared.",
            "A table names every explanation as asked, as what cannot be asked and why, or as not asked.",
        ]
        said += [self.label.describe()] if self.label else []
        return tuple(said)
