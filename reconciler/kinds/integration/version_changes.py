"""The changes between two versions of an integration, and those that concern a manifest."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from reconciler.kinds.variables.codec import CONNECTION, successor
from reconciler.model.diagnostic import Diagnostic
from reconciler.secrets.secret import HIDDEN

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from reconciler.kinds.integration.versions import Contents
    from reconciler.kinds.variables.codec import Declaration
    from reconciler.model.place import Path

    Pair = tuple[Declaration, Declaration]

ROOT = "configVariables"


@dataclass(frozen=True, slots=True)
class Listed:
    """A changed list, of options or of inputs: the entries that are gone and the new ones."""

    key: str
    gone: tuple[str, ...]
    new: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class VersionChanges:
    """The changes that a version makes. A renamed variable has its new name in all of them.

    ``renamed``: the old and the new name; ``retyped`` and ``defaults``: the key, the type or default before, and after.
    A default of ``None`` is no default.
    """

    added: tuple[Declaration, ...] = ()
    removed: tuple[str, ...] = ()
    renamed: tuple[tuple[str, str], ...] = ()
    retyped: tuple[tuple[str, str, str], ...] = ()
    defaults: tuple[tuple[str, str | None, str | None], ...] = ()
    options: tuple[Listed, ...] = ()
    inputs: tuple[Listed, ...] = ()
    flows: Listed = field(default_factory=lambda: Listed("", (), ()))

    def additions(self, spec: Mapping[str, Any]) -> Iterator[Diagnostic]:
        """Yield each new connection that a manifest does not declare: it may be deployed blank."""
        declared = spec.get(ROOT) or {}
        for each in self.added:
            if each.data_type == CONNECTION and each.key not in declared and (what := wanting(each)):
                yield Diagnostic(f"{each.key!r} {what}", path=(ROOT,))

    def renames(self, spec: Mapping[str, Any]) -> Iterator[tuple[Path, str]]:
        """Yield the path of each variable that a manifest calls by a name of before, with its name of now."""
        names = dict(self.renamed)
        yield from (((ROOT, key), names[key]) for key in spec.get(ROOT) or {} if key in names)

    def concerns(self, spec: Mapping[str, Any]) -> Iterator[Diagnostic]:
        """Yield the changes that concern a manifest written for the version before."""
        declared, names = spec.get(ROOT) or {}, dict(self.renamed)
        for key, value in declared.items():
            yield from (Diagnostic(f"{key!r} {what}", path=(ROOT, key), key=True) for what in self._about(key, names))
            yield from self._options(key, names.get(key, key), value)
            yield from self._inputs(key, names.get(key, key), value)
        for each in self.added:
            if each.key not in declared and (what := wanting(each)):
                yield Diagnostic(f"{each.key!r} {what}", path=(ROOT,))
        for name in spec.get("flowConfigs") or {}:
            if name in self.flows.gone:
                yield Diagnostic(f"the flow {name!r} is gone", path=("flowConfigs", name), key=True)

    def _about(self, key: str, names: Mapping[str, str]) -> Iterator[str]:
        if key in self.removed:
            yield "is gone"
        if key in names:
            yield f"is called {names[key]!r}"
        for changed, before, after in self.retyped:
            if changed == names.get(key, key):
                yield f"is of the type {after}, no longer {before}"

    def _options(self, key: str, now: str, value: Any) -> Iterator[Diagnostic]:
        for listed in self.options:
            gone = [option for option in listed.gone if option in _texts(value)] if listed.key == now else ()
            yield from (Diagnostic(f"{key!r} has no option {option!r} any more", path=(ROOT, key)) for option in gone)

    def _inputs(self, key: str, now: str, value: Any) -> Iterator[Diagnostic]:
        given = value.get("inputs") if isinstance(value, dict) else None
        for listed in self.inputs:
            gone = [name for name in listed.gone if name in given] if listed.key == now and given else ()
            for name in gone:
                yield Diagnostic(f"{key!r} has no input {name!r} any more", path=(ROOT, key, "inputs", name), key=True)


def _texts(value: Any) -> list[str]:
    """Return the texts in a manifest's value."""
    values = value.values() if isinstance(value, dict) else value if isinstance(value, list) else [value]
    return [each for each in values if isinstance(each, str)]


def wanting(added: Declaration) -> str:
    """Return why a manifest may have to declare a new variable; empty if it need not."""
    if added.scoped or added.user_level or added.default is not None:
        return ""
    if added.data_type == CONNECTION:
        return "is a new connection, and is not declared"
    return "is new, has no default, and is not declared"


def version_changes(before: Contents, after: Contents) -> VersionChanges:
    """Compare what two versions declare."""
    old, new = before.variables, after.variables
    renamed = _renamed(old, new)
    pairs = [(each, new[now]) for key, each in old.items() if (now := renamed.get(key, key)) in new]
    same_type = [(first, second) for first, second in pairs if type_of(first) == type_of(second)]
    same_type_and_listed = [pair for pair in same_type if not any(each.more_inputs for each in pair)]
    return VersionChanges(
        added=tuple(each for key, each in new.items() if key not in old and key not in renamed.values()),
        removed=tuple(key for key in old if key not in new and key not in renamed),
        renamed=tuple(renamed.items()),
        retyped=tuple(_retyped(pairs)),
        defaults=tuple(_changed_defaults(same_type)),
        options=tuple(_listed(pairs, lambda each: each.pick_list)),
        inputs=tuple(_listed(same_type_and_listed, lambda each: tuple(each.inputs or ()))),
        flows=_difference("", tuple(before.flows), tuple(after.flows)),
    )


def _renamed(old: Mapping[str, Declaration], new: Mapping[str, Declaration]) -> dict[str, str]:
    """Return the new name of each variable that has another name in the new version."""
    return {
        key: found
        for key, each in old.items()
        # A name that the old version had already is of another variable: nothing was renamed to it.
        if key not in new and (found := successor(key, each.stable_key, new)) and found not in old
    }


def _retyped(pairs: Iterable[Pair]) -> Iterator[tuple[str, str, str]]:
    for first, second in pairs:
        if type_of(first) != type_of(second):
            yield second.key, type_of(first), type_of(second)


def _changed_defaults(pairs: Iterable[Pair]) -> Iterator[tuple[str, str | None, str | None]]:
    for first, second in pairs:
        if first.default != second.default:
            yield second.key, shown_default(first), shown_default(second)


def _listed(pairs: Iterable[Pair], of: Callable[[Declaration], tuple[str, ...]]) -> Iterator[Listed]:
    """Yield how the lists of each pair differ; an empty list is an unknown one, so it differs in nothing."""
    for first, second in pairs:
        old, new = of(first), of(second)
        found = _difference(second.key, old, new)
        if old and new and (found.gone or found.new):
            yield found


def _difference(key: str, before: tuple[str, ...], after: tuple[str, ...]) -> Listed:
    return Listed(
        key,
        tuple(each for each in before if each not in after),
        tuple(each for each in after if each not in before),
    )


def shown_default(declaration: Declaration) -> str | None:
    """Return a variable's default, masked if it is a secret; ``None`` if there is none."""
    return HIDDEN if declaration.default and declaration.concealed else declaration.default


def type_of(declaration: Declaration) -> str:
    """Return a variable's type with its collection, in words."""
    return " ".join(filter(None, (declaration.data_type, declaration.collection_type)))
