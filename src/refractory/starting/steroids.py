"""The glucocorticoids that sheets name, whatever their route."""

from __future__ import annotations

STEROIDS = frozenset(
    {
        "prednisone", "prednisolone", "methylprednisolone", "dexamethasone", "hydrocortisone", "cortisone",
        "deflazacort", "betamethasone", "triamcinolone", "systemic glucocorticoid, not named",
    }
)  # fmt: skip
