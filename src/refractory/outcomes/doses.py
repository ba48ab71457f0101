"""The doses of the cohort's other drugs, kept once for whatever asks for them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from refractory.cohort.criteria import Leaves
from refractory.exposures.dose import derive_dose_stretches
from refractory.exposures.supplies import derive_supplies_once
from refractory.exposures.timeline import derive_pulse_stretches, derive_timeline
from refractory.exposures.treatment import has_route
from refractory.outcomes.sparing import SparingDefinition
from refractory.records.store import Store

if TYPE_CHECKING:
    import ibis.expr.types as ir


def keep_doses(store: Store, leaves: Leaves, definition: SparingDefinition) -> None:
    """Keep the doses of the cohort: `glucocorticoid_timeline`, and `dose_stretches` of the steroid-sparing drugs.

    Args:
        store: Holds `dosed`, and `observed` over the definition's span.
        leaves: The leaf concept sets of each concept set.
        definition: Which drugs, by which routes.
    """
    systemic = store.table("dosed").semi_join(store.table("cohort"), "person_id")
    systemic = systemic.filter(has_route(systemic, definition.routes, "counts"))

    def dosed(names: Sequence[str]) -> ir.Table:
        doses = systemic.filter(systemic.concept_set.isin(list(names)))
        return derive_supplies_once(doses) if definition.same_supply == "counts once" else doses

    steroids = derive_pulse_stretches(dosed(leaves[definition.glucocorticoid]), definition.pulse)
    store.keep("glucocorticoid_stretches", steroids)
    timeline = derive_timeline(
        store.table("glucocorticoid_stretches"), store.table("observed"), definition.span, definition.pulse
    )
    store.keep("glucocorticoid_timeline", timeline)
    if definition.steroid_sparing:
        others = dosed(leaves[definition.steroid_sparing])
        store.keep("dose_stretches", derive_dose_stretches(others.mutate(drug=others.concept_set)))
