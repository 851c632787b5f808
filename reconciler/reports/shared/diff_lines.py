"""The fields of one change as the lines of a ``diff`` block."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.reports.shared.fields import block_lines, is_text_block, label, same_beginning, shown_value, value_text
from reconciler.reports.shared.nested import leaves

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconciler.planning.masking import Mask
    from reconciler.planning.plan import Change
    from reconciler.reports.shared.nested import Leaf


def diff_lines(change: Change, mask: Mask) -> list[str]:
    """Return the differences, a line for each side; none of their text can end or format the block."""
    return [line for each in change.fields for leaf in leaves(each, mask) for line in _lines(leaf)]


def _lines(leaf: Leaf) -> Iterator[str]:
    name = label(leaf)
    if is_text_block(leaf):
        yield f"  {name}:"
        yield from (f"{sign}   {text}" if sign in "+- " else f"{sign}{text}" for sign, text in block_lines(leaf))
    elif leaf.added:
        yield f"+ {name}: {shown_value(leaf.after)}"
    elif leaf.removed:
        yield f"- {name}: {shown_value(leaf.before)}"
        if leaf.sensitive:  # a removed secret must show even to a reader who looks only at added lines
            yield f"+ {name}: (nothing)"
    else:
        same = same_beginning(value_text(leaf.before), value_text(leaf.after))
        yield f"- {name}: {shown_value(leaf.before, without=same)}"
        yield f"+ {name}: {shown_value(leaf.after, without=same)}"
