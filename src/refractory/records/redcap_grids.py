"""Exports of a REDCap project as grids: one per instrument and file, with typed cells and the dictionary's facts."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from refractory.records.grid import Grid
from refractory.records.redcap_dictionary import RedcapDictionary
from refractory.records.redcap_entries import WHERE_BOTH_AGREE
from refractory.records.redcap_joining import join_exports
from refractory.records.redcap_layout import InstrumentLayout, lay_out
from refractory.records.redcap_reading import ExportReader, ReadExport
from refractory.records.redcap_rows import Export
from refractory.records.redcap_survey import Survey, find_lent, survey_exports


@dataclass(frozen=True)
class Project:
    """A project whose exports have been looked through: its instruments are known, its cells not read yet.

    Args:
        exports: The exports, each of which can be read several times.
        survey: What they show.
        layouts: The instruments.
        missing: Missing-data codes in small letters, each with its meaning in small letters.
    """

    exports: Sequence[Export]
    survey: Survey
    layouts: Sequence[InstrumentLayout]
    missing: Mapping[str, str]

    def blank_grids(self) -> tuple[Grid, ...]:
        """Return the grids of the instruments without their rows."""
        return tuple(
            Grid(export.file, one.name, one.names, (), (), one.facts) for export in self.exports for one in self.layouts
        )

    def read(
        self,
        asked: Collection[str] | None = None,
        scores: Collection[str] = (),
        double_entry: str = WHERE_BOTH_AGREE,
    ) -> tuple[tuple[Grid, ...], tuple[ReadExport, ...]]:
        """Read the cells: one grid per instrument and export, one row per record, event and instance.

        An instrument has a row wherever anything of it is filled in, whether it repeats alone, its event repeats, or
        nothing does; a form that nobody opened, and whose boxes are therefore all unchecked, has none. A box that is
        not checked says no only where its form was filled in, its field is always shown, and no missing-data code
        stands in its place.

        Args:
            asked: Columns that anybody asks for, the others are not read; None: all.
            scores: Choices of which the number is looked for: of "2, Severe" that is 2.
            double_entry: What to take of a record that was entered twice and not merged.

        Returns:
            The grids, and what became of each export.
        """
        seen: dict[tuple[str, ...], int] = {}
        grids: list[Grid] = []
        done: list[ReadExport] = []
        wanted = frozenset(self.layouts[0].keys[:1]).union(
            asked if asked is not None else (name for one in self.layouts for name in one.names)
        )
        borrowed = frozenset(column.name for one in self.layouts for column in one.borrowed)
        lent = find_lent(self.exports, self.survey.entries, borrowed, double_entry)
        for export in self.exports:
            reader = ExportReader(
                export, self.survey, self.layouts, self.missing, seen, wanted, frozenset(scores), lent
            )
            done.append(reader.read(double_entry))
            grids += reader.grids()
        return tuple(grids), tuple(done)


def survey_project(
    exports: Sequence[Export],
    dictionary: RedcapDictionary,
    missing: Mapping[str, str],
    borrowed: Mapping[str, Sequence[str]] | None = None,
) -> Project:
    """Look through the exports of a project.

    Args:
        exports: The exports, each of which can be read several times.
        dictionary: The project's data dictionary.
        missing: The project's missing-data codes with their meaning, as far as they are known.
        borrowed: By instrument, columns of other instruments that its rows shall have too: of the same record and
            event.
    """
    asked = borrowed or {}
    survey = survey_exports(exports, dictionary)
    codes = {**survey.hidden_codes, **missing}
    low = {code.lower(): meaning.lower() for code, meaning in codes.items()}
    layouts = lay_out(dictionary, survey, codes, asked)
    joined = join_exports(exports, layouts, low, survey)
    if joined is not exports:
        # What was entered twice is to be looked for in the rows as they are now.
        survey = replace(survey, entries=survey_exports(joined, dictionary).entries)
    return Project(joined, survey, layouts, low)
