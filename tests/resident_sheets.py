"""Sheets as residents of many clinics would fill them in, each with its truth beside it. All persons are invented."""

# The tables are as wide as the sheets are.
# ruff: noqa: E501 -- a row of a sheet is as wide as the sheet

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import xlsxwriter

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_NUMBER = re.compile(r"-?\d+(\.\d+)?")


@dataclass(frozen=True)
class Truth:
    """What must come out of a sheet.

    Args:
        treated: Persons who had the studied treatment.
        cohort: Those of them in the cohort: with at least two drugs tried before, where the sheet tells of any.
        responders: Persons of the cohort with a response.
        evaluable: Persons of the cohort whose response is known.
        tried: Persons of the cohort who had tried a drug before, by drug.
        lower: Persons with a lower glucocorticoid dose, and those of whom it can be told; None where nothing is known.
    """

    treated: int
    cohort: int
    responders: int
    evaluable: int
    tried: Mapping[str, int] = field(default_factory=dict)
    lower: tuple[int, int] | None = None


@dataclass(frozen=True)
class ResidentSheet:
    """A sheet: how it is written to a folder, and its truth."""

    name: str
    write: Callable[[Path], list[Path]]
    truth: Truth


def rows_of(text: str) -> list[list[str]]:
    """Read a table that is drawn with bars; a line of dashes is no row."""
    lines = [line.strip() for line in text.strip("\n").splitlines() if line.strip() and set(line.strip()) != set("-+")]
    return [[cell.strip() for cell in line.split("|")] for line in lines]


def write_workbook(path: Path, sheets: Mapping[str, list[list[str]]], merged: tuple[str, ...] = ()) -> Path:
    """Write sheets as a spreadsheet has them: days are days and numbers are numbers; a cell that begins with ' is text.

    Args:
        path: The file.
        sheets: Rows by name of the sheet.
        merged: Ranges of the first sheet that are merged, each with the text of its first cell.
    """
    book = xlsxwriter.Workbook(str(path))
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        for line, row in enumerate(rows):
            for column, cell in enumerate(row):
                if _DATE.fullmatch(cell):
                    sheet.write_datetime(line, column, datetime.fromisoformat(cell), day)
                elif _NUMBER.fullmatch(cell):
                    sheet.write_number(line, column, float(cell))
                elif cell:
                    sheet.write_string(line, column, cell.removeprefix("'"))
        if name == next(iter(sheets)):
            for one in merged:
                first = re.match(r"([A-Z])(\d+)", one)
                assert first
                text = rows[int(first[2]) - 1][ord(first[1]) - 65]
                sheet.merge_range(one, text)
    book.close()
    return path


def write_csv(path: Path, rows: list[list[str]], mark: str = ",", encoding: str = "utf-8") -> Path:
    """Write rows as a CSV file with a mark between the cells."""
    quoted = [[f'"{cell}"' if mark in cell else cell for cell in row] for row in rows]
    path.write_text("\n".join(mark.join(row) for row in quoted) + "\n", encoding=encoding)
    return path


def _dermatology(folder: Path) -> list[Path]:
    rows = rows_of("""
MRN     | Patient name  | DOB        | Sex | Dx             | Date of dx | MTX (Y/N) | MMF (Y/N) | HCQ (Y/N) | Other prior tx  | ivig_1_date | ivig_1_dose | ivig_2_date | ivig_2_dose | ivig_3_date | ivig_3_dose | Weight (kg) | Improved? (Y/N) | Date improved | Pred at baseline (mg/d) | Pred 6mo (mg/d) | Last visit
1000231 | Invented, Ann | 1951-03-02 | F   | DM             | 2012-01-10 | Y         | Y         | Y         | pred            | 2014-02-03  | 2 g/kg      | 2014-03-03  | 2 g/kg      | 2014-03-31  | 2 g/kg      | 61.5        | Y               | 2014-04-20    | 20                      | 5               | 2015-09-01
1000777 | Invented, Bob | 1963-07-21 | M   | DM             | 2011-05-04 | Y         | N         | N         | AZA (LFTs)      | 2013-06-11  | 2 g/kg      | 2013-07-09  | 2 g/kg      |             |             | 90          | N               |               | 15                      | 15              | 2014-12-12
1001010 | Invented, Cay | 1978-11-30 | F   | CADM           | 2013-03-15 | N         | Y         | Y         |                 | 2014-10-01  | 2 g/kg      | 2014-10-29  | 2 g/kg      |             |             | 70          | Y               | 2014-12-05    | 0                       | 0               | 2016-01-20
1001222 | Invented, Dee | 1945-01-17 | F   | DM             | 2010-08-08 | Y         | N         | Y         | prednisone, RTX | 2012-05-05  | 2 g/kg      | 2012-06-02  | 2 g/kg      | 2012-07-01  | 2 g/kg      | 55          | Y               | 2012-06-30    | 40                      | 10              | 2013-10-10
1001234 | Invented, Eve | 1982-09-09 | F   | juvenile DM    | 1999-02-01 | Y         | Y         | N         |                 | 2015-01-14  | 2 g/kg      |             |             |             |             | 66          |                 |               | 10                      |                 | 2015-02-20
1001300 | Invented, Flo | 1969-04-25 | F   | amyopathic DM  | 2014-06-30 | N         | N         | Y         |                 | 2015-03-02  | 2 g/kg      | 2015-03-30  | 2 g/kg      |             |             | 58          | N               |               |                         |                 | 2016-04-04
1001400 | Invented, Gus | 1958-12-01 | M   | DM             | 2009-09-19 | Y         | Y         | N         | pred, tacro     | 2011-11-11  | 2 g/kg      | 2011-12-09  | 2 g/kg      |             |             | 84          | Y               | 2012-01-15    | 30                      | 30              | 2013-01-01
""")
    return [write_workbook(folder / "IVIG_DM_chart_review.xlsx", {"Sheet1": rows})]


def _several_sheets(folder: Path) -> list[Path]:
    persons = rows_of("""
Study ID | Year of birth | Gender | Diagnosis       | Dx date
P01      | 1950          | female | Dermatomyositis | 2010-02-02
P02      | 1961          | male   | Dermatomyositis | 2011-03-03
P03      | 1972          | female | Dermatomyositis | 2012-04-04
P04      | 1983          | female | Dermatomyositis | 2013-05-05
P05      | 1990          | male   | Dermatomyositis | 2012-06-06
""")
    drugs = rows_of("""
Study ID | Medication      | Start date | Stop date  | Dose       | Reason stopped
P01      | Methotrexate    | 2010-03-01 | 2011-01-01 | 15 mg/week | no effect
P01      | CellCept        | 2011-02-01 | 2012-01-01 | 1 g BID    | no effect
P01      | IVIG            | 2012-03-05 |            | 140 g      |
P01      | IVIG            | 2012-04-02 |            | 140 g      |
P02      | Imuran          | 2011-04-01 | 2011-09-01 | 150 mg     | nausea
P02      | Plaquenil       | 2011-04-01 | 2012-05-01 | 400 mg     | no effect
P02      | IVIG            | 2012-06-06 |            | 180 g      |
P03      | methotrexat     | 2012-05-01 | 2013-01-01 | 20 mg/week | LFTs
P03      | IVIG            | 2013-02-04 |            | 120 g      |
P03      | IVIG            | 2013-03-04 |            | 120 g      |
P04      | MTX             | 2013-06-01 | 2014-01-01 | 15 mg/week | no effect
P04      | cellsept        | 2013-06-01 | 2014-02-01 | 1 g BID    | no effect
P04      | Gamunex-C       | 2014-03-03 |            | 130 g      |
P05      | HCQ             | 2012-07-01 | 2013-01-01 | 400 mg     | rash
P05      | MMF             | 2013-01-15 |            | 1 g BID    |
""")
    answers = rows_of("""
Study ID | Date assessed | Response
P01      | 2012-06-01    | CR
P02      | 2012-12-01    | NR
P03      | 2013-05-05    | PR
P04      | 2014-06-06    | PR
P05      | 2013-06-06    | NR
""")
    return [write_workbook(folder / "myositis.xlsx", {"Patients": persons, "Drugs": drugs, "Outcome": answers})]


