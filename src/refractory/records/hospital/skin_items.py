"""The items of the CDASI: which there are, and how a person's skin makes up a total."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from random import Random

SITES = (
    "scalp", "malar", "periorbital", "rest_of_face", "v_neck", "posterior_neck", "upper_back", "rest_of_back",
    "abdomen", "lateral_thigh", "rest_of_leg", "arm", "mechanics_hand", "dorsum_of_hand", "gottron_elsewhere",
)  # fmt: skip
HANDS, PAPULES = "hands_erythema", "hands_papules"
_AT_SITE = {"erythema": 3, "scale": 2, "erosion": 1}
_DAMAGE_AT_SITE = {"poikiloderma": 1, "calcinosis": 1}

# Items of the two totals, each with its highest value; papules count by doubling the redness of the hands.
ACTIVITY_ITEMS = {f"{site}_{sign}": most for site in SITES for sign, most in _AT_SITE.items()} | {
    HANDS: 3, PAPULES: 1, "hands_ulceration": 1, "periungual": 2, "alopecia": 1,
}  # fmt: skip
DAMAGE_ITEMS = {f"{site}_{sign}": 1 for site in SITES for sign in _DAMAGE_AT_SITE} | {"hands_damage": 2}
ITEMS = ACTIVITY_ITEMS | DAMAGE_ITEMS

# How often a site is affected: the hands, the V of the neck and the face more often than the abdomen.
_WEIGHTS = {
    "scalp": 4, "malar": 5, "periorbital": 5, "rest_of_face": 3, "v_neck": 9, "posterior_neck": 4, "upper_back": 6,
    "rest_of_back": 1.5, "abdomen": 1, "lateral_thigh": 3, "rest_of_leg": 1.5, "arm": 5, "mechanics_hand": 2,
    "dorsum_of_hand": 6, "gottron_elsewhere": 4, "hands": 12, "nails": 8, "hair": 1.5,
}  # fmt: skip
# What a site shows as its disease grows: item, and how far behind the first redness it comes.
_STEPS = {
    **{site: ((f"{site}_erythema", 0.0), (f"{site}_erythema", 0.12), (f"{site}_scale", 0.2), (f"{site}_erythema", 0.5),
              (f"{site}_scale", 0.9), (f"{site}_erosion", 1.4)) for site in SITES},
    "hands": ((HANDS, 0.0), (HANDS, 0.08), (HANDS, 0.4), ("hands_ulceration", 1.2)),
    "nails": (("periungual", 0.0), ("periungual", 0.3)),
    "hair": (("alopecia", 0.0),),
}  # fmt: skip


def draw_growth(rng: Random) -> tuple[str, ...]:
    """Draw the order in which the disease of one person takes hold of the skin: each item as often as its points."""
    found = []
    for place, steps in _STEPS.items():
        onset = rng.expovariate(_WEIGHTS[place])
        found += [(onset + behind * rng.uniform(0.6, 1.4), number, item) for number, (item, behind) in enumerate(steps)]
    return tuple(item for _, _, item in sorted(found))


def lay_out(growth: tuple[str, ...], activity: int, damage: int, rng: Random, *, has_papules: bool) -> dict[str, int]:
    """Spread two totals over the items: a higher total of one person affects the same places and more.

    Args:
        growth: Order of the person's items.
        activity: Total wanted, 0 to 97 without papules.
        damage: Total wanted, 0 to 32.
        rng: Source of the places of damage.
        has_papules: Whether the redness of the hands counts twice, where there is any.
    """
    items = dict.fromkeys(ITEMS, 0)
    left = activity
    for item in growth:
        counts = 2 if item == HANDS and has_papules else 1
        if counts <= left:
            items[item] += 1
            left -= counts
    if left:
        raise ValueError(f"an activity of {activity} cannot be laid out")
    items[PAPULES] = int(has_papules and items[HANDS] > 0)
    marks = [item for item, most in DAMAGE_ITEMS.items() for _ in range(most)]
    for item in rng.sample(marks, damage):
        items[item] += 1
    return items


def activity_of(items: Mapping[str, int]) -> int:
    """Add the activity up: the redness of the hands once, and twice where they have papules.

    Example:
        >>> activity_of({**dict.fromkeys(ITEMS, 0), "hands_erythema": 2}), activity_of(ITEMS)
        (2, 100)
    """
    return sum(items[item] for item in ACTIVITY_ITEMS if item != PAPULES) + items[HANDS] * items[PAPULES]


def damage_of(items: Mapping[str, int]) -> int:
    """Add the damage up.

    Example:
        >>> damage_of(ITEMS)
        32
    """
    return sum(items[item] for item in DAMAGE_ITEMS)


def bounds_of(items: Mapping[str, int], unknown: frozenset[str]) -> dict[str, tuple[int, int]]:
    """Return the lowest and the highest totals that unknown items leave possible, by every way to fill them in."""
    ways = [range(most + 1) if item in unknown else (items[item],) for item, most in ITEMS.items()]
    filled = [dict(zip(ITEMS, way, strict=True)) for way in product(*ways)]
    totals = {"activity": [activity_of(each) for each in filled], "damage": [damage_of(each) for each in filled]}
    return {name: (min(found), max(found)) for name, found in totals.items()}
