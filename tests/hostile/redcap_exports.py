"""Exports of REDCap as servers, spreadsheets and programs leave them."""

# ruff: noqa: E501 -- an export is as wide as an export

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from hostile.export import Content, ExportCase
from redcap_project import SOURCE, dictionary_text

FIELDS = """
    field     | form      | type     | label               | choices               | validation | identifier
    record_id | base      | text     | Record              | -                     | -          | -
    mrn       | base      | text     | Number              | -                     | -          | y
    seen      | base      | text     | Seen                | -                     | date_dmy   | -
    sex       | base      | radio    | Sex                 | 1, Female / 2, Male   | -          | -
    prior     | base      | checkbox | Prior               | 1, MTX / 2, MMF       | -          | -
    smoker    | base      | yesno    | Smoker              | -                     | -          | -
    given     | infusions | text     | Given               | -                     | date_dmy   | -
    grams     | infusions | text     | Grams               | -                     | number     | -
    comment   | infusions | notes    | Comment             | -                     | -          | -
"""
DICTIONARY = dictionary_text(FIELDS)
MAPPING = (
    SOURCE
    + """
[[table]]
sheet = "base"
person = "record_id"
[[table.record]]
kind = "person"
column = { sex = "sex" }
[[table.record]]
kind = "drug"
text = { what = "methotrexate" }
column = { start = "seen" }
when = { column = "prior___1" }
[[table.record]]
kind = "label"
text = { item = "smoker" }
column = { value = "smoker", date = "seen" }

[[table]]
sheet = "infusions"
person = "record_id"
[[table.record]]
kind = "drug"
text = { what = "immunoglobulin", unit = "g" }
column = { start = "given", quantity = "grams" }
"""
)
CODES = MAPPING.replace("[source]", '[source]\nmissing = ["UNK, Unknown", "-99, Not done"]')
HEAD = "record_id,seen,sex,prior___1,prior___2,smoker,base_complete,given,grams,infusions_complete"
LONG = HEAD.replace("record_id,", "record_id,redcap_event_name,redcap_repeat_instrument,redcap_repeat_instance,")
MTX, SMOKES, NOT = (
    "drug | 1 | methotrexate | 2015-01-05",
    "label | 1 | smoker | 2015-01-05 | yes",
    "label | 1 | smoker | 2015-01-05 | no",
)
IG = "drug | 1 | immunoglobulin | 2015-03-02 | 80.0"
ROW = "1,2015-01-05,1,1,0,1,2,2015-03-02,80,2"
WHOLE = (MTX, SMOKES, IG)


def export(*lines: str, head: str = HEAD) -> str:
    return "\n".join([head, *lines, ""])


def project(
    content: Content, mapping: str = MAPPING, dictionary: Content = DICTIONARY, **more: Content
) -> dict[str, Content]:
    return {"export.csv": content, "dictionary.csv": dictionary, "charts.toml": mapping, **more}


def case(
    name: str,
    content: Content,
    records: Sequence[str] = (),
    *,
    mapping: str = MAPPING,
    dictionary: Content = DICTIONARY,
    more: dict[str, Content] | None = None,
    **rest: object,
) -> ExportCase:
    files = {**project(content, mapping, dictionary), **(more or {})}
    # The rest are fields of ExportCase by their names.
    return ExportCase(name, files, tuple(records), address="charts.toml", **rest)  # type: ignore[arg-type]


def link_out(path: Path) -> None:
    outside = path.parent.parent / "outside.csv"
    outside.write_text(export(ROW))
    path.symlink_to(outside)


def wide(path: Path) -> None:
    """Write 200 records of 5,000 columns, most of them blank."""
    names = [f"extra{number}" for number in range(4_990)]
    lines = [f"{number},2015-01-05,1,0,0,,2,2015-03-02,80,2{',' * 4_989},x" for number in range(200)]
    path.write_text(export(*lines, head=f"{HEAD},{','.join(names)}"))


def widened(path: Path) -> None:
    extra = "".join(f"extra{number},infusions,,text,Extra,,,,,,,,,,,,,\n" for number in range(4_990))
    path.write_text(DICTIONARY + extra)


