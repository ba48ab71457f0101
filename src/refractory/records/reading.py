"""How a raw column is read as what OMOP says it is: DuckDB expressions over whatever type the source has.

These are texts of SQL and not Ibis expressions because they only ever run in the embedded database, and a hundred
small expressions a study would take longer to compile than to run.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from refractory.records.source import quoted_path

# 2015-03-02, 2015-3-2 or 2015/03/02, whatever time of day follows. 02/03/2015 means two days: it is not guessed.
_YEAR_FIRST = r"^(\d{4})[-/](\d{1,2})[-/](\d{1,2})([ T].*)?$"
_DIGITS_ONLY = r"^(\d{4})(\d{2})(\d{2})(\.0*)?$"


@dataclass(frozen=True)
class RawTable:
    """A table as it was handed over: its name in the store, and the Ibis type of each column in lower case."""

    name: str
    kinds: Mapping[str, str]

    def all_but(self, key: str) -> str:
        """List all columns but one; two rows that agree in them are copies of each other."""
        return ", ".join(quoted_path((column,)) for column in self.kinds if column != key)

    def integer(self, column: str) -> str:
        """Read a whole number; null when it is none."""
        if column not in self.kinds:
            return "NULL::BIGINT"
        if self.kinds[column] == "int64":
            return f'"{column}"'
        return f"TRY_CAST(round({self.number(column)}) AS BIGINT)"

    def identifier(self, column: str) -> str:
        """Read a concept id; 0 where the source has none."""
        return f"coalesce({self.integer(column)}, 0)"

    def number(self, column: str) -> str:
        """Read a number; null when it is none, infinite included. A decimal comma is not guessed at."""
        if column not in self.kinds:
            return "NULL::DOUBLE"
        if self.kinds[column] == "string":
            read = f'TRY_CAST(trim(CAST("{column}" AS VARCHAR)) AS DOUBLE)'
        else:
            read = f'TRY_CAST("{column}" AS DOUBLE)'
        return read if self.kinds[column] == "int64" else f"CASE WHEN isfinite({read}) THEN {read} END"

    def text(self, column: str) -> str:
        """Read a text without outer blanks; an empty one is null."""
        if column not in self.kinds:
            return "NULL::VARCHAR"
        written = f'"{column}"' if self.kinds[column] == "string" else f'CAST("{column}" AS VARCHAR)'
        return f"nullif(trim({written}), '')"

    def date(self, columns: Sequence[str]) -> str:
        """Read the first of several columns that holds a date that can be read."""
        read = [self._date(column) for column in columns if column in self.kinds]
        return f"coalesce({', '.join(read)})" if read else "NULL::DATE"

    def is_written(self, columns: Sequence[str]) -> str:
        """Say whether any of the columns holds anything, readable or not."""
        written = [
            f"{self.text(column)} IS NOT NULL" if self.kinds[column] == "string" else f'"{column}" IS NOT NULL'
            for column in columns
            if column in self.kinds
        ]
        return f"({' OR '.join(written)})" if written else "false"

    def _date(self, column: str) -> str:
        kind = self.kinds[column]
        if kind == "date":
            return f'"{column}"'
        if kind.startswith("timestamp"):
            # The connection's time zone is UTC, so a time stamp with a zone is dated there.
            return f'CAST("{column}" AS DATE)'
        text = f'trim(CAST("{column}" AS VARCHAR))'
        first = f"regexp_replace({text}, '{_YEAR_FIRST}', '\\1-\\2-\\3')"
        digits = f"regexp_replace({text}, '{_DIGITS_ONLY}', '\\1-\\2-\\3')"
        return (
            f"CASE WHEN regexp_matches({text}, '{_YEAR_FIRST}') THEN TRY_CAST({first} AS DATE) "
            f"WHEN regexp_matches({text}, '{_DIGITS_ONLY}') THEN TRY_CAST({digits} AS DATE) END"
        )
