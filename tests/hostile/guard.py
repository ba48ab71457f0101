"""A look at what a reader asks of the machine while it reads: files that it writes, programs, the network."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

_WATCHED: list[list[str]] = []
_NEVER = ("socket.connect", "socket.getaddrinfo", "subprocess.Popen", "os.system", "os.exec", "os.posix_spawn")
_MOVES = ("os.remove", "os.rename", "os.rmdir", "os.mkdir", "os.symlink", "os.link", "shutil.rmtree")


def _note(event: str, arguments: tuple[Any, ...]) -> None:
    if not _WATCHED:
        return
    if event in _NEVER:
        _WATCHED[-1].append(event)
    elif event == "open" and isinstance(arguments[1], str) and set(arguments[1]) & set("wax+"):
        _WATCHED[-1].append(f"writes {arguments[0]}")
    elif event in _MOVES:
        _WATCHED[-1].append(f"{event} {arguments[0]}")


tempfile.gettempdir()  # looks for a place once, by writing there
sys.addaudithook(_note)


@contextmanager
def watched() -> Iterator[list[str]]:
    """Give a list that fills with what is asked of the machine, but for the reader's own room."""
    events: list[str] = []
    _WATCHED.append(events)
    try:
        yield events
    finally:
        _WATCHED.pop()
        room = str(Path(tempfile.gettempdir()) / "refractory-")
        events[:] = [one for one in events if room not in one]


def read_in_little_room(script: str, *words: object, room_bytes: int, most_seconds: int) -> str:
    """Run a script in a process of little memory and time; give what it prints, and what went wrong."""
    paths = os.pathsep.join(["tests", *filter(None, [os.environ.get("PYTHONPATH")])])
    done = subprocess.run(
        [sys.executable, "-c", _LIMIT + script, *map(str, words), str(room_bytes)],
        capture_output=True,
        text=True,
        check=False,
        timeout=most_seconds,
        env=os.environ | {"PYTHONPATH": paths},
        cwd=Path(__file__).parents[2],
    )
    return done.stdout.strip() + done.stderr


_LIMIT = """
import resource, sys
from pathlib import Path
resource.setrlimit(resource.RLIMIT_AS, (int(sys.argv[-1]),) * 2)
"""
