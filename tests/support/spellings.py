"""The ways in which a server may quote a secret, each with what of it would be too much to show.

A :class:`Spelled` text is kept in units, so that encodings can be put on top of each other: ``pieces`` are the
stretches of it that stand for eight characters of the secret in a row, in whatever spelling.
"""

from __future__ import annotations

import base64
import html
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

from hypothesis import assume
from hypothesis import strategies as st

from reconciler.prismatic.redaction.folding import fold
from reconciler.prismatic.redaction.short_secrets import is_common

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

PIECE = 8


@dataclass(frozen=True)
class Spelled:
    """A text in units; so many of them in a row (``most``) give a piece of the secret away."""

    units: Sequence[str]
    most: int
    how: str

    @property
    def text(self) -> str:
        return "".join(self.units)

    @property
    def pieces(self) -> Iterator[str]:
        for start in range(len(self.units) - self.most + 1):
            yield "".join(self.units[start : start + self.most])

    def each(self, spell: Callable[[str], str], how: str) -> Spelled:
        """Spell each character in another way."""
        return Spelled(["".join(map(spell, unit)) for unit in self.units], self.most, f"{self.how}, {how}")

    def together(self, encode: Callable[[bytes], str], size: float, how: str) -> Spelled:
        """Encode the bytes of all, of which each takes ``size`` characters; at the ends one more may be half of one."""
        longest = max(len("".join(self.units[start : start + self.most]).encode()) for start in range(len(self.units)))
        return Spelled(list(encode(self.text.encode())), int(longest * size) + 4, f"{self.how}, {how}")


def spelled(secret: str) -> Spelled:
    return Spelled(list(secret), PIECE, "as it is")


def _base64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


CHARACTER_WISE: dict[str, Callable[[str], str]] = {
    "JSON": lambda each: json.dumps(each)[1:-1],
    "JSON without escapes": lambda each: json.dumps(each, ensure_ascii=False)[1:-1],
    "unicode escapes": lambda each: "".join(
        f"\\u{int.from_bytes(pair, 'big'):04x}" for pair in _halves(each.encode("utf-16-be"))
    ),
    "repr": lambda each: repr(f'"{each}')[2:-1],
    "ascii": lambda each: ascii(f"'\"{each}")[4:-1],
    "braced escapes": lambda each: f"\\u{{{ord(each):x}}}",
    "bytes": lambda each: "".join(f"\\x{byte:02x}" for byte in each.encode()),
    "octal bytes": lambda each: "".join(f"\\{byte:03o}" for byte in each.encode()),
    "UTF-8 as Latin-1": lambda each: each.encode().decode("latin-1"),
    "UTF-8 as Windows-1252": lambda each: "".join(
        bytes([byte]).decode("cp1252", "ignore") or chr(byte) for byte in each.encode()
    ),
    "percent": lambda each: "".join(f"%{byte:02X}" for byte in each.encode()),
    "percent of some": lambda each: "".join(f"%{byte:02x}" for byte in each.encode()) if ord(each) % 3 == 0 else each,
    "address": lambda each: quote(each, safe=""),
    "form": lambda each: "+" if each == " " else quote(each, safe=""),
    "HTML": html.escape,
    "decimal entities": lambda each: f"&#{ord(each)};",
    "hexadecimal entities": lambda each: f"&#x{ord(each):X};",
    "entities of some": lambda each: f"&#{ord(each):05d};" if ord(each) % 2 else each,
    "another blank": lambda each: "\u00a0" if each == " " else each,
}
TOGETHER: dict[str, tuple[Callable[[bytes], str], float]] = {
    "base64": (_base64, 4 / 3),
    "base64 one on": (lambda raw: _base64(b"{" + raw + b"}"), 4 / 3),
    "base64 two on": (lambda raw: _base64(b'["' + raw + b'"]'), 4 / 3),
    "base64 for addresses": (lambda raw: base64.urlsafe_b64encode(raw).decode().rstrip("="), 4 / 3),
    "hex": (lambda raw: raw.hex(), 2),
    "HEX": (lambda raw: raw.hex().upper(), 2),
    "hex with colons": (lambda raw: raw.hex(":"), 3),
    "hex in twos": (lambda raw: raw.hex(" ", 2), 2.5),
    "hex in fours from the left": (lambda raw: raw.hex(" ", -4), 2.25),
    "UTF-16 in base64": (lambda raw: _base64(raw.decode().encode("utf-16-le")), 8 / 3),
    "UTF-16 in hex": (lambda raw: raw.decode().encode("utf-16-be").hex(), 4),
    "bytes with a sign": (lambda raw: str([byte - 256 if byte > 127 else byte for byte in raw]), 6),
    "numbers": (lambda raw: str(list(raw)), 5),
}


def _halves(data: bytes) -> Iterator[bytes]:
    for start in range(0, len(data), 2):
        yield data[start : start + 2]


def spell(secret: Spelled, way: str) -> Spelled:
    """Spell a text in one way more."""
    if way in CHARACTER_WISE:
        return secret.each(CHARACTER_WISE[way], way)
    encode, size = TOGETHER[way]
    return secret.together(encode, size, way)


# What messages are made of is hidden in quotes alone.
SECRETS = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cf", "Mn", "Me", "Zl", "Zp", "Cn", "Co"]),
    min_size=PIECE,
    max_size=40,
).filter(lambda text: not text.isspace() and not is_common(fold(text)))
CASES: dict[str, Callable[[str], str]] = {"": str, "upper case": str.upper, "other case": str.swapcase}
ONE_WAY = st.sampled_from([*CHARACTER_WISE, *TOGETHER])


@st.composite
def quotations(draw: st.DrawFn, secret: str) -> Spelled:
    """Draw how a server quotes a secret: whole or cut, in up to three spellings on top of each other."""
    start = draw(st.integers(0, len(secret) - PIECE))
    end = draw(st.integers(start + PIECE, len(secret)))
    assume(not is_common(fold(secret[start:end])))
    case = draw(st.sampled_from(sorted(CASES)))
    found = spelled(secret[start:end]).each(CASES[case], case)
    for way in draw(st.lists(ONE_WAY, max_size=3)):
        found = spell(found, way)
    return found
