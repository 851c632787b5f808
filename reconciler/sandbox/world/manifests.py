"""A world from the reconciler's manifests, for example exported ones: a tenant to rehearse on.

The sandbox imports nothing of the product, so it has a small reader of manifests of its own. It ignores lifecycles and
overlays. A secret that comes from outside the manifests becomes a made-up text.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

from reconciler.sandbox.resolvers.registry import sections
from reconciler.sandbox.world.source import Source, did_you_mean
from reconciler.sandbox.world.yaml_places import Place, UnreadableError, documents

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from reconciler.sandbox.world.yaml_places import Document, Where

_VARIABLE = re.compile(r"\$(\$?)\{var\.([A-Za-z_][A-Za-z0-9_-]*)\}")
_ELSEWHERE = ("customerConfigVariableId", "onPremiseResourceId")
"""References of connections by ID: the IDs of the exported tenant mean nothing here."""


class MadeUp(str):
    """A made-up text for a secret that the manifests do not hold."""

    __slots__ = ()


@cache
def _sections() -> Mapping[str, str]:
    """Return the section that manifests of each kind become, in the order in which they are read."""
    early = {section.manifest: section.name for section in sections() if section.level < 0}
    late = {section.manifest: section.name for section in sections() if section.level >= 0}
    return {"Customer": "customers", "User": "users", **early, "Instance": "instances", **late}


@cache
def _references(kind: str) -> Mapping[tuple[str, ...], tuple[str, str]]:
    return next((section.references for section in sections() if section.manifest == kind), {})


def read_manifests(folder: Path) -> Source:
    """Read a folder of manifests as a world; the ``problems`` hold its errors."""
    source = Source(Place(folder), exported=True)
    found = list(_documents(folder, source))
    project = _project(document.data for document in found)
    chosen = [document for document in found if project.holds(document.start.path.relative_to(folder).as_posix())]
    _Reader(source, project.variables).read(chosen)
    if not any(source.section(section) for section in _sections().values()) and not source.problems:
        source.report((), "has no manifests of customers, users or instances")
    source.check(source.data, "", ())
    return source


def _documents(folder: Path, source: Source) -> Iterator[Document]:
    if not folder.is_dir():
        source.report((), "is not a folder")
    for path in sorted(folder.rglob("*")):
        hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        if hidden or path.suffix not in {".yaml", ".yml"} or not path.is_file():
            continue
        try:
            found = documents(path)
        except UnreadableError as error:
            source.problems.append((error.place, str(error)))
            continue
        # The folder may also hold YAML of other tools.
        ours = (each for each in found if isinstance(each.data, dict) and each.data.get("apiVersion") is not None)
        yield from (each for each in ours if str(each.data["apiVersion"]).startswith("reconciler/"))


@dataclass(frozen=True, slots=True)
class _Project:
    """The content of ``reconciler.yaml``: the paths of the manifests, and their variables."""

    manifests: tuple[str, ...] = (".",)
    overlays: tuple[str, ...] = ()
    variables: Mapping[str, Any] = field(default_factory=dict)

    def holds(self, path: str) -> bool:
        return any(_within(path, each) for each in self.manifests) and not any(
            _within(path, each) for each in self.overlays
        )


def _within(path: str, folder: str) -> bool:
    folder = folder.removeprefix("./").rstrip("/")
    return folder in {"", "."} or path == folder or path.startswith(f"{folder}/")


def _project(found: Iterator[dict[str, Any]]) -> _Project:
    spec = next((_mapping(data.get("spec")) for data in found if data.get("kind") == "Project"), {})
    environments = [_mapping(each) for each in _mapping(spec.get("environments")).values()]
    return _Project(
        tuple(map(str, spec.get("manifests") or (".",))),
        tuple(str(overlay) for each in environments for overlay in each.get("overlays") or ()),
        _mapping(spec.get("variables")),
    )


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


class _Reader:
    """Turns manifests into the sections of a world file, with the place of each value."""

    def __init__(self, source: Source, variables: Mapping[str, Any]) -> None:
        self._source = source
        self._variables = variables
        self._handles: dict[tuple[str, str], Document] = {}
        self._specs: dict[tuple[str, str], Any] = {}

    def read(self, found: list[Document]) -> None:
        """Read customers before the users and instances that refer to them."""
        for document in found:
            self._source.problems += [(place, f"the key {key!r} is there twice") for place, key in document.repeated]
        for kind in _sections():
            for document in found:
                if document.data.get("kind") == kind and not _absent(document.data):
                    self._add(kind, document)

    def _add(self, kind: str, document: Document) -> None:
        handle = str(_mapping(document.data.get("metadata")).get("name"))
        former = self._handles.setdefault((kind, handle), document)
        if former is not document:
            self._source.problems.append((document.start, f"{kind}/{handle} is declared at {former.start} already"))
            return
        spec = document.data.get("spec")
        listed: list[Any] = self._source.data.setdefault(_sections()[kind], [])
        where = (_sections()[kind], len(listed))
        self._keep_places(where, document)
        if isinstance(spec, dict):
            filled = self._filled({key: value for key, value in spec.items() if value is not None})
            spec = _instance(filled) if kind == "Instance" else filled
            self._refer(spec, where, document)
            self._choose_connections(spec, where)
            for path, (referred, field_name) in _references(kind).items():
                self._name_each(spec, path, referred, field_name, where, document)
        listed.append(spec)
        self._specs[kind, handle] = spec

    def _keep_places(self, where: Where, document: Document) -> None:
        self._source.places[where] = document.places.get(("spec",), document.start)
        for inner, place in document.places.items():
            if inner[:1] == ("spec",) and len(inner) > 1:
                self._source.places[(*where, *inner[1:])] = place
        for part, known_as in (("name", "integration"), ("version", "version")):
            named = document.places.get(("spec", "integration", part))
            if named:
                self._source.places[(*where, known_as)] = named

    def _filled(self, value: Any) -> Any:
        """Return a value with the project's variables filled in, and made-up texts for secrets."""
        if isinstance(value, dict):
            if set(value) == {"valueFrom"}:
                return MadeUp(f"made-up {' '.join(map(_words, _mapping(value['valueFrom']).values()))}")
            return {key: self._filled(item) for key, item in value.items()}
        if isinstance(value, list):
            return [self._filled(item) for item in value]
        return _VARIABLE.sub(self._variable, value) if isinstance(value, str) else value

    def _variable(self, found: re.Match[str]) -> str:
        escaped, name = found.groups()
        return found[0][1:] if escaped else str(self._variables.get(name, found[0]))

    def _name_each(
        self, spec: Any, path: tuple[str, ...], kind: str, named_by: str, where: Where, document: Document
    ) -> None:
        """Replace the handles at a path of a spec by what a world names their objects by."""
        first, *rest = path
        if not isinstance(spec, dict) or first not in spec:
            return
        if rest:
            self._name_each(spec[first], tuple(rest), kind, named_by, (*where, first), document)
            return
        listed = spec[first]
        found = [self._named(each, kind, named_by) for each in (listed if isinstance(listed, list) else [listed])]
        for number, each in enumerate(found):
            if isinstance(each, str):
                at = (*where, first, number) if isinstance(listed, list) else (*where, first)
                known = [handle for of, handle in self._handles if of == kind]
                self._source.report(at, f"there is no {kind} {each!r}{did_you_mean(each, known)}")
                self._source.broken.add(where)
        spec[first] = found if isinstance(listed, list) else found[0]

    def _named(self, reference: Any, kind: str, named_by: str) -> Any:
        if kind == "Instance":
            return self._instance_named(reference)
        if isinstance(reference, dict):
            # The manifests do not declare this object, but another one needs it.
            listed: list[Any] = self._source.data.setdefault(_sections()[kind], [])
            if not any(isinstance(each, dict) and each.get(named_by) == reference.get(named_by) for each in listed):
                listed.append({named_by: reference.get(named_by)})
            return reference
        declared = self._handles.get((kind, reference))
        if declared is None:
            return reference
        return {named_by: self._filled(_mapping(declared.data.get("spec"))).get(named_by)}

    def _instance_named(self, reference: Any) -> Any:
        """Return the name of an instance with that of its customer: several customers may have one of that name."""
        if isinstance(reference, dict):
            customer = reference.get("customer")
            declared = _mapping(self._specs.get(("Customer", customer))) if isinstance(customer, str) else {}
            return {**reference, "customer": declared.get("name", customer)}
        spec = _mapping(self._specs.get(("Instance", reference)))
        return {"name": spec.get("name"), "customer": spec.get("customer")} if spec else reference

    def _choose_connections(self, spec: dict[str, Any], where: Where) -> None:
        """Replace the handles of customers' connections that an instance uses by what a world names them by."""
        for key, value in _mapping(spec.get("configVariables")).items():
            handle = _mapping(value).get("customerConnection")
            if not isinstance(handle, str):
                continue
            declared = _mapping(self._specs.get(("CustomerConnection", handle)))
            if declared:
                parts = ("connection", "key")
                value["customerConnection"] = {name: declared[name] for name in parts if name in declared}
            else:
                known = [name for kind, name in self._handles if kind == "CustomerConnection"]
                at = (*where, "configVariables", key, "customerConnection")
                self._source.report(at, f"there is no CustomerConnection {handle!r}{did_you_mean(handle, known)}")
                self._source.broken.add(where)

    def _refer(self, spec: dict[str, Any], where: Where, document: Document) -> None:
        """Replace a reference to a customer by the customer's name."""
        reference = spec.get("customer")
        if reference is None:
            return
        customers = [each for each in self._source.section("customers") if isinstance(each, dict)]
        if isinstance(reference, str):
            declared = self._handles.get(("Customer", reference))
            if declared is None:
                known = [handle for kind, handle in self._handles if kind == "Customer"]
                place = document.places.get(("spec", "customer"), document.start)
                message = f"there is no customer {reference!r}{did_you_mean(reference, known)}"
                self._source.problems.append((place, message))
                # One report is enough.
                self._source.broken.add(where)
                return
            spec["customer"] = self._filled(_mapping(declared.data.get("spec"))).get("name")
            return
        wanted = _mapping(reference)
        same = next((each for each in customers if wanted.items() <= each.items()), None)
        if same is None and wanted:
            # The manifests do not declare this customer, but the instance needs it.
            same = {"name": next(iter(wanted.values())), **wanted}
            self._source.data.setdefault("customers", []).append(same)
        spec["customer"] = (same or {}).get("name")


