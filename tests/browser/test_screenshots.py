"""The pictures in the documentation are of the report as it is, and can be taken anew, light and dark."""

from __future__ import annotations

import struct
import zlib
from collections import Counter
from typing import TYPE_CHECKING

import pytest
from browser.screenshots import IMAGES, PICTURES, WIDTH, take

if TYPE_CHECKING:
    from pathlib import Path

    from support.browser import Browser


def commonest(path: Path) -> tuple[tuple[int, int], tuple[int, ...]]:
    """Return a PNG's size, and the colour that most of its first columns have: a page's margin, which is its ground."""
    data = path.read_bytes()
    width, height, depth, kind = struct.unpack(">IIBB", data[16:26])
    assert (depth, kind) in {(8, 2), (8, 6)}
    size = 3 if kind == 2 else 4
    packed = b""
    at = 8
    while at < len(data):
        (length,) = struct.unpack(">I", data[at : at + 4])
        packed += data[at + 8 : at + 8 + length] if data[at + 4 : at + 8] == b"IDAT" else b""
        at += length + 12
    raw = zlib.decompress(packed)
    stride = width * size + 1
    above = [0] * size
    colours: Counter[tuple[int, ...]] = Counter()
    for row in range(height):
        line = raw[row * stride : row * stride + 1 + size]
        # Of the first pixel of a row there is nothing to the left: only the one above counts.
        share = {0: 0, 1: 0, 2: 1, 3: 0.5, 4: 1}[line[0]]
        above = [(value + int(up * share)) % 256 for value, up in zip(line[1:], above, strict=True)]
        colours[tuple(above[:3])] += 1
    return (width, height), colours.most_common(1)[0][0]


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_is_taken_light_and_dark(name: str, browser: Browser, tmp_path: Path) -> None:
    """Each picture comes out in its size, on a light ground and on a dark one, and the documentation has it."""
    picture = PICTURES[name]
    grounds = {}
    for scheme in ("light", "dark"):
        path = tmp_path / f"{name}-{scheme}.png"
        take(browser, picture, scheme, path)
        size, grounds[scheme] = commonest(path)
        assert size == (WIDTH, picture.height)
        assert path.stat().st_size > 20_000
    assert min(grounds["light"]) > 220
    assert max(grounds["dark"]) < 40
    assert (IMAGES / f"{name}.png").exists()
