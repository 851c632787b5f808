"""``reconciler.lock``: which version ``latest`` is, for each integration; beside ``reconciler.yaml``, in git."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from reconciler.manifests.files.finder import File, FileFinder
from reconciler.manifests.files.inside import path_problem
from reconciler.manifests.files.load import DocumentLoader
from reconciler.manifests.yaml.layers import Layers
from reconciler.manifests.yaml.quoting import quoted
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.pins import LOCK_FILE
from reconciler.model.place import Place

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from reconciler.model.kind import Registry
    from reconciler.model.pins import Pins
    from reconciler.model.place import Path as ValuePath
    from reconciler.model.resource import Resource

VERSION = 1
HEAD = (
    '# Which version "latest" is, and a new instance without a version starts with, for each integration.\n'
    '# "reconciler lock" writes this file; keep it in git.\n'
)
LONGEST_KEY = 1000
"""Characters of a key; one of more than 1,024 would have to be announced."""
_AGAIN = "'reconciler lock' writes it anew once it is gone"


def read_lock(folder: Path, cwd: Path, problems: list[Diagnostic]) -> Mapping[str, int]:
    """Return the versions by integration name; none without a file or in an empty one. Add mistakes to ``problems``."""
    path = folder / LOCK_FILE
    if not path.exists():
        return {}
    shown = FileFinder(cwd, problems).show(path)
    if path_problem(LOCK_FILE, folder, folder):
        problems.append(
            Diagnostic("this is a link out of the project's folder; put the lock itself here", Place(shown))
        )
        return {}
    before = len(problems)
    documents = DocumentLoader(problems).file(File(path, shown, folder))
    if not documents or len(problems) > before:
        return {}
    problems += (problem.at(Layers((documents[0],))) for problem in _wrong(documents[0].data))
    return documents[0].data["integrations"] if len(problems) == before else {}


def _wrong(lock: Any) -> Iterator[Diagnostic]:
    if not isinstance(lock, dict) or lock.get("lockVersion") != VERSION:
        yield Diagnostic(f"this is no lock of version {VERSION}; {_AGAIN}")
    elif not isinstance(lock.get("integrations"), dict):
        yield Diagnostic(f"'integrations' must map names to version numbers; {_AGAIN}")
    else:
        for name, version in lock["integrations"].items():
            if not isinstance(version, int) or isinstance(version, bool) or version < 1:
                message = f"the version of {name!r} must be a whole number from 1; {_AGAIN}"
                yield Diagnostic(message, path=("integrations", name))


def lock_text(pins: Mapping[str, int]) -> str:
    """Return the file that holds the versions, sorted by name."""
    entries = "".join(f"  {_key(name)}: {pins[name]}\n" for name in sorted(pins))
    return f"{HEAD}lockVersion: {VERSION}\nintegrations:" + (f"\n{entries}" if pins else " {}\n")


def _key(name: str) -> str:
    """Return a name as a key; YAML takes a long one for a key only where that is said before it."""
    key = quoted(name)
    return key if len(key) <= LONGEST_KEY else f"? {key}\n  "


def pinned(resource: Resource, pins: Pins, kinds: Registry, problems: list[Diagnostic]) -> Resource:
    """Return the resource, with the version of the lock if its manifest leaves it open.

    Only a plan knows which live objects keep their own versions.
    """
    unpinned = kinds[resource.kind].spec.unpinned(resource.spec)
    if unpinned is None or unpinned.settled or not resource.lifecycle.managed:
        return resource
    if unpinned.name in pins.versions:
        return replace(resource, spec=_with(resource.spec, unpinned.path, pins.versions[unpinned.name]))
    missing = pins.missing(unpinned.name)
    if missing:
        problems.append(Diagnostic(missing, resource.origin.place(("spec", *unpinned.path))))
    return resource


def _with(value: Any, path: ValuePath, inner: Any) -> Any:
    """Return a value with another one at a path; nothing is changed in place."""
    return {**value, path[0]: _with(value[path[0]], path[1:], inner)} if path else inner
