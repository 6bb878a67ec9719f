"""Draws the pictures of the example `cascade`: red and green blobs on black, where the detector `blobs.onnx` finds them.

Output, beside this script: blobs.zip, twelve PNG pictures of 128x64. Picture n has n mod 3 red and n mod 2 green blobs, each of 16x16 pixels in
a block of its own.

Packages: none. Run: python examples/data/make_blobs.py
"""

import random
import struct
import zipfile
import zlib
from pathlib import Path

WIDTH, HEIGHT, BLOCK, PICTURES = 128, 64, 16, 12
RED, GREEN = (255, 0, 0), (0, 255, 0)
HERE = Path(__file__).resolve().parent


def draw(number):
    """Returns the rows of a picture, each as bytes."""
    blocks = [(x, y) for y in range(HEIGHT // BLOCK) for x in range(WIDTH // BLOCK)]
    colours = [RED] * (number % 3) + [GREEN] * (number % 2)
    places = dict(zip(random.Random(number).sample(blocks, len(colours)), colours))
    row = lambda y: bytes(value for x in range(WIDTH) for value in places.get((x // BLOCK, y // BLOCK), (0, 0, 0)))
    return [row(y) for y in range(HEIGHT)]


def png(rows):
    """Writes a picture of 8-bit red, green and blue."""
    chunk = lambda kind, data: struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    header = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 2, 0, 0, 0)
    data = zlib.compress(b"".join(b"\0" + row for row in rows), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


if __name__ == "__main__":
    with zipfile.ZipFile(HERE / "blobs.zip", "w", zipfile.ZIP_STORED) as archive:
        for number in range(PICTURES):
            # A fixed date, so that the archive is the same whenever it is made.
            archive.writestr(zipfile.ZipInfo(f"{number:02}.png", (2026, 1, 1, 0, 0, 0)), png(draw(number)))