LABELLED = [
    "Record,Seen,Sex,Prior (choice=MTX),Prior (choice=MMF),Smoker,Complete?,Given,Grams,Complete?",
    "1,2015-01-05,Female,Checked,Unchecked,Yes,Complete,2015-03-02,80,Complete",
]
HTML_FIELDS = DICTIONARY.replace(
    ",Smoker,", ',"<div class=""rich-text-field-label""><p>Ever<br>a\n<b>smoker</b>&nbsp;?</p></div>",'
).replace('"1, MTX | 2, MMF"', '"1, <i>MTX</i> | 2, MMF"')

REDCAP = (
    # Events, instances and instruments.
    case(
        "an event repeats as a whole, and every one of its rows is kept",
        export(
            "1,start,,,2015-01-05,1,1,0,1,2,,,",
            "1,visit,,1,,,,,,,2015-03-02,80,2",
            "1,visit,,2,,,,,,,2015-04-02,70,2",
            "1,visit,,3,,,,,,,2015-05-02,60,2",
            head=LONG,
        ),
        (*WHOLE, "drug | 1 | immunoglobulin | 2015-04-02 | 70.0", "drug | 1 | immunoglobulin | 2015-05-02 | 60.0"),
        rows=4,
        used=4,
    ),
    case(
        "in one event an instrument repeats and another event repeats as a whole",
        export(
            "1,start,,,2015-01-05,1,1,0,1,2,,,",
            "1,start,infusions,1,,,,,,,2015-03-02,80,2",
            "1,visit,,1,,,,,,,2015-04-02,70,2",
            "1,visit,,2,,,,,,,2015-05-02,60,2",
            head=LONG,
        ),
        (*WHOLE, "drug | 1 | immunoglobulin | 2015-04-02 | 70.0", "drug | 1 | immunoglobulin | 2015-05-02 | 60.0"),
        rows=4,
        used=4,
    ),
    case(
        "nothing repeats although the columns for it are there",
        export("1,,,,2015-01-05,1,1,0,1,2,2015-03-02,80,2", "2,,,,2015-01-05,2,0,0,0,2,,,0", head=LONG),
        (*WHOLE, NOT.replace("1", "2", 1)),
        rows=2,
        used=2,
    ),
    case(
        "a spreadsheet wrote the numbers of instances with a decimal point",
        export("1,start,infusions,1.0,,,,,,,2015-03-02,80,2", "1,start,infusions,2.0,,,,,,,2015-04-02,70,2", head=LONG),
        (IG, "drug | 1 | immunoglobulin | 2015-04-02 | 70.0"),
        rows=2,
        used=2,
    ),
    case(
        "the same instance comes twice with different values",
        export("1,start,infusions,1,,,,,,,2015-03-02,80,2", "1,start,infusions,1,,,,,,,2015-03-02,8,2", head=LONG),
        (IG, "drug | 1 | immunoglobulin | 2015-03-02 | 8.0"),
        rows=2,
        told=(("export.csv 3", "come twice"),),
    ),
    # Missing-data codes and boxes.
    case(
        "missing-data codes stand in yes-no fields, and the others stay yes and no",
        export(
            "1,2015-01-05,1,1,0,1,2,,,0",
            "2,2015-01-05,1,0,0,UNK,2,,,0",
            "3,2015-01-05,1,0,0,0,2,,,0",
            "4,2015-01-05,1,0,0,-99,2,,,0",
        ),
        (MTX, SMOKES, "label | 3 | smoker | 2015-01-05 | no"),
        rows=4,
        used=4,
        told=(("export.csv 0", "smoker: a missing-data code"),),
        persons=4,
        mapping=CODES,
    ),
    case(
        "missing-data codes that nobody told of are no answers",
        export("1,2015-01-05,1,1,0,1,2,,,0", "2,2015-01-05,1,0,0,UNK,2,,,0"),
        (MTX, SMOKES),
        rows=2,
        told=(("export.csv 3", "smoker: .*yes and no and holds something else"),),
        persons=2,
    ),
    case(
        "a missing-data code is checked beside the boxes",
        export(
            "1,2015-01-05,1,1,0,0,1,2,2015-03-02,80,2",
            "2,2015-01-05,1,0,0,1,0,2,,,0",
            head=HEAD.replace("prior___2", "prior___2,prior___unk"),
        ),
        (*WHOLE, "label | 2 | smoker | 2015-01-05 | no"),
        rows=2,
        used=2,
        mapping=CODES,
    ),
    case(
        "a program wrote NA into every blank cell, the boxes too",
        export(ROW, "2,2015-01-05,1,NA,NA,NA,2,NA,NA,0"),
        WHOLE,
        rows=2,
        used=2,
        told=(("export.csv 0", "prior"),),
        persons=2,
    ),
    case(
        "a program wrote boxes as decimals",
        export("1,2015-01-05,1.0,1.0,0.0,1.0,2.0,2015-03-02,80.0,2.0", "2,2015-01-05,1.0,0.0,0.0,0.0,2.0,,,0.0"),
        (*WHOLE, "label | 2 | smoker | 2015-01-05 | no"),
        rows=2,
        used=2,
    ),
    case(
        "a program wrote truths and nan, and numbered the lines",
        export(
            "0,1,2015-01-05,1,True,False,True,2,2015-03-02,80.0,2",
            "1,2,2015-01-05,1,False,nan,False,2,NaT,nan,0",
            head=f",{HEAD}",
        ),
        (*WHOLE, "label | 2 | smoker | 2015-01-05 | no"),
        rows=2,
        used=2,
    ),
    case(
        "boxes of negative codes and of capital letters are found",
        export(
            "1,2015-01-05,1,0,1,1,2,2015-03-02,80,2",
            head=HEAD.replace("prior___1", "prior____9").replace("prior___2", "prior___mtx"),
        ),
        (MTX, SMOKES, IG),
        rows=1,
        dictionary=DICTIONARY.replace("1, MTX | 2, MMF", "-9, None | MTX, MTX"),
        mapping=MAPPING.replace("prior___1", "prior___MTX"),
    ),
    case(
        "a choice was renamed since the export",
        export("1,2015-01-05,3,1,0,1,2,2015-03-02,80,2"),
        WHOLE,
        rows=1,
        told=(("export.csv 2", "sex: the dictionary has no choice"),),
    ),
    # Entered twice.
    case(
        "two persons entered each record, and they differ in the grams",
        export("1--1,2015-01-05,1,1,0,1,2,2015-03-02,80,2", "1--2,2015-01-05,1,1,0,1,2,2015-03-02,8,2"),
        (MTX, SMOKES, "drug | 1 | immunoglobulin | 2015-03-02"),
        rows=2,
        used=1,
        listed={"export.csv 3": "second of two"},
        told=(("export.csv 2", "grams: the two entries differ"),),
    ),
    case(
        "the merged record stands beside both entries",
        export("1--1,2015-01-05,1,1,0,1,2,2015-03-02,8,2", "1--2,2015-01-05,1,1,0,1,2,2015-03-02,9,2", ROW),
        WHOLE,
        rows=3,
        used=1,
        listed={"export.csv 2": "merged record", "export.csv 3": "merged record"},
    ),
    # Dictionaries that do not fit.
    case(
        "the dictionary is of another project",
        "patient_number,age\n1,50\n",
        refused="record_id",
    ),
    case(
        "the export has fields that the dictionary does not have, and lacks some",
        export("1,2015-01-05,1,1,0,1,2,2015-03-02,80,2,x", head=f"{HEAD},added_later"),
        WHOLE,
        rows=1,
        told=(("export.csv 0", "added_later: the dictionary does not have"),),
    ),
    case("the dictionary is an export", export(ROW), refused="dictionary|field_name", dictionary=export(ROW)),
    case("the export is a dictionary", DICTIONARY, refused="dictionar|record_id"),
    case(
        "the dictionary and the export changed names",
        DICTIONARY,
        refused="field_name|dictionary",
        dictionary=export(ROW),
    ),
    case(
        "the mapping names two dictionaries and no export",
        DICTIONARY,
        refused="dictionar",
        mapping=MAPPING.replace('dictionary = "dictionary.csv"', "").replace(
            '"export.csv"', '["export.csv", "dictionary.csv"]'
        ),
    ),
    case(
        "a line of the dictionary is broken in two",
        export(ROW),
        refused="dictionary.csv, line",
        dictionary=DICTIONARY.replace("smoker,base", "smo\nker,base"),
    ),
    case(
        "labels have markup and line breaks, and the export is headed by them",
        export(
            LABELLED[1],
            head=LABELLED[0]
            .replace("choice=MTX", "choice=<i>MTX</i>")
            .replace("Smoker", '"<div class=""rich-text-field-label""><p>Ever<br>a\n<b>smoker</b>&nbsp;?</p></div>"'),
        ),
        WHOLE,
        rows=1,
        used=1,
        dictionary=HTML_FIELDS,
    ),
    # What spreadsheets do.
    case(
        "a spreadsheet wrote the dates its own way",
        export("1,05.01.2015,1,1,0,1,2,02/03/2015,80,2"),
        WHOLE,
        rows=1,
        used=1,
        told=(("export.csv 0", "given: .*not written year-month-day"),),
    ),
    case(
        "a spreadsheet wrote dates as counts of days, and as number signs",
        export("1,42009,1,1,0,1,2,42065,80,2", "2,########,,1,0,,2,########,80,2"),
        WHOLE,
        rows=2,
        listed={"export.csv 3": "date"},
        told=(("export.csv 2", "count of days"),),
        persons=1,
    ),
    case(
        "a spreadsheet took the zeros from the ids of one of two exports",
        export("0047,2015-01-05,1,1,0,1,2,,,"),
        (MTX.replace("1", "0047", 1), SMOKES.replace("1", "0047", 1), IG.replace("1", "0047", 1)),
        rows=2,
        used=2,
        told=(("second.csv 2", "another way"),),
        mapping=MAPPING.replace('"export.csv"', '["export.csv", "second.csv"]'),
        more={"second.csv": "record_id,given,grams,infusions_complete\n47,2015-03-02,80,2\n"},
    ),
    case(
        "a spreadsheet cut the ids to 1.0E+05",
        export(ROW, "1.0E+05,2015-01-05,1,1,0,1,2,2015-03-02,80,2"),
        WHOLE,
        rows=2,
        used=1,
        listed={"export.csv 3": ""},
    ),
    case("semicolons part the cells", export(ROW).replace(",", ";"), WHOLE, rows=1, used=1),
    case("the export is in UTF-16 with tabs", export(ROW).replace(",", "\t").encode("utf-16"), WHOLE, rows=1, used=1),
    case(
        "the export has a mark of UTF-8 and quotes around every name",
        b"\xef\xbb\xbf" + export(ROW, head=",".join(f'"{name}"' for name in HEAD.split(","))).encode(),
        WHOLE,
        rows=1,
    ),
    case(
        "lines end before their last cells, as a spreadsheet saves them",
        export("1,2015-01-05,1,1,0,1,2", "2,2015-01-05,2,0,0,0,2"),
        (MTX, SMOKES, "label | 2 | smoker | 2015-01-05 | no"),
        rows=2,
        used=2,
        told=(("export.csv 0", "fewer cells"),),
    ),
    case(
        "cells hold formulas",
        export(
            '1,2015-01-05,1,1,0,1,2,2015-03-02,"=1+79",2',
            '"=HYPERLINK(""http://192.0.2.1/"",""1"")",2015-01-05,,0,0,,2,@SUM(A1),=cmd|\'/C calc\'!A0,2',
        ),
        (MTX, SMOKES, "drug | 1 | immunoglobulin | 2015-03-02"),
        rows=2,
        listed={"export.csv 3": ""},
        told=(("export.csv 2", "grams"),),
        persons=1,
    ),
    case(
        "the header comes again in the middle",
        export(ROW, HEAD, "2,2015-01-05,2,0,0,0,2,,,"),
        (*WHOLE, "label | 2 | smoker | 2015-01-05 | no"),
        rows=3,
        used=2,
        listed={"export.csv 3": "header"},
    ),
    case(
        "a comment holds line breaks, quotes and separators",
        export(
            '1,2015-01-05,1,1,0,1,2,2015-03-02,80,2,"felt ""well"",\nthen; not\r\n\r\n\tat all"',
            "2,soon,,1,0,,2,,,,",
            head=f"{HEAD},comment",
        ),
        WHOLE,
        rows=2,
        used=1,
        listed={"export.csv 3": "date"},
        persons=1,
    ),
    case(
        "a cell holds bytes of nothing",
        export(ROW.replace("80", "8\x000")),
        (MTX, SMOKES, "drug | 1 | immunoglobulin | 2015-03-02"),
        rows=1,
        told=(("export.csv 2", "grams"),),
        may_refuse=True,
    ),
    case(
        "the export is in the encoding of a spreadsheet of old",
        export(f"{ROW},Füße", head=f"{HEAD},comment").encode("cp1252"),
        WHOLE,
        rows=1,
        told=(("export.csv 0", "neither UTF-8"),),
    ),
    # What is no whole export.
    case(
        "the download ended in the middle of a line",
        export(ROW, "2,2015-01-05,2,1,0,0,2,2015-03-02,80,2")[:-6],
        WHOLE,
        rows=2,
        used=1,
        listed={"export.csv 3": "ends"},
    ),
    case(
        "the download ended in the middle of a comment",
        export(f"{ROW},fine", head=f"{HEAD},comment") + '2,2015-01-05,2,1,0,0,2,2015-03-02,80,2,"she fe',
        WHOLE,
        rows=2,
        used=1,
        listed={"export.csv 3": "ends"},
    ),
    case(
        "the export is a page of the server that says no",
        "<!DOCTYPE html>\n<html><head><title>REDCap</title></head>\n<body>You have been logged out.</body></html>\n",
        refused="page|HTML|record_id",
    ),
    case(
        "the export is what the server says when it has no memory left",
        "REDCap ran out of server memory. The request cannot be processed. Please try importing/exporting a smaller amount of data.\n",
        refused="record_id",
    ),
    case(
        "the export is an error of the server as JSON",
        '{"error":"You do not have permissions to use the API"}',
        refused="record_id",
    ),
    case("the export is empty", b"", refused="empty"),
    case("the export has a header and no line", export(), rows=0, persons=0, may_refuse=True),
    case("the export is a workbook that is called .csv", b"PK\x03\x04" + bytes(range(256)) * 8, refused=""),
    case(
        "the same export was saved twice",
        export(ROW),
        WHOLE,
        rows=2,
        used=1,
        listed={"again.csv 2": "says the same"},
        mapping=MAPPING.replace('"export.csv"', '["export.csv", "again.csv"]'),
        more={"again.csv": export(ROW)},
    ),
    case(
        "an export with a line per value says a day twice, and differently",
        "record,field_name,value\n1,given,2015-03-02\n1,given,2015-04-02\n1,grams,80\n1,seen,2015-01-05\n1,prior,1\n1,prior,1\n1,smoker,1\n,grams,3\n",
        WHOLE,
        rows=8,
        used=5,
        listed={"export.csv 3": "two values", "export.csv 7": "same box", "export.csv 9": "no record"},
    ),
    case(
        "an export with a line per value names the person in no order",
        "record,field_name,value\n1,given,2015-03-02\n2,seen,2015-01-05\n1,grams,80\n2,smoker,0\n",
        (IG, "label | 2 | smoker | 2015-01-05 | no"),
        rows=4,
        used=4,
    ),
    # Harm.
    case(
        "the mapping names a dictionary above its folder",
        export(ROW),
        refused="outside|beside",
        mapping=MAPPING.replace('"dictionary.csv"', '"../dictionary.csv"'),
    ),
    case("the export is a link that leads out of the folder", link_out, refused="outside|beside"),
    case("a line without end", lambda path: path.write_text(export(ROW) + '"' + "x" * (17 << 20)), refused="line"),
    case(
        "an export has 5,000 columns",
        wide,
        [f"drug | {number} | immunoglobulin | 2015-03-02 | 80.0" for number in range(200)],
        rows=200,
        used=200,
        dictionary=widened,
    ),
    case(
        "an export with a line per value ends in the middle of a value",
        'record,field_name,value\n1,given,2015-03-02\n1,grams,80\n1,comment,"she fe',
        (IG,),
        rows=3,
        used=2,
        listed={"export.csv 4": "ends"},
    ),
)
