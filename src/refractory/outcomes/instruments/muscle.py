"""Instruments of muscle and function: MMT-8, CMAS, HAQ-DI and CHAQ."""

from __future__ import annotations

from refractory.outcomes.instruments.declared import ImportantChange, Instrument, Item, Total
from refractory.outcomes.instruments.rules import Largest, Mean, Rule, Scaled, Sum

_IMACS_04 = "IMACS form 04, manual muscle testing"
_LIMB_MUSCLES = {
    "deltoid": "Deltoid, middle",
    "biceps": "Biceps brachii",
    "wrist_extensors": "Wrist extensors",
    "gluteus_maximus": "Gluteus maximus",
    "gluteus_medius": "Gluteus medius",
    "quadriceps": "Quadriceps",
    "ankle_dorsiflexors": "Ankle dorsiflexors",
}
_NECK = Item("neck_flexors", "Neck flexors", 0, 10)

MMT_8 = Instrument(
    key="mmt-8",
    name="Manual muscle testing, 8 muscles, one side",
    version="0 to 80",
    items=(_NECK, *(Item(key, said, 0, 10) for key, said in _LIMB_MUSCLES.items())),
    totals=(
        Total(
            "total", "Strength", 0, 80, "better", Sum(("neck_flexors", *_LIMB_MUSCLES)), f"{_IMACS_04} (a copy)", "S2"
        ),
    ),
    note="The right side as a rule, the left where the right cannot be tested; a muscle not tested is missing.",
)

MMT_8_BILATERAL = Instrument(
    key="mmt-8-bilateral",
    name="Manual muscle testing, 8 muscles, both sides and neck",
    version="0 to 150",
    items=(
        _NECK,
        *(
            Item(f"{key}_{side}", f"{said}, {side}", 0, 10)
            for key, said in _LIMB_MUSCLES.items()
            for side in ("right", "left")
        ),
    ),
    totals=(
        Total(
            "total",
            "Strength",
            0,
            150,
            "better",
            Sum(("neck_flexors", *(f"{key}_{side}" for key in _LIMB_MUSCLES for side in ("right", "left")))),
            f"{_IMACS_04}, seven muscles on two sides and the neck flexors once",
            "G",
        ),
    ),
)

# The ranges of 8 of the 14 were read on scoring sheets; the rest are those that close the sum to the published 52.
_MANOEUVRES = {
    "head_elevation": ("Head elevation", 5),
    "leg_raise": ("Leg raise, touch object", 2),
    "leg_lift_duration": ("Straight leg lift, duration", 5),
    "supine_to_prone": ("Supine to prone", 3),
    "sit_ups": ("Sit-ups", 6),
    "supine_to_sit": ("Supine to sit", 3),
    "arm_raise": ("Arm raise, straighten", 3),
    "arm_raise_duration": ("Arm raise, duration", 4),
    "floor_sit": ("Floor sit", 3),
    "all_fours": ("All-fours manoeuvre", 4),
    "floor_rise": ("Floor rise", 4),
    "chair_rise": ("Chair rise", 4),
    "stool_step": ("Stool step", 3),
    "pick_up": ("Pick-up", 3),
}

CMAS = Instrument(
    key="cmas",
    name="Childhood Myositis Assessment Scale",
    version="14 manoeuvres",
    items=tuple(Item(key, said, 0, most) for key, (said, most) in _MANOEUVRES.items()),
    totals=(
        Total(
            "total",
            "Strength and endurance",
            0,
            52,
            "better",
            Sum(tuple(_MANOEUVRES)),
            "Lovell et al., Arthritis Rheum 1999;42:2213; ranges of the last seven manoeuvres not read in a source",
            "G",
        ),
    ),
    note="Young children cannot do every manoeuvre; one that was not done is missing, not 0.",
)

_HAQ_CATEGORIES = {
    "dressing": ("dress", "shampoo"),
    "arising": ("stand_up", "bed"),
    "eating": ("cut_meat", "lift_cup", "open_carton"),
    "walking": ("walk_outdoors", "climb_steps"),
    "hygiene": ("wash_body", "tub_bath", "toilet"),
    "reach": ("reach_down", "bend_down"),
    "grip": ("car_doors", "open_jars", "turn_taps"),
    "activities": ("errands", "car", "chores"),
}
_CHAQ_CATEGORIES = {
    "dressing": ("dress", "shampoo", "remove_socks", "cut_nails"),
    "arising": ("stand_up", "bed"),
    "eating": ("cut_meat", "lift_cup", "open_cereal"),
    "walking": ("walk_outdoors", "climb_steps"),
    "hygiene": ("wash_body", "tub_bath", "toilet", "brush_teeth", "comb_hair"),
    "reach": ("reach_down", "bend_down", "pull_on_jumper", "turn_neck"),
    "grip": ("write", "car_doors", "open_jars", "turn_taps", "push_door"),
    "activities": ("errands", "car", "ride_bike", "chores", "run_and_play"),
}
_FEWEST_CATEGORIES = 6


def _difficulties(categories: dict[str, tuple[str, ...]]) -> tuple[Item, ...]:
    items: list[Item] = []
    for category, tasks in categories.items():
        items += [
            Item(f"{category}_{task}", f"{category.capitalize()}: {task.replace('_', ' ')}", 0, 3) for task in tasks
        ]
        said = f"{category.capitalize()}: aid, device or help from another person"
        items.append(Item(f"{category}_aid", said, 0, 1, blank_is=0))
    return tuple(items)


def _disability(categories: dict[str, tuple[str, ...]]) -> Rule:
    """The mean of the categories: each its worst task, and at least 2 where an aid or help is used."""
    return Mean(
        tuple(
            Largest(
                (
                    Largest(tuple(f"{category}_{task}" for task in tasks), answered=1),
                    Scaled(f"{category}_aid", by=2),
                )
            )
            for category, tasks in categories.items()
        ),
        answered=_FEWEST_CATEGORIES,
    )


_CATEGORY_NOTE = (
    "A category is its worst answered task, and at least 2 where an aid, a device or help is used; an aid that is not "
    "ticked is not used. The index is the mean of the answered categories, of which there are at least 6."
)

HAQ_DI = Instrument(
    key="haq-di",
    name="Health Assessment Questionnaire, disability index",
    version="20 tasks",
    items=_difficulties(_HAQ_CATEGORIES),
    totals=(
        Total(
            "index",
            "Disability",
            0,
            3,
            "worse",
            _disability(_HAQ_CATEGORIES),
            "Fries et al., Arthritis Rheum 1980;23:137; scoring as LOINC 75874-8 describes it",
            "S2",
            important_changes=(
                ImportantChange(0.22, "rheumatoid arthritis, as calculators on the web state it", "S2"),
            ),
        ),
    ),
    note=_CATEGORY_NOTE,
)

CHAQ = Instrument(
    key="chaq",
    name="Childhood Health Assessment Questionnaire, disability index",
    version="30 tasks",
    items=_difficulties(_CHAQ_CATEGORIES),
    totals=(
        Total(
            "index",
            "Disability",
            0,
            3,
            "worse",
            _disability(_CHAQ_CATEGORIES),
            "Singh et al., Arthritis Rheum 1994;37:1761; the least number of categories is that of the adult form",
            "S2",
        ),
    ),
    note=f'{_CATEGORY_NOTE} "Not applicable" is left empty.',
)