_TWO_LINES = """
IVIG in refractory dermatomyositis: retrospective data collection | | | | | | | | | | |
 | | | | | | | | | | | |
Patient |            |     | Earlier treatment | | | Infusion 1 | | Infusion 2 | | Outcome | |
ID      | Birth date | Sex | MTX | AZA | HCQ    | Date       | Dose | Date       | Dose | Response | Date |
        | dd.mm.yyyy |     | y/n | y/n | y/n    |            | g    |            | g    | yes/no   |      |
S-01    | 1949-05-05 | F   | y   | y   | n      | 2010-01-04 | 120  | 2010-02-01 | 120  | yes      | 2010-03-01 |
S-02    | 1955-06-06 | M   | y   | n   | y      | 2011-01-10 | 160  | 2011-02-07 | 160  | no       | 2011-04-01 |
S-03    | 1966-07-07 | F   | y   | y   | y      | 2012-03-05 | 140  |            |      | yes      | 2012-04-30 |
S-04    | 1971-08-08 | F   | n   | y   | n      | 2013-05-06 | 110  | 2013-06-03 | 110  | yes      | 2013-07-15 |
S-05    | 1980-09-09 | F   | y   | n   | y      | 2014-09-01 | 130  | 2014-09-29 | 130  | no       | 2014-12-24 |
Total   |            |     | 4   | 3   | 3      |            | 660  |            | 520  | 3        |      |
Mean    |            |     |     |     |        |            | 132  |            | 130  |          |      |
"""


def _two_line_header(folder: Path) -> list[Path]:
    path = folder / "data collection.xlsx"
    merged = ("A1:L1", "A3:C3", "D3:F3", "G3:H3", "I3:J3", "K3:L3")
    return [write_workbook(path, {"Data": rows_of(_TWO_LINES)}, merged)]


def _two_line_header_saved_as_text(folder: Path) -> list[Path]:
    return [write_csv(folder / "data collection.csv", rows_of(_TWO_LINES))]


def _names_above_some(folder: Path) -> list[Path]:
    rows = rows_of("""
Pt ID | Sex | Dx | Failed     | IVIG                     |          |          | Prednisone (mg/d) |      | Response? | Notes
      |     |    |            | start                    | dose (g) | # cycles | before            | 6 mo |           |
A-1   | F   | DM | MTX, HCQ   | 2/13/2019 (loading)      | 120      | 6        | 20                | 5    | Y         |
A-2   | M   | DM | MTX, MMF   | 3/20/2019                | 160      | 4        | 15                | 15   | N         | now on RTX
A-3   | F   | DM | AZA, MMF   | 4/2/2018 [outside hosp.] | 110      | 9        | 10                | 2.5  | Y         |
A-4   | F   | DM | MTX        | 5/14/2020                | 130      | 3        | 0                 | 0    | Y         |
A-5   | F   | DM | MTX, RTX   | 6/30/2019 (planned)      |          |          | 40                |      |           | moved away
A-6   | M   | DM | CellCept, MTX | 1/8/2020 (1st)        | 180      | 2        | 25                | 30   | N         |
""")
    return [write_workbook(folder / "DM IVIG list.xlsx", {"List": rows})]


def _german(folder: Path) -> list[Path]:
    rows = rows_of(
        """
Pat.-Nr.;Initialen;Geburtsdatum;Geschlecht;Diagnose;Erstdiagnose;Vortherapien;1. IVIG;2. IVIG;3. IVIG;Dosis (g);Gewicht (kg);Ansprechen (ja/nein);Datum Ansprechen;Bemerkung
101;A.B.;02.03.1956;w;Dermatomyositis;14.01.2012;MTX, Prednisolon, Quensyl;03.02.2014;03.03.2014;31.03.2014;130;65,5;ja;25.04.2014;kommt gern
102;C.D.;21.07.1963;m;Dermatomyositis;04.05.2011;Azathioprin, Cortison;11.06.2013;09.07.2013;;180;90,2;nein;12.12.2013;
103;E.F.;30.11.1978;w;Dermatomyositis;15.03.2013;Prednisolon;01.10.2014;29.10.2014;;140;70,0;ja;05.12.2014;
104;G.H.;17.01.1945;w;Dermatomyositis;08.08.2010;MTX, MMF (kein Rituximab);05.05.2012;02.06.2012;01.07.2012;110;55,4;ja;30.06.2012;Reha
105;I.J.;09.09.1982;w;Dermatomyositis;01.02.2009;Ciclosporin, MTX;14.01.2015;;;132;66,0;k.A.;;verzogen
""".replace(";", "|")
    )
    return [write_csv(folder / "DM_IVIG_Auswertung.csv", rows, ";")]


def _french(folder: Path) -> list[Path]:
    rows = rows_of("""
N° patient | Date de naissance | Sexe | Diagnostic      | Date du diagnostic | Traitements antérieurs                   | Date 1ère perfusion IgIV | Date 2ème perfusion IgIV | Réponse   | Date de réponse
1          | 02/03/1951        | F    | dermatomyosite  | 14/01/2012         | méthotrexate, corticoïdes                | 13/02/2014               | 13/03/2014               | oui       | 25/04/2014
2          | 21/07/1963        | H    | dermatomyosite  | 04/05/2011         | azathioprine + Plaquenil                 | 11/06/2013               | 19/07/2013               | non       | 12/12/2013
3          | 30/11/1978        | F    | dermatomyosite  | 15/03/2013         | corticoïdes                              | 01/10/2014               | 29/10/2014               | oui       | 05/12/2014
4          | 17/01/1945        | F    | dermatomyosite  | 08/08/2010         | CellCept, méthotrexate, pas de rituximab | 15/05/2012               |                          | partielle | 30/06/2012
""")
    return [write_csv(folder / "etude_IgIV.csv", rows, ";", "utf-8-sig")]


def _terse(folder: Path) -> list[Path]:
    rows = rows_of("""
Pt # | Age | M/F | Prev IS            | RTX #1 date | RTX #2 date | CK pre | Resp (CR/PR/NR) | f/u date
1    | 45  | F   | MTX/AZA/pred       | 1/15/14     | 1/29/14     | 4500   | PR              | 6/20/14
2    | 61  | M   | MTX, MMF, IVIG     | 3/20/13     | 4/3/13      | 999    | NR              | 9/22/13
3    | 33  | F   | pred               | 7/7/15      | 7/21/15     | 220    | CR              | 1/28/16
4    | 70  | M   | AZA; MTX (nausea)  | 11/2/12     | 11/16/12    | 1800   | CR              | 4/30/13
5    | 52  | F   | tacro + MMF        | 5/5/16      |             | 76     | NR              | 12/14/16
""")
    return [write_workbook(folder / "rtx.xlsx", {"Sheet1": [[_as_text(cell) for cell in row] for row in rows]})]


