"""Whether the process that began something still goes on: what a killed run left behind is put away by the next."""

from __future__ import annotations

import os


def is_running(process: str) -> bool:
    """Say whether a process, told by its number, still goes on.

    Example:
        >>> is_running(str(os.getpid())), is_running("none")
        (True, False)
    """
    try:
        os.kill(int(process), 0)
    except (ValueError, OverflowError, ProcessLookupError):
        return False
    except PermissionError:
        return True
    return True