def _words(value: Any) -> str:
    return " ".join(map(str, value)) if isinstance(value, list) else str(value)


def _absent(data: dict[str, Any]) -> bool:
    return bool(_mapping(data.get("lifecycle")).get("state") == "absent")


def _instance(spec: dict[str, Any]) -> dict[str, Any]:
    """Return an instance in the form of a world file: deployed, unless its manifest declares ``deploy: never``."""
    integration = spec.pop("integration", None)
    if isinstance(integration, dict):
        version = integration.get("version", "latest")
        spec |= {"integration": integration.get("name")} | ({} if version == "latest" else {"version": version})
    elif integration is not None:
        spec["integration"] = integration
    variables = spec.get("configVariables")
    if isinstance(variables, dict):
        spec["configVariables"] = {key: _value(value) for key, value in variables.items() if value is not None}
    flows = spec.get("flowConfigs")
    if isinstance(flows, dict):
        spec["flowConfigs"] = {name: _flow(config) for name, config in flows.items()}
    deploy = spec.pop("deploy", "when-needed")
    return {**spec, "deployed": deploy != "never"}


def _value(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    return {key: item for key, item in value.items() if key not in _ELSEWHERE}


def _flow(config: Any) -> Any:
    if not isinstance(config, dict):
        return config
    kept = {name: item for name, item in config.items() if item is not None}
    if isinstance(kept.get("testHeaders"), dict):
        kept["testHeaders"] = json.dumps(kept["testHeaders"], ensure_ascii=False)
    return kept