def _as_text(cell: str) -> str:
    return f"'{cell}" if "/" in cell else cell


def _dates_in_all_forms(folder: Path) -> list[Path]:
    rows = rows_of("""
Study ID | Birth date       | Sex | Date of diagnosis | Failed therapies     | First IVIG       | Clinical response | Response date
A        | March 2, 1951    | F   | 3/14/2012         | MTX; HCQ             | 02/25/2014       | Yes               | 4/20/2014
B        | 7/21/63          | M   | 2011-05-04        | AZA; prednisone      | Jun 11 2013      | No                | 12/12/13
C        | 30 Nov 1978      | F   | Mar 2013          | MMF; MTX; rituximab  | 10/1/2014        | Yes               | Dec 2014
D        | 1/17/1945        | F   | 2010              | HCQ; mycophenalate   | 5-May-12         | Yes               | 30-Jun-2012
E        | 9/9/1982         | F   | ~2009             | MTX                  | 1/14/15          | No                | 3/20/2015
""")
    text = [[f"'{cell}" for cell in row] for row in rows]
    return [write_workbook(folder / "ivig responders.xlsx", {"Sheet1": text})]


def _export_with_codes(folder: Path) -> list[Path]:
    drugs = rows_of("""
PAT_MRN_ID | ORDER_DATE | END_DATE   | MEDICATION_NAME                                | RXNORM_CODE | ROUTE       | QUANTITY
E1001      | 2013-01-05 | 2013-08-01 | METHOTREXATE 2.5 MG TABLET                     | 6851        | Oral        | 24
E1001      | 2013-09-01 | 2014-03-01 | MYCOPHENOLATE MOFETIL 500 MG TABLET            | 68149       | Oral        | 120
E1001      | 2014-04-02 | 2014-04-02 | IMMUN GLOB G(IGG)-PRO-IGA 0-50 10 % IV SOLN    | 5666        | Intravenous | 70
E1001      | 2014-04-30 | 2014-04-30 | IMMUN GLOB G(IGG)-PRO-IGA 0-50 10 % IV SOLN    | 5666        | Intravenous | 70
E1002      | 2012-02-01 | 2012-12-01 | AZATHIOPRINE 50 MG TABLET                      | 1256        | Oral        | 60
E1002      | 2013-02-02 | 2013-02-02 | IMMUN GLOB G(IGG)-PRO-IGA 0-50 10 % IV SOLN    | 5666        | Intravenous | 80
E1003      | 2011-05-05 | 2011-11-01 | HYDROXYCHLOROQUINE 200 MG TABLET               | 5521        | Oral        | 60
E1003      | 2011-06-05 | 2012-11-01 | METHOTREXATE SODIUM 25 MG/ML INJECTION         | 6851        | Subcutaneous | 4
E1003      | 2013-03-03 | 2013-03-03 | IMMUN GLOB G(IGG)-PRO-IGA 0-50 10 % IV SOLN    | 5666        | Intravenous | 65
E1004      | 2014-01-01 | 2014-06-01 | METHOTREXATE 2.5 MG TABLET                     | 6851        | Oral        | 24
""")
    diagnoses = rows_of("""
PAT_MRN_ID | DX_DATE    | ICD10_CODE | DX_NAME
E1001      | 2012-12-01 | M33.10     | Other dermatomyositis without myopathy
E1002      | 2012-01-15 | M33.90     | Dermatopolymyositis, unspecified
E1003      | 2011-04-20 | M33.13     | Other dermatomyositis without myopathy
E1004      | 2013-12-20 | M33.10     | Other dermatomyositis
""")
    answers = rows_of("""
PAT_MRN_ID | REVIEW_DATE | SKIN_IMPROVED
E1001      | 2014-07-01  | Yes
E1002      | 2013-06-01  | No
E1003      | 2013-08-01  | Yes
""")
    return [write_workbook(folder / "ehr_export.xlsx", {"MEDS": drugs, "DX": diagnoses, "CHART_REVIEW": answers})]


def _history_in_prose(folder: Path) -> list[Path]:
    rows = rows_of("""
Study no | DOB        | Gender | Onset      | Treatment history                                               | IVIG start | IVIG stop  | Response to IVIG | Comments
1        | 1961-01-01 | F      | 2008-01-01 | failed MTX (LFTs), then CellCept 1g BID x 6mo without effect    | 2010-02-01 | 2011-02-01 | good             | see scan
2        | 1962-02-02 | M      | 2009-02-02 | hydroxychloriquine and prednisilone taper; never on MTX         | 2011-03-01 | 2011-09-01 | none             |
3        | 1963-03-03 | F      | 2010-03-03 | Imuran 150. No MTX because of alcohol. Solu-Medrol pulses x3    | 2012-04-01 | 2013-04-01 | partial          |
4        | 1964-04-04 | F      | 2011-04-04 | steroids only                                                   | 2013-05-01 | 2014-05-01 | good             |
5        | 1965-05-05 | M      | 2012-05-05 | ritux x2 in 2013 (no response to rituximab), cyclosporin A      | 2014-06-01 | 2014-12-01 | none             | moved
6        | 1966-06-06 | F      | 2013-06-06 | declined methotrexate; mycophenalate, tofa 5 mg bid             | 2015-07-01 | 2016-07-01 | partial          |
""")
    return [write_workbook(folder / "histories.xlsx", {"Sheet1": rows})]


def _row_a_visit(folder: Path) -> list[Path]:
    rows = rows_of("""
Patient ID | Sex | Dx date    | Visit date | IVIG given | Prior drugs | CDASI activity | Improved
V1         | F   | 2012-01-01 | 2014-01-06 | yes        | MTX, HCQ    | 24             |
           |     |            | 2014-02-03 | yes        |             | 18             | no
           |     |            | 2014-03-03 | yes        |             | 9              | yes
V2         | M   | 2011-02-02 | 2013-05-06 | yes        | AZA, MMF    | 30             |
           |     |            | 2013-06-03 | yes        |             | 29             | no
           |     |            | 2013-09-02 | no         |             | 31             | no
V3         | F   | 2010-03-03 | 2012-07-02 | yes        | pred        | 15             |
           |     |            | 2012-07-30 | yes        |             | 6              | yes
V4         | F   | 2013-04-04 | 2015-08-03 | yes        | MTX, pred   | 22             |
           |     |            | 2015-08-31 | yes        |             | 12             | yes
""")
    return [write_workbook(folder / "visits.xlsx", {"IVIG visits": rows})]


def _coded(folder: Path) -> list[Path]:
    rows = rows_of(
        """
record,age_yrs,sex_f,dx_dt,mtx_ever,aza_ever,mmf_ever,hcq_ever,ivig_dt1,ivig_dt2,ck_base,pred_base_mg,pred_m6_mg,response,resp_dt
1,44,1,2012-01-10,1,0,1,1,2014-02-03,2014-03-03,999,20,5,1,2014-05-01
2,61,0,2011-05-04,1,1,0,999,2013-06-11,2013-07-09,150,15,999,0,2013-12-01
3,38,1,999,0,1,0,0,2014-10-01,999,87,999,999,1,2015-01-15
4,70,1,2010-08-08,1,0,0,1,2012-05-05,2012-06-02,5600,40,10,1,2012-08-30
5,33,1,2013-02-01,1,1,1,0,2015-01-14,999,999,10,10,999,999
6,50,0,2012-02-01,1,1,1,0,2014-01-14,2014-02-11,1204,10,0,0,2014-06-15
""".replace(",", "|")
    )
    return [write_csv(folder / "ivig_coded.csv", rows)]


