"""The rules of data quality: what each says, what it can do to a study, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass

_S, _N, _I = "serious", "notable", "for information"
_LOOK = "look the rows up in problems.csv and mend them where they are kept"
_CHART = "look at the chart behind each row of problems.csv and mend the source"


@dataclass(frozen=True)
class QualityRule:
    """One rule of data quality.

    Args:
        title: What is wrong, as a sentence that a row makes true.
        matters: What it does to a study.
        advice: What to do.
        if_deciding: Its weight where a row belongs to what decides the answer.
        otherwise: Its weight elsewhere.
    """

    title: str
    matters: str
    advice: str
    if_deciding: str
    otherwise: str


def _rule(title: str, matters: str, advice: str, if_deciding: str, otherwise: str | None = None) -> QualityRule:
    return QualityRule(title, matters, advice, if_deciding, otherwise or if_deciding)


# Rules whose rows the reading itself leaves out or mends, so that problems.csv has them already.
_OF_READING = {
    "date_missing": _rule(
        "No date",
        "The row is left out: a diagnosis, drug or visit that happened is unknown to the study.",
        "add the date, or its month or year where the source can hold an incomplete date",
        _S, _N,
    ),
    "date_unread": _rule(
        "A date cannot be read",
        "The row is left out: a diagnosis, drug or visit that happened is unknown to the study.",
        "write dates as 2015-03-02 in the source",
        _S, _N,
    ),
    "end_unread": _rule(
        "An end date cannot be read",
        "The end is not used: how long the drug was taken is guessed from its supply, or unknown.",
        "write dates as 2015-03-02 in the source",
        _N, _I,
    ),
    "before_birth": _rule(
        "Dated before birth",
        "The row is left out. The date or the birth date is wrong, and with it the age.",
        _CHART, _S, _N,
    ),
    "after_death": _rule(
        "Dated more than 30 days after death",
        "The row is left out. The date or the date of death is wrong, and with it the end of follow-up.",
        _CHART, _S, _N,
    ),
    "far_future": _rule("Dated after the year 2100", "The row is left out.", _CHART, _S, _N),
    "no_person": _rule(
        "Its person has no row in person",
        "The row is left out: the person cannot be in the cohort.",
        "add the person to the table of persons, or correct the person's key",
        _S, _N,
    ),
    "exact_copy": _rule(
        "Exact copy of another row", "One of the copies is used, so that nothing counts twice.", "nothing", _I
    ),
    "ends_before_start": _rule(
        "Ends before it starts",
        "The end is not used: how long the drug was taken is guessed from its supply, or unknown.",
        _LOOK, _N, _I,
    ),
    "no_value": _rule(
        "No number where one is needed",
        "The value is missing: a score, a weight or a result of that day is unknown, not zero.",
        "add the value, or accept it as missing",
        _N, _I,
    ),
    "unit_not_convertible": _rule(
        "A unit is missing or cannot be converted",
        "The value is left out: it may be any amount.",
        "write the unit as kg, lb, g, mg, U/L and the like beside every value",
        _S, _N,
    ),
    "key_twice": _rule(
        "A row id is there more than once", "Every row is used; the id leads back to more than one.", _LOOK, _I
    ),
    "person_twice": _rule(
        "A person is there twice", "The row with the earliest birth date is used.", "keep one row a person", _N
    ),
    "no_birth": _rule(
        "No date of birth can be read",
        "The age is unknown, and dates before birth cannot be found out.",
        "add at least the year of birth",
        _N,
    ),
    "period_unread": _rule(
        "A period of observation or a death cannot be used",
        "Who was observed for long enough is judged without it.",
        _LOOK, _N,
    ),
    "quantity_not_above_zero": _rule(
        "A quantity is 0 or below", "The amount is unknown: cycles and eras count, their dose does not.", _LOOK, _N, _I
    ),
    "days_supply_not_above_zero": _rule(
        "Days of supply are 0 or below", "They are not used: the last covered day comes from elsewhere.", _LOOK, _N, _I
    ),
}  # fmt: skip

_OF_DATES = {
    "before_1900": _rule(
        "Dated before 1900", "A first diagnosis or drug so early makes every later one a late one.", _CHART, _S, _N
    ),
    "placeholder_date": _rule(
        "Dated on a day that programs fill in for none (1900-01-01, 1970-01-01 and the like)",
        "The date is no date: orders and intervals that rest on it are wrong.",
        "clear the date in the source, so that it counts as unknown",
        _S, _N,
    ),
    "lone_date": _rule(
        "Dated more than two years apart from all but a few rows",
        "A year is often mistyped so: day 0, follow-up and the order of drugs move with it.",
        _CHART, _S, _N,
    ),
    "outside_observation": _rule(
        "Outside of the person's periods of observation",
        "The row is used, but what happened around it may not be in the records: that nothing is found proves nothing.",
        "check how periods of observation were derived",
        _N, _I,
    ),
    "period_overlap": _rule(
        "Periods of observation of one person overlap",
        "They are joined; time under observation is not counted twice.",
        "check how periods of observation were derived",
        _I,
    ),
    "observation_gap": _rule(
        "A gap of more than 31 days between periods of observation",
        "Drugs and diagnoses of the gap are unknown, and a washout may hold treatment that nobody sees.",
        "ask whether the person was treated elsewhere",
        _N,
    ),
    "heaped_on_first": _rule(
        "More rows than chance explains are dated on the first day of a month",
        "Days were probably filled in where only the month was known: intervals are right to a month, not to a day.",
        "enter incomplete dates as 2015-03 where the source can hold them",
        _N,
    ),
    "heaped_on_new_year": _rule(
        "More rows than chance explains are dated on 1 January",
        "Days were probably filled in where only the year was known: intervals are right to a year, not to a day.",
        "enter incomplete dates as 2015 where the source can hold them",
        _S,
    ),
    "births_heaped": _rule(
        "More births than chance explains are on 1 January or 1 July",
        "Only the year of birth was probably known: an age may be half a year off.",
        "nothing, unless an age limit excludes persons of that age",
        _I,
    ),
}  # fmt: skip

_OF_VALUES = {
    "days_supply_long": _rule(
        "Days of supply above 365",
        "One row covers more than a year: the drug counts as taken all that time.",
        _LOOK, _N, _I,
    ),
    "grams_unknown": _rule(
        "An infusion without a known amount",
        "Cycles are counted, their grams and grams per kg are unknown.",
        "add the grams, or quantity with strength, to each infusion",
        _N,
    ),
    "grams_implausible": _rule(
        "An infusion day of more than 3 g/kg, more than 300 g or less than 0.5 g",
        "High and low doses of the treatment are wrong; so is its amount per cycle.",
        "look whether mg, g, mL and vials were mixed up",
        _N,
    ),
    "dose_implausible": _rule(
        "A daily dose above what anybody is given",
        "Adequate courses and doses over time are wrong; a weekly drug is often written as a daily one.",
        "look at strength, quantity and directions: mg for g, weekly for daily, tablets for mg",
        _S, _N,
    ),
    "dose_unknown": _rule(
        "A glucocorticoid whose daily dose cannot be told",
        "Unknown is not zero: its days are left out of the doses, and sparing may be not evaluable.",
        "add days of supply, an end date or directions",
        _N,
    ),
    "drug_twice": _rule(
        "The same drug with the same amount twice on one day",
        "Both are used: where one is a second entry of the other, the dose of these days is twice the true one.",
        "look whether two packs were dispensed, or one was entered twice",
        _N, _I,
    ),
    "given_and_billed": _rule(
        "The treatment of one day is there as a drug and as a procedure",
        "The day is one infusion day, with the larger of the two amounts.",
        "nothing",
        _I,
    ),
    "weight_impossible": _rule(
        "A body weight below 2 kg or above 350 kg", "Grams per kg that rest on it are wrong.", _CHART, _N
    ),
    "weight_in_pounds": _rule(
        "A body weight 2.2 times another one of the same person within a year",
        "Pounds were probably entered as kilograms, or the other way round: grams per kg are off by 2.2.",
        "look at the unit of both weights",
        _N,
    ),
    "weight_jumps": _rule(
        "A body weight that changed by more than 20 % within 30 days",
        "Grams per kg and doses by weight that rest on it are doubtful.",
        _CHART, _N,
    ),
    "weight_is_height": _rule(
        "A body weight that looks like a height in cm", "Grams per kg that rest on it are wrong.", _CHART, _N
    ),
    "decimal_shifted": _rule(
        "A value 10 or 100 times, or a tenth or a hundredth of, the person's other values",
        "A decimal point was probably lost: change from baseline is wrong.",
        _CHART, _S, _N,
    ),
    "below_zero": _rule("A value below 0 that cannot be", "Baselines and changes are wrong.", _CHART, _S, _N),
    "score_out_of_range": _rule(
        "A score outside of its range", "Response by score, and the baseline, are wrong.", _CHART, _S
    ),
    "values_differ": _rule(
        "Two different values of one kind on one day",
        "One of them is used; which one is right nobody can tell from the records.",
        _CHART, _N, _I,
    ),
    "units_mixed": _rule(
        "Values of one kind in more than one unit",
        "They are converted where the study says into which unit, and not compared elsewhere.",
        "name the unit that is wanted in the protocol",
        _I,
    ),
}  # fmt: skip

_OF_PERSONS = {
    "same_person_twice": _rule(
        "Two ids that seem to be one person: birth, sex and at least three dated records agree",
        "The person counts twice, and each half of the history lacks the other.",
        "look at the two charts; give both one id",
        _S,
    ),
    "no_disease": _rule(
        "A treated person without any record of the disease",
        "The person is not in the cohort: where the diagnosis is only not coded, the cohort is too small.",
        "look whether the treatment was for something else, or the code of the diagnosis is not in the concept set",
        _N,
    ),
    "only_treatment": _rule(
        "A treated person without any record in another table",
        "Everything but the treatment is unknown: probably treated here and followed elsewhere.",
        "ask where the rest of the chart is",
        _N,
    ),
    "sex_unknown": _rule("A person whose sex is unknown", "Table 1 counts the person as unknown.", _LOOK, _I),
    "label_without_treatment": _rule(
        "A label about a person without the treatment",
        "The label is not asked for. Where the person's key is wrong, somebody else has no label.",
        "compare the keys of the labels with those of the records",
        _N,
    ),
    "label_before_treatment": _rule(
        "A label of the response that is dated before the first treatment",
        "What was there before the treatment is no response to it.",
        "look at the date of the label and of the first infusion",
        _S,
    ),
    "labels_contradict": _rule(
        "Labels of one day that contradict each other without a consensus",
        "The response is not evaluable until somebody decides.",
        'add a row by the reviewer "consensus"',
        _S,
    ),
    "label_unread": _rule(
        "A label that cannot be used",
        "The label is left out, and the person may be not evaluable.",
        "mend the line of the file of labels that problems.csv names",
        _S,
    ),
}  # fmt: skip

_OF_SOURCE = {
    "file_row": _rule("", "What the reader of the files could not use as written.", "mend the cell", _N),
    "file_note": _rule("", "The reader of the files has dealt with it as it says.", "nothing", _I),
    "file_text": _rule(
        "",
        "The text is kept, and a concept set finds it only where it names the text under `source`.",
        "give the texts that the study needs a code under [codes] in the mapping",
        _I,
    ),
    "person_without_records": _rule(
        "A person without any record",
        "Such persons make denominators of the whole source too large; the study reads treated persons alone.",
        "nothing",
        _I,
    ),
    "person_in_one_table": _rule(
        "A person with records in one table only",
        "Where tables were joined by other keys, much of the histories is lost.",
        "compare the keys of the tables",
        _I,
    ),
    "uncoded_rows": _rule(
        "A row with a text of its own and no concept",
        "Only its text can tell what it is: codes are compared with it, but no descendants are taken along.",
        "look whether diagnoses and drugs of the study are among them",
        _I,
    ),
    "empty_column": _rule("A column that is always empty", "Nobody has a value there.", "nothing", _I),
    "constant_column": _rule(
        "A column that is the same in every row", "It tells nothing apart: a default was probably left.", _LOOK, _I
    ),
    "unused_column": _rule(
        "A column that holds something and that the mapping does not use",
        "What it holds is unknown to the study.",
        "map it, or name it under `not_used`",
        _I,
    ),
}  # fmt: skip

# Rules by what they are about, in the order in which they are told.
TOPICS: dict[str, dict[str, QualityRule]] = {
    "Rows that cannot be read": _OF_READING,
    "Dates and observation": _OF_DATES,
    "Amounts and values": _OF_VALUES,
    "Persons and labels": _OF_PERSONS,
    "The source as a whole": _OF_SOURCE,
}
RULES: dict[str, QualityRule] = {**_OF_READING, **_OF_DATES, **_OF_VALUES, **_OF_PERSONS, **_OF_SOURCE}
READING_RULES = frozenset(_OF_READING)
