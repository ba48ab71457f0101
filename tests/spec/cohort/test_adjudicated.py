"""Several reviewers, one value."""

from __future__ import annotations

from tests.tables import fill, same_rows

from refractory.records.adjudicated import derive_final_labels


def test_consensus_decides_else_the_reviewers_must_agree(engine):
    label = fill(
        engine,
        "label",
        """
        person_id | item     | value | earliest   | latest     | reviewer
        1         | improved | yes   | 2020-01-01 | 2020-01-01 | A
        1         | improved | Yes   | 2020-01-01 | 2020-01-01 | B
        2         | improved | yes   | 2020-01-01 | 2020-01-01 | A
        2         | improved | no    | 2020-01-01 | 2020-01-01 | B
        3         | improved | yes   | 2020-01-01 | 2020-01-01 | A
        3         | improved | no    | 2020-01-01 | 2020-01-01 | B
        3         | improved | no    | 2020-01-01 | 2020-01-01 | Consensus
        4         | improved | yes   | 2020-01-01 | 2020-01-31 | -
    """,
    )
    same_rows(
        engine,
        derive_final_labels(label),
        """
        person_id | value | latest     | reviewers
        1         | yes   | 2020-01-01 | 2
        2         | -     | 2020-01-01 | 2
        3         | no    | 2020-01-01 | 3
        4         | yes   | 2020-01-31 | 0
    """,
    )
