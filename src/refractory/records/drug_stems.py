"""Words that end as the names of drugs do: where the list of names does not have one, somebody must be told."""

from __future__ import annotations

import re
from collections.abc import Iterable

# Stems of international nonproprietary names that few other words end in.
_STEM = re.compile(
    r"[^\W\d_]{3,}(?:mab|nib|cept|azole|azol|mycin|micin|cycline|floxacin|cillin|sone|solone|limus|imod|kinra|fungin"
    r"|ciclib|parin|gepant|planib|coplan|tigimod|lizumab|ximab|zumab|thiazide|triptyline|oxetine|gliptin|gliflozin)",
    re.IGNORECASE,
)


def find_unlisted_drugs(text: str, named: Iterable[tuple[int, int]]) -> tuple[str, ...]:
    """Find the words of a text that end as names of drugs do, beside those that were found by their names.

    Args:
        text: The text.
        named: Where the drugs are that were found: the place of the first letter, and the place after the last.

    Example:
        >>> find_unlisted_drugs("flagyl + tinidazole, alone", [(0, 6)]), find_unlisted_drugs("metronidazole", [(0, 13)])
        (('tinidazole',), ())
    """
    taken = list(named)
    words = re.finditer(r"[^\W\d_]+", text)
    return tuple(
        word[0] for word in words
        if _STEM.fullmatch(word[0]) and not any(start < word.end() and word.start() < end for start, end in taken)
    )  # fmt: skip
