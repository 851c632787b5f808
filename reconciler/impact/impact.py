"""The forecast itself: every manifest of an integration, as it is today and as it would be with the definition."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from reconciler.errors import UsageError
from reconciler.impact.verdict import Judged, Undeclared, Verdict, VersionStep
from reconciler.model.diagnostic import Diagnostic
from reconciler.planning.findings import Findings
from reconciler.planning.planner import find_all
from reconciler.text.suggest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from reconciler.impact.definition import Definition
    from reconciler.model.capabilities.versions import Version, Versions
    from reconciler.model.kind import Kind, Registry
    from reconciler.model.pins import Pins
    from reconciler.model.place import Place
    from reconciler.model.resource import Resource
    from reconciler.model.view import View
    from reconciler.planning.prefetch import Reading
    from reconciler.planning.rules import Rules


@dataclass(slots=True)
class Forecast:
    """The findings with the definitions in place, and the verdict on each definition.

    ``problems`` are all problems of all resources then.
    """

    findings: Findings = field(default_factory=Findings)
    verdicts: tuple[Verdict, ...] = ()
    problems: tuple[Diagnostic, ...] = ()


def takers(resources: Iterable[Resource], names: Iterable[str], registry: Registry) -> list[Resource]:
    """Return the manifests that take a version of one of the integrations."""
    wanted = frozenset(names)
    return [
        resource
        for resource in resources
        if resource.lifecycle.managed
        and (versions := registry[resource.kind].versions)
        and versions.source(resource.spec) in wanted
    ]


@dataclass(slots=True)
class Forecaster:
    """Compares the ``chosen`` resources twice; ``every`` resource is needed to find undeclared live objects."""

    reading: Reading
    every: Sequence[Resource]
    chosen: Sequence[Resource]
    rules: Rules
    pins: Pins
    new: bool = False
    """Whether the definitions may be of integrations that the tenant does not have yet."""
    published: dict[tuple[str, str], Version] = field(default_factory=dict)
    """The version that each definition would become, by its name and the kind that would run it."""

    @property
    def registry(self) -> Registry:
        return self.reading.registry

    def run(self, definitions: Sequence[Definition]) -> Forecast:
        """Return the impact: problems with the definitions, apart from those that exist today.

        Raises ``UsageError`` for a definition whose integration the tenant does not have, unless ``new`` is set: with a
        misspelt name nothing would break, because nobody uses it.
        """
        before = find_all(self.chosen, self.registry, self._view(), self.rules)
        self._publish(definitions)
        view = self._view()
        after = find_all(self.chosen, self.registry, view, self.rules)
        verdicts = tuple(self._verdict(definition, view, before, after) for definition in definitions)
        judged = [each for verdict in verdicts for each in verdict.judged]
        breaks = dict.fromkeys(problem for each in judged for problem in each.breaks)
        notices = [notice for each in judged for notice in each.notices]
        unused = [
            Diagnostic(verdict.unused, definition.place)
            for verdict, definition in zip(verdicts, definitions, strict=True)
            if verdict.unused
        ]
        known = [each for each in after.warnings if each.named() not in breaks]
        after.changes[:] = [change for change in after.changes if change.address not in after.wrong]
        after.warnings[:] = [*dict.fromkeys([*known, *notices]), *unused]
        return Forecast(after, verdicts, tuple(dict.fromkeys([*after.problems, *breaks])))

    def _publish(self, definitions: Sequence[Definition]) -> None:
        """Put the definitions into the tenant as read, as the newest versions of their integrations."""
        names = [definition.name for definition in definitions]
        self.reading.read(versions.catalog.lookup(name) for _, versions in self._versioned for name in names)
        unknown = [] if self.new else [each for each in definitions if not self._is_known(each.name)]
        if unknown:
            raise UsageError("\n".join(map(self._unknown, unknown)))
        for each in definitions:
            for kind, versions in self._versioned:
                self.published[each.name, kind.name] = versions.catalog.publish(self.reading.tenant, each.version)

    def _is_known(self, name: str) -> bool:
        lookups = [versions.catalog.lookup(name) for _, versions in self._versioned]
        return any(self.reading.tenant.find(read.collection, read.key) for read in lookups)

    def _unknown(self, definition: Definition) -> str:
        name, organization = definition.name, self.reading.tenant.identity.organization
        return (
            f"--against {definition.file}: {organization} has no integration named {name!r}; correct the name in the "
            f"definition, or use --new if it is a new integration; {self._known(name)}"
        )

    @property
    def _versioned(self) -> list[tuple[Kind, Versions]]:
        """The kinds whose objects run versions."""
        return [(kind, kind.versions) for kind in self.registry if kind.versions]

    def _view(self) -> View:
        return self.reading.read_for(self.chosen, pins=self.pins)

    def _verdict(self, definition: Definition, view: View, before: Findings, after: Findings) -> Verdict:
        name = definition.name
        steps = list(self._steps(definition, view))
        judged = [
            self._with_connections(self._judged(each, view, before, after), each, steps)
            for each in takers(self.chosen, [name], self.registry)
        ]
        unused = "" if takers(self.every, [name], self.registry) else self._unused(name)
        undeclared = tuple(self._undeclared(name, view))
        return Verdict(definition.file, name, tuple(judged), tuple(steps), undeclared, unused)

    def _judged(self, resource: Resource, view: View, before: Findings, after: Findings) -> Judged:
        address = resource.address
        known = frozenset(map(_essence, before.wrong.get(address, ())))
        wrong = after.wrong.get(address, ())
        noticed = {notice.message for notice in before.warnings if notice.address == address}
        new = [each for each in after.warnings if each.address == address and each.message not in noticed]
        version = self._version(resource, view)
        return Judged(
            address,
            after.groups.get(address, ""),
            resource.origin.start,
            version.number if version else None,
            breaks=(
                *(problem for problem in wrong if _essence(problem) not in known),
                *(notice.named() for notice in new if notice.blocking),
            ),
            already=tuple(problem for problem in wrong if _essence(problem) in known),
            notices=tuple(notice for notice in new if not notice.blocking),
        )

    @staticmethod
    def _with_connections(judged: Judged, resource: Resource, steps: Sequence[VersionStep]) -> Judged:
        """Return the same with the connections that would be new to it, and blank."""
        changes = next((step.changes for step in steps if step.before == judged.version), None)
        new = [
            each.at(resource.origin, ("spec",), resource.address)
            for each in (changes.additions(resource.spec) if changes else ())
        ]
        return replace(judged, notices=(*judged.notices, *new))

    def _version(self, resource: Resource, view: View) -> Version | None:
        live = view.live(resource.address)
        versions = self.registry[resource.kind].versions
        return versions.use(live, view).version if live and versions else None

    def _steps(self, definition: Definition, view: View) -> Iterator[VersionStep]:
        """Yield what changes, for each version that live objects of the manifests have."""
        chosen = takers(self.chosen, [definition.name], self.registry)
        for kind, versions in self._versioned:
            catalog = versions.catalog
            found = [self._version(resource, view) for resource in chosen if resource.kind == kind.name]
            used = sorted({each for each in found if each}, key=lambda version: (version.number, version.id))
            self.reading.read(catalog.contents(version) for version in used)
            after = self.published[definition.name, kind.name]
            for version in used:
                yield VersionStep(version.number, catalog.changes(version, after, view), found.count(version))

    def _undeclared(self, name: str, view: View) -> Iterator[Undeclared]:
        """Yield the live objects of the integration that no manifest means; none, where not every manifest was read."""
        if len(takers(self.chosen, [name], self.registry)) < len(takers(self.every, [name], self.registry)):
            return
        declared = {live.id for each in takers(self.every, [name], self.registry) if (live := view.live(each.address))}
        for kind, versions in self._versioned:
            for read in map(versions.users, sorted(versions.catalog.sequences(name, view))):
                self.reading.read([read])
                for live in map(kind.finder.live, view.tenant.find(read.collection, read.key)):
                    if live.id not in declared:
                        use = versions.use(live, view)
                        yield Undeclared(live.id, live.name, use.owner, use.version.number, use.losses)

    def _unused(self, name: str) -> str:
        return f"no manifest takes a version of {name!r}; {self._known(name)}"

    def _known(self, name: str) -> str:
        named = {versions.source(each.spec) for each in self.every if (versions := self.registry[each.kind].versions)}
        return did_you_mean(name, named, listed_as="integrations that manifests take")


def _essence(problem: Diagnostic) -> tuple[Place | None, str]:
    """Return a problem's key: its place and message without the suggestions, which differ between versions."""
    return problem.place, problem.message.partition(";")[0]
