"""The marks that a ``.graphql`` file gives to the fields that hold secrets.

A comment behind a field marks it::

    apiKeys # secret
    value # secret input
    testHeaders # secret values
    headers # secret text and values

``secret``: every text in the field. ``secret input``: the same, and it is the value of a connection's input, which a
project may choose to show. ``secret values``: the values in its JSON text, but not their keys. ``secret text
and values``: both. A field that is known to hold secrets must have a mark, so that no new query can forget one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphql import TokenKind

if TYPE_CHECKING:
    from graphql import FieldNode

MARKS = {
    "secret": "SecretText",
    "secret input": "SecretInput",
    "secret values": "SecretValues",
    "secret text and values": "SecretTextAndValues",
}
"""The marks, and the types of ``reconciler.model.answers`` that they become."""
HOLD_SECRETS = frozenset({
    # The API returns the inputs of connections in plain text; only write-only ones are empty. Meta can hold tokens.
    "Expression.value",
    "Expression.meta",
    "CustomerConfigVariable.authorizeUrl",
    "CustomerConfigVariable.meta",
    "ScopedConfigVariable.authorizeUrl",
    "ScopedConfigVariable.meta",
    "InstanceConfigVariable.authorizeUrl",
    "InstanceConfigVariable.meta",
    "UserLevelConfigVariable.authorizeUrl",
    "UserLevelConfigVariable.meta",
    "InstanceFlowConfig.apiKeys",
    "InstanceFlowConfig.testHeaders",
    # What a flow answered and computed is the customer's data, and the presigned address of a result is a key to it.
    "TestInstanceFlowConfigResult.headers",
    "TestInstanceFlowConfigResult.body",
    "InstanceStepResult.resultsUrl",
    # Addresses often hold a token.
    "AlertWebhook.headers",
    "AlertWebhook.url",
    "ExternalLogStream.headers",
    "ExternalLogStream.url",
    "WebhookEndpoint.url",
    "WebhookEndpoint.headers",
    "WebhookEndpoint.secret",
})  # fmt: skip
"""``Type.field`` of the API's schema that holds secrets."""


class UnmarkedSecret(ValueError):
    """A field that holds secrets has no mark."""


def secret_type(field: FieldNode, owner: str) -> str | None:
    """Return the type for the mark of a field of the type ``owner``, or ``None`` if it holds no secrets."""
    mark = _comment_behind(field)
    if mark in MARKS:
        return MARKS[mark]
    if mark:
        raise UnmarkedSecret(f"{owner}.{field.name.value}: '# {mark}' is none of the marks {', '.join(MARKS)}")
    if f"{owner}.{field.name.value}" in HOLD_SECRETS:
        raise UnmarkedSecret(f"{owner}.{field.name.value} holds secrets: write '# secret' behind it")
    return None


def _comment_behind(field: FieldNode) -> str:
    end = field.loc.end_token if field.loc else None
    after = end.next if end else None
    if end is None or after is None or after.kind != TokenKind.COMMENT or after.line != end.line:
        return ""
    return str(after.value).strip()
