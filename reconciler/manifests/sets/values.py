"""The values of customers, which ``${values.KEY}`` takes: a map in the set, or a YAML, JSON or CSV file."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from reconciler.manifests.files.finder import File, FileFinder, read_text, real_path
from reconciler.manifests.files.inside import UnusableFile, forbidden, named_path
from reconciler.manifests.files.load import DocumentLoader
from reconciler.manifests.schema.schemas import is_set
from reconciler.manifests.sets.csv_rows import read_rows
from reconciler.manifests.yaml.scalars import plain
from reconciler.manifests.yaml.source_map import Source
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.place import Place
from reconciler.text.exact_numbers import dump_json

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from reconciler.manifests.sets.customers import Customers
    from reconciler.manifests.yaml.layers import Document, Layers
    from reconciler.model.place import Path as ValuePath

FILE = ("spec", "values", "file")
_YAML = (".yaml", ".yml")
_MOST_UNKNOWN = 5
"""Unknown customers that are named one by one; a file of another project may have thousands."""


@dataclass(slots=True)
class Values:
    """The values by customer, and where they are written."""

    rows: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    defaults: Mapping[str, Any] = field(default_factory=dict)
    place: Callable[[str], Place] = field(default=lambda _: Place(""))
    """Where a customer's values are written."""
    sources: tuple[Source, ...] = ()
    default_paths: Mapping[str, ValuePath] = field(default_factory=dict)
    """Where each default is declared in the set."""
    shown: str = "spec.values"
    """What to call the place of the values in messages."""
    complete: bool = True
    """Whether all of them could be read."""

    def keys(self) -> dict[str, None]:
        """Return every key that any customer has a value for."""
        return dict.fromkeys([*self.defaults, *(key for row in self.rows.values() for key in row)])

    def of(self, handle: str) -> Mapping[str, Any]:
        row = self.rows.get(handle)
        return {**self.defaults, **row} if row else self.defaults

    def of_anybody(self) -> Mapping[str, Any]:
        """Return a value for each key, for a customer that stands for all."""
        found: dict[str, Any] = {}
        for row in self.rows.values():
            found = {**row, **found}
        return {**self.defaults, **found}

    def unknown(self, customers: Customers) -> Iterator[Diagnostic]:
        """Yield each customer that has values and does not exist."""
        found = [handle for handle in self.rows if handle not in customers.candidates]
        for handle in found[:_MOST_UNKNOWN]:
            yield Diagnostic(customers.unknown(handle), self.place(handle))
        if more := found[_MOST_UNKNOWN:]:
            message = f"{len(more)} more customers with values from here on do not exist either; correct or remove them"
            yield Diagnostic(message, self.place(more[0]))


def named_file(spec: Any) -> str | None:
    """Return the file that a set takes its values from."""
    values = spec.get("values") if isinstance(spec, dict) else None
    file = values.get("file") if isinstance(values, dict) else None
    return file if isinstance(file, str) else None


def without_values(
    base: Sequence[Document],
    overlays: Sequence[Document],
    problems: Sequence[Diagnostic],
    fill: Callable[[str], Any],
    cwd: Path,
) -> tuple[list[Document], list[Document], list[Diagnostic]]:
    """Return manifests, overlays and problems without the files with values that sets name: these are no manifests.

    ``fill`` fills in the variables of a text.
    """
    files = set()
    for document in (*base, *overlays):
        data, source = document.data, document.source
        if is_set(data) and (file := named_file(data.get("spec"))):
            named = fill(file)
            if isinstance(named, str) and not forbidden(named, source):
                files.add(real_path(source.folder / named))

    def kept(document: Document) -> bool:
        return real_path(document.source.folder / PurePath(document.source.shown).name) not in files

    known = [each for each in problems if each.place is None or real_path(cwd / each.place.file) not in files]
    return [*filter(kept, base)], [*filter(kept, overlays)], known


