"""Which other explanations of a response a study looks for, and how."""

from __future__ import annotations

from refractory.outcomes.around_definition import AroundDefinition
from refractory.outcomes.counted_definition import CountedDefinition


class ExplanationsDefinition(CountedDefinition, AroundDefinition):
    """What else could explain the response, and how it is looked for."""

    def describe(self) -> tuple[str, ...]:
        """Say the other explanations as sentences of a methods section."""
        return self.describe_counted() + self.describe_around()
