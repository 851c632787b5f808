"""Values of nested data at a dotted key, such as ``items.0.sku``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_LONGEST_INDEX = 9


def values_at(data: Any, parts: Sequence[str]) -> Iterator[Any]:
    """Yield the values at the parts of a key, in every way to join them: a key may have dots itself.

    >>> list(values_at({"a": [{"b.c": 1}]}, ["a", "0", "b", "c"]))
    [1]
    """
    if not parts:
        yield data
    elif isinstance(data, list):
        first = parts[0]
        fits = first.isdecimal() and first.isascii() and len(first) <= _LONGEST_INDEX
        index = int(first) if fits else len(data)
        if index < len(data):
            yield from values_at(data[index], parts[1:])
    elif isinstance(data, dict):
        for count in range(1, len(parts) + 1):
            name = ".".join(parts[:count])
            if name in data:
                yield from values_at(data[name], parts[count:])
