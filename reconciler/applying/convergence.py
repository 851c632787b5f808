"""The read-back: what was written is compared once more with what is there now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.planning.masking import Mask

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from reconciler.applying.results import Result
    from reconciler.kinds.kind import View
    from reconciler.planning.plan import Change


def judge(results: Iterable[Result], remaining: Iterable[Change], view: View) -> None:
    """Mark the applied changes of which something remains, field by field, and add what a person needs next.

    ``remaining`` is what a plan made after the apply would still do; ``view`` is what it was made from.
    """
    left = {change.address: change for change in remaining}
    for result in results:
        if not result.done:
            continue
        change = result.change
        live = view.live(change.address)
        if live and not change.deletes:
            result.outcome = change.kind.outcome(live)
        if result.ok and change.address in left:
            result.status = "not converged"
            result.messages += _differences(left[change.address])


def unverified(results: Iterable[Result], reason: str) -> None:
    """Mark the applied changes whose effect could not be read back."""
    for result in results:
        if result.done and result.ok:
            result.status = "not converged"
            result.messages.append(f"the API accepted it, but it could not be read back: {reason}")


def _differences(change: Change) -> Iterator[str]:
    mask = Mask()
    for each in change.fields:
        path = ".".join(map(str, each.path))
        if each.sensitive:
            yield f"{path}: the API accepted the secret, and does not hold it"
        else:
            yield f"{path}: declared {mask.hide(each.after)!r}, and the API holds {mask.hide(each.before)!r}"
    if not change.fields:
        yield f"still to do: {', '.join(change.actions)} ({change.reason})"
