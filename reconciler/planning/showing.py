"""Showing of the inputs that a project chose (``spec.showInputs``), in a plan whose values are all hidden at first.

A text is shown only if nothing speaks against it. A live text stays hidden if it is or contains a secret that the run
knows. A manifest's text is never compared with secrets that somebody could guess: an author who writes guesses would
learn from what the plan hides which of them is right. It is compared with what is no news to its author, the hidden
inputs that manifests declare in plain text, and with tokens, which nobody can guess.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from reconciler.model.diagnostic import Diagnostic
from reconciler.prismatic.redaction.whole_secrets import WholeSecrets
from reconciler.secrets.known import forms_of
from reconciler.secrets.secret import LIVE, WRITTEN, Secret, Unresolved
from reconciler.secrets.suspicious import looks_secret
from reconciler.text.suggest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from reconciler.model.capabilities.differ import FieldChange
    from reconciler.model.capabilities.inputs import ConnectionInputs
    from reconciler.model.place import Path, Place
    from reconciler.secrets.known import KnownSecrets

    Connections = Mapping[str, Sequence[ConnectionInputs]]
    """Address → the connections of the resource."""
    Chosen = Mapping[str, Place | None]
    """The names that the project shows, with their places."""
    Sides = Mapping[tuple[str, Path], tuple[bool, bool]]
    """By address and path, whether the live and the declared side are shown."""


class Showing:
    """Decides which sides of the chosen inputs a plan shows.

    ``once`` are the paths of fields that were secrets at the last apply, by address and by live ID. ``as_saved`` are
    the sides that a saved plan shows; ``None``: the secrets decide.
    """

    def __init__(
        self,
        chosen: Chosen,
        connections: Connections,
        known: KnownSecrets,
        once: Collection[tuple[str, Path]] = (),
        as_saved: Sides | None = None,
    ) -> None:
        self._chosen, self._connections, self._known = chosen, connections, known
        self._once, self._as_saved = once, as_saved
        hidden, written, open_ = set[str](), set[str](), set[str]()
        for each in (each for found in connections.values() for each in found):
            for name in each.inputs:
                texts = [each.live[name].reveal()] if name in each.live else []
                declared = each.declared.get(name)
                if _may_show(each, name, chosen):
                    open_.update(texts, [declared] if isinstance(declared, str) else [])
                    continue
                hidden.update(texts)
                if isinstance(declared, str):
                    written.add(declared)
        certain = set(known.certain)
        read = {*known.live, *known.own} - open_
        self._live = WholeSecrets(map(str, certain | hidden | written | read), given=certain.intersection(known.own))
        self._written = WholeSecrets(written, tokens=_tokens(certain))

    def fields(self, address: str, identifier: str, fields: Iterable[FieldChange]) -> tuple[FieldChange, ...]:
        """Return the fields of a resource; of chosen inputs, the sides that may be shown are."""
        connections = {each.path: each for each in self._connections.get(address, ())}
        return tuple(
            self._field((address, identifier), each, connections[each.path[:-1]])
            if each.path[:-1] in connections
            else each
            for each in fields
        )

    def _field(self, names: tuple[str, str], field: FieldChange, connection: ConnectionInputs) -> FieldChange:
        if not _may_show(connection, str(field.path[-1]), self._chosen):
            return field
        before, after = field.before, field.after
        if self._as_saved is not None:
            shows_before, shows_after = self._as_saved.get((names[0], field.path), (False, False))
        else:
            once = any((name, field.path) in self._once for name in names)
            harmless = isinstance(before, Secret) and self._shows_live(before.reveal())
            shows_before = harmless and not once
            shows_after = isinstance(after, Secret) and self._shows_written(after.reveal())
            if isinstance(before, Secret) and before == after:
                shows_after = shows_after and harmless  # the other side of a hidden text would show it
        before, after = _side(before, LIVE, shown=shows_before), _side(after, WRITTEN, shown=shows_after)
        return replace(field, before=before, after=after, sensitive=any(map(_is_hidden, (before, after))))

    def _shows_live(self, text: str) -> bool:
        return not (looks_secret(text) or self._known.in_environment(text) or self._live.within(text))

    def _shows_written(self, text: str) -> bool:
        return not (looks_secret(text) or self._written.within(text))


def _may_show(connection: ConnectionInputs, name: str, chosen: Chosen) -> bool:
    """Return whether an input is chosen, is none that is kept hidden, and takes no value from outside."""
    return (
        connection.is_chosen(name, chosen)
        and name not in connection.kept
        and not isinstance(connection.declared.get(name), (Secret, Unresolved))
    )


def _tokens(secrets: Iterable[str]) -> set[str]:
    """Return those of the secrets, and of the items of JSON among them, that nobody can guess."""
    return {form for secret in secrets for form in forms_of(secret) if looks_secret(form)}


def _side(value: Any, kin: str, *, shown: bool) -> Any:
    if not isinstance(value, Secret):
        return value
    return replace(value, shown=shown and value.kin == kin)


def _is_hidden(value: Any) -> bool:
    return isinstance(value, Unresolved) or (isinstance(value, Secret) and bool(value.reveal()) and not value.shown)


def sides_shown(saved: Iterable[tuple[str, Path, Mapping[str, Any]]]) -> dict[tuple[str, Path], tuple[bool, bool]]:
    """Return which sides of each field a saved plan shows; ``saved`` are its fields with their addresses and paths."""
    return {
        (address, path): (not _is_masked(field.get("before")), not _is_masked(field.get("after")))
        for address, path, field in saved
    }


def _is_masked(value: Any) -> bool:
    return str(value).startswith("(sensitive")


def showing_warnings(chosen: Chosen, connections: Connections, *, whole: bool) -> Iterator[Diagnostic]:
    """Yield what has no effect among the names that a project shows.

    ``whole``: all resources of the project were compared, so a name that none of them has is unknown.
    """
    found = [(address, each) for address, listed in sorted(connections.items()) for each in listed]
    for name, place in chosen.items():
        meant = [
            (address, each, input_name)
            for address, each in found
            for input_name in sorted(each.inputs)
            if each.is_chosen(input_name, {name})
        ]
        if not meant:
            if whole:
                yield Diagnostic(f"showInputs: no connection has an input {name!r}; {_near(name, found)}", place)
            continue
        for reason, those in _kept(meant).items():
            addresses = [*dict.fromkeys(those)]
            more = f" and {len(addresses) - 1} more" if len(addresses) > 1 else ""
            where = f"in {addresses[0]}{more}"
            if len(those) == len(meant):
                message = f"showInputs: {name!r} has no effect {where}: {reason}; take it out"
            else:
                message = (
                    f"showInputs: {name!r} stays hidden {where}: {reason}; name the connections that it is meant for, "
                    "as CONNECTION.INPUT"
                )
            yield Diagnostic(message, place)


def _kept(meant: Iterable[tuple[str, ConnectionInputs, str]]) -> dict[str, list[str]]:
    """Return the addresses of the inputs that stay hidden, by the reason."""
    found: dict[str, list[str]] = {}
    for address, connection, name in meant:
        outside = isinstance(connection.declared.get(name), (Secret, Unresolved))
        reason = connection.kept.get(name) or ("its value comes from outside (valueFrom)" if outside else "")
        if reason:
            found.setdefault(reason, []).append(address)
    return found


def _near(name: str, found: Iterable[tuple[str, ConnectionInputs]]) -> str:
    dotted = "." in name
    names = {
        f"{each.name}.{input_name}" if dotted and each.name else input_name
        for _, each in found
        for input_name in each.inputs
    }
    return did_you_mean(name, names) if names else "no manifest declares an input of a connection"
