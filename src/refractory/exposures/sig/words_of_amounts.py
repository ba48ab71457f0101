"""Words that say how much: numbers, units, counted forms. The sign | parts the phrases of a row."""

from __future__ import annotations

from refractory.exposures.sig.kinds import Kind

_UNITS = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
    *("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
# Spelled numbers that other languages share with no English word.
_FOREIGN = (
    (1.0, "eine | einen | un | une | una | uno"),
    (2.0, "zwei | deux | dos"),
    (3.0, "drei | trois | tres"),
    (4.0, "vier | quatre | cuatro"),
    (5.0, "funf | fuenf | cinq | cinco"),
)

ROWS: tuple[tuple[Kind, object, str], ...] = (
    *((Kind.NUMBER, float(value), word) for value, word in enumerate(_UNITS)),
    *((Kind.NUMBER, float(tens), word) for tens, word in zip(range(20, 100, 10), _TENS, strict=True)),
    *((Kind.NUMBER, value, words) for value, words in _FOREIGN),
    # Roman numerals as old prescriptions have them; iv is always a route.
    (Kind.NUMBER, 1.0, "i"),
    (Kind.NUMBER, 2.0, "ii"),
    (Kind.NUMBER, 3.0, "iii"),
    (Kind.FRACTION, 0.5, "half | halves | eine halbe | halbe | demi | media | medio"),
    (Kind.FRACTION, 0.25, "quarter"),
    (Kind.FRACTION, 0.75, "three quarters | three fourths"),
    (Kind.ARTICLE, 1.0, "a | an"),
    # The unit and what one of it is in mg, mL and so on. A grain ("gr") is not a gram, and so is no unit here.
    (
        Kind.MEASURE,
        ("mg", 1.0),
        """
        mg | mgs | mgm | milligram | milligrams | milligramm | milligramme | milligrammes | miligramo | miligramos
        """,
    ),
    (Kind.MEASURE, ("mg", 1000.0), "g | gm | gms | gram | grams | gramme | grammes | gramm | gramo | gramos"),
    (Kind.MEASURE, ("mg", 0.001), "mcg | mcgs | ug | ugs | microgram | micrograms | microgrammes | mikrogramm"),
    (
        Kind.MEASURE,
        ("IU", 1.0),
        """
        iu | ius | u | unit | units | international units | international unit | einheiten | unites | unidades
        """,
    ),
    (Kind.MEASURE, ("mL", 1.0), "ml | mls | cc | milliliter | milliliters | millilitre | millilitres"),
    (
        Kind.MEASURE,
        ("mL", 5.0),
        """
        tsp | tsps | teaspoon | teaspoons | teaspoonful | teaspoonfuls | teaspoonsful | tea spoon | tea spoons
        """,
    ),
    (
        Kind.MEASURE,
        ("mL", 15.0),
        """
        tbsp | tbsps | tablespoon | tablespoons | tablespoonful | tablespoonfuls | table spoon | table spoons
        """,
    ),
    (Kind.MEASURE, ("mEq", 1.0), "meq | meqs | milliequivalent | milliequivalents"),
    (Kind.MEASURE, ("mmol", 1.0), "mmol | mmols | millimol | millimoles"),
    (Kind.BODY, "kg", "kg | kgs | kilo | kilogram | kilograms | kg body weight | kg bodyweight | kg bw"),
    (Kind.BODY, "m2", "sqm | square meter | square metre"),
    (Kind.SPOON, None, "spoon | spoons | spoonful | spoonfuls | spoonsful"),
    (
        Kind.FORM,
        "unit",
        """
        tablet | tablets | tab | tabs | tabl | tbl | tablette | tabletten | tableta | tabletas | comprime |
        comprimes | cp | cpr | comprimido | comprimidos | pastilla | pastillas | capsule | capsules | cap | caps |
        kapsel | kapseln | gelule | gelules | capsula | capsulas | pill | pills | caplet | caplets | gelcap |
        gelcaps | softgel | softgels | lozenge | lozenges | puff | puffs | inhalation | inhalations | actuation |
        actuations | spray | sprays | hub | patch | patches | vial | vials | ampule | ampules | ampoule | ampoules |
        amp | amps | pen | pens | syringe | syringes | autoinjector | autoinjectors | auto injector | injection |
        injections | suppository | suppositories | supp | packet | packets | sachet | sachets | bouffee | bouffees |
        prefilled syringe | prefilled pen
        """,
    ),
    (Kind.FORM, "drop", "drop | drops | gtt | gtts | tropfen | goutte | gouttes | gota | gotas"),
    (Kind.FORM, "application", "application | applications"),
    (Kind.INTAKES, None, "dose | doses | infusion | infusions | treatment | treatments"),
    (Kind.TOTAL, None, "total | in total | totaling | totalling | total dose | total of | a total of | total dose of"),
)
