"""The steps from files to resources, in order. Problems are collected on the way and raised together at the end."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from reconciler.errors import ManifestErrors
from reconciler.manifests.checks.consistency import CrossChecker, duplicates
from reconciler.manifests.graph import check_targets, closure, declared_targets, dependencies, may_unfold_to
from reconciler.manifests.overlays import Manifest, overlaid
from reconciler.manifests.placeholders import look_alikes, may_have_placeholders
from reconciler.manifests.project.lockfile import pinned, read_lock
from reconciler.manifests.project.selection import choice_of, select
from reconciler.manifests.resources import resource_of, valid_part
from reconciler.manifests.result import Manifests
from reconciler.manifests.schema.check import Checker
from reconciler.manifests.schema.expectations import nearest
from reconciler.manifests.schema.schemas import INSTANCE_SET, ROLLOUT, is_directive, is_set
from reconciler.manifests.selectors import is_glob, selected
from reconciler.manifests.value_from.env_names import EnvNames
from reconciler.manifests.value_from.resolve import VALUE_FROM, Resolver, source_problems, without_secrets
from reconciler.manifests.variables import Variables, refers
from reconciler.manifests.without_effect import lifecycle_without_effect, may_misspell_value_from, misspelt_value_from
from reconciler.manifests.yaml.layers import Layers
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.pins import Pins
from reconciler.secrets.secret import secrets_in

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Sequence
    from pathlib import Path

    from reconciler.manifests.project.selection import Selection
    from reconciler.manifests.result import ManifestOptions
    from reconciler.manifests.sets.expansion import Expansion
    from reconciler.manifests.yaml.layers import Document
    from reconciler.model.kind import Registry
    from reconciler.model.place import Path as ValuePath
    from reconciler.model.place import Place
    from reconciler.model.resource import Resource
    from reconciler.model.rollout import Rollout
    from reconciler.secrets.secret import Secret


@dataclass(slots=True)
class ManifestReading:
    """One reading of the manifests, with the problems and warnings found so far."""

    options: ManifestOptions
    kinds: Registry
    problems: list[Diagnostic] = field(default_factory=list)
    pins: Pins = field(default_factory=Pins)
    """The versions of the lock; empty until it is read."""
    warnings: list[Diagnostic] = field(default_factory=list)
    secrets: list[Secret] = field(default_factory=list, repr=False)
    directives: list[Manifest] = field(default_factory=list)
    """The valid documents that are no resources: sets, and rollouts."""
    rollouts: Sequence[Rollout] = ()
    targets: tuple[str, ...] = ()
    """The addresses to which the run is restricted; known once all resources are."""
    _origins: dict[str, Layers] = field(default_factory=dict)

    def read(self) -> Manifests:
        checker = Checker(self.kinds)
        options = self.options
        cwd = options.cwd.absolute()
        selection, self.problems = select(
            options.files,
            choice_of(options.environment, options.environ),
            cwd,
            options.stdin,
            checker,
            may_be_empty=options.may_be_empty,
        )
        manifests = self._overlaid(selection, checker)
        if not manifests and not self.problems and not options.may_be_empty:
            self.problems.append(Diagnostic("the manifests are empty: nothing is declared in them"))
        manifests, expansion = self._expanded(manifests, checker, selection)
        declared = _declared(manifests, checker) | (expansion.addresses if expansion else set())
        if selection.complete and manifests:
            # First, and alone: other problems may be in manifests that are not targeted.
            plain = (each for each in options.targets if not is_glob(each))
            known = (each for each in plain if not (expansion and expansion.may_have(each)))
            checked = [each for each in known if not may_unfold_to(each, declared, self.kinds)]
            check_targets(checked, declared)
        resources, partial = self._resources(
            [each for each in manifests if not is_directive(each.data)], checker, settled=selection.settled
        )
        resources = self._unfolded(self._locked(resources, selection, cwd), expansion, declared)
        settled = None
        if expansion:
            from reconciler.manifests.sets.own_members import OwnMembers

            own = OwnMembers(self.kinds, resources, expansion, declared)
            resources, partial = own.referring(resources), own.referring(partial)
            self.problems += own.problems
            settled = own.is_settled
        cross = CrossChecker(self.kinds, checker, declared, selection.complete, settled)
        self.problems += [*cross.problems(resources), *cross.dangling(partial)]
        self.warnings += cross.warnings
        if selection.unused:
            self.warnings.append(_unused_project(selection.unused))
        self._read_rollouts(resources, known=not (expansion and expansion.stand_ins))
        self._check_effects(resources, partial)
        self._check_sources([*resources, *partial])
        if expansion:
            resources = [each for each in resources if each.address not in expansion.stand_ins]
        resources = [self._with_file_texts(resource) for resource in resources]
        written = tuple(resources)
        if options.restricted and self.problems:
            # Which resources are meant may depend on what is wrong, and so does which secrets are needed.
            raise ManifestErrors(self.problems)
        self.targets = selected(options.targets, options.facets, resources, self.kinds)
        if selection.settled:
            # Without its environment a run cannot know which secrets it needs: their messages would bury the mistake.
            resources = self._with_secrets(resources, partial)
        if self.problems:
            raise ManifestErrors(self.problems)
        return Manifests(
            selection.project,
            selection.environment,
            tuple(resources),
            written,
            tuple(selection.sources),
            selection.whole,
            selection.origin,
            self.pins,
            tuple(dict.fromkeys(self.warnings)),
            tuple(self.secrets),
            tuple(sorted(expansion.summaries, key=lambda each: each.address)) if expansion else (),
            tuple(self.rollouts),
            self.targets,
        )

    def _overlaid(self, selection: Selection, checker: Checker) -> list[Manifest]:
        variables = _variables(selection)
        base, overlays = (self._filled(each, variables) for each in self._manifests_of(selection, variables))
        if variables and selection.complete and selection.whole:
            self.warnings.extend(_unused(selection, variables))
        manifests, problems, warnings = overlaid(base, overlays, checker)
        self.problems += problems
        self.warnings += warnings
        return self._once(manifests)

    def _manifests_of(
        self, selection: Selection, variables: Variables | None
    ) -> tuple[Sequence[Document], Sequence[Document]]:
        """Return the manifests and the overlays, without the files of customers' values."""
        if not any(is_set(each.data) for each in (*selection.documents, *selection.overlays)):
            return selection.documents, selection.overlays
        from reconciler.manifests.sets.values import without_values

        fill = partial(variables.fill, problems=[]) if variables else str
        cwd = self.options.cwd.absolute()
        base, overlays, self.problems = without_values(
            selection.documents, selection.overlays, self.problems, fill, cwd
        )
        return base, overlays

    def _filled(self, documents: Iterable[Document], variables: Variables | None) -> list[Manifest]:
        manifests = []
        for document in documents:
            manifest = Manifest(document.data, Layers((document,)))
            if variables and document.source.passes(may_have_placeholders):
                problems: list[Diagnostic] = []
                data, filled = document.data, None
                if is_set(document.data):
                    from reconciler.manifests.sets.with_variables import filled_set, without_placeholders

                    data, filled = without_placeholders(data), filled_set(data, variables, problems)
                manifest = replace(manifest, data=filled or variables.fill(data, problems))
                errors, warnings = look_alikes(data, {*variables.values, *variables.elsewhere})
                self.problems += (each.at(manifest.origin) for each in (*problems, *errors))
                self.warnings += (each.at(manifest.origin, address=manifest.address) for each in warnings)
            manifests.append(manifest)
        return manifests

    def _expanded(
        self, manifests: list[Manifest], checker: Checker, selection: Selection
    ) -> tuple[list[Manifest], Expansion | None]:
        """Return the manifests with the members of their sets; check the directives, and keep the valid ones."""
        known = {problem.place for problem in self.problems}
        sets = []
        for manifest in manifests:
            if not is_directive(manifest.data):
                continue
            wrong = checker.problems(manifest.data, manifest.origin.spelling)
            shown = [each for each in wrong if selection.settled or not refers(manifest.data, each.path)]
            self._report(manifest.origin, shown, known)
            if not wrong:
                self.directives.append(manifest)
            if is_set(manifest.data):
                sets.append((manifest, wrong))
        if not sets:
            return manifests, None
        from reconciler.manifests.sets.expansion import expand

        live, options = None, self.options
        if options.live_customers and not self.problems:
            # Where the manifests are wrong already, the tenant need not be asked.
            live = partial(options.live_customers, selection.project, selection.environment, selection.origin)
        readable = sets if selection.settled else ()
        expansion = expand(readable, manifests, checker, options.cwd.absolute(), live, complete=selection.complete)
        if not selection.settled:
            expansion.unexpanded |= {manifest.address for manifest, _ in sets if manifest.address}
        self.problems += expansion.problems
        self.warnings += expansion.warnings
        return self._once([*manifests, *expansion.members]), expansion

    def _once(self, manifests: Sequence[Manifest]) -> list[Manifest]:
        """Return the manifests, of those with one address the first alone; report the others."""
        twice = list(duplicates(manifests))
        self.problems += [problem for _, problem in twice]
        dropped = {id(manifest) for manifest, _ in twice}
        return [manifest for manifest in manifests if id(manifest) not in dropped]

    def _resources(
        self, manifests: Sequence[Manifest], checker: Checker, *, settled: bool
    ) -> tuple[list[Resource], list[Resource]]:
        """Return the valid manifests as resources, and the valid parts of the invalid ones, which are reported.

        The valid parts are checked further, so that one run reports every problem. Unless ``settled``, variables are
        not filled in yet, and values that refer to one are not reported.
        """
        resources, partial = [], []
        known = {problem.place for problem in self.problems}
        for manifest in manifests:
            wrong = checker.problems(manifest.data, manifest.origin.spelling)
            shown = [problem for problem in wrong if settled or not refers(manifest.data, problem.path)]
            self._report(manifest.origin, shown, known)
            if not wrong:
                resource = resource_of(manifest)
                self._origins[resource.address] = manifest.origin
                resources.append(resource)
            elif settled and manifest.address and (right := valid_part(manifest, wrong)):
                self._origins[right.address] = manifest.origin
                partial.append(right)
        return sorted(resources, key=lambda each: (self.kinds[each.kind].level, each.kind, each.handle)), partial

    def _locked(self, resources: Sequence[Resource], selection: Selection, cwd: Path) -> list[Resource]:
        """Return the resources, with the lock's versions where they leave a version open."""
        if not self.options.follow_lock:
            return list(resources)
        folder = selection.project.folder if selection.project else cwd
        environment = selection.environment.name if selection.environment else None
        versions = read_lock(folder, cwd, self.problems).versions(environment)
        self.pins = Pins(versions, strict=self.options.locked)
        return [pinned(resource, self.pins, self.kinds, self.problems) for resource in resources]

    def _unfolded(
        self, resources: list[Resource], expansion: Expansion | None, declared: frozenset[str]
    ) -> list[Resource]:
        """Return the resources; of a manifest that means several, all of them."""
        if any(self.kinds[each.kind].spec.unfolding for each in resources):
            from reconciler.manifests.unfolding import unfold

            resources = unfold(resources, self.kinds, expansion, declared, self.problems)
            self._origins |= {each.address: each.origin for each in resources if isinstance(each.origin, Layers)}
        return resources

    def _read_rollouts(self, resources: Sequence[Resource], *, known: bool) -> None:
        """Read the rollouts; they are compared with the resources where nothing else is wrong with those.

        ``known``: whether the members of all sets are known.
        """
        documents = [each for each in self.directives if each.kind == ROLLOUT]
        if not documents:
            return
        from reconciler.manifests.rollouts.checks import RolloutChecker
        from reconciler.manifests.rollouts.parse import own_problems, parse_rollout
        from reconciler.rollouts.selection import Governed

        whole = known and not self.problems
        self.problems += [problem.at(each.origin) for each in documents for problem in own_problems(each.data)]
        found = [parse_rollout(each.data, each.origin) for each in documents]
        self.rollouts = sorted(found, key=lambda rollout: rollout.name)
        if whole:
            sets = [each.address for each in self.directives if each.kind == INSTANCE_SET and each.address]
            checker = RolloutChecker(self.rollouts, Governed(self.kinds, resources), sets)
            self.problems += checker.problems()
            self.warnings += checker.warnings()

    def _check_effects(self, resources: Sequence[Resource], partial: Sequence[Resource]) -> None:
        for resource in resources:
            origin = self._origins[resource.address]
            useless = lifecycle_without_effect(resource, self.kinds[resource.kind])
            self.warnings += (each.at(origin, address=resource.address) for each in useless)
        for resource in (*resources, *partial):
            origin = self._origins[resource.address]
            if origin.passes(may_misspell_value_from):
                self.problems += (each.at(origin) for each in misspelt_value_from(resource.spec, ("spec",)))

    def _with_file_texts(self, resource: Resource) -> Resource:
        """Return the resource with the texts of the files that it names, which are part of the manifest."""
        paths = list(self.kinds[resource.kind].spec.files(resource.spec))
        if not paths:
            return resource
        from reconciler.manifests.value_from.text_files import with_file_texts

        problems: list[Diagnostic] = []
        origin = self._origins[resource.address]
        spec = with_file_texts(resource.spec, paths, origin, problems)
        self.problems += (problem.at(origin) for problem in problems)
        return replace(resource, spec=spec)

    def _check_sources(self, resources: Sequence[Resource]) -> None:
        """Report forbidden sources of secrets, whether or not this run resolves them."""
        names = EnvNames.of(self.options.environ)
        for resource in filter(self._may_have_secrets, resources):
            origin = self._origins[resource.address]
            self.problems += (each.at(origin) for each in source_problems(resource.spec, origin, names, ("spec",)))

    def _needed(self, resources: Sequence[Resource]) -> Container[str]:
        """Return the addresses whose secrets are resolved: the targets that are declared, and their dependencies."""
        targets = declared_targets(self.targets, resources)
        if not targets:
            return () if self.targets else {resource.address for resource in resources}
        graph = dependencies(resources, self.kinds)
        needed = {resource.address for resource in closure(resources, targets, graph)}
        if not self.rollouts:
            return needed
        from reconciler.rollouts.selection import Governed

        # Whether the gate of a target's wave is open depends on all members of its rollout.
        fellows = Governed(self.kinds, resources).fellows(self.rollouts, needed)
        return {resource.address for resource in closure(resources, [*needed, *fellows], graph)}

    def _with_secrets(self, resources: Sequence[Resource], partial: Sequence[Resource]) -> list[Resource]:
        """Return the resources with their secrets; those of the ``partial`` ones are looked up to report problems.

        Commands run only where nothing is wrong so far.
        """
        options, run = self.options, not self.problems
        resolver = Resolver(
            options.environ, options.allow_exec, run_commands=run, keep=options.keep_secrets, ending=options.ending
        )
        resolved = self._resolved(resources, resolver)
        self._resolved(partial, resolver)
        return resolved

    def _resolved(self, resources: Sequence[Resource], resolver: Resolver) -> list[Resource]:
        """Return the resources with their secrets. Resources that are deleted or given up need none."""
        options = self.options
        known = {problem.place for problem in self.problems}
        needed = self._needed(resources)
        resolved = []
        for resource in resources:
            if not self._may_have_secrets(resource):
                resolved.append(resource)
                continue
            if options.without_secrets or not resource.lifecycle.managed or resource.address not in needed:
                spec = without_secrets(resource.spec)
            else:
                spec = self._secrets(resource, resolver, known)
            resolved.append(replace(resource, spec=spec))
        return resolved

    def _may_have_secrets(self, resource: Resource) -> bool:
        return self._origins[resource.address].may_say(VALUE_FROM)

    def _secrets(self, resource: Resource, resolver: Resolver, known: Container[Place | None]) -> Any:
        problems: list[Diagnostic] = []
        origin = self._origins[resource.address]
        spec = resolver.resolve(resource.spec, origin, problems, ("spec",))
        self._report(origin, problems, known)
        self.warnings += (each.at(origin, address=resource.address) for each in resolver.warnings)
        resolver.warnings.clear()
        self.secrets += secrets_in(spec)
        return spec

    def _report(self, origin: Layers, problems: Iterable[Diagnostic], known: Container[Place | None]) -> None:
        """Report the problems, except at places where an earlier problem is ``known``: it is probably the cause."""
        placed = (problem.at(origin) for problem in problems)
        self.problems += (problem for problem in placed if problem.place not in known)


