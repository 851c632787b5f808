"""``reconciler.lock``: which version ``latest`` is, for each integration; beside ``reconciler.yaml``, in git."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml

from reconciler.errors import Place, Problem
from reconciler.kinds.pins import LOCK_FILE
from reconciler.manifests.build import build, place_of
from reconciler.manifests.compose import compose
from reconciler.manifests.files import File, Finder, read_text
from reconciler.manifests.source import find

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

NAME = LOCK_FILE
VERSION = 1
HEAD = (
    '# Which version "latest" is, and a new instance without a version starts with, for each integration.\n'
    '# "reconciler lock" writes this file; keep it in git.\n'
)
_AGAIN = "'reconciler lock' writes it anew once it is gone"


def read_lock(folder: Path, cwd: Path, problems: list[Problem]) -> Mapping[str, int]:
    """Return the versions by integration name; none without a file. What is wrong with it is reported."""
    path = folder / NAME
    if not path.exists():
        return {}
    shown = Finder(cwd, problems).show(path)
    known = len(problems)
    text = read_text(File(path, shown, folder), problems)
    if text is None:
        return {}
    nodes = list(compose(text, shown, problems))
    data = build(nodes[0], shown, problems) if nodes else None
    if len(problems) > known:
        return {}
    place = place_of(nodes[0], shown) if nodes else Place(shown)
    if not isinstance(data, dict) or data.get("lockVersion") != VERSION:
        problems.append(Problem(f"this is no lock of version {VERSION}; {_AGAIN}", place))
        return {}
    pins = data.get("integrations")
    if not isinstance(pins, dict):
        problems.append(Problem(f"'integrations' must map names to version numbers; {_AGAIN}", place))
        return {}
    problems += _wrong(pins, nodes[0], shown)
    return pins


def _wrong(pins: Mapping[Any, Any], root: yaml.Node, shown: str) -> list[Problem]:
    return [
        Problem(
            f"the version of {name!r} must be a whole number from 1; {_AGAIN}",
            place_of(find(root, ("integrations", name)).value, shown),
        )
        for name, version in pins.items()
        if not isinstance(version, int) or isinstance(version, bool) or version < 1
    ]


def lock_text(pins: Mapping[str, int]) -> str:
    """Return the file that holds the versions, sorted by name."""
    data = {"lockVersion": VERSION, "integrations": dict(sorted(pins.items()))}
    return HEAD + yaml.safe_dump(data, sort_keys=False, allow_unicode=True, width=float("inf"))
