"""PDFium, the rasteriser: a page of a PDF becomes a picture of pixels, written as PNG.

Typst draws pixels too, in twice the time: most of it goes into copies of large pictures.
"""

from __future__ import annotations

import zlib
from threading import Lock

PRINT_DPI = 600
_INCH_M, _INCH_POINTS = 0.0254, 72
_SIGNATURE = b"\x89PNG\r\n\x1a\n"
# Eight bits for each of red, green and blue; no interlacing.
_COLOURS = bytes((8, 2, 0, 0, 0))
_NO_FILTER = b"\0"
# The levels above take longer and save little: these pictures are mostly white.
_COMPRESSION = 1
# PDFium is not made for two threads at once.
_ONE_AT_A_TIME = Lock()


def _chunk(kind: bytes, content: bytes) -> bytes:
    """Return a chunk of a PNG file (W3C PNG, section 5.3): length, kind, content, checksum."""
    return len(content).to_bytes(4, "big") + kind + content + zlib.crc32(kind + content).to_bytes(4, "big")


def draw_pixels(pdf: bytes) -> bytes:
    """Draw the first page of a PDF as PNG, 600 pixels to an inch, which the file says. Equal pages give equal bytes.

    Args:
        pdf: A PDF document; what is not drawn on is white.
    """
    import pypdfium2

    with _ONE_AT_A_TIME:
        document = pypdfium2.PdfDocument(pdf)
        page = document[0]
        bitmap = page.render(scale=PRINT_DPI / _INCH_POINTS, rev_byteorder=True)
        width, height, stride, used = bitmap.width, bitmap.height, bitmap.stride, 3 * bitmap.width
        pixels = memoryview(bitmap.buffer).cast("B")
        lines = b"".join(
            part for top in range(0, height * stride, stride) for part in (_NO_FILTER, pixels[top : top + used])
        )
        pixels.release()
        bitmap.close()
        page.close()
        document.close()
    per_metre = round(PRINT_DPI / _INCH_M).to_bytes(4, "big")
    return b"".join(
        (
            _SIGNATURE,
            _chunk(b"IHDR", width.to_bytes(4, "big") + height.to_bytes(4, "big") + _COLOURS),
            _chunk(b"pHYs", 2 * per_metre + b"\x01"),
            _chunk(b"IDAT", zlib.compress(lines, _COMPRESSION)),
            _chunk(b"IEND", b""),
        )
    )
