"""Words of a study as they stand inside a sentence."""

from __future__ import annotations


def lower_first(words: str) -> str:
    """Lower the first letter, unless the word is an abbreviation.

    Example:
        >>> lower_first("Cutaneous improvement"), lower_first("CDASI lower")
        ('cutaneous improvement', 'CDASI lower')
    """
    is_abbreviation = len(words) > 1 and words[1].isupper()
    return words if is_abbreviation else words[:1].lower() + words[1:]