def _variables(selection: Selection) -> Variables | None:
    """Return the variables of the run; ``None`` when the project or the environment is invalid."""
    if not selection.settled:
        return None
    project, chosen = selection.project, selection.environment
    if project is None:
        return Variables({})
    elsewhere: dict[str, list[str]] = {}
    for each in project.environments.values():
        for name in each.variables:
            elsewhere.setdefault(name, []).append(each.name)
    name, own = (chosen.name, chosen.variables) if chosen else ("", {})
    return Variables({**project.variables, **own}, name, elsewhere)


def _unused_project(path: Path) -> Diagnostic:
    folder = path.parent
    return Diagnostic(
        f"the project {path} is not used, since -f does not name it: nothing is owned or pruned, its tenant is not "
        f"checked, and its environments, overlays and variables do not apply; name its folder (-f {folder})"
    )


def _unused(selection: Selection, variables: Variables) -> Iterator[Diagnostic]:
    """Yield a warning for each variable of the chosen environment that no manifest uses.

    The project's own variables are checked only where there are no environments, since overlays may use them.
    """
    project, chosen = selection.project, selection.environment
    if project is None or selection.origin is None:
        return
    declared: dict[str, ValuePath] = {}
    if chosen:
        declared = {name: ("spec", "environments", chosen.name, "variables", name) for name in chosen.variables}
    elif not project.environments:
        declared = {name: ("spec", "variables", name) for name in project.variables}
    for name, path in declared.items():
        if name not in variables.used:
            place = selection.origin.place(path, key=True)
            message = f"no manifest uses the variable {name!r}; a manifest takes it as ${{var.{name}}}"
            yield Diagnostic(message, place)


def _declared(manifests: Iterable[Manifest], checker: Checker) -> frozenset[str]:
    """Return the addresses of all manifests, valid or not; a misspelt kind is corrected."""
    declared = set()
    for manifest in manifests:
        kind, _, handle = (manifest.address or "").partition("/")
        if kind:
            declared.add(f"{kind if kind in checker.names else nearest(kind, checker.names)}/{handle}")
    return frozenset(declared)


def read_manifests(options: ManifestOptions, kinds: Registry) -> Manifests:
    """Return the checked manifests with their overlays merged; raises ``ManifestErrors`` with every problem."""
    return ManifestReading(options, kinds).read()