def _tablets(folder: Path) -> list[Path]:
    rows = rows_of("""
ID | Sex | YOB  | Diagnosis | Dx date    | MTX start  | MTX stop   | MTX stop reason | AZA start  | AZA stop   | AZA stop reason | Tofacitinib start | Tofacitinib stop | PGA response at 6 months | Date PGA
T1 | F   | 1960 | DM        | 2014-01-01 | 2014-02-01 | 2015-02-01 | inefficacy      | 2015-03-01 | 2016-01-01 | inefficacy      | 2018-01-01        |                  | improved                 | 2018-07-01
T2 | M   | 1970 | DM        | 2013-01-01 | 2013-02-01 | 2014-02-01 | LFTs            |            |            |                 | 2017-05-01        | 2018-05-01       | unchanged                | 2017-11-01
T3 | F   | 1980 | DM        | 2012-01-01 | 2012-02-01 | 2013-02-01 | inefficacy      | 2013-03-01 | 2014-01-01 | nausea          | 2018-02-01        |                  | much improved            | 2018-08-01
T4 | F   | 1955 | DM        | 2011-01-01 | 2011-02-01 | 2012-02-01 | inefficacy      | 2012-03-01 | 2013-01-01 | inefficacy      | 2019-03-01        | 2019-06-01       | worse                    | 2019-09-01
""")
    return [write_workbook(folder / "tofa.xlsx", {"tofacitinib": rows})]


def _spanish(folder: Path) -> list[Path]:
    rows = rows_of("""
NHC  | Fecha de nacimiento | Sexo   | Diagnóstico     | Fecha diagnóstico | Tratamientos previos        | Fecha IGIV 1 | Fecha IGIV 2 | Respuesta | Fecha respuesta
9001 | 02/03/1951          | mujer  | dermatomiositis | 14/01/2012        | metotrexato, prednisona     | 13/02/2014   | 13/03/2014   | sí        | 25/04/2014
9002 | 21/07/1963          | hombre | dermatomiositis | 04/05/2011        | azatioprina                 | 11/06/2013   | 19/07/2013   | no        | 12/12/2013
9003 | 30/11/1978          | mujer  | dermatomiositis | 15/03/2013        | micofenolato y metotrexato  | 01/10/2014   | 29/10/2014   | sí        | 05/12/2014
9004 | 17/01/1945          | mujer  | dermatomiositis | 08/08/2010        | hidroxicloroquina, ciclosporina | 15/05/2012 |              | no        | 30/06/2012
""")
    return [write_csv(folder / "pacientes.csv", rows, ";")]


def _undated_answer(folder: Path) -> list[Path]:
    rows = rows_of("""
Pt ID | Gender | Age at IVIG | Prior therapies      | Date of IVIG #1 | Date of IVIG #2 | Clinical improvement | Steroid dose before IVIG | Steroid dose after IVIG
1     | F      | 50          | MTX, pred            | 03/02/2014      | 03/03/2014      | Yes                  | 20 mg                    | 5 mg
2     | M      | 61          | AZA, MMF, pred       | 11/06/2013      | 09/07/2013      | No                   | 15 mg                    | 15 mg
3     | F      | 38          | HCQ, pred            | 01/10/2012      | 09/10/2012      | Yes                  | 10 mg                    | 2.5 mg
4     | F      | 70          | MTX                  | 05/05/2012      | 02/06/2012      | Yes                  |                          |
""")
    text = [[f"'{cell}" if "/" in cell else cell for cell in row] for row in rows]
    return [write_workbook(folder / "Copy of IVIG final v3.xlsx", {"Sheet1": text})]


def _neurology(folder: Path) -> list[Path]:
    rows = rows_of("""
MRN#  | Initials | Age at Dx | Gender (1=M, 2=F) | CIDP onset | Prior steroids (Y/N) | Prior PLEX | Prior AZA/MMF | Loading IVIG date | Maint IVIG #1 | Maint IVIG #2 | Wt (kg) | Response at 3 mo (1=improved, 2=stable, 3=worse) | INCAT pre | INCAT 3mo
'0012 | AB | 55 | 1 | '03/12 | Y | N | AZA | 2014-02-03 | 2014-03-03 | 2014-03-31 | 80 | 1 | 5 | 2
'0013 | CD | 61 | 2 | '11/11 | Y | Y | | 2013-06-11 | 2013-07-09 | | 62 | 2 | 4 | 4
'0014 | EF | 47 | 1 | '07/13 | N | N | MMF | 2014-10-01 | | | 91 | 1 | 6 | 3
'0015 | GH | 70 | 2 | '01/10 | Y | N | AZA, MMF | 2012-05-05 | 2012-06-02 | 2012-07-01 | 55 | 3 | 3 | 5
'0016 | IJ | 33 | 1 | '02/09 | Y | Y | n/a | 2015-01-14 | 2015-02-11 | | 66 | 1 | 7 | 4
""")
    return [write_workbook(folder / "CIDP IVIG cohort.xlsx", {"Sheet1": rows})]


def _numbered_drugs(folder: Path) -> list[Path]:
    rows = rows_of("""
Pt | Sex | DOB | Dx | Dx date | Drug 1 | Drug 1 start | Drug 1 stop | Drug 1 why stopped | Drug 2 | Drug 2 start | Drug 2 stop | Drug 2 why stopped | IVIG start | IVIG end | IVIG response (0=none, 1=partial, 2=complete) | Response date
1 | F | 1960-01-01 | DM | 2012-01-01 | MTX | 2012-02-01 | 2012-12-01 | LFTs | Cellcept | 2013-01-01 | 2013-12-01 | no effect | 2014-02-01 | 2015-02-01 | 2 | 2014-06-01
2 | M | 1961-01-01 | DM | 2012-01-01 | HCQ | 2012-02-01 | 2012-12-01 | rash |  |  |  |  | 2014-02-01 | 2015-02-01 | 1 | 2014-06-01
3 | F | 1962-01-01 | DM | 2012-01-01 | MTX | 2012-02-01 | 2012-12-01 | LFTs | AZA | 2013-01-01 | 2013-12-01 | no effect | 2014-02-01 | 2015-02-01 | 0 | 2014-06-01
4 | F | 1963-01-01 | DM | 2012-01-01 | Plaquenil | 2012-02-01 | 2012-12-01 | LFTs | MTX | 2013-01-01 | 2013-12-01 | no effect | 2014-02-01 | 2015-02-01 | 1 | 2014-06-01
""")
    return [write_workbook(folder / "dm.xlsx", {"data": rows})]


def _gaps(folder: Path) -> list[Path]:
    rows = rows_of("""
 | Dermatomyositis IVIG project, updated 3/2019 | | | | | | | |
 | | | | | | | | |
 | Study # | DOB | M/F | Date of DM dx | Failed meds | Date of 1st IVIG | Total # IVIG cycles | Skin improved? | Alive/dead
 | | | | | | | | |
 | 1 | 1950-01-01 | F | 2010-01-01 | MTX, HCQ, pred | 2012-01-10 | 6 | Yes | alive
 | | | | | | | | |
 | 2 | 1951-01-01 | M | 2011-01-01 | HCQ | 2012-02-10 | 3 | No | alive
 | 3 | 1952-01-01 | F | 2010-05-01 | MMF + HCQ | 2012-03-10 | 12 | Yes - dramatically | dead
 | 4 | 1953-01-01 | F | 2010-06-01 | pred, AZA (pancreatitis) | 2012-04-10 | 2 | No (stopped, headache) | alive
 | 5 | 1954-01-01 | F | 2010-07-01 | none | 2012-05-10 | 4 | ? | alive
 | | | | | | | | |
 | * yellow = seen by Dr. X only | | | | | | | |
""")
    return [
        write_workbook(folder / "Book1.xlsx", {"Sheet1": rows, "Sheet2": [["x"]], "notes": [["todo: ask about pt 3"]]})
    ]


