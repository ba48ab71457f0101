"""What is looked for in the time around day 0: chance, an earlier trend, and the same answer at an earlier day."""

from __future__ import annotations

from pydantic import Field, model_validator

from refractory.dates import Days, Window, WindowDays, say_days
from refractory.definition import Definition

_YEAR = Window(-365, 0)


class RegressionToMeanDefinition(Definition):
    """How far the score would have improved by chance alone, since persons were treated when it was bad."""

    before: WindowDays = Field(_YEAR, description="Days on which earlier visits count; the last visit is the baseline.")
    apart: Days = Field(14, description="An earlier visit lies at least so long before the baseline visit.")
    reliability: float | None = Field(
        None, ge=0, le=1, description="Reliability of one score, where the run's own visits cannot tell it."
    )
    reliability_source: str = Field("", description="Where that number comes from.")
    mean: float | None = Field(None, description="Mean of the score in the population from which persons were chosen.")
    sd: float | None = Field(None, gt=0, description="Its standard deviation there.")
    population_source: str = Field("", description="Where mean and standard deviation come from.")
    chosen_at_least: float | None = Field(None, description="Persons were chosen for a score at or above this.")
    chosen_at_most: float | None = Field(None, description="The same for a score of which less is worse.")

    @model_validator(mode="after")
    def _is_complete(self) -> RegressionToMeanDefinition:
        if self.reliability is not None and not self.reliability_source:
            raise ValueError("a reliability from elsewhere needs reliability_source, where it comes from")
        if self.mean is not None and not self.population_source:
            raise ValueError("a mean of the population needs population_source, where it comes from")
        if self.sd is not None and self.mean is None:
            raise ValueError("a standard deviation of the population needs its mean too")
        if self.chosen_at_least is not None and self.chosen_at_most is not None:
            raise ValueError("persons were chosen at or above a score, or at or below it, not both")
        _check_past(self.before)
        return self

    def describe(self) -> tuple[str, ...]:
        """Say the definition as sentences of a methods section."""
        said = [
            "Regression to the mean: whoever is treated when a score is bad improves by chance alone. What the score "
            f"worsened from an earlier visit ({self.before}, at least {say_days(self.apart)} before the baseline "
            "visit) to baseline, it is expected to improve after it, if nothing but chance is at work. The reliability "
            "is the intraclass correlation of these two visits."
        ]
        if self.reliability is not None:
            said.append(
                f"Where fewer than ten persons have both, the reliability is {self.reliability:g} "
                f"({self.reliability_source})."
            )
        if self.mean is not None:
            spread = f", SD {self.sd:g}" if self.sd is not None else ""
            said.append(
                f"The mean of the population before the choice is taken as {self.mean:g}{spread} "
                f"({self.population_source})."
            )
        return tuple(said)


class TrendDefinition(Definition):
    """Score and glucocorticoid dose before day 0 against after."""

    before: WindowDays = Field(_YEAR, description="Days before day 0 through which the earlier line runs.")
    after: WindowDays = Field(Window(1, 365), description="Days after day 0 through which the later line runs.")

    @model_validator(mode="after")
    def _lies_on_both_sides(self) -> TrendDefinition:
        _check_past(self.before)
        if self.after.first_day is None or self.after.last_day is None or self.after.first_day < 1:
            raise ValueError("the window after has two ends and begins after day 0")
        return self

    def describe(self) -> tuple[str, ...]:
        """Say the definition as sentences of a methods section."""
        return (
            f"Trend: straight lines were fitted to the score, and to the mean glucocorticoid dose of every 28 days, on "
            f"{self.before} and on {self.after}, from the first evidence of the disease on, with a random intercept "
            "for each person; intervals are robust to how the values of one person hang together (CR2, Satterthwaite). "
            "The earlier line, continued, says where the persons would have been had nothing changed. Where the slopes "
            "of the later and of the earlier half of the values before day 0 differ by more than chance, they follow "
            "no straight line, and what rests on it is marked.",
        )


class AroundDefinition(Definition):
    """What is looked for in the time around day 0."""

    regression_to_mean: RegressionToMeanDefinition | None = Field(
        None, description="What chance alone would have done to the score; without this table it is not asked."
    )
    trend: TrendDefinition | None = Field(
        None, description="The trend before day 0 against after; without this table it is not asked."
    )
    placebo: tuple[Days, ...] = Field(
        (), description="How far time zero is moved back; the same rules are asked there."
    )

    @model_validator(mode="after")
    def _moves_back(self) -> AroundDefinition:
        if any(days < 1 for days in self.placebo) or len(set(self.placebo)) < len(self.placebo):
            raise ValueError('placebo moves time zero back by durations of at least "1 day", each named once')
        return self

    def describe_around(self) -> tuple[str, ...]:
        """Say what is looked for around day 0 as sentences of a methods section."""
        said = list(self.regression_to_mean.describe()) if self.regression_to_mean else []
        said += self.trend.describe() if self.trend else ()
        if self.placebo:
            moved = " and ".join(say_days(days) for days in self.placebo)
            said.append(
                f"Placebo time zero: time zero was moved back by {moved}, in persons who had the disease by then, were "
                "observed and not yet treated. Every rule was asked there with its window cut off before the true day "
                "0, and at the true day 0 over as many days; both answers of the same persons are compared (McNemar's "
                "exact test, Newcombe's interval of the paired difference)."
            )
        return tuple(said)


def _check_past(window: Window) -> None:
    if window.first_day is None or window.last_day is None or window.last_day > 0 or window.first_day >= 0:
        raise ValueError("the window before has two ends and ends on day 0 or before")
