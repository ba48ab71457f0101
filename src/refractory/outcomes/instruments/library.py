"""Instruments by name: those that ship, and those that a user writes."""

from __future__ import annotations

from pathlib import Path

from refractory.errors import InstrumentError
from refractory.outcomes.instruments.declared import Instrument
from refractory.outcomes.instruments.global_scales import (
    PATIENT_GLOBAL,
    PATIENT_GLOBAL_MM,
    PHYSICIAN_GLOBAL,
    PHYSICIAN_GLOBAL_MM,
)
from refractory.outcomes.instruments.muscle import CHAQ, CMAS, HAQ_DI, MMT_8, MMT_8_BILATERAL
from refractory.outcomes.instruments.skin import CDASI, DLQI, IGA, PRURITUS_NRS

SHIPPED = {
    one.key: one
    for one in (
        CDASI, IGA, PHYSICIAN_GLOBAL, PHYSICIAN_GLOBAL_MM, PATIENT_GLOBAL, PATIENT_GLOBAL_MM, MMT_8,
        MMT_8_BILATERAL, HAQ_DI, CHAQ, CMAS, PRURITUS_NRS, DLQI,
    )
}  # fmt: skip


def read_instrument(path: Path) -> Instrument:
    """Read an instrument that a user wrote: a TOML file, or a Python file with INSTRUMENT.

    Raises:
        InstrumentError: When it cannot be read; a TOML file's mistakes are all named at once.
    """
    if path.suffix.lower() == ".toml":
        from refractory.outcomes.instruments.from_toml import read_toml_instrument

        return read_toml_instrument(path)
    if path.suffix.lower() == ".py":
        from refractory.outcomes.instruments.from_python import read_python_instrument

        return read_python_instrument(path)
    raise InstrumentError(
        f'an instrument is a file that ends in .toml or .py, not "{path.suffix}".',
        where=str(path),
        remedy="docs/instruments.md shows one of each.",
    )


def find_instrument(name_or_path: str, others: tuple[str, ...] = ()) -> Instrument:
    """Find an instrument by its name, or read it from a file.

    Args:
        name_or_path: A name of SHIPPED, in any case and with blanks or underscores for hyphens; or a path.
        others: Further names that the caller knows, for the suggestion.

    Raises:
        InstrumentError: When there is none; the nearest name is suggested.

    Example:
        >>> find_instrument("CDASI").total("activity").minimal_important_change
        4
        >>> find_instrument("haq di").totals[0].higher_is
        'worse'
    """
    name = spell_name(name_or_path)
    if name in SHIPPED:
        return SHIPPED[name]
    if Path(name_or_path).suffix.lower() in (".toml", ".py") or "/" in name_or_path or "\\" in name_or_path:
        return read_instrument(Path(name_or_path))
    from refractory.protocol_mistakes import say_nearest

    known = [*SHIPPED, *others]
    raise InstrumentError(
        f'no instrument is called "{name_or_path}".{say_nearest(name, known)} Known: {", ".join(known)}.',
        where="INSTRUMENT",
        remedy="choose one of these, or give the path of a .toml or .py file (docs/instruments.md).",
    )


def spell_name(name: str) -> str:
    """Spell a name as the library does: lower case, hyphens."""
    return "-".join(name.strip().lower().replace("_", " ").replace("-", " ").split())
