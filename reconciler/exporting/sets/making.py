"""The sets of an export: which drafts can be members, the texts of their sets, and what is proved of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from reconciler.exporting.merging import has_parts, is_there, matches
from reconciler.exporting.sets.design import Designer
from reconciler.exporting.sets.document import set_texts
from reconciler.exporting.sets.proving import UNPROVEN, expanded, is_proven

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from reconciler.exporting.drafts import Draft
    from reconciler.exporting.outside import Outside
    from reconciler.exporting.sets.design import SetDraft
    from reconciler.exporting.sets.document import SetTexts
    from reconciler.manifests.schema.check import Checker
    from reconciler.model.capabilities.export import Export, SecretSort, SetForm
    from reconciler.model.place import Path
    from reconciler.model.resource import Resource, SetCustomer

UNDECLARED = "its customer is in no manifest"
DECLARED = "it has a manifest already; to move it into a set, delete the manifest and export again"


@dataclass(frozen=True, slots=True)
class MadeSet:
    """A set with its texts, and the file that its manifest goes into."""

    draft: SetDraft
    file: str
    texts: SetTexts


@dataclass(slots=True)
class SetMaker:
    """Makes the sets of one export.

    ``place`` returns where a file of the export goes. ``taken`` are handles that no new set may have.
    """

    resources: Sequence[Resource]
    outside: Outside
    checker: Checker
    place: Callable[[str], str]
    taken: set[str]
    made: list[MadeSet] = field(default_factory=list)
    apart: list[tuple[Draft, str]] = field(default_factory=list)
    """The drafts that stay manifests of their own although they may be expected in a set, with the reason."""

    def make(self, drafts: Sequence[Draft], declared: Mapping[str, Resource]) -> None:
        """Make the sets of the drafts; ``declared`` are, by ID, those that have a manifest or a set already."""
        kinds = {draft.kind.name: draft.export for draft in drafts if draft.export.sets}
        for kind, export in kinds.items():
            assert export.sets  # noqa: S101 - chosen by it
            mine = [draft for draft in drafts if draft.kind.name == kind]
            self._make(mine, export, export.sets, declared, drafts)

    def _make(
        self,
        mine: Sequence[Draft],
        export: Export,
        form: SetForm,
        declared: Mapping[str, Resource],
        drafts: Sequence[Draft],
    ) -> None:
        kinds = {draft.owner.partition("/")[0] for draft in mine if draft.owner}
        customers = declared_customers(form, kinds, self.resources, drafts)
        usable = []
        for draft in mine:
            if draft.live.id in declared:
                if not declared[draft.live.id].membership:
                    self.apart.append((draft, DECLARED))
            elif isinstance(draft.spec.get(form.owner), str):
                usable.append(draft)
            else:
                self.apart.append((draft, UNDECLARED))
        designer = Designer(form, _entries(export), customers, self.outside, self.taken)
        designed = designer.design(usable)
        for each in list(designed.sets):
            file = self.place(form.file_of(each.handle))
            texts = set_texts(each, file, customers.values(), dict(omitted(each)))
            found = texts and expanded(texts, mine[0].kind.name, list(customers.values()), self.checker)
            if texts and is_proven(found, form.owner, each.specs):
                self.made.append(MadeSet(each, file, texts))
            else:
                designer.give_up(each, UNPROVEN)
        self.apart += designed.apart


def declared_customers(
    form: SetForm, kinds: set[str], resources: Iterable[Resource], drafts: Iterable[Draft]
) -> dict[str, SetCustomer]:
    """Return the customers that manifests declare once the drafts are written, by handle; ``kinds`` are theirs."""
    existing = [each for each in resources if each.kind in kinds and not each.lifecycle.absent]
    specs: dict[str, dict[str, Any]] = {each.handle: dict(each.spec) for each in existing}
    for draft in drafts:
        if draft.kind.name in kinds:
            before = specs.get(draft.handle, {})
            specs[draft.handle] = {
                key: value for key, value in draft.whole.items() if key in draft.spec or key in before
            }
    return {handle: form.customer(handle, spec) for handle, spec in specs.items()}


def omitted(made: SetDraft) -> Iterator[tuple[Path, SecretSort]]:
    """Yield each secret that the members leave out, by its path in a member's spec."""
    for draft in made.members.values():
        for path, sort in draft.secrets.items():
            if not is_there(draft.spec, path):
                yield path, sort


def _entries(export: Export) -> Callable[[Path, Any], bool]:
    """Return whether a path leads to an entry of a map that is managed part by part, such as one config variable."""

    def is_entry(path: Path, value: Any) -> bool:
        inside = any(matches(path[:-1], part) for part in export.parts)
        return inside and not (isinstance(value, dict) and has_parts(path, value, export.parts))

    return is_entry
