"""The invented hospital: planned truth, and the records that a hospital would have written of it."""

from refractory.records.hospital.plan import DEFAULT_SEED, HospitalPlan, plan_for, random_plan
from refractory.records.hospital.writing import DEFAULT_PERSONS, write_hospital

__all__ = ["DEFAULT_PERSONS", "DEFAULT_SEED", "HospitalPlan", "plan_for", "random_plan", "write_hospital"]
