"""``reconciler.lock``: which version ``latest`` is, for each integration; beside ``reconciler.yaml``, in git."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.manifests.files.finder import File, Finder, read_text
from reconciler.manifests.files.inside import path_problem
from reconciler.manifests.yaml.compose import compose
from reconciler.manifests.yaml.construct import build, place_of
from reconciler.manifests.yaml.quoting import quoted
from reconciler.manifests.yaml.source_map import find
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.pins import LOCK_FILE
from reconciler.model.place import Place

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import yaml

NAME = LOCK_FILE
VERSION = 1
HEAD = (
    '# Which version "latest" is, and a new instance without a version starts with, for each integration.\n'
    '# "reconciler lock" writes this file; keep it in git.\n'
)
LONGEST_KEY = 1000
"""Characters of a key; one of more than 1,024 would have to be announced."""
_NONE = object()
_AGAIN = "'reconciler lock' writes it anew once it is gone"


def read_lock(folder: Path, cwd: Path, problems: list[Diagnostic]) -> Mapping[str, int]:
    """Return the versions by integration name; none without a file or in an empty one. Mistakes are reported."""
    path = folder / NAME
    if not path.exists():
        return {}
    shown = Finder(cwd, problems).show(path)
    if path_problem(NAME, folder, folder):
        problems.append(
            Diagnostic("this is a link out of the project's folder; put the lock itself here", Place(shown))
        )
        return {}
    known = len(problems)
    text = read_text(File(path, shown, folder), problems)
    nodes = [] if text is None else list(compose(text, shown, problems))
    data = build(nodes[0], shown, problems) if nodes else None
    if data is None or len(problems) > known:
        return {}
    pins = data.get("integrations") if isinstance(data, dict) and data.get("lockVersion") == VERSION else _NONE
    if isinstance(pins, dict):
        problems += _wrong(pins, nodes[0], shown)
        return pins
    what = (
        f"this is no lock of version {VERSION}" if pins is _NONE else "'integrations' must map names to version numbers"
    )
    problems.append(Diagnostic(f"{what}; {_AGAIN}", place_of(nodes[0], shown)))
    return {}


def _wrong(pins: Mapping[Any, Any], root: yaml.Node, shown: str) -> list[Diagnostic]:
    return [
        Diagnostic(
            f"the version of {name!r} must be a whole number from 1; {_AGAIN}",
            place_of(find(root, ("integrations", name)).value, shown),
        )
        for name, version in pins.items()
        if not isinstance(version, int) or isinstance(version, bool) or version < 1
    ]


def lock_text(pins: Mapping[str, int]) -> str:
    """Return the file that holds the versions, sorted by name."""
    entries = "".join(f"  {_key(name)}: {pins[name]}\n" for name in sorted(pins))
    return f"{HEAD}lockVersion: {VERSION}\nintegrations:" + (f"\n{entries}" if pins else " {}\n")


def _key(name: str) -> str:
    """Return a name as a key; YAML takes a long one for a key only where that is said before it."""
    key = quoted(name)
    return key if len(key) <= LONGEST_KEY else f"? {key}\n  "
