"""The tables of the EULAR/ACR 2017 classification of idiopathic inflammatory myopathies: items, points, cut-offs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from refractory.outcomes.instruments.declared import Item

SOURCE = "Lundberg et al., Ann Rheum Dis 2017;76:1955"
Class: TypeAlias = Literal["definite", "probable", "possible", "not"]
Subgroup: TypeAlias = Literal["DM", "ADM", "IBM", "PM", "JDM", "JM"]


@dataclass(frozen=True)
class Points:
    """What a finding adds to the score, in tenths of a point: without a biopsy, and with one."""

    without_biopsy: int
    with_biopsy: int


AGE = Item("age_at_onset", "Age in years when the first symptom began", 0, 120, is_whole=False)
ADULT_AGE = 18
LATE_AGE = 40
ADULT_POINTS = Points(13, 15)
LATE_POINTS = Points(21, 22)


def _finding(key: str, name: str) -> Item:
    return Item(key, name, 0, 1)


WEAKNESS = {
    "weak_proximal_arms": Points(7, 7),
    "weak_proximal_legs": Points(8, 5),
    "neck_flexors_weaker": Points(19, 16),
    "legs_proximal_weaker": Points(9, 12),
}
RASH = {"heliotrope": Points(31, 32), "gottron_papules": Points(21, 27), "gottron_sign": Points(33, 37)}
OTHER = {"dysphagia": Points(7, 6), "anti_jo_1": Points(39, 38), "raised_enzyme": Points(13, 14)}
# Asked of a biopsy alone; without one they add nothing.
BIOPSY = {
    "endomysial_infiltrate": Points(0, 17),
    "perimysial_infiltrate": Points(0, 12),
    "perifascicular_atrophy": Points(0, 19),
    "rimmed_vacuoles": Points(0, 31),
}
CLINICAL = WEAKNESS | RASH | OTHER
_NAMES = {
    "weak_proximal_arms": "Objective symmetric weakness, proximal upper limbs",
    "weak_proximal_legs": "Objective symmetric weakness, proximal lower limbs",
    "neck_flexors_weaker": "Neck flexors relatively weaker than neck extensors",
    "legs_proximal_weaker": "In the legs, proximal muscles relatively weaker than distal ones",
    "heliotrope": "Heliotrope rash",
    "gottron_papules": "Gottron's papules",
    "gottron_sign": "Gottron's sign",
    "dysphagia": "Dysphagia or oesophageal dysmotility",
    "anti_jo_1": "Anti-Jo-1 antibody",
    "raised_enzyme": "CK, LDH, AST or ALT above its upper limit of normal",
    "biopsy": "A muscle biopsy was done",
    "endomysial_infiltrate": "Biopsy: endomysial infiltrate around, not invading, myofibres",
    "perimysial_infiltrate": "Biopsy: perimysial or perivascular infiltrate",
    "perifascicular_atrophy": "Biopsy: perifascicular atrophy",
    "rimmed_vacuoles": "Biopsy: rimmed vacuoles",
    "finger_flexors_weak": "Finger flexors weak (for the subgroup)",
    "treatment_helped": "Muscle weakness got better under treatment (for the subgroup)",
}
ITEMS = (AGE, *(_finding(key, name) for key, name in _NAMES.items()))
ITEM_KEYS = tuple(item.key for item in ITEMS)
# From the largest, in tenths: without a biopsy, with one. The published cut-offs are rounded; the class is read from
# them and never from the probability, which falls short of 50, 55 and 90 per cent at some of them.
CUT_OFFS: tuple[tuple[Class, Points], ...] = (
    ("definite", Points(75, 87)),
    ("probable", Points(55, 67)),
    ("possible", Points(53, 65)),
)
# General knowledge, checked against the published cut-offs.
PROBABILITY_OFFSET = (5.33, 6.49)
