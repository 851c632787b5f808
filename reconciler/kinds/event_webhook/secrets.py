"""What is secret of an event webhook: its URL, its headers, and the text that its events are signed with.

Each is hidden as a whole: a URL often holds a token, and so does a header. Whether the signing secret reads back is
unknown. The API may return it as it is, as a mask, or as null; null can also mean that the webhook has none.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from reconciler.kinds.event_webhook.spec import SECRETS, secret_texts
from reconciler.kinds.shared.clearing import is_clear
from reconciler.model.capabilities.differ import FieldChange, Fields
from reconciler.model.diagnostic import Diagnostic
from reconciler.secrets.doubtful_text import doubt
from reconciler.secrets.secret import LIVE, JsonText, Secret, Unresolved, kin_of, reveal
from reconciler.text.exact_numbers import dump_json, load_json

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from reconciler.kinds.event_webhook.operations import WebhookEndpointFields

UNVERIFIED = (
    "signing secrets of event webhooks do not read back: they cannot be compared and stay as they are (they are sent "
    "at creation, with another change of the webhook, and with --resend-secrets)"
)
_MASK = re.compile(r".{0,8}[*•●]{3,}.{0,8}", re.DOTALL)


@dataclass(slots=True)
class SecretComparison:
    """The outcome for the declared secret fields, and ``values``: what a create or an update sends of all of them.

    ``unreadable`` is the declared signing secret where nobody can see whether it differs; ``at_risk``: the signing
    secret has no value here and does not read back, so an API that resets unlisted fields would drop it.
    """

    fields: Fields
    unreadable: FieldChange | None = None
    values: dict[str, Any] = field(default_factory=dict)
    at_risk: bool = False


def compare_secrets(
    spec: Mapping[str, Any],
    node: WebhookEndpointFields | None,
    endpoints: Iterable[WebhookEndpointFields],
    *,
    include_unchanged: bool,
) -> SecretComparison:
    """Compare a spec's secret fields with those of a live webhook (``None``: it does not exist yet).

    ``endpoints`` are all live webhooks: where the secret of any of them reads back, one that reads as null is not set.
    """
    found = SecretComparison(Fields(include_unchanged))
    live = readable_secrets(node)
    hides_secret = node is not None and "secret" not in live and (bool(node.secret) or not _read_back(endpoints))
    for name in SECRETS:
        before = after = live.get(name)
        if name in spec:
            after = _wanted(spec[name], before, new=node is None)
            change = _change(name, before, spec[name], after)
            if hides_secret and name == "secret":
                _compare_unreadable(found, change, masked=node is not None and is_masked(node))
            else:
                same = (before or "") == (after or "")
                found.fields.add(change.path, change.before, change.after, same=same, sensitive=True)
        if after is not None and not isinstance(after, Unresolved) and (after or name in spec):
            found.values[name] = _sent(after)
    found.at_risk = bool(node and hides_secret and (node.secret or "secret" in spec) and "secret" not in found.values)
    return found


def _compare_unreadable(found: SecretComparison, change: FieldChange, *, masked: bool) -> None:
    """Compare a declared signing secret with a live one that does not read back."""
    if isinstance(change.after, Unresolved):
        found.fields.add(change.path, None, change.after, same=True, sensitive=True)
    elif masked and change.after == Secret(""):
        # A mask shows no value, but it shows that there is one: emptying it is a certain difference.
        found.fields.add(change.path, Unresolved(), change.after, same=False, sensitive=True)
    else:
        found.unreadable = change


def readable_secrets(node: WebhookEndpointFields | None) -> dict[str, Any]:
    """Return the secret fields that read back from a live webhook: texts, and headers as a mapping.

    Headers that are no mapping of texts stay as the text that they are.
    """
    if node is None:
        return {}
    live: dict[str, Any] = {"url": node.url, "headers": _headers(node.headers or "{}")}
    return {**live, "secret": node.secret} if _is_readable(node.secret) else live


def is_masked(node: WebhookEndpointFields) -> bool:
    """Return whether the signing secret of a live webhook is set, and reads as a mask."""
    return bool(node.secret) and not _is_readable(node.secret)


def secret_warnings(found: SecretComparison, spec: Mapping[str, Any], *, sent: bool) -> Iterator[Diagnostic]:
    """Yield what a plan warns of; ``sent``: an update goes out, and the signing secret with it."""
    for path, value in secret_texts(spec):
        if doubtful := doubt(value):
            yield Diagnostic(f"{'.'.join(map(str, path))} {doubtful}", path=path)
    emptied = [*found.fields.changed, *([found.unreadable] if found.unreadable and sent else ())]
    if any(each.path == ("secret",) and each.after == Secret("") for each in emptied):
        yield Diagnostic("the signing secret is emptied; its live value cannot be brought back", path=("secret",))
    if found.unreadable and not sent:
        message = (
            "the signing secret does not read back: it cannot be compared and stays as it is (it is sent at creation, "
            "with another change of the webhook, and with --resend-secrets)"
        )
        yield Diagnostic(message, path=("secret",), topic=UNVERIFIED)
    if found.at_risk and sent:
        message = (
            "the signing secret does not read back and has no value here, so this update cannot send it: it "
            "would be lost if the API reset the fields that an update does not list"
        )
        yield Diagnostic(message, path=())


def _read_back(endpoints: Iterable[WebhookEndpointFields]) -> bool:
    return any(each.secret for each in endpoints)


def _is_readable(secret: str | None) -> bool:
    return bool(secret and not _MASK.fullmatch(secret))


def _headers(text: str) -> Any:
    try:
        headers = load_json(text)
    except (ValueError, RecursionError):
        return text
    return headers if isinstance(headers, dict) and all(isinstance(each, str) for each in headers.values()) else text


def _wanted(value: Any, before: Any, *, new: bool) -> Any:
    """Return a declared field as it is compared; ``Unresolved`` where its secret is not there and nothing can be kept.

    A secret that was not resolved keeps its live value.
    """
    if isinstance(value, dict) and not is_clear(value):
        live = before if isinstance(before, dict) else {}
        headers = {name: _wanted(text, live.get(name), new=new) for name, text in value.items()}
        missing = any(isinstance(text, Unresolved) for text in headers.values())
        return Unresolved() if missing else {name: text for name, text in headers.items() if text is not None}
    if isinstance(value, Unresolved):
        return Unresolved() if before is None and (new or value.source) else before
    return "" if is_clear(value) else reveal(value)


def _change(name: str, before: Any, declared: Any, after: Any) -> FieldChange:
    """Return both sides of a field, hidden; an unresolved secret stays ``Unresolved``, also if its live one is kept."""
    live = Secret(_text(before), LIVE) if before else None
    kept = after is None or isinstance(after, Unresolved) or (_is_unresolved(declared) and before == after)
    return FieldChange((name,), live, Unresolved() if kept else Secret(_text(after), kin_of(declared)), sensitive=True)


def _is_unresolved(value: Any) -> bool:
    return any(map(_is_unresolved, value.values())) if isinstance(value, dict) else isinstance(value, Unresolved)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else dump_json(dict(sorted(value.items())))


def _sent(value: Any) -> Any:
    if isinstance(value, dict):
        return JsonText({name: Secret(text) for name, text in value.items()})
    return Secret(value)
