"""Instruments of the skin: CDASI version 2, the investigator's global assessment, itch, and the DLQI."""

from __future__ import annotations

from refractory.outcomes.instruments.declared import ImportantChange, Instrument, Item, Severity, Total
from refractory.outcomes.instruments.rules import Doubled, Sum

CDASI_SITES = {
    "scalp": "Scalp",
    "malar": "Malar area",
    "periorbital": "Periorbital",
    "rest_of_face": "Rest of the face",
    "v_neck": "V area of the neck (frontal)",
    "posterior_neck": "Posterior neck",
    "upper_back": "Upper back and shoulders",
    "rest_of_back": "Rest of back and buttocks",
    "abdomen": "Abdomen",
    "lateral_thigh": "Lateral upper thigh",
    "rest_of_leg": "Rest of leg and feet",
    "arm": "Arm",
    "mechanics_hand": "Mechanic's hand",
    "dorsum_of_hand": "Dorsum of hands, not over joints",
    "gottron_elsewhere": "Gottron's, not on hands",
}
_ACTIVITY_SIGNS = {"erythema": ("erythema", 3), "scale": ("scale", 2), "erosion": ("erosion or ulceration", 1)}
_DAMAGE_SIGNS = {"poikiloderma": ("poikiloderma", 1), "calcinosis": ("calcinosis", 1)}
_YASSAEE = "Yassaee et al., Br J Dermatol 2010;162:669"
_ANYANWU = "Anyanwu et al., Br J Dermatol 2015;173:969"


def _signs(signs: dict[str, tuple[str, int]]) -> tuple[str, ...]:
    return tuple(f"{site}_{sign}" for site in CDASI_SITES for sign in signs)


def _site_items() -> tuple[Item, ...]:
    return tuple(
        Item(f"{site}_{sign}", f"{place}: {said}", 0, most)
        for site, place in CDASI_SITES.items()
        for sign, (said, most) in (_ACTIVITY_SIGNS | _DAMAGE_SIGNS).items()
    )


CDASI = Instrument(
    key="cdasi",
    name="Cutaneous Dermatomyositis Disease Area and Severity Index",
    version="2",
    items=(
        *_site_items(),
        Item("hands_erythema", "Gottron's on hands: erythema", 0, 3),
        Item("hands_papules", "Gottron's on hands: papules (the erythema then counts twice)", 0, 1),
        Item("hands_ulceration", "Gottron's on hands: ulceration", 0, 1),
        Item("hands_damage", "Gottron's on hands: 1 dyspigmentation, 2 scarring", 0, 2),
        Item("periungual", "Periungual changes", 0, 2),
        Item("alopecia", "Recent hair loss", 0, 1),
    ),
    totals=(
        Total(
            "activity",
            "Activity",
            0,
            100,
            "worse",
            Sum(
                (
                    *_signs(_ACTIVITY_SIGNS),
                    # Departs from one training form on the web, which adds the erythema of the hands only where
                    # there are papules: version 2 counts it once without them.
                    Doubled("hands_erythema", when="hands_papules"),
                    "hands_ulceration",
                    "periungual",
                    "alopecia",
                )
            ),
            f"{_YASSAEE}; split of periungual and alopecia not read in a source, but it closes the sum to 100",
            "S2",
            important_changes=(
                ImportantChange(4, f"{_ANYANWU} (Philadelphia)", "S"),
                ImportantChange(5, f"{_ANYANWU} (Stanford)", "S"),
            ),
            severities=(
                Severity((("mild", 19),), "moderate or severe", f"{_ANYANWU} (Philadelphia)", "S"),
                Severity((("mild", 14),), "moderate or severe", f"{_ANYANWU} (Stanford)", "S"),
            ),
        ),
        Total("damage", "Damage", 0, 32, "worse", Sum((*_signs(_DAMAGE_SIGNS), "hands_damage")), _YASSAEE, "S2"),
    ),
    note="Each site is scored at its worst lesion. The erythema of the hands counts once without papules and twice "
    "with them; where nobody said whether there are papules, activity has only a lower and an upper end.",
)

IGA = Instrument(
    key="iga",
    name="Cutaneous dermatomyositis activity, investigator's global assessment (CDA-IGA)",
    version="5 points",
    items=(Item("iga", "0 clear, 1 almost clear, 2 mild, 3 moderate, 4 severe", 0, 4),),
    totals=(
        Total(
            "grade", "Grade", 0, 4, "worse", "iga", "general knowledge; anchors of the grades differ by trial", "G",
            severities=(
                Severity(
                    (("clear", 0), ("almost clear", 1), ("mild", 2), ("moderate", 3)), "severe", "names of grades", "G"
                ),
            ),
        ),
    ),
)  # fmt: skip

PRURITUS_NRS = Instrument(
    key="pruritus-nrs",
    name="Itch, numerical rating scale",
    version="0 to 10",
    items=(Item("itch", "Itch: 0 none to 10 worst imaginable", 0, 10),),
    totals=(
        Total(
            "score",
            "Itch",
            0,
            10,
            "worse",
            "itch",
            "Phan et al., Acta Derm Venereol 2012;92:502",
            "S2",
            important_changes=(
                ImportantChange(4, "worst itch in atopic dermatitis, as a manufacturer's page states it", "S2"),
                ImportantChange(3, "worst itch under haemodialysis, PMC9871858, table 2", "S"),
            ),
        ),
    ),
    note="No bands ship: papers cut the scale at different numbers. Neither change was found in dermatomyositis.",
)

_DLQI_QUESTIONS = (
    "Itchy, sore, painful or stinging", "Embarrassed or self-conscious", "Shopping, home or garden", "Clothes",
    "Social or leisure activities", "Sport", "Work or study (prevented: 3; not relevant: 0)",
    "Partner, friends or relatives", "Sexual difficulties", "Treatment",
)  # fmt: skip

DLQI = Instrument(
    key="dlqi",
    name="Dermatology Life Quality Index",
    version="1994",
    items=tuple(
        Item(f"q{number}", f"Question {number}: {said}", 0, 3) for number, said in enumerate(_DLQI_QUESTIONS, 1)
    ),
    totals=(
        Total(
            "total",
            "Total",
            0,
            30,
            "worse",
            Sum(tuple(f"q{number}" for number in range(1, 11)), answered=9),
            "Finlay and Khan, Clin Exp Dermatol 1994;19:210; rule for unanswered questions as quoted from Cardiff "
            "University's instructions by others",
            "S2",
            important_changes=(ImportantChange(4, "Basra et al., Dermatology 2015;230:27", "G"),),
            severities=(
                Severity(
                    (("no effect", 1), ("small effect", 5), ("moderate effect", 10), ("very large effect", 20)),
                    "extremely large effect",
                    "Hongbo et al., J Invest Dermatol 2005;125:659",
                    "S",
                ),
            ),
        ),
    ),
    note='One unanswered question counts 0; with two or more there is no total. "Not relevant" is written 0, not left '
    "empty. The DLQI is under copyright: the questions are named, not quoted.",
)
