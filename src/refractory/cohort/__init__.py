"""Who, from when: time zero, eligibility, the refractory rule, strata, attrition."""
