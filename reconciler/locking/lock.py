"""Writing the lock, and the changes of newer versions for the manifests that use them; both as text and as data."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from reconciler.errors import PlanRefused, UsageError
from reconciler.manifests.project.lockfile import lock_text, read_lock
from reconciler.model.capabilities.versions import Version
from reconciler.model.pins import LOCK_FILE
from reconciler.planning.shards import choose
from reconciler.reports.shared.impact import change_lines, changes_document
from reconciler.reports.shared.repeated import alike, first_of, in_common
from reconciler.text.escape import safe
from reconciler.text.plural import counted
from reconciler.text.suggest import did_you_mean
from reconciler.writing.output import Output

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from reconciler.kinds.integration.version_changes import VersionChanges
    from reconciler.manifests.result import Manifests
    from reconciler.model.capabilities.versions import Catalog
    from reconciler.model.diagnostic import Diagnostic
    from reconciler.model.place import Place
    from reconciler.model.resource import Resource
    from reconciler.planning.prefetch import Reading
    from reconciler.reports.shared.style import Style


@dataclass(frozen=True, slots=True)
class Affected:
    """A manifest that a newer version concerns: the changed parts that it names and the missing ones, with places."""

    address: str
    concerns: tuple[tuple[str, Place], ...]


@dataclass(frozen=True, slots=True)
class Move:
    """One integration in the lock: its version before (``None``: it was not there) and now.

    ``changes`` is ``None`` where the version before cannot be read any more.
    """

    name: str
    before: int | None
    after: int
    changes: VersionChanges | None = None
    affected: tuple[Affected, ...] = ()


@dataclass(slots=True)
class Locked:
    """The result of locking: ``moves`` by name, and the entries that the lock no longer needs."""

    moves: list[Move] = field(default_factory=list)
    unchanged: int = 0
    dropped: list[str] = field(default_factory=list)


class Locking:
    """Locks the versions that manifests leave open. ``manifests`` are read without following the lock.

    A manifest without a version keeps its live object's version. Its integration is in the lock for new objects only,
    so a newer version does not concern it.
    """

    def __init__(self, reading: Reading, manifests: Manifests, cwd: Path) -> None:
        self._reading, self._view = reading, reading.view()
        self._unpinned: dict[str, list[Resource]] = {}
        self._catalogs: dict[str, Catalog] = {}
        settled = []
        for resource in manifests.resources:
            kind = reading.registry[resource.kind]
            unpinned = kind.spec.unpinned(resource.spec)
            if kind.versions and unpinned and resource.lifecycle.managed:
                self._catalogs[unpinned.name] = kind.versions.catalog
                self._unpinned.setdefault(unpinned.name, []).append(resource)
                settled += [resource.address] if unpinned.settled else []
        self._staying = _live(settled, manifests.resources, reading) if settled else frozenset()
        folder = manifests.project.folder if manifests.project else cwd
        self._file = folder / LOCK_FILE
        problems: list[Diagnostic] = []
        self._lock = read_lock(folder, cwd, problems)
        if problems:
            raise PlanRefused(problems)
        self._environment = manifests.environment.name if manifests.environment else None
        self._declared = frozenset(manifests.project.environments) if manifests.project else frozenset()
        self._pins = self._lock.versions(self._environment)

    def run(self, upgrade: Sequence[str] | None, prepare: Callable[[Locked], None] = lambda _: None) -> Locked:
        """Write the lock; ``upgrade`` names the integrations to move to the newest version (empty: all).

        ``prepare`` is called before that: what it does is done again if the run is killed before the lock is written.
        """
        self._check(upgrade)
        names = sorted(self._unpinned)
        newest = self._newest(names)
        kept = {
            name: number
            for name, number in self._pins.items()
            if name in self._unpinned and not (name in newest and _is_meant(name, upgrade))
        }
        pins = {**{name: version.number for name, version in newest.items()}, **kept}
        names = sorted(pins)
        moved = [name for name in names if pins[name] != self._pins.get(name)]
        moves = [self._move(name, newest[name]) for name in moved]
        dropped = sorted(self._pins.keys() - pins.keys())
        locked = Locked(moves, len(names) - len(moved), dropped)
        prepare(locked)
        lock = self._lock.with_versions(pins, self._environment, self._declared)
        if lock != self._lock:
            Output(str(self._file), self._file).write(lock_text(lock))
        return locked

    def _check(self, upgrade: Sequence[str] | None) -> None:
        unknown = [name for name in upgrade or () if name not in self._unpinned]
        if unknown:
            missing = "nothing to upgrade: no manifest uses an integration of this name with an open version"
            raise UsageError(
                "\n".join(
                    f"{name!r}: {missing}; {did_you_mean(name, self._unpinned, listed_as='left open')}"
                    for name in unknown
                )
            )

    def _newest(self, names: Sequence[str]) -> dict[str, Version]:
        """Return the newest available version of each integration; raises ``PlanRefused`` if one has none.

        An integration whose objects all keep their versions needs none.
        """
        self._reading.read_all(
            lambda: (read for name in names for read in self._catalogs[name].reads(name, self._view))
        )
        chosen = {name: self._catalogs[name].newest(name, self._view) for name in names}
        found = {name: version for name, version in chosen.items() if isinstance(version, Version)}
        problems = [
            missing.at(resource.origin, ("spec",))
            for name, missing in chosen.items()
            if not isinstance(missing, Version)
            for resource in self._unpinned[name]
            if resource.address not in self._staying
        ]
        if problems:
            raise PlanRefused(problems)
        return found

    def _move(self, name: str, newest: Version) -> Move:
        before, catalog = self._pins.get(name), self._catalogs[name]
        if before is None:
            return Move(name, None, newest.number)
        known = {version.number: version for version in catalog.available(name, self._view)}
        if before not in known:
            return Move(name, before, newest.number)
        old = known[before]
        self._reading.read(catalog.contents(each) for each in (old, newest))
        changes = catalog.changes(old, newest, self._view)
        if changes is None:
            return Move(name, before, newest.number)
        moving = [resource for resource in self._unpinned[name] if resource.address not in self._staying]
        affected = [_affected(resource, changes) for resource in moving]
        return Move(name, before, newest.number, changes, tuple(each for each in affected if each.concerns))


def _live(addresses: Sequence[str], resources: Sequence[Resource], reading: Reading) -> frozenset[str]:
    """Return the addresses with a live object."""
    view = reading.read_for(choose(resources, addresses, reading.registry))
    return frozenset(address for address in addresses if view.live(address))


def _is_meant(name: str, upgrade: Sequence[str] | None) -> bool:
    return upgrade is not None and (not upgrade or name in upgrade)


def _affected(resource: Resource, changes: VersionChanges) -> Affected:
    """Return what a newer version changes for a manifest."""
    concerns = [
        (each.message, resource.origin.place(("spec", *each.path), key=each.key))
        for each in changes.concerns(resource.spec)
    ]
    return Affected(resource.address, tuple(sorted(concerns, key=lambda concern: concern[1])))


def locked_text(locked: Locked, style: Style, *, verbose: bool = False) -> str:
    """Return the result as text: each moved version, its changes, and the manifests that they concern.

    What concerns many manifests alike is one block; ``verbose``: a line for each.
    """
    lines = [line for move in locked.moves for line in _move_lines(move, style, verbose=verbose)]
    lines += [f"{safe(name)}: taken out, since no manifest leaves its version open" for name in locked.dropped]
    if not lines:
        lines = [style.good(_nothing_text(locked.unchanged))]
    return "\n".join(lines) + "\n"


def _nothing_text(unchanged: int) -> str:
    if not unchanged:
        return "Nothing to lock: every manifest names its version."
    return f"Nothing to lock: {counted(unchanged, 'version')} as before."


def _move_lines(move: Move, style: Style, *, verbose: bool) -> Iterator[str]:
    before = f"{move.before} → " if move.before is not None else ""
    yield f"{style.bold(safe(move.name))}  {before}{move.after}"
    if move.before is None:
        return
    if move.changes is None:
        yield f"  version {move.before} is not available any more: its changes are unknown"
        return
    yield from change_lines(move.changes, style)
    found = [(each.address, concern, place) for each in move.affected for concern, place in each.concerns]
    together = [] if verbose else alike(found, lambda each: (each[1],))
    repeated = {group[0][1] for group in together}
    for address, concern, place in found:
        if concern not in repeated:
            yield f"  {style.warn('!')} {safe(str(place))}: {safe(address)}: {safe(concern)}"
    for group in together:
        yield from _alike_lines(group, style)


def _alike_lines(found: Sequence[tuple[str, str, Place]], style: Style) -> Iterator[str]:
    """Yield what concerns many manifests alike: how many, what, the first place, and which they are."""
    addresses = [address for address, _, _ in found]
    _, concern, place = found[0]
    # The members of a set share one line, which is then the only one to change.
    first = "" if all(each == place for _, _, each in found) else " is the first place; -v lists all"
    yield f"  {style.warn('!')} {in_common(addresses)}: {safe(concern)}"
    yield f"      {safe(str(place))}{first}"
    yield f"      {first_of(addresses)}"


def locked_document(locked: Locked) -> dict[str, Any]:
    return {
        "moves": [
            {
                "integration": move.name,
                "before": move.before,
                "after": move.after,
                "changes": move.changes and changes_document(move.changes),
                "affected": [
                    {"address": each.address, "concern": concern, "place": str(place)}
                    for each in move.affected
                    for concern, place in each.concerns
                ],
            }
            for move in locked.moves
        ],
        "dropped": locked.dropped,
        "unchanged": locked.unchanged,
    }