def _urticaria(folder: Path) -> list[Path]:
    rows = rows_of(
        """
Patient ID;Sex;Age;Omalizumab start;Dose;Antihistamine (4x);Cyclosporine;Dapsone;UAS7 baseline;UAS7 w12;DLQI baseline;DLQI w12;Complete response;Adverse events
U1;F;33;2018-01-15;300 mg;yes;no;yes;35;0;18;1;yes;none
U2;F;41;2018-02-20;300 mg;yes;yes;no;28;20;12;10;no;headache
U3;M;29;2018-03-13;150 mg;yes;no;no;40;3;20;2;yes;none
U4;F;52;2018-04-17;300 mg;yes;yes;yes;31;0;15;0;yes;none
""".replace(";", "|")
    )
    return [write_csv(folder / "urticaria_omalizumab.csv", rows, ";")]


def _german_terse(folder: Path) -> list[Path]:
    rows = rows_of(
        """
Nr;Geschlecht;Geb.datum;Diagnose;Diagnose seit;MTX;AZA;MMF;Rituximab;Kortison mg vor IVIG;Kortison mg nach 6 Monaten;IVIG Beginn;IVIG Ende;Verbesserung Haut;Verbesserung Muskel;Letzte Vorstellung
1;w;1.2.60;DM;3/2012;ja;nein;ja;nein;20;5;14.2.14;1.3.15;deutlich;keine;1.6.16
2;m;13.4.55;DM;2011;ja;ja;nein;nein;15;15;3.5.13;1.9.13;keine;keine;1.12.14
3;w;30.11.78;PM;5/2013;nein;nein;ja;nein;7,5;2,5;1.10.14;;leicht;deutlich;5.5.16
4;w;17.1.45;DM;8/2010;ja;nein;nein;ja;40;10;5.5.12;1.5.13;vollständig;deutlich;1.1.14
""".replace(";", "|")
    )
    return [write_csv(folder / "Myositis.csv", rows, ";", "cp1252")]


def _rheumatology(folder: Path) -> list[Path]:
    rows = rows_of("""
Name | MRN | Start of rituximab | Prior DMARDs (list) | Steroid-free remission at 12 months | DAS28 0 | DAS28 6m
Inv, J | 111 | 1/5/2016 | MTX, LEF, ADA | Y | 6.1 | 2.2
Ent, J | 112 | 13/5/2016 | MTX, SSZ | N | 5.0 | 4.9
Ed, K | 113 | 2/6/2016 | MTX; etanercept; abatacept | Y | 5.5 | 2.0
Nam, L | 114 | 28/7/2016 | MTX | unk | 4.4 | -
""")
    return [write_workbook(folder / "RA.xlsx", {"Sheet1": [["'" + c if "/" in c else c for c in x] for x in rows]})]


def _audit(folder: Path) -> list[Path]:
    rows = rows_of("""
Hosp no | DOB | Sex | Condition | 1st line | 2nd line | 3rd line | IVIg started | Dose (g/kg) | Outcome at 6/12 | Pred dose before | Pred dose at 6/12 | Comments
H1 | 1950-01-01 | F | DM | Prednisolone | MTX | AZA | 2012-01-13 | 2 | Improved | 30 | 10 |
H2 | 1951-01-01 | M | DM | Prednisolone | | | 2012-02-13 | 2 | No change | 20 | 20 |
H3 | 1952-01-01 | F | DM | Prednisolone | HCQ | | 2012-03-13 | 2 | Improved | 15 | 5 |
H4 | 1953-01-01 | F | DM | Prednisolone | MMF | MTX | 2012-04-13 | 2 | Worse | 10 | 20 | died
""")
    return [write_workbook(folder / "IVIG audit.xlsx", {"Audit": rows})]


def _scores_alone(folder: Path) -> list[Path]:
    rows = rows_of("""
Study ID | Visit date | IVIG (g) | CDASI | Prior therapy
A | 2014-01-05 | 120 | 30 | MTX, AZA
A | 2014-02-02 | 120 | 22 |
A | 2014-03-02 | 120 | 10 |
B | 2014-01-06 | 140 | 18 | pred, HCQ
B | 2014-02-03 | 140 | 17 |
C | 2014-05-06 | 100 | 25 | MMF, MTX
C | 2014-06-03 | 100 | 12 |
""")
    return [write_workbook(folder / "muscle.xlsx", {"visits": rows})]


def _scores_apart(folder: Path) -> list[Path]:
    rows = rows_of("""
Rituximab for pemphigus, list of the outpatients (ask Eva) | | | | | | | | | | | | | | |
 | | | | | RTX cycle 1 | | | RTX cycle 2 | | | | | | |
Pt ID | Gender | Dx | Dx date | Failed drugs | start | dose (mg) | wt (kg) | start | dose (mg) | wt (kg) | DLQI pre | DLQI post | date post RTX | Remission? | Date of remission
T-1 | F | PV | 2012-01-20 | MTX, pred | 2014-02-03 | 1000 | 60 | 2014-02-17 | 1000 | 61 | 20 | 4 | 2014-08-01 | Y | 2014-06-01
T-2 | M | PV | 2011 | AZA; MMF | 2013-06-11 | 1000 | 90 | | | | 18 | 17 | 2013-12-01 | N |
T-3 | F | PF | 2012-03-20 | MMF, HCQ | 2014-10-01 | 1000 | 70 | 2014-10-15 | 1000 | 70 | 15 | 2 | 2015-03-01 | yes | 2015-01-15
T-4 | F | PV | | dapsone | 2012-05-05 | 1000 | 55 | 2012-05-19 | 1000 | 56 | 22 | 20 | 2012-11-20 | no |
T-5 | M | PV | 2010-02-02 | MTX, AZA, IVIG | 2015-01-14 | 1000 | 80 | 2015-01-28 | 1000 | 79 | 9 | 1 | 2015-07-01 | y | 2015-05-05
""")
    merged = ("F2:H2", "I2:K2")
    return [write_workbook(folder / "pemphigus RTX v2 (copy).xlsx", {"patients": rows}, merged)]


