"""An export: inventory → drafts → proof → files."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING, Any

from reconciler.errors import UsageError
from reconciler.exporting.all_parts import with_all_members, with_all_parts
from reconciler.exporting.drafts import declare_all, hold, name_all
from reconciler.exporting.folder import Folder, file_of, listed, relative
from reconciler.exporting.inventory import choose, take_inventory
from reconciler.exporting.merging import Edit, edits, is_there
from reconciler.exporting.outside import EXAMPLE_FILE, Outside, example_text, values_from
from reconciler.exporting.proving import prove
from reconciler.exporting.sets.making import SetMaker, declared_customers
from reconciler.exporting.sets.patterns import filled
from reconciler.exporting.sets.updating import MOST_OVERRIDES, changed_choices, member_edits, too_many
from reconciler.exporting.unmanaged import HEAD, Unmanaged, comment_lines
from reconciler.exporting.yaml_text import comment, document_text
from reconciler.manifests.schema.check import Checker
from reconciler.manifests.schema.schemas import API_VERSION
from reconciler.manifests.selectors import addresses_of
from reconciler.manifests.yaml.layers import Layers
from reconciler.model.place import dotted
from reconciler.planning.unfolding import with_parts
from reconciler.text.suggest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from reconciler.exporting.drafts import Draft
    from reconciler.exporting.inventory import InventoryItem
    from reconciler.exporting.sets.making import MadeSet
    from reconciler.manifests.result import Manifests
    from reconciler.model.capabilities.export import SecretSort
    from reconciler.model.place import Path as ValuePath
    from reconciler.model.resource import Resource
    from reconciler.model.tenant import Live
    from reconciler.planning.plan import Change
    from reconciler.planning.prefetch import Reading


SHARED = "it differs from {}, whose manifest is about others too; change that by hand"
UNEXCLUDED = "a set would get it as a member; add it to the set's customers.exclude"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which part of the tenant to export, and in how much detail."""

    names: Mapping[str, Sequence[str]]
    """The wanted names by facet, such as ``label``."""
    targets: tuple[str, ...] = ()
    full: bool = False
    """Whether defaults are written too."""
    references: bool = False
    """Whether secrets become ``valueFrom`` references, whose values every plan and apply then needs.

    By default they are left out, so that nothing compares or writes them.
    """
    sets: bool = False
    """Whether objects that are alike become sets."""

    @property
    def everything(self) -> bool:
        return not self.targets and not any(self.names.values())


@dataclass(slots=True)
class Exported:
    """The result of an export.

    ``new`` and ``changed`` are addresses by file. ``left_out`` are objects, and ``kept`` differences, that no manifest
    declares, with the reason. ``gone`` are the addresses of manifests without a live object.
    """

    new: dict[str, list[str]] = field(default_factory=dict)
    changed: dict[str, list[str]] = field(default_factory=dict)
    unchanged: int = 0
    left_out: list[tuple[str, str]] = field(default_factory=list)
    kept: list[tuple[str, str]] = field(default_factory=list)
    held: list[tuple[str, str]] = field(default_factory=list)
    """The addresses of new manifests that hold something back which is due, with the reason."""
    gone: list[str] = field(default_factory=list)
    secret_names: list[str] = field(default_factory=list)
    """The environment variables that values are newly left to."""
    sorts: tuple[SecretSort, ...] = ()
    """Why values can be secrets, in the order of the report."""
    unmanaged: list[Unmanaged] = field(default_factory=list)
    """The values left out because they are, or may be, secrets."""
    needs_secrets: bool = False
    """Whether a plan of the manifests takes secrets from outside, those that were there before too."""
    sets: list[MadeSet] = field(default_factory=list)
    """The sets that were written, or that ``--sets`` would write."""
    sets_asked: bool = False
    apart: list[tuple[str, str]] = field(default_factory=list)
    """The addresses of objects that are in no set although sets were asked for, with the reason."""
    files: list[Path] = field(default_factory=list)
    """The files that were written."""
    dry: bool = False
    """Whether nothing was written, because only the outcome was asked for."""

    @property
    def secrets(self) -> int:
        """How many values are newly left to the environment."""
        return len(self.secret_names)


