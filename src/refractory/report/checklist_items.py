"""What STROBE asks of a cohort study, in our own short words, and where a report may answer it.

Source: von Elm et al., Lancet 2007;370:1453-1457, 22 items, as they apply to cohort studies. The numbers are theirs,
the words are not: the statement holds the full text.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ChecklistItem:
    """One item of a reporting statement.

    Args:
        number: Its number in the statement.
        part: Part of a paper that it belongs to.
        asks: What it asks for.
        places: Where a report may answer it: "section:", "methods:", "table:" or "figure:" and a name.
        author: What the author writes all the same; empty where the report can answer it alone.
    """

    number: str
    part: str
    asks: str
    places: tuple[str, ...] = ()
    author: str = ""


@dataclass(frozen=True)
class Checklist:
    """A reporting statement: its name, what its items are for, where it was published, and its items."""

    name: str
    scope: str
    source: str
    items: tuple[ChecklistItem, ...]


TITLE, INTRODUCTION, METHODS = "Title and abstract", "Introduction", "Methods"
RESULTS, DISCUSSION, OTHER = "Results", "Discussion", "Other information"

_STROBE_ITEMS = (
    ChecklistItem(
        "1a",
        TITLE,
        "the design, by a usual name, in title or abstract",
        (),
        "Call it a retrospective cohort without comparison group.",
    ),
    ChecklistItem(
        "1b",
        TITLE,
        "a balanced abstract of what was done and found",
        ("section:answer", "section:abstract"),
        "Its background, and what the abstract leaves out.",
    ),
    ChecklistItem("2", INTRODUCTION, "background and reason for the study", (), "All of it."),
    ChecklistItem(
        "3",
        INTRODUCTION,
        "objectives, with hypotheses set beforehand",
        ("methods:Study",),
        "Which hypotheses were set before the data were seen.",
    ),
    ChecklistItem(
        "4", METHODS, "the main features of the design, early", ("methods:Study", "methods:Treatment and day 0")
    ),
    ChecklistItem(
        "5",
        METHODS,
        "setting, places and dates of recruitment, exposure and follow-up",
        ("methods:Course of the response", "section:records"),
        "Hospital, region, and first and last calendar year.",
    ),
    ChecklistItem(
        "6a",
        METHODS,
        "eligibility, sources and selection of persons, how they were followed",
        ("methods:Persons", "methods:Refractory disease", "methods:Course of the response"),
    ),
    ChecklistItem(
        "6b",
        METHODS,
        "for matched cohorts: criteria, exposed and unexposed",
        (),
        "Not applicable: nobody was matched.",
    ),
    ChecklistItem(
        "7",
        METHODS,
        "definitions of outcomes, exposures, predictors and confounders",
        (
            "methods:Outcome",
            "methods:Treatment and day 0",
            "methods:Groups",
            "methods:Safety",
            "methods:Analysis",
            "methods:Concept sets",
        ),
    ),
    ChecklistItem(
        "8",
        METHODS,
        "source and way of measuring each variable",
        ("methods:Instruments", "methods:Outcome", "methods:Other drugs", "table:scores"),
        "Who reviewed the charts, and what they knew.",
    ),
    ChecklistItem(
        "9",
        METHODS,
        "what was done against bias",
        ("section:cautions", "methods:How others fared", "methods:What else could explain it"),
    ),
    ChecklistItem(
        "10",
        METHODS,
        "how the size of the study came about",
        ("figure:flow-chart", "table:predictors"),
        "That all eligible persons of the source were taken, or why not.",
    ),
    ChecklistItem(
        "11", METHODS, "how numbers were used, and groupings of them", ("methods:Analysis", "methods:Groups")
    ),
    ChecklistItem("12a", METHODS, "all statistical methods, control of confounding among them", ("methods:Analysis",)),
    ChecklistItem("12b", METHODS, "methods for subgroups and interactions", ("methods:Analysis", "methods:Groups")),
    ChecklistItem(
        "12c",
        METHODS,
        "how missing data were handled",
        ("methods:Outcome", "methods:Instruments", "methods:Other drugs"),
    ),
    ChecklistItem(
        "12d", METHODS, "how loss to follow-up was handled", ("methods:Course of the response", "methods:Safety")
    ),
    ChecklistItem(
        "12e",
        METHODS,
        "sensitivity analyses",
        ("methods:Outcome", "methods:Refractory disease", "methods:What else could explain it"),
    ),
    ChecklistItem("13a", RESULTS, "persons at each stage", ("figure:flow-chart", "table:response")),
    ChecklistItem("13b", RESULTS, "why persons dropped out at each stage", ("figure:flow-chart",)),
    ChecklistItem("13c", RESULTS, "a flow diagram, if possible", ("figure:flow-chart",)),
    ChecklistItem(
        "14a",
        RESULTS,
        "characteristics of the persons",
        ("table:baseline", "table:baseline_by_response", "table:strata", "table:lines", "table:earlier_drugs"),
    ),
    ChecklistItem("14b", RESULTS, "persons with missing data, per variable", ("table:baseline",)),
    ChecklistItem(
        "14c",
        RESULTS,
        "time of follow-up, in sum and on average",
        ("table:baseline", "table:course", "table:safety"),
        "The median time of follow-up.",
    ),
    ChecklistItem(
        "15",
        RESULTS,
        "outcome events, or measures over time",
        ("table:response", "table:course", "table:by_cycle", "figure:by-cycle", "table:trajectory", "table:safety"),
    ),
    ChecklistItem(
        "16a",
        RESULTS,
        "estimates with intervals, unadjusted and adjusted, and why adjusted so",
        (
            "table:response",
            "figure:groups",
            "table:comparison",
            "table:predictors",
            "figure:predictors",
            "table:together",
        ),
    ),
    ChecklistItem("16b", RESULTS, "borders of categories, where numbers were cut", ("methods:Groups",)),
    ChecklistItem(
        "16c",
        RESULTS,
        "absolute risks, where relative ones are given",
        ("table:response", "table:safety", "table:safety_contrast"),
    ),
    ChecklistItem(
        "17",
        RESULTS,
        "other analyses: subgroups, interactions, sensitivity",
        ("table:subgroups", "figure:groups", "table:agreement", "table:readings", "section:explaining"),
    ),
    ChecklistItem(
        "18",
        DISCUSSION,
        "main results, with the objectives in mind",
        ("section:answer",),
        "A summary in the author's words.",
    ),
    ChecklistItem(
        "19",
        DISCUSSION,
        "limitations: sources, direction and size of bias",
        ("section:cautions", "section:explaining"),
        "Direction and size of each bias, as the author judges them.",
    ),
    ChecklistItem(
        "20",
        DISCUSSION,
        "a careful interpretation, beside other evidence",
        ("table:benchmarks", "table:published"),
        "The interpretation.",
    ),
    ChecklistItem("21", DISCUSSION, "how far the results hold for others", (), "All of it."),
    ChecklistItem("22", OTHER, "funding, and the part of the funders", (), "All of it."),
)

STROBE = Checklist("STROBE", "cohort studies", "von Elm et al., Lancet 2007;370:1453-1457", _STROBE_ITEMS)
