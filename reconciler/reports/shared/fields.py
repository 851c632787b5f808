"""The fields of one change: the paths inside them that differ, as lines of text, before and after."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from itertools import groupby, takewhile
from typing import TYPE_CHECKING, Any, NamedTuple

from reconciler.reports.shared.alignment import differences
from reconciler.text.escape import safe
from reconciler.text.exact_numbers import is_number

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reconciler.model.capabilities.differ import FieldChange
    from reconciler.model.place import Path
    from reconciler.planning.masking import Mask
    from reconciler.planning.plan import Change
    from reconciler.reports.shared.alignment import Difference
    from reconciler.reports.shared.style import Style

MOST = 400
"""Values and lines of text, on both sides together, that are compared by all means, which may take their square."""
FEW, DEEP = 2, 3
WIDEST = 72
LONGEST = 100
CONTEXT = 20
"""Characters shown before the first that differs."""
MOST_LINES = 40
AROUND = 2
"""Equal lines shown before and after a difference."""
MOST_COMPARED = 20_000
"""Lines of a text that are compared."""


class Shape(NamedTuple):
    """What a field has in common in all changes of a group, whatever its values are."""

    path: Path
    added: bool
    removed: bool
    block: bool


@dataclass(frozen=True, slots=True)
class Leaf:
    """One different value, as one change has it or as a group of changes has it.

    ``added``/``removed`` distinguish a missing value from ``null``.
    """

    path: Path
    before: Any = None
    after: Any = None
    added: bool = False
    removed: bool = False
    sensitive: bool = False
    remark: str = ""
    """What a reader has to know before the values, such as whose they are."""
    values: int = 1
    """How many different values the changes of the group have."""
    example: str = ""
    """The customer whose values are shown, if there are several values."""
    own: bool = False
    """Whether customers have values of their own here."""

    @property
    def label(self) -> str:
        """The path as people write it, safe to print."""
        parts = [f"[{step}]" if isinstance(step, int) else f".{safe(step)}" for step in self.path]
        return "".join(parts).removeprefix(".")

    @property
    def block(self) -> bool:
        """Whether it is a text of several lines."""
        both = (self.before or "", self.after or "")
        return all(isinstance(each, str) for each in both) and any("\n" in each.strip("\n") for each in both)

    @property
    def secret(self) -> bool:
        return self.sensitive or "(sensitive" in self.text

    @property
    def shape(self) -> Shape:
        return Shape(self.path, self.added, self.removed, self.block)

    @property
    def text(self) -> str:
        """The values, for comparison."""
        return json.dumps([self.before, self.after], sort_keys=True, default=repr)

    @property
    def key(self) -> tuple[Path, str]:
        """What is equal where two groups have the same values here, or values of their own."""
        return self.path, "" if self.own else self.text


def leaves_of(change: Change, mask: Mask) -> list[Leaf]:
    """Return the differences of a change, field by field, secrets masked."""
    return [leaf for each in change.fields for leaf in leaves(each, mask)]


def leaves(change: FieldChange, mask: Mask) -> Iterator[Leaf]:
    """Yield the differences within one field: one leaf for each path, secrets masked."""
    before, after = mask.hide(change.before), mask.hide(change.after)
    if isinstance(before, (dict, list)) and type(before) is type(after):
        few = _weight(before) + _weight(after) <= MOST
        found = _deep_differences(change.path, before, after) if few else _differing(change.path, before, after)
        # The tenth item of a list comes after its second; a path mixes numbers and texts.
        yield from sorted(found, key=lambda leaf: [(isinstance(step, str), step) for step in leaf.path])
    else:
        added, removed = before is None, after is None
        yield Leaf(change.path, before, after, added, removed and not added, change.sensitive)


def _deep_differences(root: Path, before: Any, after: Any) -> Iterator[Leaf]:
    from deepdiff import DeepDiff

    found = DeepDiff(before, after, view="tree", ignore_order=False, verbose_level=2)
    for level in (level for group in found.values() for level in group if not _same_number(level.t1, level.t2)):
        added, removed = level.t1.__class__.__name__ == "NotPresent", level.t2.__class__.__name__ == "NotPresent"
        yield Leaf(
            (*root, *level.path(output_format="list")),
            None if added else level.t1,
            None if removed else level.t2,
            added=added,
            removed=removed,
        )


def _weight(value: Any) -> int:
    """Return the number of values and lines in a value, counted up to ``MOST``."""
    weight, pending = 0, [value]
    while pending and weight <= MOST:
        each = pending.pop()
        weight += 1 + (each.count("\n") if isinstance(each, str) else 0)
        if isinstance(each, (dict, list)):
            weight += len(each)
            if weight <= MOST:
                pending += each.values() if isinstance(each, dict) else each
    return weight


def _differing(path: Path, before: Any, after: Any) -> Iterator[Leaf]:
    """Yield the differences within a large value; long lists may show fewer common items."""
    if isinstance(before, dict) and isinstance(after, dict):
        for key in {**before, **after}:
            if key not in after:
                yield Leaf((*path, key), before=before[key], removed=True)
            elif key not in before:
                yield Leaf((*path, key), after=after[key], added=True)
            else:
                yield from _differing((*path, key), before[key], after[key])
    elif isinstance(before, list) and isinstance(after, list):
        for each in differences([*map(repr, before)], [*map(repr, after)]):
            yield from _items(path, before, after, each)
    elif not _same_number(before, after) and (type(before) is not type(after) or before != after):
        yield Leaf(path, before, after)


def _items(path: Path, before: list[Any], after: list[Any], part: Difference) -> Iterator[Leaf]:
    """Yield the differences of a replaced part of a list: item by item, then the items of one side only."""
    both = min(part.last - part.first, part.end - part.begin)
    for number in range(both):
        index = part.first + number
        yield from _differing((*path, index), before[index], after[part.begin + number])
    for index in range(part.first + both, part.last):
        yield Leaf((*path, index), before=before[index], removed=True)
    for index in range(part.begin + both, part.end):
        yield Leaf((*path, index), after=after[index], added=True)


def _same_number(one: Any, other: Any) -> bool:
    """Return whether two numbers are equal in different spellings, such as 1 and 1.0; true is no number."""
    return is_number(one) and is_number(other) and bool(one == other)


def leaf_lines(found: Sequence[Leaf], style: Style, *, both: bool) -> Iterator[str]:
    """Yield the lines that show the differences, aligned, without indentation.

    ``both``: a value that only one side has is shown with an empty other side.
    """
    roots = Counter(leaf.path[0] for leaf in found)

    def alike(leaf: Leaf) -> tuple[object, bool]:
        """Return the group to align a path with: short names are aligned apart from deeply nested ones."""
        return leaf.path[0] if roots[leaf.path[0]] > FEW else "", len(leaf.path) > DEEP

    for _, together in groupby(found, key=alike):
        yield from _aligned(list(together), style, both=both)


def _aligned(found: Sequence[Leaf], style: Style, *, both: bool) -> Iterator[str]:
    width = min(max(len(leaf.label) for leaf in found), WIDEST)
    for leaf in found:
        remark = f" {style.dim(leaf.remark)}" if leaf.remark else ""
        if leaf.block:
            yield f"{leaf.label}:{remark}"
            for sign, text in block_lines(leaf):
                colour = {"+": "create", "-": "delete"}.get(sign)
                yield f"    {style.action(colour, f'{sign} {text}') if colour else style.dim(f'{sign}{text}')}"
        else:
            yield f"{leaf.label.ljust(width)} {remark} {_values(leaf, style, both=both)}".rstrip()


def _values(leaf: Leaf, style: Style, *, both: bool) -> str:
    if leaf.added:
        nothing = "(nothing that can be read)" if leaf.sensitive else "(nothing)"  # a write-only secret may exist
        return (f"{nothing} → " if both else "") + style.action("create", shown_value(leaf.after))
    if leaf.removed:
        return f"{style.action('delete', shown_value(leaf.before))} → (nothing)"
    before, after = shown_sides(leaf)
    return f"{style.action('delete', before)} → {style.action('create', after)}"


def shown_value(value: Any, without: int = 0) -> str:
    """Return a value in one line: the beginning of a long one, ``without`` so many characters."""
    text = value_text(value)
    if len(text) <= LONGEST:
        return text
    rest = f"…{text[without:]}" if without else text
    cut = rest if len(rest) <= LONGEST else f"{rest[: LONGEST - 1]}…"
    return f"{cut} ({len(text)} characters)"


def value_text(value: Any) -> str:
    return safe(value) or '""' if isinstance(value, str) else safe(json.dumps(value, ensure_ascii=False))


def shown_sides(leaf: Leaf) -> tuple[str, str]:
    """Return both values in one line each; of two long ones without their common beginning, to show the difference."""
    one, other = value_text(leaf.before), value_text(leaf.after)
    same = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))
    without = max(0, same - CONTEXT) if min(len(one), len(other)) > LONGEST and same > LONGEST // 2 else 0
    return shown_value(leaf.before, without), shown_value(leaf.after, without)


def block_lines(leaf: Leaf) -> Iterator[tuple[str, str]]:
    """Yield a line-by-line difference of a text of several lines: each line's sign and, made harmless, its text."""
    # Not splitlines: a last line break, or another sort of one, is a difference to be seen.
    before, after = ((text.split("\n") if text else []) for text in (leaf.before, leaf.after))
    left = max(0, max(len(before), len(after)) - MOST_COMPARED)
    lines = list(_unified(before[:MOST_COMPARED], after[:MOST_COMPARED]))
    yield from ((sign, safe(text)) for sign, text in lines[:MOST_LINES])
    more = [f"{len(lines) - MOST_LINES} more lines"] if len(lines) > MOST_LINES else []
    more += [f"{left} lines further on that were not compared"] if left else []
    if more:
        yield "…", f" {' and '.join(more)}"


