"""Errors that a user can act on: what is wrong, where, and what to try. Counts, never identifiers."""

from __future__ import annotations


class RefractoryError(Exception):
    """A mistake that the user can mend; the command line prints it without a traceback.

    Args:
        what: What is wrong, in the user's words, with the offending name and a count.
        where: The file, table, column or line.
        remedy: What to try.
    """

    def __init__(self, what: str, *, where: str | None = None, remedy: str | None = None) -> None:
        self.what = what
        self.where = where
        self.remedy = remedy
        super().__init__(what)

    def __str__(self) -> str:
        lines = [f"{type(self).__name__}: {self.what}"]
        if self.where:
            lines.append(f"  Where: {self.where}")
        if self.remedy:
            lines.append(f"  Try: {self.remedy}")
        return "\n".join(lines)


class ProtocolError(RefractoryError):
    """The protocol file says something that cannot be understood or carried out."""


class RecordsError(RefractoryError):
    """The source of records cannot be read, or does not hold what the study needs."""


class LabelsError(RefractoryError):
    """The file of adjudicated labels cannot be read."""


class InstrumentError(RefractoryError):
    """An instrument, or a sheet of its answers, cannot be understood."""


class ReportedError(RefractoryError):
    """A file of reported numbers cannot be understood."""


class UnitError(RefractoryError):
    """A unit that cannot be converted to the one asked for."""


class ResultsError(RefractoryError):
    """A file of results cannot be read, or does not hold what is asked for."""


class OutputError(RefractoryError):
    """The run folder cannot be written."""
