"""Mutations of files, always the same for the same seed: `python -m fuzz.mutate TARGET COUNT SEED`."""

from __future__ import annotations

import random
import resource
import sys
import traceback
from collections.abc import Iterator
from pathlib import Path

from fuzz.targets import TARGETS

sys.dont_write_bytecode = True  # a reader writes nothing, and what it imports does not either
ROOM_BYTES = 4 << 30
# Pieces of files that readers stumble over.
TOKENS = (
    b"", b"\0", b"\n", b"\r", b"\r\n", b'"', b"'", b",", b";", b"\t", b"|", b"=", b"=1+1", b"[", b"]", b"{", b"}",
    b"\\",
    b"\xff\xfe", b"\xef\xbb\xbf", b"\xc3", b"\xe2\x80\x8b", b"1e999", b"-1e999", b"nan", b"9" * 400, b"-0", b"0.1.2",
    b"2015-02-30", b"0000-00-00", b"99999-01-01", b"31/12/9999", b"1/1/1", b"42065", b"-5", b"2958466", b"#N/A", b"NA",
    b"None", b"null", b"true", b"[" * 600, b"{" * 300, b'{"a":' * 300, b"<x>", b"</row>", b"]]>", b"&amp;", b"&#0;",
    b"../../x", b"/etc/hostname", b"C:\\x", b"http://192.0.2.1/", b"a" * 5_000, "é中😀".encode(), b"__", b"{n}", b"%s",
)  # fmt: skip


def list_mutations(seeds: list[bytes], count: int, seed: int) -> Iterator[bytes]:
    """Give the seeds, then as many mutations of them."""
    dice = random.Random(seed)
    yield from seeds
    for _ in range(count):
        content = bytearray(dice.choice(seeds))
        for _ in range(dice.choice((1, 1, 1, 2, 3, 8))):
            _mutate(content, dice, seeds)
        yield bytes(content)


def _mutate(content: bytearray, dice: random.Random, seeds: list[bytes]) -> None:
    place = dice.randrange(len(content) + 1)
    end = min(len(content), place + dice.choice((1, 1, 2, 4, 16, 64)))
    match dice.randrange(8):
        case 0:
            content[place:end] = dice.choice(TOKENS)
        case 1:
            content[place:place] = dice.choice(TOKENS)
        case 2:
            del content[place:end]
        case 3:
            content[place:end] = bytes(dice.randrange(256) for _ in range(end - place))
        case 4:
            content[place:place] = content[place:end] * dice.choice((1, 2, 30))
        case 5:
            del content[place:]
        case 6:
            other = dice.choice(seeds)
            start = dice.randrange(len(other) + 1)
            content[place:end] = other[start : start + 64]
        case _:
            if place < len(content):
                content[place] ^= 1 << dice.randrange(8)


def main(name: str, count: int, seed: int) -> int:
    """Read the mutations of one target; print the first that breaks the reader, and where it was kept."""
    resource.setrlimit(resource.RLIMIT_AS, (ROOM_BYTES, ROOM_BYTES))
    target, read = TARGETS[name], 0
    for number, content in enumerate(list_mutations(target.seeds(), count, seed)):
        try:
            read += target.run(content)
        except Exception:
            kept = Path(f"fuzz-{name}-{seed}-{number}")
            kept.write_bytes(content)
            traceback.print_exc()
            print(f"{name}: content {number} of seed {seed} breaks the reader; kept as {kept}")
            return 1
    print(f"{name}: {number + 1} contents, {read} read, the others refused in words")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
