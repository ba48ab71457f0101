"""How the address of a Spark is written, and what it says."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from refractory.errors import RecordsError

_SPARK = re.compile(r"(?:sc://|spark://)[^?]*|local(?:\[[^\]?]*\])?")
_SETTING = re.compile(r"spark\.[\w.-]+")
FORMS = "sc://host:15002, spark://host:7077 or local[2], then ?parquet=/folder where the records are Parquet files"


@dataclass(frozen=True)
class SparkAddress:
    """Where a Spark is, and where its records are.

    Args:
        master: `sc://host:port` of Spark Connect, `spark://host:port` of a cluster, or `local[cores]` for a Spark
            inside the program.
        parquet: Folder of Parquet files, as Spark sees it; None: the tables of Spark's catalogue.
        settings: Settings of Spark that the address names.
    """

    master: str
    parquet: str | None = None
    settings: Mapping[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The address for people to read, without a token and without settings."""
        master = self.master.split(";")[0].rstrip("/")
        return f"{master}?parquet={self.parquet}" if self.parquet else master


def parse_spark_address(address: str) -> SparkAddress | None:
    """Read the address of a Spark; None when the text is none.

    Raises:
        RecordsError: When what follows the question mark is not understood.

    Example:
        >>> parse_spark_address("local[2]?parquet=/omop&spark.driver.memory=8g")
        SparkAddress(master='local[2]', parquet='/omop', settings={'spark.driver.memory': '8g'})
        >>> parse_spark_address("/data/omop") is None
        True
    """
    master, mark, rest = address.partition("?")
    if not _SPARK.fullmatch(master):
        return None
    said = dict(part.partition("=")[::2] for part in rest.split("&")) if mark else {}
    parquet = said.pop("parquet", None)
    unknown = [key for key, value in said.items() if not _SETTING.fullmatch(key) or not value]
    if unknown or parquet == "":
        named = f'"{unknown[0]}"' if unknown else '"parquet" without a folder'
        raise RecordsError(f"The address of Spark has a part that is not understood: {named}.", remedy=f"write {FORMS}")
    return SparkAddress(master, parquet, said)
