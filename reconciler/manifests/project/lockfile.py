"""``reconciler.lock``: which version ``latest`` is, for each integration; beside ``reconciler.yaml``, in git.

Version numbers differ between tenants, so each environment has a section of its own.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
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
    from collections.abc import Collection, Iterator, Mapping
    from pathlib import Path

    from reconciler.model.kind import Registry
    from reconciler.model.pins import Pins
    from reconciler.model.place import Path as ValuePath
    from reconciler.model.resource import Resource

SHARED, EACH = 1, 2
"""The versions of the file's form: for runs without an environment, and with a section for each environment."""
HEAD = (
    '# Which version "latest" is, and a new instance without a version starts with, for each integration.\n'
    '# "reconciler lock" writes this file; keep it in git.\n'
)
LONGEST_KEY = 1000
"""Characters of a key; one of more than 1,024 would have to be announced."""
INTEGRATIONS, ENVIRONMENTS = "integrations", "environments"
_AGAIN = "'reconciler lock' writes it anew once it is gone"


@dataclass(frozen=True, slots=True)
class Lock:
    """The locked versions by name: those of each environment, and those of all runs that have no section."""

    shared: Mapping[str, int] = field(default_factory=dict)
    environments: Mapping[str, Mapping[str, int]] = field(default_factory=dict)

    def versions(self, environment: str | None) -> Mapping[str, int]:
        """Return the versions of an environment, or of a run without one.

        >>> lock = Lock({"Acme": 1}, {"production": {"Acme": 7}})
        >>> lock.versions("production"), lock.versions("staging"), lock.versions(None)
        ({'Acme': 7}, {'Acme': 1}, {'Acme': 1})
        """
        return self.shared if environment is None else self.environments.get(environment, self.shared)

    def with_versions(self, pins: Mapping[str, int], environment: str | None, declared: Collection[str] = ()) -> Lock:
        """Return the lock with other versions for an environment, or for runs without one.

        The shared versions go once each of the ``declared`` environments has a section of its own.
        """
        if environment is None:
            return replace(self, shared=pins)
        environments = {**self.environments, environment: pins}
        return Lock({} if environments.keys() >= set(declared) else self.shared, environments)


def read_lock(folder: Path, cwd: Path, problems: list[Diagnostic]) -> Lock:
    """Return the lock; an empty one without a file or from an empty one. Add mistakes to ``problems``."""
    path = folder / LOCK_FILE
    if not path.exists():
        return Lock()
    shown = FileFinder(cwd, problems).show(path)
    if path_problem(LOCK_FILE, folder, folder):
        problems.append(
            Diagnostic("this is a link out of the project's folder; put the lock itself here", Place(shown))
        )
        return Lock()
    before = len(problems)
    documents = DocumentLoader(problems).file(File(path, shown, folder))
    if not documents or len(problems) > before:
        return Lock()
    data = documents[0].data
    problems += (problem.at(Layers((documents[0],))) for problem in _wrong(data))
    if len(problems) > before:
        return Lock()
    sections = data.get(ENVIRONMENTS, {})
    return Lock(data.get(INTEGRATIONS, {}), {name: each[INTEGRATIONS] for name, each in sections.items()})


def _wrong(lock: Any) -> Iterator[Diagnostic]:
    if not isinstance(lock, dict) or lock.get("lockVersion") not in {SHARED, EACH}:
        yield Diagnostic(f"this is no lock of version {SHARED} or {EACH}; {_AGAIN}")
        return
    if lock["lockVersion"] == SHARED or INTEGRATIONS in lock:
        yield from _wrong_versions(lock, ())
    if lock["lockVersion"] == EACH:
        sections = lock.get(ENVIRONMENTS)
        if not isinstance(sections, dict):
            yield Diagnostic(f"'{ENVIRONMENTS}' must map names of environments to their versions; {_AGAIN}")
        else:
            for name, section in sections.items():
                yield from _wrong_versions(section, (ENVIRONMENTS, name))


def _wrong_versions(section: Any, path: ValuePath) -> Iterator[Diagnostic]:
    """Yield what is wrong with the versions of one section of the lock."""
    versions = section.get(INTEGRATIONS) if isinstance(section, dict) else None
    if not isinstance(versions, dict):
        yield Diagnostic(f"'{INTEGRATIONS}' must map names to version numbers; {_AGAIN}", path=path)
        return
    for name, version in versions.items():
        if not isinstance(version, int) or isinstance(version, bool) or version < 1:
            message = f"the version of {name!r} must be a whole number from 1; {_AGAIN}"
            yield Diagnostic(message, path=(*path, INTEGRATIONS, name))


def lock_text(lock: Lock) -> str:
    """Return the file that holds the lock, sorted by name."""
    if not lock.environments:
        return f"{HEAD}lockVersion: {SHARED}\n{_section(lock.shared, '')}"
    parts = [f"{HEAD}lockVersion: {EACH}\n", *([_section(lock.shared, "")] if lock.shared else [])]
    parts.append(f"{ENVIRONMENTS}:\n")
    for name in sorted(lock.environments):
        parts += [f"  {_key(name)}:\n", _section(lock.environments[name], "    ")]
    return "".join(parts)


def _section(pins: Mapping[str, int], indent: str) -> str:
    entries = "".join(f"{indent}  {_key(name, indent)}: {pins[name]}\n" for name in sorted(pins))
    return f"{indent}{INTEGRATIONS}:" + (f"\n{entries}" if pins else " {}\n")


def _key(name: str, indent: str = "") -> str:
    """Return a name as a key; YAML takes a long one for a key only where that is said before it."""
    key = quoted(name)
    return key if len(key) <= LONGEST_KEY else f"? {key}\n{indent}  "


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
