"""The spec of a log stream."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.kinds.shared.clearing import blank_texts
from reconciler.kinds.shared.named_spec import name_appearance, name_of, secret_texts, template_files
from reconciler.model.capabilities.spec import Spec

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from reconciler.model.diagnostic import Diagnostic

NAME = "LogStream"
FIELDS = ("url", "headers", "payloadTemplate")
"""The fields in which ``valueFrom`` is allowed: some services take their key in the body."""


def _check(spec: Mapping[str, Any]) -> Iterator[Diagnostic]:
    return blank_texts(secret_texts(FIELDS, spec))


SPEC = Spec(
    identity=name_of,
    title=name_of,
    check=_check,
    appearance=name_appearance,
    secret_fields=frozenset(FIELDS),
    hidden_keys=frozenset({"url", "headers"}),
    files=template_files,
)
