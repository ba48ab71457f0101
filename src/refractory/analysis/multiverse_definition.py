"""What is read from the universes of a study: which results, and how many universes at most."""

from __future__ import annotations

from pydantic import Field

from refractory.definition import Definition


class MultiverseDefinition(Definition):
    """The study run with every combination of its dials."""

    results: tuple[str, ...] = Field(
        (),
        description="Ids of the results that are followed; none named: the response of all persons, the difference "
        "between the strata that are compared, and lower glucocorticoid, as far as the study has them.",
    )
    most: int = Field(
        5000, ge=1, description="Above so many combinations a balanced sample of this size is run instead of all."
    )
    seed: int = Field(1, ge=0, description="Seed of that sample.")
