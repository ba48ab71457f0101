"""What a report is made of, whatever its form: figures, and sections that hold them with text and tables."""

from __future__ import annotations

from dataclasses import dataclass, replace

from markupsafe import Markup

from refractory.analysis.results import Caution, MethodsSection
from refractory.numbers import say_number
from refractory.report.printed_table import PrintedTable
from refractory.report.telling import Paragraph

INVENTED = "A program made up every person and every record in this report. It says nothing about any treatment."


@dataclass(frozen=True)
class Figure:
    """One figure in a wide and a narrow layout, and its table for those who cannot see it.

    Args:
        anchor: Name within the page.
        number: "Figure 1".
        title: Caption without its number.
        wide: The picture for a page.
        narrow: The same picture for a telephone.
        in_words: The same in words, where no other table of the page says it.
        name: Which figure it is, whatever its number.
        note: A sentence under the caption.
    """

    anchor: str
    number: str
    title: str
    wide: Markup
    narrow: Markup
    in_words: PrintedTable | None = None
    name: str = ""
    note: str = ""

    @property
    def caption(self) -> str:
        """Title and note as one text, for forms that set them as one."""
        return f"{self.title}. {self.note}" if self.note else self.title


@dataclass(frozen=True)
class Section:
    """One section of the report, whatever its form; what it holds is read in the order of the fields.

    Args:
        anchor: Name within the report.
        heading: Its heading.
        answer: Sentences, the first of which is the answer to the study's question.
        cautions: Doubts, the serious ones first.
        figures: Figures, numbered.
        tables: Tables, numbered.
        methods: Headed paragraphs.
        prose: Headed paragraphs whose numbers carry the ids of their results.
    """

    anchor: str
    heading: str
    answer: tuple[str, ...] = ()
    cautions: tuple[Caution, ...] = ()
    figures: tuple[Figure, ...] = ()
    tables: tuple[PrintedTable, ...] = ()
    methods: tuple[MethodsSection, ...] = ()
    prose: tuple[Paragraph, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether nothing stands under the heading."""
        return not (self.answer or self.cautions or self.figures or self.tables or self.methods or self.prose)

    @property
    def paragraphs(self) -> tuple[tuple[str, str], ...]:
        """Its headed paragraphs as plain text: heading and text of each."""
        methods = ((part.heading, " ".join(part.sentences)) for part in self.methods)
        return (*methods, *((part.heading, part.text) for part in self.prose))

    @property
    def items(self) -> tuple[Figure | PrintedTable, ...]:
        """What is numbered in it, in the order of reading."""
        return (*self.figures, *self.tables)


def print_number(caution: Caution) -> Caution:
    """Return a caution with its number as it is printed."""
    return replace(caution, number=say_number(caution.number))