def _german_events(folder: Path) -> list[Path]:
    rows = rows_of(
        """
Fallnr;Geb.;m/w;Diagnose;ED;Was;Datum;Präparat;Menge;Einheit;Gewicht;Besserung;Notiz
F1;03.05.1950;w;CIDP;14.02.2010;Vortherapie;15.03.2010;Azathioprin;100;mg;;;bis 20.01.2012, kein Effekt
F1;03.05.1950;w;CIDP;14.02.2010;Vortherapie;16.03.2010;Prednisolon;20;mg;;;bis 20.12.2011
F1;03.05.1950;w;CIDP;14.02.2010;Infusion;20.02.2012;Octagam;120;g;61,5;;
F1;03.05.1950;w;CIDP;14.02.2010;Infusion;19.03.2012;Octagam;120;g;62,0;;
F1;03.05.1950;w;CIDP;14.02.2010;Kontrolle;29.05.2012;;;;;ja;
F2;13.07.1961;m;CIDP;02.03.2011;Vortherapie;15.04.2011;MMF;2000;mg;;;abgesetzt 30.01.2013 (Diarrhoe)
F2;13.07.1961;m;CIDP;02.03.2011;Vortherapie;16.04.2011;MTX;15;mg;;;
F2;13.07.1961;m;CIDP;02.03.2011;Infusion;18.02.2013;Octagam;160;g;88,0;;
F2;13.07.1961;m;CIDP;02.03.2011;Kontrolle;21.05.2013;;;;;nein;
F3;24.11.1972;w;CIDP;09.08.2012;Vortherapie;15.09.2012;Prednisolon;40;mg;;;bis 13.03.2014
F3;24.11.1972;w;CIDP;09.08.2012;Vortherapie;18.09.2012;Ciclosporin;200;mg;;;bis 14.03.2014, Kreatinin
F3;24.11.1972;w;CIDP;09.08.2012;Infusion;17.03.2014;Octagam;140;g;70,5;;
F3;24.11.1972;w;CIDP;09.08.2012;Infusion;14.04.2014;Octagam;140;g;70,0;;
F3;24.11.1972;w;CIDP;09.08.2012;Kontrolle;30.06.2014;;;;;ja;
F4;05.01.1980;m;CIDP;01.06.2013;Vortherapie;15.07.2013;AZA;150;mg;;;
F4;05.01.1980;m;CIDP;01.06.2013;Infusion;23.03.2015;Octagam;170;g;91,0;;
F4;05.01.1980;m;CIDP;01.06.2013;Kontrolle;29.06.2015;;;;;ja;
""".replace(";", "|")
    )
    return [write_csv(folder / "IVIG Verlauf.csv", rows, ";", "cp1252")]


def _french_before_and_after(folder: Path) -> list[Path]:
    rows = rows_of("""
N° dossier | Sexe | Maladie | Date diagnostic | Traitements antérieurs | Début IgIV | CDASI avant | CDASI après | Date après | Amélioration | Commentaires
D1 | F | dermatomyosite | 14/01/2012 | méthotrexate, azathioprine | 13/02/2014 | 30 | 8 | 25/07/2014 | oui |
D2 | H | dermatomyosite | 20/05/2011 | hydroxychloroquine, MMF | 11/06/2013 | 22 | 21 | 12/12/2013 | non | perdu de vue
D3 | F | dermatomyosite | 15/03/2013 | méthotrexate | 21/10/2014 | 18 | 3 | 25/04/2015 | oui |
D4 | F | dermatomyosite | 28/08/2010 | MMF, méthotrexate | 15/05/2012 | 25 | 9 | 30/11/2012 | oui |
""")
    return [write_csv(folder / "suivi IgIV.csv", rows, ";", "utf-8-sig")]


def _spanish_long_term(folder: Path) -> list[Path]:
    rows = rows_of("""
NHC | Sexo | Diagnóstico | Fecha diagnóstico | Tratamientos previos | Inicio infliximab | DLQI antes | DLQI después | Fecha después | Respuesta a los 24 meses
7001 | mujer | psoriasis | 14/01/2012 | metotrexato, ciclosporina | 13/02/2014 | 20 | 3 | 25/08/2014 | sí
7002 | hombre | psoriasis | 24/05/2011 | metotrexato, etanercept | 11/06/2013 | 18 | 16 | 22/12/2013 | no
7003 | mujer | psoriasis | 15/03/2013 | acitretina | 21/10/2014 | 15 | 5 | 25/04/2015 | sí
7004 | mujer | psoriasis | 18/08/2010 | adalimumab, metotrexato | 15/05/2012 | 25 | 6 | 30/11/2012 | sí
""")
    return [write_csv(folder / "psoriasis infliximab.csv", rows, ";")]


def _infusions_apart(folder: Path) -> list[Path]:
    persons = rows_of("""
record_no | yob | sex | onset_date
21 | 1955 | F | 2010-02-01
22 | 1961 | M | 2011-02-01
23 | 1970 | F | 2012-02-01
24 | 1948 | M | 2011-08-01
""")
    infusions = rows_of("""
record_no | infusion_date | product | dose_mg | weight_kg
21 | 2014-03-01 | vedolizumab | 300 | 70
21 | 2014-03-15 | Entyvio | 300 | 71
22 | 2014-04-01 | vedolizumab | 300 | 82
23 | 2014-05-01 | Entyvio | 300 | 55
23 | 2014-05-15 | Entyvio | 300 | 55
24 | 2014-06-01 | vedolizumab | 300 | 90
""")
    meds = rows_of("""
record_no | medication | start_date | stop_date | daily_dose | reason_stopped
21 | azathioprine | 2012-01-01 | 2013-01-01 | 150 mg daily | no response
21 | Humira | 2013-02-01 | 2014-01-01 | | lost response
22 | infliximab | 2012-05-01 | 2013-12-01 | | antibodies
22 | 6-MP | 2011-05-01 | 2012-01-01 | 50 mg daily | LFTs
23 | Remicade | 2013-01-01 | 2014-03-01 | | no response
24 | budesonide | 2012-01-01 | 2012-06-01 | 9 mg daily |
24 | azathioprine | 2012-07-01 | 2013-06-01 | 100 mg daily | nausea
""")
    answers = rows_of("""
record_no | visit_date | remission | calpro_ug_g
21 | 2014-03-01 | | 900
21 | 2014-09-01 | 1 | 120
22 | 2014-04-01 | | 1100
22 | 2014-10-01 | 0 | 1000
23 | 2014-11-01 | 1 | 80
24 | 2014-12-01 | 1 | 150
""")
    sheets = {"persons": persons, "infusions": infusions, "meds": meds, "visits": answers}
    return [write_workbook(folder / "colitis_vdz.xlsx", sheets)]


def _steroid_courses(folder: Path) -> list[Path]:
    infusions = rows_of("""
ID | drug | infusion date | dose (mg)
S1 | infliximab | 2015-03-01 | 400
S2 | infliximab | 2015-03-02 | 400
S3 | infliximab | 2015-03-03 | 400
S4 | infliximab | 2015-03-04 | 400
""")
    drugs = rows_of("""
ID | medication | start | stop | dose | reason stopped
S1 | methotrexate | 2013-02-01 | 2014-02-01 | 15 mg weekly | no effect
S1 | azathioprine | 2014-02-11 | 2015-01-11 | 100 mg daily | no effect
S2 | methotrexate | 2013-02-02 | 2014-02-02 | 15 mg weekly | no effect
S2 | azathioprine | 2014-02-12 | 2015-01-12 | 100 mg daily | no effect
S3 | methotrexate | 2013-02-03 | 2014-02-03 | 15 mg weekly | no effect
S3 | azathioprine | 2014-02-13 | 2015-01-13 | 100 mg daily | no effect
S4 | methotrexate | 2013-02-04 | 2014-02-04 | 15 mg weekly | no effect
S4 | azathioprine | 2014-02-14 | 2015-01-14 | 100 mg daily | no effect
S1 | prednisone | 2014-06-01 | 2015-05-31 | 20 mg daily |
S1 | prednisone | 2015-06-01 | 2016-01-31 | 10 mg daily |
S2 | prednisone | 2014-06-01 | 2016-01-31 | 20 mg daily |
S3 | prednisone | 2014-06-01 | 2015-04-30 | 15 mg daily |
""")
    answers = rows_of("""
ID | visit date | responder
S1 | 2015-10-11 | yes
S2 | 2015-10-12 | no
S3 | 2015-10-13 | yes
S4 | 2015-10-14 | yes
""")
    sheets = {"infliximab": infusions, "earlier and beside": drugs, "answers": answers}
    return [write_workbook(folder / "sarcoidosis infliximab.xlsx", sheets)]


