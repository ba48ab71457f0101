"""The plan, carried out: from one row per person to results."""
