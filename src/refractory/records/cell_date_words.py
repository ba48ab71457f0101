"""Words that people write in dates: months in six languages, parts of a year, marks of doubt."""

from __future__ import annotations

import re

_MONTHS = (
    "january jan januar jänner janvier janv gennaio gen enero ene januari janeiro",
    "february feb februar février fevrier févr fevr fév febbraio febrero februari fevereiro fev",
    "march mar mrz märz maerz mars marzo maart mrt março marco",
    "april apr avril avr aprile abril abr",
    "may mai maggio mag mayo mei maio",
    "june jun juni juin giugno giu junio junho",
    "july jul juli juillet juil luglio lug julio julho",
    "august aug août aout agosto ago augustus",
    "september sep sept septembre settembre set septiembre setembro",
    "october oct oktober okt octobre ottobre ott octubre outubro out",
    "november nov novembre noviembre novembro",
    "december dec dezember dez décembre decembre déc dicembre dic diciembre dezembro",
)
MONTHS = {word: number for number, words in enumerate(_MONTHS, start=1) for word in words.split()}
# Words of a written date that tell nothing: articles and the day of the week.
_EMPTY = """
the of de del di le la der den am on el do da st nd rd th er
monday tuesday wednesday thursday friday saturday sunday mon tue tues wed thu thur thurs fri sat sun
montag dienstag mittwoch donnerstag freitag samstag sonntag mo mi fr sa so
"""
EMPTY_WORDS = frozenset(_EMPTY.split())
# Months of a year and days of a month that a word leaves: early 2014 is January to April.
PARTS = {"early": 0, "beginning": 0, "start": 0, "anfang": 0, "début": 0, "debut": 0, "mid": 1, "middle": 1,
         "mitte": 1, "mi": 1, "late": 2, "end": 2, "ende": 2, "fin": 2}  # fmt: skip
QUARTERS = re.compile(
    r"(?:(?P<q>q|h|t|s)\s*(?P<n1>[1-4])|(?P<n2>[1-4])\s*(?:st|nd|rd|th)?\s*(?P<q2>q|h|quarter|half|quartal))"
    r"(?:\s+of)?\s*[-/.,']?\s*(?P<y>\d{4}|\d{2})"
)
QUARTERS_LAST = re.compile(r"(?P<y>\d{4})\s*[-/.,]?\s*(?P<q>q|h)\s*(?P<n1>[1-4])")
SEASONS = re.compile(
    r"(?P<s>spring|summer|autumn|fall|winter|frühjahr|frühling|sommer|herbst|printemps|été|automne|hiver)"
    r"\s*(?:of)?\s*(?P<y>\d{4})"
)
WINTERS = frozenset({"winter", "hiver"})
_ABOUT = re.compile(
    r"^(?:~|≈|±|ca\.?(?=[\s\d])|circa\b|about\b|approx(?:\.|imately)?|around\b|c\.(?=\s?\d)|roughly\b|etwa\b|env(?:\.|iron)\s?)\s*"
)
_DOUBT = re.compile(r"\s*(?:\(\s*\?+\s*\)|(?<![-/.?])\?+|\(?\b(?:approx(?:\.|imately)?|estimated|est\.?|ca\.?)\)?)$")
# What stands for a day or month that nobody knows: xx/03/2015, UN-MAR-2015, 2015-03-00.
UNKNOWN_PART = re.compile(r"(?:x{1,2}|\?{1,2}|un|unk|uk|nk|00?|--|__)")
TIME_OF_DAY = re.compile(
    r"(?:\s*,?\s+|\s*t\s*)(?:at\s+)?\d{1,2}(?::\d{2}){1,2}(?:[.,]\d+)?(?:\s*[ap]\.?m\.?)?(?:\s*uhr)?"
    r"\s*(?:z|utc|[+-]\d{2}:?\d{2})?$"
)
# Words in brackets behind a date that are no part of it: "(loading)", "(outside hospital)", "[per pt]", "(1st dose)".
_BRACKETS = re.compile(
    r"(?P<date>[^()\[\]]*\d)\s*[(\[](?P<words>(?:[^()\[\]\d?~≈<>=±+]|(?<![\d/.,-])\d{1,3}(?![\d/.,-]))+)[)\]]"
)
# What may turn it round, so that only a person can tell.
_TURNING = re.compile(
    r"\b(?:cancel\w*|dna|held|hold|withheld|missed|not|no|non|never|plan\w*|scheduled|postponed|deferred|omitted"
    r"|refused|declined|due|or|later|earlier|before|after|prior|until|till?|since|from|stop\w*|end\w*|last|error|wrong"
    r"|approx\w*|about|around|est|estimated|ca|circa|abgesagt|storniert|geplant|ausgefallen|verschoben|nicht|kein\w*|nie|vor"
    r"|nach|seit|ab|bis|oder|sp[äa]ter|fr[üu]her|entfallen|ende|abgesetzt|etwa|annul\w*|prévu\w*|prevu\w*|report\w*|pas|jamais"
    r"|avant|apr[eè]s|depuis|jusqu\w*|ou|fin|arr[eê]t\w*|environ|previst\w*|aplazad\w*|nunca|antes|despu[eé]s|desde|hasta|o"
    r"|suspen\w*|sospes\w*|rinviat\w*|programm?at\w*|programad\w*|mai|prima|dopo|dal?|fino|geannuleerd|gepland|niet|nooit|geen"
    r"|voor|na|sinds|tot|of|bc|ad)\b"
)


def drop_brackets(text: str) -> str:
    """Return a date without the words in brackets behind it; as it is where they may turn it round.

    Args:
        text: The cell, in small letters.

    Example:
        >>> drop_brackets("2/13/2019 (loading)"), drop_brackets("2/13/2019 (cancelled)")
        ('2/13/2019', '2/13/2019 (cancelled)')
    """
    found = _BRACKETS.fullmatch(text)
    if found is None or _TURNING.search(found["words"]) or not re.search(r"[^\W\d_]", found["words"]):
        return text
    # "March 2019 (15th)" tells the day there, and "2019 (H)" may be a result.
    digits = re.findall(r"\d+", found["date"])
    parts = 3 if len(digits[0]) == 8 else len(digits) + bool(re.search(r"[^\W\d_]", found["date"]))
    least = 3 if re.search(r"\d", found["words"]) else 2
    return found["date"] if parts >= least else text


def drop_about(text: str) -> str:
    """Return a date without the word before it that says that it is about that date."""
    return _ABOUT.sub("", text)


def drop_doubt(text: str) -> str:
    """Return a date without the mark of doubt behind it."""
    sure = _DOUBT.sub("", text)
    return sure if any(one.isdigit() for one in sure) else text
