"""What the report that is sent to others may say."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from refractory.definition import Definition


class ReportDefinition(Definition):
    """Which counts of persons are too small to be sent."""

    # Below 4 a reader who replays the program could tell some suppressed counts by what it left out.
    smallest_count: int = Field(5, ge=4, le=50, description="Smallest count of persons that is shared.")
    zeros: Literal["shown", "suppressed"] = Field(
        "shown", description="Whether a count of 0 is shared; it names nobody, but says something of a whole group."
    )

    def describe(self) -> tuple[str, ...]:
        """Say the rule as sentences of a methods section."""
        least = "0" if self.zeros == "suppressed" else "1"
        return (
            f"In the version for others, counts of {least} to {self.smallest_count - 1} persons are suppressed, with "
            "the counts, percentages, intervals and tests from which they could be worked out.",
        )
