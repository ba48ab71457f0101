"""Text that a user wrote: protocols, instruments and reported numbers come from files of one kind."""

from __future__ import annotations

from pathlib import Path

from refractory.errors import RefractoryError


def read_user_text(path: Path, fault: type[RefractoryError], *, named: str, example: str = "") -> str:
    """Read a TOML file that a user wrote; a byte order mark at its beginning is no part of it.

    Args:
        path: The file.
        fault: What is raised.
        named: What the user calls the file ("the protocol file").
        example: Path of a file that ships with the program, if any.

    Raises:
        RefractoryError: The file cannot be read, or is not UTF-8; of the kind that `fault` names.
    """
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        such = f", such as {example}" if example else ""
        raise fault(
            f"{named} cannot be read: {error.strerror}.",
            where=str(path),
            remedy=f"give the path of a TOML file{such}.",
        ) from None
    except UnicodeDecodeError as error:
        raise fault(
            f"{named} is not UTF-8: byte {error.start + 1} cannot be read.",
            where=str(path),
            remedy="save it as UTF-8.",
        ) from None