def _signs(folder: Path) -> list[Path]:
    """Plus and minus for answers beside a minus for nothing, a difference of scores, a share below the last row."""
    rows = rows_of("""
MRN | MTX | MMF | AZA | TCZ start | TCZ stopped | CRP pre | CRP 6mo | CRP change | Response (+/-) | Relapse
007 | + | + | - | 2015-01-20 | ongoing | 40 | 3 | -37 | + | -
008 | + | + (rash) | - | 2015-02-20 | 2015-11-20 | 31 | 30 | -1 | '- | 2016-02-01
009 | + | - | + | 2015-03-20 | ongoing | 22 | '- | | +/- | -
010 | - | + | + | 2015-04-20 | ongoing | 50 | 4 | -46 | ++ | -
011 | - | - | + | 2015-05-20 | ongoing | 28 | 27 | -1 | '- | -
012 | + | + | + | 2015-06-20 | ongoing | 19 | 6 | -13 | ? | -
 | | | | | | | | % resp | 0.33 |
N = 6
""")
    return [
        write_workbook(
            folder / "takayasu tocilizumab.xlsx",
            {"TAK": [["'" + one if one in "+-" and one else one for one in row] for row in rows]},
        )
    ]


def _drug_of_person(folder: Path) -> list[Path]:
    """One row a person, a column that says which drug each had, cycles beside each other, a key of abbreviations."""
    rows = rows_of("""
Pt # | Age | Prior ISTs | Drug | Cycle 1 start | Cycle 2 start | Cycle 3 start | Total cycles | MG-ADL BL | MG-ADL best | Clinical response
1 | 40 | AZA; MMF | Vyvgart | 2021-01-20 | 2021-03-20 | 2021-05-20 | 3 | 9 | 3 | improved
2 | 41 | IVIG, s/p PLEX x3 | efgartigimod | 2021-02-20 | 2021-04-20 | | 2 | 8 | 8 | unchanged
3 | 42 | AZA, tacro | zilucoplan | 2021-03-20 | | | 1 | 10 | 2 | improved
4 | 43 | MMF; never tried CYC | efgartigimod | 2021-04-20 | | | 1 | 11 | 4 | improved
5 | 44 | AZA, s/p RTX, IVIG | efgartigimod | 2021-05-20 | 2021-07-20 | | 2 | 12 | 3 | marked improvement
6 | 45 | AZA, MMF | ravulizumab | 2021-06-20 | | | 1 | 9 | 9 | no benefit
""")
    key = rows_of("""
s/p | status post
IST | immunosuppressive treatment
""")
    return [write_workbook(folder / "mg.xlsx", {"gMG": rows, "key": key})]


def _histories(folder: Path) -> list[Path]:
    """A column a drug, each with what happened in words; glucocorticoids before and after in one cell."""
    rows = rows_of("""
Study no | AZA | MMF | PLEX/IVIG | Ecu start | Ecu stop | Pred start -> wk 26 (mg) | Responder (>=3 pt ADL)? | Comments
1 | 2015-2017, LFTs | x 2 yrs, no effect | IVIG | 1/15/2019 | ongoing | 20 -> 10 | Y |
2 | no effect | intolerant | no | 2/20/2019 | 3/1/2020 | 30 -> 30 | N | switched to efgartigimod
3 | yes | never | no | 3/13/2019 | ongoing | 10 -> 5 | Y |
4 | failed | failed | PLEX x5 | 4/22/2019 | ongoing | 40 -> off | Y |
5 | N/A | GI upset | both | 5/27/2019 | 6/1/2019 | 15 (no change) | N | rash
6 | never | not tried | PLEX | 6/30/2019 | ongoing | 0 -> 0 | Y | declined IS
7 | 2012 | 2013-15 | IVIG monthly | 7/14/2019 | ongoing | 25 -> 12.5 | Y |
8 | tried | tried | IVIG | 8/25/2019 | ? | 20 | n/a | moved away
""")
    return [write_workbook(folder / "mg eculizumab.xlsx", {"MG": rows})]


def _remarks(folder: Path) -> list[Path]:
    rows = rows_of("""
Pt | Age/Sex | Dx   | Failed meds | IVIG start  | Last IVIG | Pred before/after | Status after IVIG
CLASSIC DM | | | | | | |
1  | 54 F    | DM   | MTX, HCQ    | '2/13/2019  | '8/1/2019 | '20/5             | rash much better, able to taper
2  | 61 M    | DM   | MTX, MMF    | '3/20/2019  | '6/20/19  | '15/15            | no real change, switched to RTX
3  | 47F     | DM   | AZA, MMF, HCQ | '4/2/2018 | ongoing   | 10 -> 2.5         | near-complete clearance
CADM | | | | | | |
4  | 39 F    | CADM | MTX, HCQ    | '5/14/2020  | '11/2020  | 0                 | partial improvement of hands
5  | 70 M    | CADM | HCQ, MMF    | '1/8/2020   | '2/8/2020 | '25/30            | stopped - headaches, no benefit
6  | 66 F    | CADM | MTX, dapsone | '7/7/2021  | ongoing   | --                | too early
7  | 58 F    | CADM | HCQ         | '7/9/2021   | ongoing   | '10/5             | improving, itch gone since 2nd cycle
""")
    return [write_workbook(folder / "list.xlsx", {"DM": rows})]


def _days_in_a_cell(folder: Path) -> list[Path]:
    rows = rows_of("""
Pt | Dx   | Prior tx      | IVIG dates                             | IVIG dose (g) | Pred before | Pred 6mo | Response
1  | DM   | MTX, HCQ      | '2/13/19, 3/13, 4/10                   | 120           | 20          | 5        | Y
2  | DM   | MTX, MMF      | '11/20, 12/18, 1/15/20                 | 160           | 15          | 15       | N
3  | DM   | AZA, MMF, HCQ | '4/2/2018; 4/30/2018                   | 110           | 10          | 2.5      | Y
4  | CADM | MTX, HCQ      | '5/14/2020                             | 140           | 0           | 0        | Y
5  | CADM | HCQ, MMF      | #1 1/8/2020 #2 2/8/2020                | 150           | 25          | 30       | N
6  | DM   | RTX, MTX      | '6/3/2017 and 7/1/2017, then stopped   | 150           | 25          | 30       | N
""")
    return [write_workbook(folder / "list.xlsx", {"DM": rows})]