def _unified(before: Sequence[str], after: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield a unified diff: a header for each group, the different lines, and two lines around them.

    A text of which there is only one side is shown as it is: it has no place within another.
    """
    if not (before and after):
        yield from ((sign, line) for sign, lines in (("-", before), ("+", after)) for line in lines)
        return
    for group in _groups(differences(before, after)):
        first, last = max(0, group[0].first - AROUND), min(len(before), group[-1].last + AROUND)
        begin, end = max(0, group[0].begin - AROUND), min(len(after), group[-1].end + AROUND)
        yield "@", f"@ -{_range(first, last)} +{_range(begin, end)} @@"
        for each in group:
            yield from ((" ", line) for line in before[first : each.first])
            yield from (("-", line) for line in before[each.first : each.last])
            yield from (("+", line) for line in after[each.begin : each.end])
            first = each.last
        yield from ((" ", line) for line in before[first:last])


def _groups(found: Sequence[Difference]) -> Iterator[list[Difference]]:
    """Yield the differences, those together that have their surroundings in common."""
    group: list[Difference] = []
    for each in found:
        if group and each.first - group[-1].last > 2 * AROUND:
            yield group
            group = []
        group.append(each)
    if group:
        yield group


def _range(first: int, last: int) -> str:
    """Return lines as a unified difference writes them: the first one's number, and how many."""
    length = last - first
    return f"{first + 1}" if length == 1 else f"{first + bool(length)},{length}"


def diff_lines(change: Change, mask: Mask) -> list[str]:
    """Return the differences, a line for each side; none of their text can end or format the block."""
    return [line for leaf in leaves_of(change, mask) for line in diff_lines_of(leaf)]


def diff_lines_of(leaf: Leaf) -> Iterator[str]:
    """Yield the lines of one difference as :func:`diff_lines` returns them."""
    name = leaf.label
    if leaf.remark:
        yield f"  {name}: {leaf.remark}"
    if leaf.block:
        if not leaf.remark:
            yield f"  {name}:"
        yield from (f"{sign}   {text}" if sign in "+- " else f"{sign}{text}" for sign, text in block_lines(leaf))
    elif leaf.added:
        yield f"+ {name}: {shown_value(leaf.after)}"
    elif leaf.removed:
        yield f"- {name}: {shown_value(leaf.before)}"
        if leaf.sensitive:  # a removed secret must show even to a reader who looks only at added lines
            yield f"+ {name}: (nothing)"
    else:
        before, after = shown_sides(leaf)
        yield f"- {name}: {before}"
        yield f"+ {name}: {after}"