class Exporter:
    """One export into one folder; ``manifests`` are the existing ones, if any.

    ``into`` is the folder below ``root`` for the manifests of a new project; its content is not read.
    """

    def __init__(
        self, reading: Reading, wanted: Wanted, root: Path, manifests: Manifests | None, *, into: str | None = None
    ) -> None:
        exports = [kind.export for kind in reading.registry if kind.export]
        self._reading, self._wanted = reading, wanted
        self._folder = Folder(root, fresh=into is not None)
        self._resources: Sequence[Resource] = manifests.resources if manifests else ()
        self._known_sets = {each.address.partition("/")[2] for each in manifests.sets} if manifests else set()
        self._listed = tuple(manifests.project.manifests) if manifests and manifests.project else (into or ".",)
        self._values_from = list(_values_from(self._resources))
        """Every value from outside, as the manifests and overlays are written."""
        self._outside = Outside(
            {each["env"] for each in self._values_from if "env" in each},
            frozenset(step for each in exports for part in each.parts for step in part),
        )
        self._files: dict[str, str] = {}
        """The folder of each object that can be a parent, by address."""
        self._drafts: Sequence[Draft] = ()
        self.outcome = Exported(sorts=tuple(sort for each in exports for sort in each.secrets))

    @property
    def resources(self) -> list[Resource]:
        """The exported objects, as resources that no file holds yet."""
        return [draft.resource for draft in self._drafts]

    def run(self, *, dry: bool = False) -> Exported:
        """Write the manifests, unless ``dry``; raises ``UsageError`` for names that nothing in the tenant has."""
        self.prepare()
        self.outcome.dry = dry
        if not dry:
            self.outcome.files = self._folder.write()
        return self.outcome

    def prepare(self) -> Mapping[Path, str]:
        """Return the content of each file and write none; raises like :meth:`run`."""
        wanted = self._wanted
        entries = take_inventory(self._reading)
        existing = self._existing()
        drafts = self._chosen(entries, existing)
        # What declaring the objects takes, such as the variables of their integrations.
        self._reading.read(each for draft in drafts for each in draft.export.reads(draft.live))
        handles = {draft.live.id: draft.handle for draft in drafts}
        handles |= {identifier: resource.handle for identifier, resource in existing.items()}
        owners = {entry.live.id: entry.owner for entry in entries}
        undeclarable = declare_all(
            drafts, owners, handles, self._reading.view(), full=wanted.full, references=wanted.references
        )
        self.outcome.left_out += undeclarable.items()
        drafts = [draft for draft in drafts if draft.address not in undeclarable]
        drafts = self._provable(drafts, [each for each in existing.values() if each.lifecycle.unmanaged])
        drafts = self._keep_sets(drafts, existing)
        drafts = with_all_parts(drafts, existing, self._resources, self._reading)
        members = self._sets(drafts, existing)
        made = self.outcome.sets if wanted.sets else ()
        drafts = with_all_members(drafts, existing, self._resources, made, self._reading.registry)
        for draft in drafts:
            if draft.address not in members:
                self._place(draft, existing)
        self._update([(draft, existing[draft.live.id]) for draft in drafts if draft.live.id in existing])
        for draft in drafts:
            if draft.live.id not in existing and draft.address not in members:
                self._add(draft)
        self._list_secrets()
        self._drafts = drafts
        return self._folder.texts

    def _existing(self) -> dict[str, Resource]:
        """Return the existing manifests, by the ID of their live object."""
        self._resources = with_parts(self._resources, self._reading.read_parts(self._resources))
        view = self._reading.read_for(self._resources)
        found: dict[str, Resource] = {}
        for resource in self._resources:
            live = view.live(resource.address)
            if live:
                found[live.id] = resource
            elif resource.lifecycle.managed:
                self.outcome.gone.append(resource.address)
        return found

    def _chosen(self, entries: Sequence[InventoryItem], existing: Mapping[str, Resource]) -> list[Draft]:
        known = {identifier: resource.handle for identifier, resource in existing.items()}
        drafts = name_all(entries, known, [resource.address for resource in self._resources])
        chosen = {entry.live.id for entry in choose(entries, self._wanted.names)}
        if self._wanted.targets:
            chosen &= _targeted(drafts, entries, self._wanted.targets)
        # Objects that a manifest deletes or releases are not exported, nor the children of deleted ones.
        left = {identifier for identifier, resource in existing.items() if not resource.lifecycle.managed}
        going = {identifier for identifier, resource in existing.items() if resource.lifecycle.absent}
        left |= {entry.live.id for entry in entries if entry.owner and entry.owner.id in going}
        return [draft for draft in drafts if draft.live.id in chosen - left]

    def _provable(self, drafts: Sequence[Draft], given_up: Sequence[Resource]) -> list[Draft]:
        """Return the drafts for which a plan finds nothing to do; note why the others get no manifest.

        Their parents may be among the ``given_up`` (released) objects.
        """
        checker = Checker(self._reading.registry)
        refused: dict[str, str] = {}
        for draft in drafts:
            for problem in checker.problems(_document(draft, Outside().replaced(draft.spec, draft.address, ()))):
                refused.setdefault(draft.address, problem.message)
        twice = Counter((draft.kind.name, draft.kind.spec.identity(draft.spec)) for draft in drafts)
        for draft in drafts:
            if twice[draft.kind.name, draft.kind.spec.identity(draft.spec)] > 1:
                refused.setdefault(draft.address, "a manifest cannot distinguish it from another object")
        sound = [*given_up, *(draft.resource for draft in drafts if draft.address not in refused)]
        by_address = {draft.address: draft for draft in drafts}

        def held(change: Change) -> Resource | None:
            return hold(by_address[change.address], change) if change.address in by_address else None

        prove(sound, self._reading, refused, held)
        for draft in drafts:
            if draft.address in refused:
                self.outcome.left_out.append((f"{draft.address} {draft.live.name!r}", refused[draft.address]))
        return [draft for draft in drafts if draft.address not in refused]

    def _sets(self, drafts: Sequence[Draft], existing: Mapping[str, Resource]) -> set[str]:
        """Add the sets of new objects that are alike; return the addresses of their members.

        Unless sets are asked for, only note which ones would be possible.
        """
        asked = self._wanted.sets
        taken = self._known_sets | {each.handle.partition(".")[0] for each in self._resources}
        outside = self._outside if asked else Outside(unsaid=self._outside.unsaid)
        place = partial(listed, paths=self._listed, root=self._folder.root)
        maker = SetMaker(self._resources, outside, Checker(self._reading.registry), place, taken)
        maker.make(drafts, existing)
        self.outcome.sets, self.outcome.sets_asked = maker.made, asked
        if not asked:
            return set()
        before = {draft.address: draft for made in maker.made for draft in made.draft.members.values()}
        for made in maker.made:
            self._add_set(made)
        for draft in drafts:
            if draft.owner in before:
                _follow(draft, draft.owner, before[draft.owner])
        self.outcome.apart = [(draft.address, reason) for draft, reason in maker.apart]
        return {draft.address for made in maker.made for draft in made.draft.members.values()}

    def _add_set(self, made: MadeSet) -> None:
        """Write a set; its members get the handles that every run gives them."""
        for customer, draft in made.draft.members.items():
            draft.handle = f"{made.draft.handle}.{customer}"
            self._left(draft, draft.spec)
            self._note_held(draft)
        self._folder.append(made.file, made.texts.manifest)
        addresses = [made.draft.address, *(draft.address for draft in made.draft.members.values())]
        self.outcome.new.setdefault(made.file, []).extend(addresses)
        if made.texts.values_file:
            self._folder.texts[self._folder.root / made.texts.values_file] = made.texts.values

    def _place(self, draft: Draft, existing: Mapping[str, Resource]) -> None:
        """Note the file of the draft, so that its children go beside it."""
        owner = self._files[draft.owner].rpartition("/")[0] if draft.owner in self._files else None
        file = draft.export.file_of(draft.handle, owner)
        file = file if owner else listed(file, self._listed, self._folder.root)
        resource = existing.get(draft.live.id)
        if resource and isinstance(resource.origin, Layers):
            beside = relative(file_of(resource.origin.documents[0]), self._folder.root)
            file = beside if beside and "/" in beside else file
        self._files[draft.address] = file

    def _add(self, draft: Draft) -> None:
        spec = self._outside.replaced(draft.spec, draft.address, ())
        left = self._left(draft, draft.spec)
        growing = [("spec", *part) for part in draft.export.parts if len(part) == 1]
        text = document_text(_document(draft, spec), draft.remarks, comment_lines(left), growing)
        if text is None:
            self.outcome.left_out.append((draft.address, "YAML cannot hold its values"))
            return
        self._folder.append(self._files[draft.address], text)
        self.outcome.new.setdefault(self._files[draft.address], []).append(draft.address)
        self._note_held(draft)

    def _note_held(self, draft: Draft) -> None:
        if draft.held:
            self.outcome.held.append((draft.address, draft.held))

    def _left(self, draft: Draft, declared: Mapping[str, Any]) -> dict[ValuePath, SecretSort]:
        """Note which secrets of a live object are not declared, and return why each may be one."""
        left = {path: sort for path, sort in draft.secrets.items() if not is_there(declared, path)}
        self.outcome.unmanaged += [Unmanaged(draft.address, path, sort) for path, sort in left.items()]
        return left

    def _update(self, pairs: Sequence[tuple[Draft, Resource]]) -> None:
        """Change the lines of existing manifests that differ from the live objects."""
        refused: dict[str, str] = {}
        changes = prove([resource for _, resource in pairs], self._reading, refused)
        found: dict[str, list[tuple[Draft, Edit]]] = {}
        for draft, resource in pairs:
            if not self._wanted.references:
                self._left(draft, resource.spec)
            if resource.address in refused:
                self.outcome.kept.append((draft.address, refused[resource.address]))
                continue
            member = resource.membership
            if member and member.unfolded:
                if resource.address in changes:
                    self.outcome.kept.append((draft.address, SHARED.format(member.set_address)))
                continue
            for each in (member_edits if member else edits)(resource, draft, changes.get(resource.address)):
                if isinstance(each, Edit):
                    found.setdefault(member.set_address if member else "", []).append((draft, each))
                else:
                    self.outcome.kept.append((draft.address, f"{dotted(each.path)}: {each.reason}"))
        touched = {draft.address for each in found.values() for draft, _ in each}
        self.outcome.unchanged = len(pairs) - len(touched)
        self._edit_all(found)
        if self._wanted.references:
            for draft, resource in pairs:
                self._drop_comment(draft, resource)

    def _edit_all(self, found: Mapping[str, Sequence[tuple[Draft, Edit]]]) -> None:
        """Make the edits, which are by set; those of a set only if they are few."""
        by_file: dict[Path, list[tuple[Draft, Edit]]] = {}
        for address, pairs in found.items():
            if address and len(pairs) > MOST_OVERRIDES:
                self.outcome.kept.append((address, too_many(pairs)))
                continue
            for draft, edit in pairs:
                by_file.setdefault(file_of(edit.document), []).append((draft, edit))
        for file, made in by_file.items():
            self._edit(file, made)

    def _keep_sets(self, drafts: Sequence[Draft], existing: Mapping[str, Resource]) -> list[Draft]:
        """Have existing sets keep their members although customers are new, or have other labels.

        Return the drafts without the customers that a set would get because its file cannot be changed.
        """
        form = next((draft.export.sets for draft in drafts if draft.export.sets), None)
        parents = {draft.owner.partition("/")[0] for draft in drafts if draft.owner and draft.export.sets}
        if form is None or not any(each.membership and not each.membership.unfolded for each in self._resources):
            return list(drafts)
        before, after = (declared_customers(form, parents, self._resources, each) for each in ((), drafts))
        lost: set[str] = set()
        for choice in changed_choices(self._resources, before, after):
            for edit in choice.edits:
                file = file_of(edit.document)
                if self._folder.edit(file, [(edit, edit.value)]):
                    lost |= {f"{parent}/{handle}" for parent in parents for handle in choice.newcomers}
                else:
                    name = relative(file, self._folder.root) or str(file)
                    self.outcome.changed.setdefault(name, []).append(f"{choice.address} {dotted(edit.path)}")
        left = [draft for draft in drafts if draft.address in lost or draft.owner in lost]
        self.outcome.left_out += [(draft.address, UNEXCLUDED) for draft in left if draft.live.id not in existing]
        return [
            draft
            for draft in drafts
            if draft.live.id in existing or (draft.address not in lost and draft.owner not in lost)
        ]

    def _edit(self, file: Path, found: Sequence[tuple[Draft, Edit]]) -> None:
        values = [(edit, self._outside.replaced(edit.value, draft.address, edit.path)) for draft, edit in found]
        refused = self._folder.edit(file, values)
        name = relative(file, self._folder.root) or str(file)
        for draft, edit in found:
            path = dotted(edit.path)
            if edit in refused:
                reason = f"{name} cannot hold it without losing a comment, or changing other places of an alias"
                self.outcome.kept.append((draft.address, f"{path}: {reason}"))
                self._outside.forget(draft.address, edit.path)
            else:
                self.outcome.changed.setdefault(name, []).append(f"{draft.address} {path}")

    def _drop_comment(self, draft: Draft, resource: Resource) -> None:
        """Remove an earlier export's comment on omitted values, if it is no longer true."""
        block = comment(comment_lines(draft.secrets))
        if block and isinstance(resource.origin, Layers):
            document = resource.origin.documents[0]
            if document.source.may_say(HEAD):
                self._folder.drop(file_of(document), document.index, block)

    def _list_secrets(self) -> None:
        self.outcome.needs_secrets = bool(self._outside.names or self._values_from)
        self.outcome.secret_names = [name for given in self._outside.names.values() for _, name in given]
        if self._outside.names:
            file = self._folder.root / EXAMPLE_FILE
            self._folder.texts[file] = example_text(self._folder.on_disk(file), self._outside.names)


