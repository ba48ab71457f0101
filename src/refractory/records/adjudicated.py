"""What reviewers wrote about charts, brought to one value per person, item and date."""

from __future__ import annotations

from typing import TYPE_CHECKING

from refractory.records.later import later

if TYPE_CHECKING:
    import ibis.expr.types as ir

CONSENSUS = "consensus"

FINAL_LABEL = {
    "person_id": "int64",
    "item": "string",
    "earliest": "date",
    "latest": "date",
    "value": "string",
    "reviewers": "int64",
}


@later
def derive_final_labels(label: ir.Table) -> ir.Table:
    """Bring the reviewers' rows about one item and date to one value.

    A row by the reviewer "consensus" decides. Without one the reviewers must agree; where they do not,
    the value is null. Spelling is compared without regard to case and outer blanks.

    Args:
        label: One row per adjudicated item as written, as in records.schema.LABEL.

    Returns:
        One row per person, item and date: person_id, item, earliest, latest (the interval of days that the
        date may mean; null without a date), value (lower case; null when reviewers disagree), reviewers.
    """
    import ibis

    rows = label.mutate(
        item=label.item.lower().strip(),
        value=label["value"].lower().strip(),
        is_consensus=ibis.ifelse(ibis.coalesce(label.reviewer, "").lower().strip() == CONSENSUS, 1, 0),
    )
    same = ["person_id", "item", "earliest", "latest"]
    values = rows.group_by([*same, "is_consensus"]).aggregate(
        first=rows["value"].min(), last=rows["value"].max(), reviewers=rows.reviewer.nunique()
    )
    values = values.mutate(agreed=ibis.ifelse(values["first"] == values["last"], values["first"], ibis.null("string")))
    of_consensus = ibis.ifelse(values.is_consensus == 1, values.agreed, ibis.null("string"))
    of_reviewers = ibis.ifelse(values.is_consensus == 0, values.agreed, ibis.null("string"))
    final = values.group_by(same).aggregate(
        by_consensus=of_consensus.max(),
        by_reviewers=of_reviewers.max(),
        has_consensus=values.is_consensus.max(),
        reviewers=values.reviewers.sum().cast("int64"),
    )
    return final.select(
        *same,
        value=ibis.ifelse(final.has_consensus == 1, final.by_consensus, final.by_reviewers),
        reviewers=final.reviewers,
    )
