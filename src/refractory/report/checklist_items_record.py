"""What RECORD and RECORD-PE ask beyond STROBE, in our own short words, and where a report may answer it.

Sources: RECORD, 13 items for records that were kept for other purposes (Benchimol et al., PLoS Med 2015;12:e1001885);
RECORD-PE, 15 items for drugs in such records (Langan et al., BMJ 2018;363:k3532). The numbers are theirs, the words are
not: the statements hold the full text.
"""

from __future__ import annotations

from refractory.report.checklist_items import DISCUSSION, METHODS, OTHER, RESULTS, TITLE, Checklist, ChecklistItem

_RECORD_ITEMS = (
    ChecklistItem(
        "1.1",
        TITLE,
        "type of data, and names of the databases, in title or abstract",
        ("section:records",),
        "Name the kind of records in the title or the abstract.",
    ),
    ChecklistItem("1.2", TITLE, "region and time, in title or abstract", (), "Region and calendar years."),
    ChecklistItem(
        "1.3", TITLE, "linkage of databases, if any, in title or abstract", (), "Whether databases were linked."
    ),
    ChecklistItem(
        "6.1",
        METHODS,
        "how the study population was found: codes and algorithms",
        ("methods:Persons", "methods:Refractory disease", "methods:Concept sets"),
    ),
    ChecklistItem(
        "6.2",
        METHODS,
        "validation of those codes and algorithms",
        (),
        "Studies that validated them, or that none did.",
    ),
    ChecklistItem("6.3", METHODS, "a diagram of the linkage, if any", (), "The diagram, if databases were linked."),
    ChecklistItem(
        "7.1",
        METHODS,
        "all codes and algorithms for exposures, outcomes and confounders",
        ("methods:Concept sets", "methods:Outcome", "methods:Safety"),
    ),
    ChecklistItem(
        "12.1",
        METHODS,
        "how far the investigators had access to the database",
        (),
        "What part of the database they had, and how.",
    ),
    ChecklistItem("12.2", METHODS, "how data were cleaned", ("table:accounts", "table:problems")),
    ChecklistItem(
        "12.3",
        METHODS,
        "level, methods and quality of linkage, if any",
        (),
        "How databases were linked, if they were.",
    ),
    ChecklistItem(
        "13.1",
        RESULTS,
        "selection of the persons, by quality, availability and linkage of data too",
        ("figure:flow-chart", "table:accounts"),
    ),
    ChecklistItem(
        "19.1",
        DISCUSSION,
        "what it means that the data were collected for something else",
        ("section:cautions",),
        "Misclassification, unmeasured confounding and changes over time, in words.",
    ),
    ChecklistItem(
        "22.1",
        OTHER,
        "where protocol, raw data and program can be had",
        ("section:records",),
        "Where the protocol file is kept, and who gives access to the data.",
    ),
)

_RECORD_PE_ITEMS = (
    ChecklistItem(
        "4.a",
        METHODS,
        "the specific design and its features, each of them if several",
        ("methods:Study", "methods:Safety"),
    ),
    ChecklistItem(
        "4.b",
        METHODS,
        "a diagram of the design: exposure, washout, windows",
        (),
        "The diagram; its windows stand in the methods.",
    ),
    ChecklistItem(
        "6.1.a",
        METHODS,
        "entry criteria in their order, indication, and whether persons enter more than once",
        ("methods:Treatment and day 0", "methods:Persons", "figure:flow-chart"),
    ),
    ChecklistItem(
        "7.1.a",
        METHODS,
        "how the definition of drug exposure came about",
        ("methods:Treatment and day 0", "methods:Concept sets"),
        "Why it was chosen.",
    ),
    ChecklistItem(
        "7.1.b",
        METHODS,
        "from which data drug exposure is known",
        ("methods:Treatment and day 0", "table:accounts"),
        "Prescribed, dispensed or given: what the source records.",
    ),
    ChecklistItem(
        "7.1.c",
        METHODS,
        "time during which a person counts as exposed, and why; what came before the records",
        ("methods:Treatment and day 0", "methods:Persons", "methods:Safety"),
        "Why these windows.",
    ),
    ChecklistItem(
        "7.1.d",
        METHODS,
        "why events belong to current, earlier or cumulative exposure",
        ("methods:Safety", "methods:Outcome"),
        "The reason.",
    ),
    ChecklistItem(
        "7.1.e",
        METHODS,
        "where dose matters: how current and earlier doses and time on treatment count",
        ("methods:Other drugs", "table:cumulative_dose"),
    ),
    ChecklistItem(
        "7.1.f",
        METHODS,
        "comparators, and why these",
        ("methods:How others fared", "table:benchmarks"),
        "That there is no comparison group, and why the benchmarks fit.",
    ),
    ChecklistItem(
        "7.1.g",
        METHODS,
        "persons with more than one relevant drug",
        ("methods:Refractory disease", "methods:Lines of treatment", "methods:Other drugs", "table:drugs_after"),
    ),
    ChecklistItem(
        "8.a", METHODS, "the healthcare system, how its drug records arise, and the place of care", (), "All of it."
    ),
    ChecklistItem("12.1.a", METHODS, "how assumptions were checked", ("section:explaining", "section:cautions")),
    ChecklistItem(
        "12.1.b",
        METHODS,
        "several designs or analyses, and why",
        ("methods:Outcome", "methods:Analysis", "methods:What else could explain it"),
    ),
    ChecklistItem(
        "19.1.a",
        DISCUSSION,
        "how well the database captures the drug exposure",
        ("section:cautions", "table:problems"),
        "What the source does not see: drugs from elsewhere, drugs not taken.",
    ),
    ChecklistItem(
        "20.a",
        DISCUSSION,
        "confounding by indication, by severity, and selection as other explanations",
        ("section:cautions", "section:explaining"),
        "The discussion.",
    ),
)

RECORD = Checklist(
    "RECORD", "records kept for other purposes", "Benchimol et al., PLoS Med 2015;12:e1001885", _RECORD_ITEMS
)
RECORD_PE = Checklist("RECORD-PE", "drugs in such records", "Langan et al., BMJ 2018;363:k3532", _RECORD_PE_ITEMS)