def _follow(draft: Draft, former: str, owner: Draft) -> None:
    """Refer to the parent, which became a member of a set, by the handle that it has there."""
    draft.owner = owner.address
    for spec in (draft.spec, draft.whole):
        for reference in draft.kind.spec.references(spec):
            if reference.address == former:
                spec[str(reference.path[0])] = owner.handle


def _document(draft: Draft, spec: Mapping[str, Any]) -> dict[str, Any]:
    metadata = {"name": draft.handle}
    return {"apiVersion": API_VERSION, "kind": draft.kind.name, "metadata": metadata, "spec": dict(spec)}


def _values_from(resources: Sequence[Resource]) -> Iterator[Mapping[str, Any]]:
    """Yield every ``valueFrom`` of the resources' documents; for a member of a set, with its placeholders filled in."""
    known: dict[int, list[Mapping[str, Any]]] = {}
    for resource in resources:
        for document in resource.origin.documents if isinstance(resource.origin, Layers) else ():
            if id(document.data) not in known:
                known[id(document.data)] = list(values_from(document.data))
            member = resource.membership
            for each in known[id(document.data)]:
                yield {key: filled(value, member.customer) or value for key, value in each.items()} if member else each


def _targeted(drafts: Sequence[Draft], entries: Sequence[InventoryItem], targets: Sequence[str]) -> set[str]:
    """Return the IDs of the targets and of their parents; raises ``UsageError`` for one that means nothing."""
    owners: dict[str, Live | None] = {entry.live.id: entry.owner for entry in entries}
    by_address = {draft.address: draft.live.id for draft in drafts}
    meant = {target: addresses_of(target, by_address) for target in targets}
    unknown = [target for target, addresses in meant.items() if not addresses]
    if unknown:
        raise UsageError(
            "\n".join(
                f"--target {target}: nothing in the tenant gets this address; {did_you_mean(target, by_address)}"
                for target in unknown
            )
        )
    found: set[str] = set()
    for address in chain.from_iterable(meant.values()):
        identifier: str | None = by_address[address]
        while identifier:
            found.add(identifier)
            owner = owners[identifier]
            identifier = owner.id if owner else None
    return found
