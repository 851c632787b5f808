"""Values from outside of git: names of environment variables for secrets, and the file that lists them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from anyascii import anyascii

from reconciler.exporting.handles import without_echo
from reconciler.manifests.placeholders import escaped
from reconciler.manifests.value_from.env_names import owner_of
from reconciler.manifests.value_from.resolve import is_value_from
from reconciler.secrets.secret import Secret, Unresolved
from reconciler.text.escape import safe

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from reconciler.model.place import Path

EXAMPLE_FILE = ".env.example"
HEAD = (
    "# The secrets that the manifests take from outside of git, one environment variable each.",
    "# Copy this to a file that git ignores, or keep the values where your pipeline keeps secrets.",
)
LONGEST = 120
_WORD = re.compile(r"[A-Za-z0-9]+")


@dataclass(slots=True)
class Outside:
    """Hands out the names of environment variables; each is used for one place of one manifest."""

    taken: set[str] = field(default_factory=set)
    unsaid: frozenset[str] = frozenset()
    """Steps of a path that add nothing to a name."""
    names: dict[str, list[tuple[Path, str]]] = field(default_factory=dict)
    """The names handed out by address, each with the path in the spec that it is for."""

    def replaced(self, value: Any, address: str, path: Path) -> Any:
        """Return a value as a manifest writes it: ``valueFrom`` for a secret, ``$${var`` for ``${var``."""
        return with_escapes(self.referring(value, address, path, address.partition("/")[2]))

    def referring(self, value: Any, address: str, path: Path, before: str, after: str = "") -> Any:
        """Return a value with ``valueFrom`` for each secret; its variable's name begins and ends as asked."""
        if isinstance(value, (Secret, Unresolved)):
            name = self._name(path, before, after)
            self.names.setdefault(address, []).append((path, name))
            return {"valueFrom": {"env": name}}
        if isinstance(value, dict):
            return {key: self.referring(item, address, (*path, key), before, after) for key, item in value.items()}
        if isinstance(value, list):
            return [self.referring(each, address, (*path, index), before, after) for index, each in enumerate(value)]
        return value

    def forget(self, address: str, path: Path) -> None:
        """Free the names assigned to a path that the manifest does not hold in the end."""
        given = self.names.pop(address, [])
        left = [(each, name) for each, name in given if each[: len(path)] != path]
        self.taken -= {name for each, name in given if each[: len(path)] == path}
        if left:
            self.names[address] = left

    def _name(self, path: Path, before: str, after: str) -> str:
        said = [step + 1 if isinstance(step, int) else step for step in path if step not in self.unsaid]
        words = without_echo([*_words(before), *(word for step in said for word in _words(str(step)))])
        name = "_".join(words)[:LONGEST].strip("_")
        # What belongs to a forge or a cloud manifests may not take, and GitHub takes no secret called GITHUB_….
        base = f"_{name}" if not name or name[0].isdigit() or owner_of(name) else name
        base = f"{base}_SECRET" if owner_of(base) else base
        base = f"{base}_{after}" if after else base
        name, number = base, 2
        while name in self.taken:
            name, number = f"{base}_{number}", number + 1
        self.taken.add(name)
        return name


def with_escapes(value: Any) -> Any:
    """Return a value with ``$${var`` for ``${var`` in its texts."""
    if isinstance(value, dict):
        return {key: with_escapes(item) for key, item in value.items()}
    if isinstance(value, list):
        return list(map(with_escapes, value))
    return escaped(value) if isinstance(value, str) else value


def values_from(data: Any) -> Iterator[Mapping[str, Any]]:
    """Yield each ``valueFrom`` in a manifest's data."""
    if is_value_from(data):
        yield data["valueFrom"]
    elif isinstance(data, (dict, list)):
        for item in data.values() if isinstance(data, dict) else data:
            yield from values_from(item)


def example_text(before: str, names: Mapping[str, Sequence[tuple[Path, str]]]) -> str:
    """Return the file that lists the variables: its former lines and the new ones."""
    known = {line.partition("=")[0].strip() for line in before.splitlines() if not line.lstrip().startswith("#")}
    lines = before.splitlines() or list(HEAD)
    for address, given in names.items():
        new = [(path, name) for path, name in given if name not in known]
        if new:
            lines += ["", f"# {safe(address)}"]
            lines += [f"{name}=" for _, name in new]
    return "\n".join(lines) + "\n"


def _words(text: str) -> list[str]:
    return [word.upper() for word in _WORD.findall(re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", anyascii(text)))]