def read_values(spec: Mapping[str, Any], origin: Layers, cwd: Path, problems: list[Diagnostic]) -> Values:
    """Return the values of a set; add what is wrong with them to ``problems``."""
    before = len(problems)
    declared = spec.get("values", {})
    file = named_file(spec)
    ways: list[ValuePath] = [("spec", "defaults"), *([("spec", "values", "defaults")] if file else [])]
    if file is None:
        found = Values(declared, place=lambda handle: origin.place(("spec", "values", handle), key=True))
    else:
        found = _from_file(file, origin, cwd, problems)
    for way, defaults in zip(ways, (spec.get("defaults", {}), declared.get("defaults", {})), strict=False):
        found.defaults = {**found.defaults, **defaults}
        found.default_paths = {**found.default_paths, **{key: (*way, key) for key in defaults}}
    found.complete = len(problems) == before
    return found


def _from_file(named: str, origin: Layers, cwd: Path, problems: list[Diagnostic]) -> Values:
    source = origin.holder(FILE).source
    path = source.folder / named
    try:
        named_path(named, source)
    except UnusableFile as error:
        problems.append(Diagnostic(f"the file {named} {error}", origin.place(FILE)))
        return Values()
    file, ending = File(path, FileFinder(cwd, []).show(path), source.root), path.suffix.lower()
    if ending in _YAML:
        return _from_yaml(file, problems)
    if ending not in {".json", ".csv"}:
        message = f"the file {named} has none of the endings .csv, .yaml, .yml and .json; save it as one of these"
        problems.append(Diagnostic(message, origin.place(FILE)))
        return Values()
    text = read_text(file, problems)
    if text is None:
        return Values()
    source = Source(file.shown, path.parent, source.root, text)
    if ending == ".json":
        return _from_json(source, problems)
    rows, places = read_rows(text, file.shown, problems)
    return Values(rows, place=places.__getitem__, sources=(source,), shown=file.shown)


def _from_yaml(file: File, problems: list[Diagnostic]) -> Values:
    document = DocumentLoader(problems).only(file, "a file of values")
    if document is None:
        return Values()
    rows = _checked(document.data, document.place, problems)
    return Values(
        rows,
        place=lambda handle: document.find((handle,)).place(file.shown, key=True),
        sources=(document.source,),
        shown=file.shown,
    )


def _from_json(source: Source, problems: list[Diagnostic]) -> Values:
    try:
        data = json.loads(
            source.text, object_pairs_hook=_once, parse_float=plain, parse_int=plain, parse_constant=_refuse
        )
        dump_json(data).encode()
    except json.JSONDecodeError as error:
        message = f"this is not JSON: {error.msg[:1].lower()}{error.msg[1:]}"
        problems.append(Diagnostic(message, Place(source.shown, error.lineno, error.colno)))
        return Values()
    except UnicodeEncodeError:
        message = "this file cannot be used: a text in it holds half of a character (a lone surrogate); correct it"
        problems.append(Diagnostic(message, Place(source.shown)))
        return Values()
    except (ValueError, RecursionError) as error:
        reason = str(error) if isinstance(error, ValueError) else "it is nested too deep"
        problems.append(Diagnostic(f"this file cannot be used: {reason}", Place(source.shown)))
        return Values()
    rows = _checked(data, lambda _: Place(source.shown), problems)
    return Values(rows, place=lambda _: Place(source.shown), sources=(source,), shown=source.shown)


def _once(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for key, value in pairs:
        if key in made:
            raise ValueError(f"the key {key!r} is written twice in one map; keep one of them")
        made[key] = value
    return made


def _refuse(name: str) -> Any:
    raise ValueError(f"{name} is no number of JSON; write a number")


def _checked(data: Any, place: Callable[[tuple[str, ...]], Place], problems: list[Diagnostic]) -> dict[str, Any]:
    """Return the maps by customer of a file; report what is no map."""
    if not isinstance(data, dict):
        problems.append(
            Diagnostic("a file of values is a map from the handles of customers to their values", place(()))
        )
        return {}
    rows = {}
    for handle, row in data.items():
        if isinstance(row, dict):
            rows[handle] = row
        else:
            problems.append(
                Diagnostic(f"the values of {handle!r} must be a map, such as {{region: eu}}", place((handle,)))
            )
    return rows
