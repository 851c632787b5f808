"""The spec of an instance."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.kinds.customer.spec import reference_facets, reference_key, reference_name, references
from reconciler.kinds.customer_connection.spec import references as connection_references
from reconciler.kinds.instance.verify_spec import FIELD, payload_files, verify_check
from reconciler.kinds.shared.clearing import blank_texts
from reconciler.kinds.shared.labels import repeated_labels
from reconciler.model.capabilities.spec import Appearance, Deployed, Spec
from reconciler.model.pins import LATEST, Unpinned
from reconciler.text.look_alikes import skeleton

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Iterator, Mapping

    from reconciler.model.diagnostic import Diagnostic
    from reconciler.model.place import Path
    from reconciler.model.resource import Reference

NAME = "Instance"
SET = "InstanceSet"
"""The kind of a set of these."""
FIXED = frozenset({"customer", "integration.name", "deploy", FIELD})


def name_key(spec: Mapping[str, Any]) -> Hashable:
    """Return what an instance is found by: its customer, and its name."""
    return (reference_key(spec.get("customer")), spec["name"])


def title(spec: Mapping[str, Any]) -> str:
    return str(spec["name"])


def _references(spec: Mapping[str, Any]) -> list[Reference]:
    return [*references(spec), *connection_references(spec.get("configVariables") or {})]


def _check(spec: Mapping[str, Any]) -> Iterator[Diagnostic]:
    yield from repeated_labels(spec.get("labels"))
    yield from blank_texts(flow_credentials(spec.get("flowConfigs") or {}))
    yield from verify_check(spec)


def flow_credentials(declared: Mapping[str, Any]) -> Iterator[tuple[Path, Any]]:
    """Yield each API key and header of flow configs, by its path in the spec."""
    for flow, config in declared.items():
        keys, headers = config.get("apiKeys"), config.get("testHeaders")
        for number, key in enumerate(keys if isinstance(keys, list) else ()):
            yield ("flowConfigs", flow, "apiKeys", number), key
        for name, header in (headers if isinstance(headers, dict) else {}).items():
            yield ("flowConfigs", flow, "testHeaders", name), header


def _appearance(spec: Mapping[str, Any]) -> Appearance:
    return Appearance((reference_key(spec.get("customer")), skeleton(spec["name"])), ("name",), spec["name"])


def _unpinned(spec: Mapping[str, Any]) -> Unpinned | None:
    named = spec["integration"]
    if named.get("version") == LATEST:
        return Unpinned(named["name"], ("integration", "version"))
    return None if "version" in named else Unpinned(named["name"], ("integration", "name"), settled=True)


def _unproven(spec: Mapping[str, Any]) -> bool:
    return spec.get("enabled") is False or spec.get("deploy") == "never"


def _facets(handle: str, spec: Mapping[str, Any]) -> dict[str, Iterable[str]]:
    own = {"integration": [spec["integration"]["name"]], "label": spec.get("labels") or ()}
    return {**reference_facets(handle, spec), **own}


SPEC = Spec(
    name_key,
    title,
    _references,
    _check,
    _appearance,
    _unpinned,
    FIXED,
    deployed=Deployed(lambda spec: str(spec["integration"]["name"]), reference_name, _unproven),
    secret_fields=frozenset({"configVariables", "flowConfigs"}),
    hidden_keys=frozenset({"configVariables", "apiKeys", "testPayload", "testHeaders", "payload", "headers"}),
    files=payload_files,
    facets=_facets,
    sets=SET,
)
