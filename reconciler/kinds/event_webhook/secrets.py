"""What is secret of an event webhook: its URL, its headers, and the text that its events are signed with.

Whether the signing secret reads back is unknown. The API may return it as it is, as a mask, or as null; null can also
mean that the webhook has none.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from reconciler.kinds.event_webhook.spec import SECRETS
from reconciler.kinds.shared.whole_secrets import SecretComparison, doubts, header_values
from reconciler.model.capabilities.differ import Fields
from reconciler.model.diagnostic import Diagnostic
from reconciler.secrets.secret import Secret, Unresolved

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from reconciler.kinds.event_webhook.operations import WebhookEndpointFields
    from reconciler.model.capabilities.differ import FieldChange
    from reconciler.model.place import Path

UNVERIFIED = (
    "signing secrets of event webhooks do not read back: they cannot be compared and stay as they are (they are sent "
    "at creation, with another change of the webhook, and with --resend-secrets)"
)
_MASK = re.compile(r".{0,8}[*•●]{3,}.{0,8}", re.DOTALL)


@dataclass(slots=True)
class SignedComparison(SecretComparison):
    """The outcome for the declared secret fields of a webhook, whose signing secret may not read back.

    ``unreadable`` is the declared signing secret where nobody can see whether it differs; ``at_risk``: the signing
    secret has no value here and does not read back, so an API that resets unlisted fields would drop it.
    """

    unreadable: FieldChange | None = None
    at_risk: bool = False


def compare_secrets(
    spec: Mapping[str, Any],
    node: WebhookEndpointFields | None,
    endpoints: Iterable[WebhookEndpointFields],
    *,
    include_unchanged: bool,
) -> SignedComparison:
    """Compare a spec's secret fields with those of a live webhook (``None``: it does not exist yet).

    ``endpoints`` are all live webhooks: where the secret of any of them reads back, one that reads as null is not set.
    """
    found = SignedComparison(Fields(include_unchanged))
    live = readable_secrets(node) if node else None
    if node is None or not (is_masked(node) or (not node.secret and not _read_back(endpoints))):
        found.compare(SECRETS, spec, live)
        return found
    found.compare((name for name in SECRETS if name != "secret"), spec, live)
    change = found.change("secret", spec, live)
    if change:
        _compare_unreadable(found, change, masked=is_masked(node))
    # Null does not show that there is none.
    found.at_risk = "secret" not in found.values
    return found


def _compare_unreadable(found: SignedComparison, change: FieldChange, *, masked: bool) -> None:
    """Compare a declared signing secret with a live one that does not read back."""
    if isinstance(change.after, Unresolved):
        found.fields.add(change.path, None, change.after, same=True, sensitive=True)
    elif masked and change.after == Secret(""):
        # A mask shows no value, but it shows that there is one: emptying it is a certain difference.
        found.fields.add(change.path, Unresolved(), change.after, same=False, sensitive=True)
    else:
        found.unreadable = change


def readable_secrets(node: WebhookEndpointFields) -> dict[str, Any]:
    """Return the secret fields that read back from a live webhook: texts, and headers as a mapping.

    Headers that are no mapping of texts stay as the text that they are.
    """
    live: dict[str, Any] = {"url": node.url, "headers": header_values(node.headers)}
    return {**live, "secret": node.secret} if _is_readable(node.secret) else live


def is_masked(node: WebhookEndpointFields) -> bool:
    """Return whether the signing secret of a live webhook is set, and reads as a mask."""
    return bool(node.secret) and not _is_readable(node.secret)


def secret_warnings(found: SignedComparison, spec: Mapping[str, Any], *, sent: bool) -> Iterator[Diagnostic]:
    """Yield what a plan warns of; ``sent``: an update goes out, and the signing secret with it."""
    yield from doubts(SECRETS, spec)
    emptied = [*found.fields.changed, *([found.unreadable] if found.unreadable and sent else ())]
    if any(each.path == ("secret",) and each.after == Secret("") for each in emptied):
        yield Diagnostic("the signing secret is emptied; its live value cannot be brought back", path=("secret",))
    if found.unreadable and not sent:
        message = (
            "the signing secret does not read back: it cannot be compared and stays as it is (it is sent at creation, "
            "with another change of the webhook, and with --resend-secrets)"
        )
        yield Diagnostic(message, path=("secret",), topic=UNVERIFIED)
    if found.at_risk and sent and not _is_kept(spec):
        message = (
            "the signing secret, if there is one, does not read back and has no value here, so this update cannot "
            "send it: it would be lost if the API reset the fields that an update does not list"
        )
        yield Diagnostic(message, path=())


def left_out(found: SignedComparison, spec: Mapping[str, Any], *, sent: bool) -> frozenset[Path]:
    """Return the path of the signing secret where an update cannot send it although an apply is to keep it."""
    return frozenset({("secret",)}) if found.at_risk and sent and _is_kept(spec) else frozenset()


def _is_kept(spec: Mapping[str, Any]) -> bool:
    """Return whether the signing secret has no value here, and an apply is to keep the live one."""
    secret = spec.get("secret")
    return isinstance(secret, Unresolved) and bool(secret.source)


def _read_back(endpoints: Iterable[WebhookEndpointFields]) -> bool:
    return any(each.secret for each in endpoints)


def _is_readable(secret: str | None) -> bool:
    return bool(secret and not _MASK.fullmatch(secret))
