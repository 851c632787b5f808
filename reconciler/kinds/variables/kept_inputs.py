"""The inputs of a connection that are never shown, whatever a project chooses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from reconciler.kinds.variables.inputs import is_held
from reconciler.model.capabilities.inputs import ConnectionInputs
from reconciler.secrets.secret import LIVE, Secret
from reconciler.secrets.suspicious import sounds_secret
from reconciler.text.exact_numbers import load_json

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from reconciler.kinds.variables.inputs import StoredInput
    from reconciler.model.place import Path

NOT_DESCRIBED = "Prismatic does not describe it, so it may be a secret"
WRITE_ONLY = "it is write-only"


class InputField(Protocol):
    """An input as its component describes it."""

    @property
    def key(self) -> str: ...
    @property
    def type(self) -> str: ...
    @property
    def shown(self) -> bool: ...


def connection_inputs(
    path: Path,
    name: str | None,
    declared: Mapping[str, Any],
    live: Sequence[StoredInput],
    fields: Iterable[InputField],
    write_only: Collection[str] = (),
) -> ConnectionInputs:
    """Return a connection's inputs; ``fields`` is the description of them, which may be empty.

    ``write_only`` are those that a definition marks so.
    """
    texts = {each.name: Secret(each.value, LIVE) for each in live if each.value}
    names = {*declared, *(each.name for each in live)}
    kept = dict.fromkeys(names, NOT_DESCRIBED) | dict(_described(fields))
    kept |= dict.fromkeys((*write_only, *(each.name for each in live if is_held(each))), WRITE_ONLY)
    kept |= {each: "its name is that of a secret" for each in names if sounds_secret(each)}
    return ConnectionInputs(path, name, declared, texts, {each: reason for each, reason in kept.items() if reason})


def _described(fields: Iterable[InputField]) -> Iterator[tuple[str, str]]:
    """Yield each described input with the reason to keep it hidden, which is empty if there is none."""
    found: dict[str, str] = {}
    for each in fields:  # of several descriptions, the one that keeps it hidden counts
        found[each.key] = _reason(each) or found.get(each.key, "")
    yield from found.items()


def _reason(field: InputField) -> str:
    if field.type == "PASSWORD":
        return "Prismatic types it as a password"
    return "" if field.shown else "Prismatic does not show it either"


def is_write_only(meta: str | None) -> bool:
    """Return whether the ``meta`` of a declared input marks it as write-only; a text that cannot be read does, too."""
    if not meta:
        return False
    try:
        found = load_json(meta)
    except (ValueError, RecursionError):
        return True
    return isinstance(found, dict) and bool(found.get("writeOnly"))
