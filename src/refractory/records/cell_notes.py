"""Notes in cells: what they say besides of days."""

from __future__ import annotations

import re

_UNTIL = re.compile(
    r"(?<!\w)(?:until|till?|through|stopped|stop|ended|end|discontinued|d/c'?d?|bis|abgesetzt|beendet|gestoppt"
    r"|jusqu'?(?:au|à|a|en)?|arrêtée?|arretee?|arrêt|hasta|suspendid[oa]|retirad[oa]|fino|sospes[oa])(?![^\W\d_])"
    r"(?:\s+(?:on|in|am|im|zum|le|en|el|al?|ad|il|ca\.?)|\s*[:=])*\s*"
    r"(\d{4}-\d{1,2}-\d{1,2}|\d{1,2}[./-]\s?\d{1,2}[./-]\s?\d{2,4}|\d{1,2}\s+[^\W\d_]{3,12}\.?\s+\d{4}"
    r"|[^\W\d_]{3,12}\.?\s+\d{1,2},?\s+\d{4}|\d{1,2}[./-]\d{4}|[^\W\d_]{3,12}\.?\s+\d{4}|\d{4})(?![\w/])",
    re.IGNORECASE,
)


def find_noted_end(text: str) -> str:
    """Find in a note the date until which something went on; empty where it says none.

    Example:
        >>> find_noted_end("bis 12.03.2014, unwirksam"), find_noted_end("stopped on 3/4/15"), find_noted_end("see 2014")
        ('12.03.2014', '3/4/15', '')
    """
    found = _UNTIL.search(text)
    return found[1] if found else ""
