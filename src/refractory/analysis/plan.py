"""The plan: which estimates by which method, and the published figures to compare them with."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from pydantic import Field

from refractory.definition import Definition


@dataclass(frozen=True)
class MethodWords:
    """What the methods that a protocol chose are called in a text.

    Args:
        difference: The interval of a difference of two proportions.
        association: The test of two groups with a yes or no.
        shift: The difference of a number between two groups.
        two_samples: Its test.
        change: The change of a number within persons.
        paired: Its test.
        family: How the P values of a family are adjusted.
        detectable: The smallest effect that the study could well have found.
    """

    difference: str
    association: str
    shift: str
    two_samples: str
    change: str
    paired: str
    family: str
    detectable: str


_DIFFERENCES = {
    "Newcombe": "Newcombe's hybrid score interval",
    "Miettinen-Nurminen": "Miettinen and Nurminen's score interval",
}
_ASSOCIATIONS = {"Fisher": "Fisher's exact test", "Boschloo": "Boschloo's exact test"}
_TWO_SAMPLES = {
    "Mann-Whitney": ("Hodges-Lehmann shift", "the Mann-Whitney test (exact up to 100 persons)"),
    "Welch": ("difference of means with Welch's interval", "Welch's t test"),
}
_PAIRED = {
    "Wilcoxon": ("Hodges-Lehmann shift", "Wilcoxon's signed rank test (exact up to 100 persons)"),
    "paired t": ("mean change with Student's t interval", "the paired t test"),
}
_FAMILIES = {"Holm": "Holm's method", "Benjamini-Hochberg": "Benjamini and Hochberg's method"}


def say_level(level: float) -> str:
    """Say the coverage of an interval in per cent.

    Example:
        >>> say_level(0.95), say_level(0.975)
        ('95 %', '97.5 %')
    """
    return f"{Decimal(repr(level)) * 100:f}".rstrip("0").rstrip(".") + " %"


class AnalysisDefinition(Definition):
    """How the estimates are made."""

    proportion: Literal["Clopper-Pearson", "Wilson", "Jeffreys", "mid-P"] = Field(
        "Clopper-Pearson", description="Interval of a proportion."
    )
    level: float = Field(
        0.95, gt=0.5, lt=1, description="Coverage of the intervals; a P value below what it leaves over is significant."
    )
    difference: Literal["Newcombe", "Miettinen-Nurminen"] = Field(
        "Newcombe", description="Interval of a difference of two proportions."
    )
    association: Literal["Fisher", "Boschloo"] = Field(
        "Fisher", description="Exact test of two groups; beyond two groups it is Freeman and Halton's."
    )
    two_samples: Literal["Mann-Whitney", "Welch"] = Field(
        "Mann-Whitney", description="Test of a number in two groups, with the shift or the difference of means."
    )
    paired: Literal["Wilcoxon", "paired t"] = Field(
        "Wilcoxon", description="Test of a change within persons, with the shift or the mean change."
    )
    family: Literal["Holm", "Benjamini-Hochberg"] = Field(
        "Holm", description="How P values are adjusted within the family of the predictors."
    )
    compare: tuple[str, ...] = Field((), description="Two strata whose difference in response is estimated.")
    predictors: tuple[str, ...] = Field(
        (),
        description="Names of the predictors to test; none named: age, sex, time from diagnosis, drugs before, strata, "
        "subtypes and every baseline value.",
    )
    together: tuple[str, ...] = Field((), description="Names of the predictors of one model of several, if any.")
    several_predictors: Literal["Firth", "exact", "ridge"] = Field(
        "Firth", description="How the predictors of one model are fitted."
    )
    missing_predictors: Literal["multiple imputation", "complete cases"] = Field(
        "multiple imputation",
        description="What becomes of persons of whom a predictor of the model is not known; an exact model leaves "
        "them out.",
    )

    @property
    def _imputes(self) -> bool:
        return self.missing_predictors == "multiple imputation" and self.several_predictors != "exact"

    @property
    def percent(self) -> str:
        """The level in words: "95 %"."""
        return say_level(self.level)

    @property
    def significance(self) -> float:
        """The two-sided level of the tests: what the intervals leave over."""
        return round(1 - self.level, 12)

    @property
    def words(self) -> MethodWords:
        """What the chosen methods are called in a text."""
        return MethodWords(
            difference=_DIFFERENCES[self.difference],
            association=_ASSOCIATIONS[self.association],
            shift=_TWO_SAMPLES[self.two_samples][0],
            two_samples=_TWO_SAMPLES[self.two_samples][1],
            change=_PAIRED[self.paired][0],
            paired=_PAIRED[self.paired][1],
            family=_FAMILIES[self.family],
            detectable=f"smallest effect with an 80 % chance of P < {self.significance:g}",
        )

    def describe(self) -> tuple[str, ...]:
        """Say the plan as sentences of a methods section."""
        words = self.words
        said = [
            f"Proportions are given with {self.proportion} {self.percent} intervals, means with the sample standard "
            "deviation, and medians with quartiles.",
            f"A difference of two proportions has {words.difference}; a change within persons is the {words.change}, "
            f"tested by {words.paired}. Groups at baseline are compared by standardised differences and not by tests.",
        ]
        if self.compare:
            said.append(
                f"Response in {self.compare[0].lower()} and {self.compare[1].lower()} is compared by the difference of "
                f"proportions and {words.association}."
            )
        said.append(
            f"Predictors of response are tested one by one, by {words.association} (Freeman-Halton beyond two groups) "
            f"or {words.two_samples}; P values are adjusted by {words.family} within this family, and the smallest "
            "difference that the study had an 80 % chance of finding is printed beside each."
        )
        if self.together:
            said += [
                f"Together, by {_SEVERAL[self.several_predictors]}: {', '.join(self.together)}. Beside each stands the "
                "smallest odds ratio that its test had an 80 % chance of finding.",
                _MISSING if self._imputes else "Persons of whom one of these is not known are left out of the model.",
            ]
        return tuple(said)


_SEVERAL = {
    "Firth": "Firth's penalised logistic regression with profile penalised likelihood intervals",
    "exact": "exact conditional logistic regression",
    "ridge": "ridge logistic regression, without intervals, the penalty chosen by the largest marginal likelihood",
}
_MISSING = (
    "Predictors of the model that are not known of everybody are imputed by chained equations (predictive mean "
    "matching; Firth's logistic regression for groups), the response among the predictors of each, 20 times or once "
    "for each hundredth of persons with a gap; the model of the complete persons stands beside it."
)


class PublishedFigure(Definition):
    """One figure of the published study, to be printed beside the reproduced one."""

    statement: str = Field(min_length=1, description="What the paper says, in words.")
    result: str = Field(min_length=1, description="Id of the result that it is compared with.")
    value: str = Field(min_length=1, description='As printed there: "83 %", "1.82 ± 1.38", "42".')
    note: str = Field("", description="What a reader should know about it.")
