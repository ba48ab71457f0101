"""The tables of a run folder with several rows per person: what one row is, and what each column means."""

from __future__ import annotations

from dataclasses import dataclass

DAY = "days from day 0"
_PERSON = ("person_id", "whole number", "", "Person, as numbered in the source")
_YES_NO = "True or False"
Told = tuple[str, str, str, str]


@dataclass(frozen=True)
class LongerTable:
    """One table beside the analysis set.

    Args:
        name: Its name, without the ending of the file.
        grain: What one row is.
        key: The key of the protocol that asks for it.
        columns: Name, type, unit and label of each column.
    """

    name: str
    grain: str
    key: str
    columns: tuple[Told, ...]


LONGER_TABLES = (
    LongerTable(
        "cycles", "One row per person and cycle from day 0 on.", "treatment.cycle",
        (
            _PERSON,
            ("cycle", "whole number", "", "Number of the cycle; 1 is the first from day 0 on"),
            ("first_date", "date", "", "First infusion day"),
            ("last_date", "date", "", "Last infusion day"),
            ("infusion_days", "whole number", "days", "Infusion days"),
            ("grams", "number", "g", "Grams given; empty where one of its doses is not known"),
            ("last_product", "text", "", "Product of the last infusion day"),
            ("interval_days", "whole number", "days", "From the first day of the cycle before; empty for the first"),
            ("course", "whole number", "", "Number of the course"),
            ("opens_course", _YES_NO, "", "The cycle opens a course"),
            ("missed", "whole number", "cycles", "Planned cycles that were left out before it"),
            ("is_late", _YES_NO, "", "Later than planned, as the protocol says"),
            ("is_product_changed", _YES_NO, "", "Another product than the cycle before"),
            ("weight_kg", "number", "kg", "Nearest weight within the protocol's days"),
            ("grams_per_kg", "number", "g/kg", "Grams over weight"),
            ("is_low_dose", _YES_NO, "", "Below the protocol's low dose"),
            ("is_high_dose", _YES_NO, "", "Above the protocol's high dose"),
        ),
    ),
    LongerTable(
        "proof_rows", "One row per finding and source row behind it.", "",
        (
            _PERSON,
            ("finding", "text", "", "diagnosis, failed drug, cycle, response or glucocorticoid"),
            ("name", "text", "", "Which of them: the drug, the number of the cycle, the rule, the stretch of days"),
            ("day", "whole number", DAY, "Day of the source row; empty for a label without a date"),
            ("source_table", "text", "", "Table of OMOP, or the file of labels"),
            ("row_id", "whole number", "", "Key of the row there; in a file of labels its line"),
            ("file", "text", "", "File or sheet that the row came from; empty where the source has tables of OMOP"),
            ("line", "whole number", "", "Line in that file"),
            ("place", "text", "", "Column, field or resource in that line"),
        ),
    ),
    LongerTable(
        "persons", "One row per person of the cohort.", "",
        (_PERSON, ("key", "text", "", "What the files of the source call the person")),
    ),
    LongerTable(
        "responses", "One row per person and rule of response.", "response",
        (
            _PERSON,
            ("rule", "text", "", "primary, or the name of the supporting rule"),
            ("response", "text", "", "RESPONSE, NO_RESPONSE or NOT_EVALUABLE"),
            ("earliest", "date", "", "First day that the response may be"),
            ("latest", "date", "", "Last day that it may be"),
            ("baseline", "number", "points", "Score at baseline; empty for labels and events"),
            ("largest_change", "number", "points", "Change at the response, else the largest; empty for labels"),
            ("why_not_evaluable", "text", "", "Why nobody could judge; empty where somebody could"),
        ),
    ),
    LongerTable(
        "follow_up", "One row per person.", "follow_up",
        (
            _PERSON,
            ("seen_until_day", "whole number", DAY, "Last day that is followed"),
            ("first_response_day", "whole number", DAY, "First day that the response may be"),
            ("response_day", "whole number", DAY, "Last day that it may be"),
            ("stop_day", "whole number", DAY, "Last day of treatment before its first stop"),
            ("loss", "text", "", "relapse or retreatment; empty where the response was not lost"),
            ("loss_day", "whole number", DAY, "Day on which the response was lost"),
            ("restart_day", "whole number", DAY, "First day of retreatment"),
            ("again", "text", "", "Answer by the primary rule counted from the restart"),
            ("best_day", "whole number", DAY, "Day of the best score"),
            ("best_gain", "number", "points", "Its gain over baseline; improvements are positive"),
        ),
    ),
    LongerTable(
        "scores", "One row per person, score and day.", "instrument",
        (
            _PERSON,
            ("score", "text", "", "Name of the score"),
            ("date", "date", "", "Day of the visit"),
            ("value", "number", "points", "The score; empty where it is not known exactly"),
            ("lower", "number", "points", "The least that it may be"),
            ("upper", "number", "points", "The most that it may be"),
            ("origin", "text", "", "items, total only, or incomplete"),
            ("recorded", "number", "points", "Total that was written down"),
            ("missing", "whole number", "items", "Items that are missing"),
            ("disagrees", _YES_NO, "", "The total that was written down is not that of the items"),
        ),
    ),
    LongerTable(
        "episodes", "One row per person and episode of an event, and one without an event for who has none.", "safety",
        (
            _PERSON,
            ("follow_up_days", "whole number", "days", "Days of follow-up; empty where not evaluable"),
            ("stop_reason", "text", "", "Why the treatment was stopped, as the reviewers say"),
            ("event", "text", "", "Name of the event"),
            ("first_date", "date", "", "First day of the episode"),
            ("day", "whole number", DAY, "The same in days"),
            ("is_at_risk", _YES_NO, "", "The day lies in a risk window"),
            ("is_control", _YES_NO, "", "The day is one that risk windows are compared with"),
            ("days_since_treatment", "whole number", "days", "Since the last day of treatment"),
            ("cycles", "text", "", "Numbers of the cycles in whose risk window it lies, joined by +"),
            ("risk_days", "whole number", "days", "The person's days in risk windows"),
            ("control_days", "whole number", "days", "The person's days that they are compared with"),
        ),
    ),
    LongerTable(
        "lines", "One row per person and line of treatment before day 0.", "lines",
        (
            _PERSON,
            ("line", "whole number", "", "Number of the line"),
            ("start_date", "date", "", "First start of its drugs"),
            ("end_date", "date", "", "Last covered day before day 0 of its courses"),
            ("start_day", "whole number", DAY, "The start in days"),
            ("drugs", "text", "", "Its drugs"),
            ("drug_count", "whole number", "drugs", "How many"),
            ("courses", "whole number", "courses", "Its courses"),
            ("begins", "text", "", "How it begins: first, add-on, switch, restart, undecided"),
            ("continued", "text", "", "Drugs of earlier lines that go on; empty when none does"),
        ),
    ),
    LongerTable(
        "line_courses", "One row per course of a line: the proof of it.", "lines",
        (
            _PERSON,
            ("line", "whole number", "", "Number of the line"),
            ("drug", "text", "", "Drug"),
            ("start_date", "date", "", "First covered day"),
            ("end_date", "date", "", "Last covered day before day 0"),
            ("covered_days", "whole number", "days", "Covered days"),
            ("has_known_end", _YES_NO, "", "The end is in the record"),
        ),
    ),
    LongerTable(
        "drugs_after", "One row per person and drug that the person was on at day 0 or began in follow-up.", "lines",
        (
            _PERSON,
            ("drug", "text", "", "Drug"),
            ("was_on", _YES_NO, "", "On it at day 0"),
            ("end", "text", "", "continued, discontinued, or not observed long enough; empty for who was not on it"),
            ("end_day", "whole number", DAY, "Day of its discontinuation"),
            ("begun_day", "whole number", DAY, "First day in follow-up on which it was begun"),
            ("is_restarted", _YES_NO, "", "Begun again after it had been given up"),
            ("is_added", _YES_NO, "", "Begun, and never taken before"),
            ("is_switched", _YES_NO, "", "Discontinued, and another begun in its stead"),
        ),
    ),
    LongerTable(
        "proof_of_refractory", "One row per person and course of an earlier drug before day 0.", "refractory",
        (
            _PERSON,
            ("day0_date", "date", "", "Day 0"),
            ("diagnosis_date", "date", "", "First evidence of the disease"),
            ("concept_set", "text", "", "Drug"),
            ("start_date", "date", "", "First covered day"),
            ("end_date", "date", "", "Last covered day before day 0"),
            ("covered_days", "whole number", "days", "Covered days"),
            ("exposures", "whole number", "records", "Drug records of the course"),
            ("stop_reason", "text", "", "Why it was stopped, as far as known on day 0"),
            ("has_known_end", _YES_NO, "", "The end is in the record"),
            ("least_days", "whole number", "days", "Least days of an adequate course"),
            ("least_daily_mg", "number", "mg a day", "Least dose of an adequate course; empty without one"),
            ("unknown_dose_days", "whole number", "days", "Days of unknown dose"),
            ("mean_daily_mg", "number", "mg a day", "Mean dose of the days whose dose is known"),
            ("why", "text", "", "Why it is inadequate or unknown"),
            ("adequacy", "text", "", "ADEQUATE, INADEQUATE or UNKNOWN"),
            ("counts", _YES_NO, "", "It counts as the protocol says"),
            ("counts_strictly", _YES_NO, "", "It counts where only what is known to be adequate does"),
            ("counts_laxly", _YES_NO, "", "It counts where every course does"),
        ),
    ),
    LongerTable(
        "losses", "One row per person who had the treatment and is not in the cohort.", "eligibility",
        (_PERSON, ("criterion", "text", "", "The criterion at which the person was lost")),
    ),
    LongerTable(
        "near_day_0", "One row per person and change of another drug near day 0.", "explanations.near_day_0",
        (
            _PERSON,
            ("day", "whole number", DAY, "Day of the change"),
            ("drug", "text", "", "Drug"),
            ("change", "text", "", "begun or raised"),
        ),
    ),
    LongerTable(
        "glucocorticoid_times", "One row per person and goal that the dose can come down to.", "sparing.over_time",
        (
            _PERSON,
            ("goal", "text", "", "BELOW a limit, HALF of that at baseline, or OFF"),
            ("below_mg", "number", "mg a day", "The limit; empty for the other goals"),
            ("status", "text", "", "REACHED, CENSORED, BELOW_AT_BASELINE or NOT_EVALUABLE"),
            ("day", "whole number", DAY, "Day of REACHED, last day of CENSORED"),
            ("why", "text", "", "Why it cannot be told, or ends early"),
        ),
    ),
    LongerTable(
        "glucocorticoid_timeline", "One row per person and stretch of days of one glucocorticoid dose.", "sparing",
        (
            _PERSON,
            ("from_day", "whole number", DAY, "First day of the stretch"),
            ("until_day", "whole number", DAY, "Last day of the stretch"),
            ("daily_mg", "number", "mg of prednisone equivalent", "Daily dose, pulses apart; empty where not known"),
            ("pulse_mg", "number", "mg of prednisone equivalent", "The pulse of each of its days"),
            ("known_mg", "number", "mg of prednisone equivalent", "Daily dose of the exposures whose dose is known"),
            ("is_covered", _YES_NO, "", "On the drug"),
            ("is_unknown", _YES_NO, "", "An exposure has no known dose"),
            ("is_observed", _YES_NO, "", "The person is observed"),
        ),
    ),
)  # fmt: skip
