"""On which line of a TOML text a key stands, so that a mistake can be shown where it was made."""

from __future__ import annotations

import re
from collections.abc import Mapping

Path = tuple[str | int, ...]

_KEY = r'(?:"(?:[^"\\]|\\.)*"|\'[^\']*\'|[A-Za-z0-9_-]+)'
_HEADER = re.compile(rf"^\s*(\[\[?)\s*({_KEY}(?:\s*\.\s*{_KEY})*)\s*\]\]?")
_ASSIGNMENT = re.compile(rf"^\s*({_KEY}(?:\s*\.\s*{_KEY})*)\s*=")
_ONE_KEY = re.compile(_KEY)
_STRING = re.compile(r'"""|\'\'\'|"(?:[^"\\]|\\.)*"|\'[^\']*\'|#.*')


def find_lines(text: str) -> dict[Path, int]:
    """Find the line on which each table and key of a TOML text stands.

    Args:
        text: A TOML document; it need not be valid.

    Returns:
        Line numbers, from 1, by path; elements of an array of tables are numbered from 0. Keys inside
        inline tables and arrays are not listed: `line_of` falls back to the key that holds them.

    Example:
        >>> find_lines("[study]\\ntitle = 'x'\\n[[exclude]]\\nname = 'y'\\n")[("exclude", 0, "name")]
        4
    """
    lines: dict[Path, int] = {}
    seen: dict[Path, int] = {}
    table: Path = ()
    depth, closing = 0, ""
    for number, line in enumerate(text.splitlines(), start=1):
        if depth == 0 and not closing:
            header = _HEADER.match(line)
            assignment = None if header else _ASSIGNMENT.match(line)
            if header:
                table = _resolve(_keys(header[2]), seen, is_array=header[1] == "[[")
                lines.setdefault(table, number)
                continue
            if assignment:
                keys = _keys(assignment[1])
                for length in range(1, len(keys) + 1):
                    lines.setdefault((*table, *keys[:length]), number)
        depth, closing = _nesting(line, depth, closing)
    return lines


def line_of(path: Path, lines: Mapping[Path, int], text: str) -> int | None:
    """Return the line of a path; inside an inline table, the line of the key within its parent's lines."""
    wanted = [part for part in path if isinstance(part, str)]
    for length in range(len(path), 0, -1):
        if path[:length] in lines:
            start = lines[path[:length]]
            if length == len(path):
                return start
            later = [line for line in lines.values() if line > start]
            end = min(later, default=len(text.splitlines()) + 1)
            for key in reversed(wanted):
                mark = re.compile(rf'(?<![\w"\'])"?{re.escape(key)}"?\s*=')
                for number, line in enumerate(text.splitlines()[start - 1 : end - 1], start=start):
                    if mark.search(line):
                        return number
            return start
    return None


def _keys(dotted: str) -> tuple[str, ...]:
    return tuple(key[1:-1] if key[0] in "\"'" else key for key in _ONE_KEY.findall(dotted))


def _resolve(keys: tuple[str, ...], seen: dict[Path, int], *, is_array: bool) -> Path:
    path: Path = ()
    for position, key in enumerate(keys):
        path = (*path, key)
        is_last = position == len(keys) - 1
        if is_last and is_array:
            seen[path] = seen.get(path, -1) + 1
        if path in seen:
            path = (*path, seen[path])
    return path


def _nesting(line: str, depth: int, closing: str) -> tuple[int, str]:
    position = 0
    while position < len(line):
        if closing:
            end = line.find(closing, position)
            if end < 0:
                return depth, closing
            position, closing = end + 3, ""
            continue
        found = _STRING.search(line, position)
        plain = line[position : found.start()] if found else line[position:]
        depth += sum(plain.count(mark) for mark in "[{") - sum(plain.count(mark) for mark in "]}")
        if not found:
            break
        closing = found[0] if found[0] in ('"""', "'''") else ""
        position = found.end()
    return max(depth, 0), closing
