"""Two exports of one project of REDCap given together: what both say of a record is taken once."""

from __future__ import annotations

from hostile.export import ExportCase
from hostile.redcap_exports import CODES, IG, LABELLED, LONG, MAPPING, MTX, NOT, ROW, SMOKES, WHOLE, case, export

TWO = MAPPING.replace('file = "export.csv"', 'file = ["export.csv", "second.csv"]')
TWO_CODES = CODES.replace('file = "export.csv"', 'file = ["export.csv", "second.csv"]')
INFUSIONS = "record_id,redcap_event_name,redcap_repeat_instrument,redcap_repeat_instance,given,grams,infusions_complete"
VISIT = "1,start,infusions,1,,,,,,,2015-03-02,80,2"


def pair(name: str, first: str, second: str, *records: str, mapping: str = TWO, **rest: object) -> ExportCase:
    # The rest are fields of ExportCase by their names.
    return case(name, first, records, mapping=mapping, more={"second.csv": second}, **rest)  # type: ignore[arg-type]


PAIRS = (
    pair(
        "a report of one form stands beside the export of all",
        export("1,start,,,2015-01-05,1,1,0,1,2,,,", VISIT, head=LONG),
        export("1,start,infusions,1,2015-03-02,80,2", head=INFUSIONS),
        *WHOLE,
        rows=3,
        used=2,
        listed={"second.csv 2": "says the same"},
    ),
    pair(
        "the fields of one form stand in two reports",
        export("1,2015-03-02", "2,2015-03-03", head="record_id,given"),
        export("1,80", "2,70", head="record_id,grams"),
        IG,
        "drug | 2 | immunoglobulin | 2015-03-03 | 70.0",
        rows=4,
        used=4,
        told=(("second.csv 0", "an earlier file has the same record"),),
    ),
    pair(
        "a newer export says otherwise, and what is named last stands",
        export(ROW),
        export("1,2015-01-05,1,1,0,0,2,2015-03-02,70,2"),
        MTX,
        NOT,
        "drug | 1 | immunoglobulin | 2015-03-02 | 70.0",
        rows=2,
        used=2,
        told=(("second.csv 0", "smoker: .*says otherwise"), ("second.csv 0", "grams: .*says otherwise")),
    ),
    pair(
        "a newer export has a box unchecked, and no drug comes of it",
        export(ROW),
        export("1,2015-01-05,1,0,1,1,2,2015-03-02,80,2"),
        SMOKES,
        IG,
        rows=2,
        used=2,
        told=(("second.csv 0", "prior: .*says otherwise"),),
    ),
    pair(
        "a newer export leaves blank what an older one has",
        export(ROW),
        export("1,2015-01-05,1,1,0,,2,2015-03-02,80,2"),
        *WHOLE,
        rows=2,
        used=1,
        listed={"second.csv 2": "says the same"},
        told=(("second.csv 0", "smoker: .*this one has none"),),
    ),
    pair(
        "a form that nobody had opened is filled in since",
        export("1,2015-01-05,1,1,0,1,2,,,0"),
        export("1,2015-01-05,1,1,0,1,2,2015-03-02,80,2"),
        *WHOLE,
        rows=2,
        used=2,
    ),
    pair(
        "boxes stand in one report and the rest of the form in another",
        export("1,2015-01-05,1,1,2", head="record_id,seen,sex,smoker,base_complete"),
        export("1,1,0,2", head="record_id,prior___1,prior___2,base_complete"),
        MTX,
        SMOKES,
        rows=2,
        used=2,
    ),
    pair(
        "codes and labels of one project stand in two files",
        export("1,2015-01-05,1,1,0,UNK,2,2015-03-02,80,2"),
        export(*LABELLED[1:], head=LABELLED[0]).replace("Yes,", "Unknown,"),
        MTX,
        IG,
        rows=2,
        used=1,
        listed={"second.csv 2": "says the same"},
        mapping=TWO_CODES,
    ),
    pair(
        "labels of one form stand beside codes of the other",
        export("1,2015-03-02,80,2", head="record_id,given,grams,infusions_complete"),
        export(*LABELLED[1:], head=LABELLED[0]),
        *WHOLE,
        rows=2,
        used=2,
    ),
    pair(
        "a flat export and one with a line per value say the same",
        export(ROW),
        "record,field_name,value\n1,seen,2015-01-05\n1,sex,1\n1,prior,1\n1,smoker,1\n1,given,2015-03-02\n1,grams,80\n",
        *WHOLE,
        rows=7,
        used=1,
        listed={"second.csv 2": "says the same"},
    ),
    pair(
        "a spreadsheet has written the numbers of the second file otherwise",
        export(ROW),
        export("1,2015-01-05,1.0,1.0,0.0,1.0,2.0,2015-03-02,80.0,2.0"),
        *WHOLE,
        rows=2,
        used=1,
        listed={"second.csv 2": "says the same"},
    ),
    pair(
        "two entries of a record stand in both files",
        export("1--1,2015-01-05,1,1,0,1,2,,,", "1--2,2015-01-05,1,1,0,1,2,,,"),
        export("1--1,2015-03-02,80,2", "1--2,2015-03-02,80,2", head="record_id,given,grams,infusions_complete"),
        *WHOLE,
        rows=4,
        used=2,
        listed={"export.csv 3": "second of two entries", "second.csv 3": "of which no record came"},
    ),
    pair(
        "a row that became part of one of which no record came is listed too",
        export("1,70", head="record_id,grams"),
        export("1,2", head="record_id,infusions_complete"),
        rows=2,
        used=0,
        listed={"export.csv 2": "."},
        persons=0,
    ),
    pair(
        "one file calls the events by their unique names and the other by their labels",
        export(
            "1,start_arm_1,,,2015-01-05,1,1,0,1,2,,,", VISIT.replace("start", "treatment_week_fou_arm_2"), head=LONG
        ),
        export(
            VISIT.replace("start", "Treatment: week four (Arm 2: High dose)"),
            "1,Start (Arm 1: Low dose),infusions,1,,,,,,,2015-04-02,70,2",
            head=LONG,
        ),
        *WHOLE,
        "drug | 1 | immunoglobulin | 2015-04-02 | 70.0",
        rows=4,
        used=3,
        listed={"second.csv 2": "says the same"},
        told=(("second.csv 0", "events are called otherwise"),),
    ),
    pair(
        "a spreadsheet took the zeros from the records of the second file",
        export(VISIT.replace("1", "01", 1), head=LONG),
        export(VISIT.replace("infusions,1,", "infusions,1.0,"), head=LONG),
        IG.replace("1", "01", 1),
        rows=2,
        used=1,
        listed={"second.csv 2": "says the same"},
    ),
)
