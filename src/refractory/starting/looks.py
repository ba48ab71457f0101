"""What the cells of a column look like: days, numbers, yes and no, a few values, drugs."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property

from refractory.records.cell_numbers import read_cell_number
from refractory.records.cell_words import is_missing, read_cell_text, read_yes_or_no
from refractory.records.from_drug_names import Ingredient, find_drug_mentions
from refractory.records.grid import Cell, ColumnFacts, Grid
from refractory.starting.day_looks import DayLook, look_at_days
from refractory.starting.signs import MINUS, are_signs
from refractory.starting.words import SCALE, spell_name

YES = (
    "yes", "y", "1", "true", "x", "✓", "✔", "ja", "j", "oui", "o", "si", "sí", "s", "sì", "yes.", "pos", "+", "++",
    "+++", "sim", "tak", "da",
)  # fmt: skip
NO = (
    "no", "n", "0", "false", "nein", "non", "none", "never", "neg", "nie", "nunca", "mai", "nee", "nej", "nao", "não",
    "ne", "ei", "-", "--", "–", "—", "−",
)  # fmt: skip
# What people write where nothing is known. A word of them is taken for nothing only where it is found.
MISSING_TEXTS = (
    "na", "n/a", "n.a.", "#n/a", "-", "--", "---", "–", "—", "−", ".", "unk", "unknown", "?", "??", "nd", "n.d.",
    "not done", "missing", "k.a.", "k. a.", "keine angabe", "unbekannt", "unb.", "nc", "inconnu", "non renseigné",
    "nr?", "ns", "desconocido", "no consta", "not available", "not documented", "not recorded", "nk", "tbd", "pending",
    "null", "nan", "s/d", "sin datos", "ltfu", "lost to follow up", "lost to f/u", "lost to follow-up",
    "not evaluable", "ne", "unclear",
)  # fmt: skip
MISSING_NUMBERS = ("999", "9999", "99", "-9", "-99", "-999", "-1", "888", "8888", "777", "9")
_PLAIN_NUMBER = re.compile(r"[-+]?\d+(?:[.,]\d+)?")
_LEGEND = re.compile(r"(?<![\w.])([0-9]{1,2}|[A-Za-z])\s*[=:]\s*([^,;/=:()\d][^,;/=:()]*)")
_MOST_VALUES = 12


@dataclass(frozen=True)
class ColumnLook:
    """A column and what its cells look like.

    Args:
        name: Its name.
        place: Which column of its grid, from 0.
        cells: Its cells that are not missing, each with the row, from 0.
        rows: Rows of the grid.
        missing: What stands for nothing in this column beside an empty cell, counted.
        facts: What a data dictionary says of it.
    """

    name: str
    place: int
    cells: Sequence[tuple[int, Cell]]
    rows: int
    missing: Mapping[str, int]
    facts: ColumnFacts = field(default_factory=ColumnFacts)

    @cached_property
    def plain(self) -> str:
        """Its name as it is compared, with the question that a data dictionary asks."""
        return spell_name(SCALE.sub(" ", f"{self.name} {self.facts.label}"))

    @cached_property
    def short(self) -> str:
        """Its name alone as it is compared."""
        return spell_name(self.name)

    @cached_property
    def legend(self) -> dict[str, str]:
        """What its codes mean, as its name or a data dictionary says: "response (0=none, 1=partial)"."""
        said = dict(self.facts.choices)
        for found in _LEGEND.finditer(self.name):
            said.setdefault(found[1].lower(), found[2].strip())
        return said if len(said) > 1 else {}

    @property
    def filled(self) -> int:
        """Cells that are not missing."""
        return len(self.cells)

    @cached_property
    def texts(self) -> Counter[str]:
        """Its cells as texts, in small letters, counted."""
        return Counter(read_cell_text(cell).lower() for _, cell in self.cells)

    @cached_property
    def first_spelling(self) -> dict[str, str]:
        """How each text is written where it comes first."""
        found: dict[str, str] = {}
        for _, cell in self.cells:
            text = read_cell_text(cell)
            found.setdefault(text.lower(), text)
        return found

    @property
    def is_category(self) -> bool:
        """True when it has a few different values that come again."""
        return 0 < len(self.texts) <= _MOST_VALUES and (
            len(self.texts) <= max(2, self.filled * 0.7) or self.filled <= 6
        )

    @cached_property
    def days(self) -> DayLook:
        """What its cells are as days."""
        return look_at_days(self.cells)

    @property
    def is_date(self) -> bool:
        """True when most of its cells are dates, and not just numbers."""
        return self.filled > 0 and self.days.share >= 0.6 and self.days.plain_numbers <= 0.5 * self.filled

    @cached_property
    def numbers(self) -> int:
        """Cells that can be read as a number with at most a unit behind it."""
        return sum(_has_number(cell) for _, cell in self.cells)

    @property
    def is_number(self) -> bool:
        """True when most of its cells are numbers."""
        return self.filled > 0 and not self.is_date and self.numbers >= 0.7 * self.filled

    @cached_property
    def answers(self) -> tuple[int, int]:
        """Cells that say yes, and cells that say no."""
        said = [read_yes_or_no(cell, YES, NO) for _, cell in self.cells]
        return sum(one is True for one in said), sum(one is False for one in said)

    @property
    def is_yes_or_no(self) -> bool:
        """True when nearly all of its cells say yes or no."""
        return self.filled > 0 and sum(self.answers) >= 0.85 * self.filled and not self.is_date

    @cached_property
    def drugs(self) -> Counter[Ingredient]:
        """Drugs that its cells name and do not deny, with the number of cells."""
        found: Counter[Ingredient] = Counter()
        for _, cell in self.cells:
            if isinstance(cell, str):
                found.update({one.ingredient for one in find_drug_mentions(cell) if not one.is_denied})
        return found

    @cached_property
    def naming_drugs(self) -> int:
        """Cells that name a drug, if only to deny it."""
        return sum(isinstance(cell, str) and bool(find_drug_mentions(cell)) for _, cell in self.cells)

    @property
    def is_drug_list(self) -> bool:
        """True when at least half of its cells name drugs."""
        return self.filled > 0 and self.naming_drugs >= 0.5 * self.filled

    @cached_property
    def named_drugs(self) -> tuple[Ingredient, ...]:
        """Drugs that its name names; of a box its own meaning, for its question may name another ("before IVIG")."""
        said = f"{self.name} {self.facts.label}"
        if self.facts.kind == "checked":
            (meaning,) = self.facts.choices.values()
            said = said if meaning.lower() in YES else meaning
        return tuple(dict.fromkeys(one.ingredient for one in find_drug_mentions(said)))


def _has_number(cell: Cell) -> bool:
    if isinstance(cell, bool | date | datetime):
        return False
    found = read_cell_number(cell) if cell is not None else None
    if found is None or found.value is None:
        found = read_cell_number(cell, ",") if isinstance(cell, str) else None
    return found is not None and found.value is not None and len(found.unit) <= 12


def look_at_grid(grid: Grid, passed_over: Collection[int] = ()) -> tuple[ColumnLook, ...]:
    """Look at every column of a grid.

    Args:
        grid: The grid.
        passed_over: Rows that are no data, from 0: units, totals.
    """
    looks = []
    for place, name in enumerate(grid.columns):
        column = [(row, cells[place]) for row, cells in enumerate(grid.rows) if row not in passed_over]
        filled = [(row, cell) for row, cell in column if not is_missing(cell, ())]
        missing = find_missing(filled)
        kept = [(row, cell) for row, cell in filled if read_cell_text(cell).lower() not in missing]
        looks.append(ColumnLook(name, place, kept, len(column), missing, grid.facts.get(name, ColumnFacts())))
    return tuple(looks)


def find_missing(cells: Sequence[tuple[int, Cell]]) -> dict[str, int]:
    """Find what stands for nothing in a column.

    A minus beside a plus says no. A number such as 999 counts only where it stands out: in a column of days, of yes and
    no, or of numbers that are all far smaller. Where values near it come too, as in a column of creatine kinase, it is
    a value.

    Example:
        >>> find_missing([(0, 20.0), (1, 15.0), (2, 999.0), (3, "n/a")])
        {'n/a': 1, '999': 1}
        >>> find_missing([(0, "+"), (1, "-"), (2, "?")])
        {'?': 1}
        >>> find_missing([(0, 220.0), (1, 999.0), (2, 4500.0)])
        {}
    """
    texts = Counter(read_cell_text(cell).lower() for _, cell in cells)
    found = {text: count for text, count in texts.items() if text in MISSING_TEXTS}
    if are_signs(texts, MISSING_TEXTS):
        found = {text: count for text, count in found.items() if text not in MINUS}
    if {"cr", "pr", "pd"} & set(texts):
        found.pop("nc", None)  # "no change" among the responses of tumours
    others = [text for text in texts if text not in found]
    numbers = [float(text) for text in others if _PLAIN_NUMBER.fullmatch(text) and "," not in text]
    for code in MISSING_NUMBERS:
        if code not in texts or len(texts) - len(found) < 2:
            continue
        value = float(code)
        rest = [one for one in numbers if one != value and str(int(one)) not in found]
        words = len(others) - len(numbers)
        if not rest:
            is_out = words > 0 and all(look_at_days([(0, text)]).share for text in others if text != code)
        elif value < 0:
            is_out = min(rest) >= 0 and words == 0
        else:
            is_out = words == 0 and max(rest) * 3 < value and (value > 9 or set(rest) <= {0.0, 1.0})
        if is_out:
            found[code] = texts[code]
    return found
