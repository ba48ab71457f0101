"""The plan: which estimates by which method, and the published figures to compare them with."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from refractory.definition import Definition


class AnalysisDefinition(Definition):
    """How the estimates are made."""

    proportion: Literal["Clopper-Pearson", "Wilson", "Jeffreys", "mid-P"] = Field(
        "Clopper-Pearson", description="Interval of a proportion."
    )
    level: float = Field(0.95, gt=0.5, lt=1, description="Coverage of the intervals.")
    compare: tuple[str, ...] = Field((), description="Two strata whose difference in response is estimated.")
    predictors: tuple[str, ...] = Field(
        (),
        description="Names of the predictors to test; none named: all that table 1 shows.",
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

    def describe(self) -> tuple[str, ...]:
        """Say the plan as sentences of a methods section."""
        percent = f"{100 * self.level:g} %"
        said = [
            f"Proportions are given with {self.proportion} {percent} intervals, means with the sample standard "
            "deviation, and medians with quartiles.",
        ]
        if self.compare:
            said.append(
                f"Response in {self.compare[0].lower()} and {self.compare[1].lower()} is compared by the difference of "
                "proportions with Newcombe's hybrid score interval and Fisher's exact test."
            )
        said.append(
            "Predictors of response are tested one by one, by Fisher's exact test (Freeman-Halton beyond two groups) "
            "or the Mann-Whitney test (exact up to 100 persons); P values are adjusted by Holm's method within this "
            "family, and the smallest difference that the study had an 80 % chance of finding is printed beside each."
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
