"""Lists of other objects in a spec, such as the users of a group: by handle, or by a name if no manifest declares them.

The API takes and returns IDs. An update sends the whole list.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from reconciler.model.diagnostic import Diagnostic
from reconciler.model.step import IdOf
from reconciler.text.suggest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from reconciler.model.capabilities.differ import Fields
    from reconciler.model.place import Path
    from reconciler.model.tenant import Live, Read
    from reconciler.model.view import View


@dataclass(frozen=True, slots=True)
class Members:
    """One kind of members, and how a spec names those that no manifest declares: by the key ``named_by``."""

    kind: str
    noun: str
    named_by: str
    reads: Callable[[Mapping[str, Any]], Iterable[Read]]
    """Yield what reads the objects that a map such as ``{email: …}`` may mean."""
    find: Callable[[Mapping[str, Any], View], Sequence[Live]]
    """Return the objects that such a map may mean, as far as they were read."""
    title: Callable[[Live], str]
    """Return the name of a live member that distinguishes it, such as an e-mail address."""
    known: Callable[[View], Iterable[str]]
    """Return the names that were read, for suggestions."""
    several: str = ""
    """What to do where a map means several objects; empty: correct the names."""

    def list_reads(self, listed: Iterable[Any]) -> Iterator[Read]:
        """Yield what reads the members of a list that no manifest declares."""
        for each in listed:
            if isinstance(each, dict):
                yield from self.reads(each)

    def compare(self, declared: Sequence[Any], path: Path, view: View) -> MemberList:
        """Return the members that a spec lists at a path, with what is wrong with them."""
        made = MemberList()
        for number, each in enumerate(declared):
            if isinstance(each, str):
                self._add_declared(made, each, view)
            else:
                self._add_named(made, each, (*path, number), view)
        return made

    def _add_declared(self, made: MemberList, handle: str, view: View) -> None:
        address = f"{self.kind}/{handle}"
        live, resource = view.live(address), view.resource(address)
        title = self.title(live) if live else str((resource.spec if resource else {}).get(self.named_by, handle))
        made.add(live.id if live else address, title, IdOf(address))

    def _add_named(self, made: MemberList, named: Mapping[str, Any], path: Path, view: View) -> None:
        found, name = self.find(named, view), named[self.named_by]
        if len(found) == 1:
            made.add(found[0].id, self.title(found[0]), found[0].id)
            return
        place = (*path, self.named_by)
        if not found:
            known = list(self.known(view))
            near = did_you_mean(name, known) if known else ""
            advice = f"correct it, or declare the {self.noun} and refer to its manifest by handle"
            message = f"no {self.noun} has the {self.named_by} {name!r}; {f'{near}; ' if near else ''}{advice}"
            made.problems.append(Diagnostic(message, path=place))
            return
        names = ", ".join(f"{live.name!r} ({live.id})" for live in found)
        advice = self.several or "correct one of the names"
        message = f"{len(found)} {self.noun}s have the {self.named_by} {name!r}: {names}; {advice}"
        made.problems.append(Diagnostic(message, path=place))


@dataclass(slots=True)
class MemberList:
    """The members that a spec lists, each once: their titles by ID, and what a step's input takes."""

    titles: dict[str, str] = field(default_factory=dict)
    """By the live ID; by the address of what is to be created."""
    inputs: list[str | IdOf] = field(default_factory=list)
    problems: list[Diagnostic] = field(default_factory=list)

    def add(self, key: str, title: str, value: str | IdOf) -> None:
        if key not in self.titles:
            self.titles[key] = title
            self.inputs.append(value)

    def note(self, path: Path, live: Mapping[str, str] | None, found: Fields) -> None:
        """Add the comparison with the live members' titles by ID (``None``: the object does not exist yet)."""
        before = sorted(live.values()) if live is not None else None
        same = live is not None and live.keys() == self.titles.keys()
        if live is not None or self.titles:
            found.add(path, before, sorted(self.titles.values()), same=same)
