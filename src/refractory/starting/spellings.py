"""How yes and no are spelled in a source, and what a label therefore says."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from refractory.records.cell_words import read_yes_or_no
from refractory.records.mapping import SourceDefinition
from refractory.starting.looks import NO, YES
from refractory.starting.views import SheetView

_KNOWN = SourceDefinition()


@dataclass(frozen=True)
class Spellings:
    """The spellings of yes and no that a mapping names.

    Args:
        yes: Spellings of yes, in small letters.
        no: Spellings of no, in small letters.
    """

    yes: tuple[str, ...] = _KNOWN.yes
    no: tuple[str, ...] = _KNOWN.no

    def write_label(self, text: str) -> str:
        """Return the value that a label has when a cell says a text; see the reader of labels.

        Example:
            >>> Spellings().write_label("Y"), Spellings().write_label("j"), Spellings(yes=("j",)).write_label("j")
            ('yes', 'j', 'yes')
        """
        answer = None if text.isdigit() else read_yes_or_no(text, self.yes, self.no)
        return text if answer is None else "yes" if answer else "no"


def find_spellings(views: Sequence[SheetView]) -> Spellings:
    """Find the spellings of yes and no of a source: the usual ones, and those that columns of yes and no have."""
    texts = {text for view in views for look in view.looks if look.is_yes_or_no for text in look.texts}
    return Spellings(_join(_KNOWN.yes, YES, texts), _join(_KNOWN.no, NO, texts))


def _join(known: tuple[str, ...], more: Sequence[str], texts: Collection[str]) -> tuple[str, ...]:
    return (*known, *(one for one in more if one in texts and one not in known))
