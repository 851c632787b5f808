"""Secret fields that are compared and written as a whole, such as the URL that the API calls and the headers it sends.

A URL often holds a token, and so does a header: each is hidden as a whole.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from reconciler.kinds.shared.clearing import is_clear
from reconciler.kinds.shared.named_spec import secret_texts
from reconciler.model.capabilities.differ import FieldChange, Ignored
from reconciler.model.diagnostic import Diagnostic
from reconciler.secrets.doubtful_text import doubt
from reconciler.secrets.secret import LIVE, JsonText, Secret, Unresolved, kin_of, reveal
from reconciler.text.exact_numbers import dump_json, load_json

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from reconciler.model.capabilities.differ import Fields
    from reconciler.model.resource import Resource
    from reconciler.model.view import View


@dataclass(slots=True)
class SecretComparison:
    """The outcome for the declared secret fields, and ``values``: what a create or an update sends of all of them."""

    fields: Fields
    values: dict[str, Any] = field(default_factory=dict)

    def compare(self, names: Iterable[str], spec: Mapping[str, Any], live: Mapping[str, Any] | None) -> None:
        """Compare the fields that read back from a live object (``None``: it does not exist yet)."""
        for name in names:
            change = self.change(name, spec, live)
            if change:
                same = (self._before(name, live) or "") == (self._after(name, spec, live) or "")
                self.fields.add(change.path, change.before, change.after, same=same, sensitive=True)

    def change(self, name: str, spec: Mapping[str, Any], live: Mapping[str, Any] | None) -> FieldChange | None:
        """Return both sides of a declared field, hidden, and keep what is sent of it, declared or not."""
        before, after = self._before(name, live), self._after(name, spec, live)
        if after is not None and not isinstance(after, Unresolved) and (after or name in spec):
            self.values[name] = _sent(after)
        return _change(name, before, spec[name], after) if name in spec else None

    @staticmethod
    def _before(name: str, live: Mapping[str, Any] | None) -> Any:
        return (live or {}).get(name)

    def _after(self, name: str, spec: Mapping[str, Any], live: Mapping[str, Any] | None) -> Any:
        before = self._before(name, live)
        return _wanted(spec[name], before, new=live is None) if name in spec else before


def unresolved(names: Iterable[str], spec: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a spec without the values of its secret fields, for a plan ``--without-secrets``."""
    return {name: Unresolved() if name in names else value for name, value in spec.items()}


def header_values(text: str | None) -> Any:
    """Return headers as a mapping, or as the text that they are where it is no mapping of texts."""
    text = text or "{}"
    try:
        headers = load_json(text)
    except (ValueError, RecursionError):
        return text
    return headers if isinstance(headers, dict) and all(isinstance(each, str) for each in headers.values()) else text


def doubts(names: Sequence[str], spec: Mapping[str, Any]) -> Iterator[Diagnostic]:
    """Yield a warning for each declared secret text that looks wrong."""
    for path, value in secret_texts(names, spec):
        if doubtful := doubt(value):
            yield Diagnostic(f"{'.'.join(map(str, path))} {doubtful}", path=path)


def missing_fields(names: Iterable[str], spec: Mapping[str, Any], noun: str) -> Iterator[Diagnostic]:
    """Yield which fields a new object needs and its spec lacks; ``noun`` is what to call it, with its article."""
    for name in names:
        if name not in spec:
            yield Diagnostic(f"{noun} needs {name}; add it", path=())


def ignored_whole(resource: Resource, _view: View) -> Ignored:
    """Return the ignored paths of a resource whose fields are all written as a whole: no part can be ignored."""
    problems = [
        Diagnostic(
            f"{path!r} cannot be ignored alone: {path.partition('.')[0]!r} is written as a whole; ignore all of it",
            path=("lifecycle", "ignoreChanges", number),
        )
        for number, path in enumerate(resource.lifecycle.ignore_changes)
        if "." in path
    ]
    return Ignored(resource.lifecycle.ignore_changes, problems)


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