SHEETS = (
    ResidentSheet(
        "dermatology, one row a person",
        _dermatology,
        Truth(7, 6, 4, 5, {"methotrexate": 5, "mycophenolate": 4, "hydroxychloroquine": 3, "azathioprine": 1,
                           "rituximab": 1, "tacrolimus": 1}, (2, 4)),
    ),
    ResidentSheet(
        "persons, drugs and outcome on three sheets",
        _several_sheets,
        Truth(4, 3, 2, 3, {"methotrexate": 2, "mycophenolate": 2, "azathioprine": 1, "hydroxychloroquine": 1}),
    ),
    ResidentSheet(
        "a title, two header lines, units and totals",
        _two_line_header,
        Truth(5, 4, 2, 4, {"methotrexate": 4, "azathioprine": 2, "hydroxychloroquine": 3}),
    ),
    ResidentSheet(
        "two header lines that were merged, saved as text",
        _two_line_header_saved_as_text,
        Truth(5, 4, 2, 4, {"methotrexate": 4, "azathioprine": 2, "hydroxychloroquine": 3}),
    ),
    ResidentSheet(
        "names above some columns, nothing merged, words beside days",
        _names_above_some,
        Truth(5, 4, 2, 4, {"methotrexate": 3, "hydroxychloroquine": 1, "mycophenolate": 3, "azathioprine": 1}, (2, 4)),
    ),
    ResidentSheet(
        "German, semicolons and decimal commas",
        _german,
        Truth(5, 4, 2, 3, {"methotrexate": 3, "azathioprine": 1, "mycophenolate": 1, "ciclosporin": 1,
                           "hydroxychloroquine": 1}),
    ),
    ResidentSheet("French", _french, Truth(4, 3, 2, 3, {"methotrexate": 2, "mycophenolate": 1, "azathioprine": 1})),
    ResidentSheet(
        "terse abbreviations, rituximab",
        _terse,
        Truth(5, 4, 2, 4, {"methotrexate": 3, "azathioprine": 2, "mycophenolate": 2, "immunoglobulin": 1}),
    ),
    ResidentSheet(
        "dates in all forms",
        _dates_in_all_forms,
        Truth(5, 4, 3, 4, {"methotrexate": 2, "hydroxychloroquine": 2, "mycophenolate": 2, "azathioprine": 1}),
    ),
    ResidentSheet(
        "a hospital's export with codes",
        _export_with_codes,
        Truth(3, 2, 2, 2, {"methotrexate": 2, "mycophenolate": 1, "hydroxychloroquine": 1}),
    ),
    ResidentSheet(
        "a history in prose",
        _history_in_prose,
        Truth(6, 5, 3, 5, {"methotrexate": 1, "mycophenolate": 2, "hydroxychloroquine": 1, "azathioprine": 1,
                           "rituximab": 1, "ciclosporin": 1, "tofacitinib": 1}),
    ),
    ResidentSheet(
        "one row a visit, the person named once",
        _row_a_visit,
        Truth(4, 3, 2, 3, {"methotrexate": 2, "azathioprine": 1}),
    ),
    ResidentSheet(
        "codes for everything, 999 for nothing",
        _coded,
        Truth(6, 5, 2, 4, {"methotrexate": 5, "azathioprine": 3, "mycophenolate": 3, "hydroxychloroquine": 2}, (3, 4)),
    ),
    ResidentSheet("tablets with their days", _tablets, Truth(4, 3, 2, 3, {"methotrexate": 3, "azathioprine": 3})),
    ResidentSheet("Spanish", _spanish, Truth(4, 3, 2, 3, {"methotrexate": 2, "mycophenolate": 1})),
    ResidentSheet(
        "answers without a date",
        _undated_answer,
        Truth(4, 3, 2, 3, {"azathioprine": 1, "mycophenolate": 1, "methotrexate": 1}, (2, 3)),
    ),
    ResidentSheet("a neurologist's, with legends in the names", _neurology, Truth(5, 4, 2, 4, {"azathioprine": 2, "mycophenolate": 1, "plasma exchange": 2})),
    ResidentSheet('earlier drugs in numbered columns', _numbered_drugs, Truth(4, 3, 2, 3, {"methotrexate": 3, "mycophenolate": 1, "azathioprine": 1, "hydroxychloroquine": 1})),
    ResidentSheet('gaps, a title in column B, notes below', _gaps, Truth(5, 3, 2, 3, {"methotrexate": 1, "hydroxychloroquine": 2, "mycophenolate": 1, "azathioprine": 1})),
    ResidentSheet('urticaria, omalizumab', _urticaria, Truth(4, 3, 2, 3, {"ciclosporin": 2, "dapsone": 2})),
    ResidentSheet('German, terse, days of two digits', _german_terse, Truth(4, 4, 2, 4, {"methotrexate": 3, "azathioprine": 1, "mycophenolate": 2, "rituximab": 1}, (3, 4))),
    ResidentSheet("a rheumatologist's, rituximab", _rheumatology, Truth(4, 3, 2, 3, {"methotrexate": 3, "leflunomide": 1, "adalimumab": 1, "etanercept": 1})),
    ResidentSheet("a British audit, lines of treatment", _audit, Truth(4, 3, 2, 3, {"methotrexate": 2}, (2, 3))),
    ResidentSheet("visits with a dose and a score, no answer", _scores_alone, Truth(3, 3, 2, 3, {"methotrexate": 2})),
    ResidentSheet("cycles with weights, scores before and after, one date", _scores_apart, Truth(5, 4, 3, 4, {"methotrexate": 2, "azathioprine": 2, "mycophenolate": 2, "hydroxychloroquine": 1, "immunoglobulin": 1})),
    ResidentSheet("German, a line an event, ends in notes", _german_events, Truth(4, 3, 2, 3, {"azathioprine": 1, "mycophenolate": 1, "methotrexate": 1, "ciclosporin": 1})),
    ResidentSheet("French, before and after", _french_before_and_after, Truth(4, 3, 2, 3, {"methotrexate": 2, "mycophenolate": 2, "azathioprine": 1, "hydroxychloroquine": 1})),
    ResidentSheet("Spanish, an answer after two years", _spanish_long_term, Truth(4, 3, 2, 3, {"methotrexate": 3, "ciclosporin": 1, "etanercept": 1, "adalimumab": 1})),
    ResidentSheet("infusions on a sheet of their own", _infusions_apart, Truth(4, 3, 2, 3, {"azathioprine": 2, "adalimumab": 1, "infliximab": 1, "mercaptopurine": 1})),
    ResidentSheet("courses of a glucocorticoid with doses and ends", _steroid_courses, Truth(4, 4, 3, 4, {"methotrexate": 4, "azathioprine": 4}, (2, 3))),
    ResidentSheet("what happened with each drug in words, doses before and after in one cell", _histories, Truth(8, 7, 4, 6, {"azathioprine": 6, "mycophenolate": 6, "immunoglobulin": 3, "plasma exchange": 1}, (4, 6))),
    ResidentSheet("remarks for answers, headings between the rows, age and sex in one cell", _remarks, Truth(7, 7, 4, 6, {"methotrexate": 4, "hydroxychloroquine": 5, "mycophenolate": 3, "azathioprine": 1, "dapsone": 1}, (3, 5))),
    ResidentSheet("all days of a person in one cell", _days_in_a_cell, Truth(6, 6, 3, 6, {"methotrexate": 4, "hydroxychloroquine": 4, "mycophenolate": 3, "azathioprine": 1, "rituximab": 1}, (2, 5))),
    ResidentSheet("plus and minus for answers, a minus for nothing elsewhere", _signs, Truth(6, 5, 2, 4, {"methotrexate": 4, "mycophenolate": 4, "azathioprine": 3})),
    ResidentSheet("a column for the drug of each person, cycles, a key", _drug_of_person, Truth(4, 3, 2, 3, {"azathioprine": 2, "mycophenolate": 1, "immunoglobulin": 2, "plasma exchange": 1, "rituximab": 1})),
)  # fmt: skip
