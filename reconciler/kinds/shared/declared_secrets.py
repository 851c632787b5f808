"""Live secret fields that are written as a whole, as a manifest declares them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.kinds.shared.clearing import CLEARED
from reconciler.kinds.shared.declarable import secret_of
from reconciler.model.capabilities.export import Remark, Undeclarable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reconciler.model.capabilities.export import Declared, SecretSort


def declare_secrets(made: Declared, live: Mapping[str, Any], sort: SecretSort) -> None:
    """Add the secret fields of a live object to its manifest; what no manifest can hold is left out with a remark."""
    for name, value in live.items():
        try:
            hidden = _hidden(name, value)
        except Undeclarable as reason:
            made.remarks.append(Remark((name,), str(reason), left_out=True))
            continue
        made.spec |= hidden
        for each in filter(None, hidden.values()):
            paths = [(name, header) for header in each] if isinstance(each, dict) else [(name,)]
            made.secrets |= dict.fromkeys(paths, sort)


def _hidden(name: str, value: Any) -> dict[str, Any]:
    """Return what a manifest declares of a secret field; nothing where it is not set."""
    if name != "headers":
        return {name: secret_of(value)}
    if not isinstance(value, dict):
        raise Undeclarable("its headers are no mapping of names to texts")
    return (
        {name: {header: secret_of(text) if text else dict(CLEARED) for header, text in value.items()}} if value else {}
    )
