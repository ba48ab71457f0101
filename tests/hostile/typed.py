"""Sheets as people type them."""

from __future__ import annotations

from hostile.case import BASIC, HEAD, Case

GOOD = "Q4711,MTX,2015-03-02,,\n"
READ = "Q4711 | methotrexate | 2015-03-02"
MONTH_FIRST = BASIC.replace("day first", "month first")
NBSP, ZERO_WIDTH, LEFT_TO_RIGHT = "\u00a0", "\u200b", "\u200e"


def sheet(*rows: str, head: str = HEAD) -> str:
    return head + "".join(f"{row}\n" for row in rows)


TYPED = (
    Case("a note stands in the date column", HEAD + GOOD + "Q4712,MTX,see above,,\n", (READ,), {3: "no date"}),
    Case(
        "ditto stands for the drug above",
        HEAD + GOOD + 'Q4711,ditto,2015-06-01,,\nQ4711,"""",2015-07-01,,\n',
        (READ,),
        {3: "", 4: ""},
    ),
    Case(
        "ditto stands for the person above",
        HEAD + GOOD + '"""",MMF,2015-06-01,,\nsame,MMF,2015-07-01,,\n',
        (READ,),
        {3: "", 4: ""},
    ),
    Case("a row of totals ends the sheet", HEAD + GOOD + "Total,1 drug,,,\n", (READ,), {3: "no date"}),
    Case("a count ends the sheet", HEAD + GOOD + "n=1,,,,\n", (READ,)),
    Case("a legend of colours ends the sheet", HEAD + GOOD + "\n\nyellow = lost to follow-up,,,,\n", (READ,)),
    Case("the header comes again in the middle", HEAD + GOOD + HEAD + GOOD, (READ, READ), {3: "header"}),
    Case(
        "another table stands below",
        HEAD + GOOD + "\nMRN,Weight,,,\nQ4711,70,,,\nQ4712,81,,,\n",
        (READ,),
        {4: "no date|header", 5: "no date", 6: "no date"},
    ),
    Case(
        "a line of units follows the header",
        sheet(",,dd/mm/yyyy,dd/mm/yyyy,mg", GOOD.strip()),
        (READ,),
        {2: "no person"},
    ),
    Case("lines of blanks only are no rows", sheet(" , ,  ,,", GOOD.strip(), *[" , , , ,"] * 50), (READ,)),
    Case("a letter O stands for a zero", HEAD + GOOD + "Q4712,MTX,2O15-03-02,,\n", (READ,), {3: "no date"}),
    Case("a letter l stands for a one", HEAD + GOOD + "Q4712,MTX,l2/03/2015,,\n", (READ,), {3: "no date"}),
    Case(
        "blanks that do not break stand around a person and a date",
        sheet(f"Q4711{NBSP},MTX,{NBSP}2015-03-02{NBSP},,", "Q4711,MMF,2015-04-02,,", "Q4711,HCQ,2015-05-02,,"),
        (READ, "Q4711 | mycophenolate | 2015-04-02", "Q4711 | hydroxychloroquine | 2015-05-02"),
    ),
    Case(
        "blanks without width stand in a person, a drug and a date",
        sheet(
            f"Q4711{ZERO_WIDTH},MTX,2015-03-02,,",
            f"{LEFT_TO_RIGHT}Q4711,M{ZERO_WIDTH}TX,2015-04-02,,",
            f"Q4711,MTX,2015-05-02{ZERO_WIDTH},,",
            "Q4711,MTX,2015-06-02,,",
        ),
        (
            READ,
            "Q4711 | methotrexate | 2015-04-02",
            "Q4711 | methotrexate | 2015-05-02",
            "Q4711 | methotrexate | 2015-06-02",
        ),
    ),
    Case(
        "digits of full width stand in a person",
        sheet("Q４７１１,MTX,2015-03-02,,", "Q4711,MMF,2015-04-02,,", "Q4711,MMF,2015-06-02,,"),
        (READ, "Q4711 | mycophenolate | 2015-04-02", "Q4711 | mycophenolate | 2015-06-02"),
    ),
    Case(
        "dates are written in digits of other scripts",
        sheet(GOOD.strip(), "Q4711,MMF,２０１５-０４-０２,,", "Q4711,MMF,٢٠١٥-٠٥-٠٢,,"),
        (READ,),
        {3: "date", 4: "date"},
    ),
    Case("curled quotes stand around a drug", sheet("Q4711,“MTX”,2015-03-02,,"), (READ,)),
    Case(
        "tabs stand in cells",
        sheet("Q4711\t,MTX\t,\t2015-03-02,,", "Q4711,MMF,2015-04-02,,", "Q4711,HCQ,2015-05-02,,"),
        (READ, "Q4711 | mycophenolate | 2015-04-02", "Q4711 | hydroxychloroquine | 2015-05-02"),
    ),
    Case(
        "an apostrophe before a cell marks text",
        sheet("'0047,MTX,'2015-03-02,,", "0047,MMF,2015-04-02,,", "0047,HCQ,2015-05-02,,"),
        (
            "0047 | methotrexate | 2015-03-02",
            "0047 | mycophenolate | 2015-04-02",
            "0047 | hydroxychloroquine | 2015-05-02",
        ),
    ),
    Case(
        "dates are written in every form at once",
        sheet(
            *(
                f"Q4711,MTX,{day},,"
                for day in (
                    "02/03/2015",
                    "2.3.15",
                    "2-Mar-15",
                    '"March 2, 2015"',
                    "2015/03/02",
                    "20150302",
                    "02 MAR 2015",
                    "2nd March 2015",
                    "2015-03-02 14:30",
                    "2015-03-02T14:30:00",
                    "02.03.2015.",
                    "Mon 2 March 2015",
                )
            )
        ),
        (READ,) * 12,
    ),
    Case(
        "there is no such day",
        sheet(GOOD.strip(), "Q4711,MTX,31/02/2015,,", "Q4711,MTX,29.2.2015,,", "Q4711,MTX,00/00/0000,,"),
        (READ,),
        {3: "no such day", 4: "no such day", 5: ""},
    ),
    Case(
        "one row has the other order of day and month",
        sheet(GOOD.strip(), "Q4711,MTX,03/25/2015,,"),
        (READ,),
        {3: "order"},
    ),
    Case(
        "one row has the other order in a month-first sheet",
        sheet("Q4711,MTX,03/02/2015,,", "Q4711,MTX,25/03/2015,,"),
        (READ,),
        {3: "order"},
        mapping=MONTH_FIRST,
    ),
    Case(
        "nobody says which order dates have",
        sheet(GOOD.strip(), "Q4711,MTX,02/03/2015,,"),
        (READ,),
        {3: "two ways"},
        mapping=BASIC.replace('dates = "day first"', ""),
    ),
    Case(
        "the year is mistyped",
        sheet(GOOD.strip(), "Q4711,MTX,02/03/2105,,", "Q4711,MTX,02/03/1015,,", "Q4711,MTX,02/03/215,,"),
        (READ,),
        {3: "year", 4: "year", 5: ""},
    ),
    Case(
        "years have two digits",
        sheet("Q4711,MTX,02/03/15,,", "Q4711,MTX,02/03/85,,"),
        (READ, "Q4711 | methotrexate | 1985-03-02"),
    ),
    Case(
        "the year is not written",
        sheet(GOOD.strip(), "Q4711,MTX,3/15,,", "Q4711,MTX,2 March,,"),
        (READ,),
        {3: "year", 4: "year|date"},
    ),
    Case(
        "of two dates in one cell the first is taken and told, and nothing of what is no list",
        sheet(
            GOOD.strip(),
            "Q4711,MTX,3/5/15 and 6/5/15,,",
            'Q4711,MTX,"3/5/15, 6/5/15",,',
            "Q4711,MTX,3/5/15 or 6/5/15,,",
        ),
        (READ, "Q4711 | methotrexate | 2015-05-03", "Q4711 | methotrexate | 2015-05-03"),
        {5: ""},
        told=((3, "Start: several days"), (4, "Start: several days")),
    ),
    Case(
        "a month alone is never taken for its first day",
        sheet(
            GOOD.strip(),
            "Q4711,MTX,03/2015,,",
            "Q4711,MTX,2015-03,,",
            "Q4711,MTX,March 2015,,",
            "Q4711,MTX,2015,,",
            "Q4711,MTX,UNK/03/2015,,",
            "Q4711,MTX,--/03/2015,,",
            "Q4711,MTX,00/03/2015,,",
        ),
        (READ,),
        dict.fromkeys(range(3, 10), "only|part|no date"),
    ),
    Case(
        "a month is taken for its first day where the mapping says so, and that is told",
        sheet("Q4711,MTX,03/2015,,"),
        ("Q4711 | methotrexate | 2015-03-01",),
        told=((2, "Start: .*first day was taken"),),
        mapping=BASIC.replace("[source]", '[source]\nincomplete_dates = "first day"'),
    ),
    Case(
        "a spreadsheet's count of days stands as text",
        sheet("Q4711,MTX,42065,,"),
        (READ,),
        told=((2, "Start: .*count of days"),),
    ),
    Case(
        "the reason stands where the last day belongs",
        sheet("Q4711,MTX,2015-03-02,stopped 3/15 d/t LFTs,"),
        (READ,),
        told=((2, "Stop: "),),
    ),
    Case(
        "the drug goes on",
        sheet("Q4711,MTX,2015-03-02,ongoing,", "Q4711,MMF,2015-03-02,to present,"),
        (READ, "Q4711 | mycophenolate | 2015-03-02"),
        told=((2, "Stop: goes on"), (3, "Stop: goes on")),
    ),
    Case(
        "ids lost their leading zeros in some rows",
        sheet("0047,MTX,2015-03-02,,", "47,MMF,2015-04-02,,", "0047,HCQ,2015-05-02,,"),
        (
            "0047 | methotrexate | 2015-03-02",
            "0047 | mycophenolate | 2015-04-02",
            "0047 | hydroxychloroquine | 2015-05-02",
        ),
        told=((3, "MRN: .*another way"),),
    ),
    Case(
        "ids were cut to 1.0E+05 by a spreadsheet",
        sheet(GOOD.strip(), "1.0E+05,MTX,2015-03-02,,", "1.00E+05,MMF,2015-03-02,,"),
        (READ,),
        {3: "", 4: ""},
    ),
    Case(
        "the id is a name, and no message repeats it",
        sheet('"Musterfrau, Erika",MTX,2015-03-02,,', '"Musterfrau,  erika",MTX,soon,,'),
        ("Musterfrau, Erika | methotrexate | 2015-03-02",),
        {3: "no date"},
    ),
    Case(
        "several drugs stand in one cell",
        sheet('Q4711,"MTX, MMF; HCQ/pred",2015-03-02,,'),
        tuple(
            f"Q4711 | {drug} | 2015-03-02"
            for drug in ("methotrexate", "mycophenolate", "hydroxychloroquine", "prednisone")
        ),
        mapping=BASIC + 'split = [",", ";", "/"]\n',
    ),
    Case(
        "a sentence holds the drugs",
        sheet('Q4711,"failed MTX (LFTs), then CellCept",2015-03-02,,'),
        (READ, "Q4711 | mycophenolate | 2015-03-02"),
    ),
    Case(
        "a drug that was not given is none",
        sheet(GOOD.strip(), "Q4711,no MTX,2015-04-02,,", "Q4711,never on MMF,2015-04-02,,"),
        (READ,),
        {3: "", 4: ""},
    ),
    Case(
        "doses are free text",
        sheet('Q4711,MTX,2015-03-02,,"15 mg weekly, then 20 mg"'),
        (f"{READ} | | 15 mg weekly, then 20 mg",),
    ),
    Case(
        "a spreadsheet's errors stand in cells",
        sheet(GOOD.strip(), "Q4711,#N/A,2015-04-02,,", "Q4711,MTX,#REF!,,", "#NAME?,MTX,2015-04-02,,"),
        (READ,),
        {3: "", 4: "error", 5: ""},
    ),
    Case(
        "nothing is written as a dash or a word",
        sheet(GOOD.strip(), "Q4711,-,-,-,-", "Q4711,n/a,n/a,n/a,n/a"),
        (READ,),
        mapping=BASIC.replace("[source]", '[source]\nmissing = ["-", "n/a"]'),
    ),
    Case(
        "a formula of a link stands for the person",
        sheet('"=HYPERLINK(""http://192.0.2.1/"",""Q4711"")",MTX,soon,,'),
        (),
        {2: "no date"},
    ),
    Case(
        "a cell calls a program",
        sheet("Q4711,=cmd|'/C calc'!A0,2015-03-02,,", "Q4711,@SUM(1+1)*cmd|'/C calc'!A0,2015-03-02,,"),
        (
            "Q4711 | =cmd|'/C calc'!A0 | 2015-03-02 | | =cmd|'/C calc'!A0",
            "Q4711 | @SUM(1+1)*cmd|'/C calc'!A0 | 2015-03-02 | | @SUM(1+1)*cmd|'/C calc'!A0",
        ),
    ),
    Case(
        "a cell is as long as a cell can be",
        sheet(GOOD.strip(), f"Q4711,MTX,{'2' * 32_000},,", f"Q4711,MTX,2015-04-02,,{'x ' * 16_000}"),
        (READ, f"Q4711 | methotrexate | 2015-04-02 | | {('x ' * 16_000).strip()}"),
        {3: "no date"},
    ),
    Case(
        "a word is as long as a cell can be",
        HEAD + GOOD + f"Q4711,{'a' * 32_000},2015-04-02,,{'b' * 32_000}\n",
        (READ, f"Q4711 | {'a' * 32_000} | 2015-04-02 | | {'b' * 32_000}"),
    ),
    Case(
        "a day has more digits than any day, or raised ones",
        sheet(GOOD.strip(), f"Q4711,MTX,{'9' * 30} March 2015,,", "Q4711,MTX,² March 2015,,", "Q4711,MTX,2015-²-03,,"),
        (READ,),
        {3: "", 4: "", 5: ""},
    ),
    Case("a row is written twice", HEAD + GOOD + GOOD, (READ, READ)),
    Case(
        "a person contradicts itself",
        "MRN,Sex\nQ4711,F\nQ4711,male\n",
        (),
        {3: "differs"},
        persons=1,
        mapping='[source]\n[[table]]\nperson = "MRN"\n[[table.record]]\nkind = "person"\ncolumn = { sex = "Sex" }\n',
    ),
    Case(
        "days stand before the person was born, and are left to the checks of records",
        sheet("Q4711,MTX,02/03/1901,,"),
        ("Q4711 | methotrexate | 1901-03-02",),
    ),
)
