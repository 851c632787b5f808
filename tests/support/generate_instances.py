"""Generated configurations of instances: what a manifest says, and what is there before."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from reconciler.secrets.doubtful_text import is_blank_text
from support.case import AGENT, SHARED, inputs_entry
from support.declared import newest, versions
from support.values import entry, filled_texts, meaning, respelled, texts, values_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hypothesis.strategies import DrawFn

    from support.declared import Variable

MUST_BE_SET = "Contact Owner"
"""The one variable without a default: until it is set, its instance cannot be deployed."""
VersionKey = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Meant:
    """Which version a manifest's ``reference`` leads to, where the instance is at ``current`` (or not there)."""

    reference: dict[str, Any]
    target: VersionKey
    current: VersionKey | None
    ignored: bool = False
    """Whether ``ignoreChanges`` leaves the version to others."""


@dataclass(slots=True)
class Configured:
    """A live instance's settings."""

    version: VersionKey
    variables: list[dict[str, Any]] = field(default_factory=list)
    flows: dict[str, dict[str, Any]] = field(default_factory=dict)
    respelled: frozenset[str] = frozenset()


@st.composite
def version_to_mean(draw: DrawFn, *, exists: bool, withdrawn: bool) -> Meant:
    """Draw an integration, how a manifest names its version, and the version that is there."""
    name = draw(st.sampled_from(["Acme Inventory", "Every Data Type"] * 2 + ["CRM Contacts"]))
    last = newest(name)
    current = (name, draw(st.integers(1, last))) if exists else None
    there = {last, current[1]} if current else {last}
    available = [number for number in range(1, last + 1) if not withdrawn or number in there]
    said = draw(st.sampled_from([*available, "latest", None]))
    kept = current[1] if current else last
    target = last if said == "latest" else kept if said is None else said
    ignored = exists and said is not None and draw(st.integers(0, 9)) == 9
    reference = {"name": name} if said is None else {"name": name, "version": said}
    return Meant(reference, (name, kept if ignored else target), current, ignored)


@st.composite
def manifest_settings(draw: DrawFn, target: VersionKey, *, prefix: str) -> tuple[dict[str, Any], dict[str, str]]:
    """Draw what a manifest says of an instance's configuration, and the environment that its secrets come from."""
    environ: dict[str, str] = {}

    def secret(text: str, *, of_ten: int = 4) -> Any:
        # A secret of blanks is refused: a variable of the environment that was never set looks so.
        if is_blank_text(text) or draw(st.integers(0, 9)) >= of_ten:
            return text
        variable = f"SECRET_{prefix.upper()}_{len(environ)}"
        environ[variable] = text
        return {"valueFrom": {"env": variable}}

    spec: dict[str, Any] = {}
    declared = versions()[target].variables
    keys = draw(st.lists(st.sampled_from(sorted(declared)), unique=True, max_size=7))
    connections = sorted(key for key, variable in declared.items() if variable.connection and not variable.scoped)
    keys += [key for key in draw(st.lists(st.sampled_from(connections), unique=True, max_size=2)) if key not in keys]
    if MUST_BE_SET in declared:
        keys = [*(key for key in keys if key != MUST_BE_SET), MUST_BE_SET]
    said = {key: _said(draw, declared[key], secret) for key in keys}
    if said or draw(st.booleans()):
        spec["configVariables"] = said
    flows = draw(st.lists(st.sampled_from(versions()[target].flows), unique=True))
    if flows and draw(st.booleans()):
        spec["flowConfigs"] = {name: _flow_said(draw, secret) for name in flows}
    spec |= draw(
        st.fixed_dictionaries(
            {}, optional={"enabled": st.booleans(), "deploy": st.sampled_from(["never", "when-needed"])}
        )
    )
    return spec, environ


def _said(draw: DrawFn, variable: Variable, secret: Any) -> Any:
    """Draw what a manifest says of one variable."""
    if variable.scoped:
        return {"customerConfigVariableId": SHARED}
    if variable.connection:
        chosen = draw(st.lists(st.sampled_from(sorted(variable.inputs)), unique=True))
        said: dict[str, Any] = {"inputs": {name: secret(draw(filled_texts), of_ten=7) for name in chosen}}
        return {**said, "onPremiseResourceId": AGENT} if variable.agents and draw(st.booleans()) else said
    value = draw(st.one_of(st.none(), values_of(variable), values_of(variable), values_of(variable)))
    if variable.data_type == "SCHEDULE" or value is None:
        return value
    return secret(value) if isinstance(value, str) else _secret_structure(draw, variable, value, secret)


def _secret_structure(draw: DrawFn, variable: Variable, value: Any, secret: Any) -> Any:
    """Draw whether a list or mapping has secrets in it, or is one as a whole."""
    if not variable.collection or draw(st.integers(0, 4)):
        return value
    if draw(st.booleans()):
        return secret(entry(variable, value)["value"], of_ten=10)
    if isinstance(value, dict):
        return {key: secret(item) if isinstance(item, str) else item for key, item in value.items()}
    return [secret(item) if isinstance(item, str) else item for item in value]


def _flow_said(draw: DrawFn, secret: Any) -> dict[str, Any]:
    keys = st.lists(filled_texts, unique=True, max_size=2)
    said = draw(
        st.fixed_dictionaries(
            {},
            optional={
                "apiKeys": keys,
                "testPayload": st.one_of(st.none(), texts),
                "testHeaders": st.dictionaries(st.sampled_from(["X-Shop", "Authorization"]), filled_texts),
                "testContentType": st.sampled_from([None, "application/json", "text/plain"]),
            },
        )
    )
    return {**said, "apiKeys": [secret(key) for key in said["apiKeys"]]} if "apiKeys" in said else said


@st.composite
def live_settings(draw: DrawFn, current: VersionKey, target: VersionKey, spec: Mapping[str, Any]) -> Configured:
    """Draw the settings of a live instance, which agree in part with what the manifest says."""
    declared, known = versions()[current].variables, versions()[target].variables
    said = spec.get("configVariables", {})
    settings = Configured(current)
    same: set[str] = set()
    keys = draw(st.lists(st.sampled_from(sorted({*said} & {*declared} or declared)), unique=True, max_size=4))
    keys += draw(st.lists(st.sampled_from(sorted(declared)), unique=True, max_size=5))
    for key in dict.fromkeys([*keys, *({MUST_BE_SET} & {*declared})]):
        variable = declared[key]
        if variable.scoped:
            settings.variables.append({"key": key, "customerConfigVariableId": SHARED})
        elif variable.connection:
            settings.variables.append(_live_connection(draw, variable, said.get(key)))
        elif _plain(said.get(key)) and known.get(key) == variable and draw(st.booleans()):
            written = entry(variable, said[key])
            spelt = respelled(variable, written)
            if meaning(variable, written["value"]) == meaning(variable, spelt["value"]):
                same.add(key)
                settings.variables.append(spelt)
        else:
            settings.variables.append(entry(variable, draw(values_of(variable))))
    settings.respelled = frozenset(same)
    for name in draw(st.lists(st.sampled_from(versions()[current].flows), unique=True)):
        settings.flows[name] = _live_flow(draw, spec.get("flowConfigs", {}).get(name, {}))
    return settings


def _plain(value: Any) -> bool:
    """Say whether a value is one, and no secret is in it."""
    if isinstance(value, dict):
        return "valueFrom" not in value and all(map(_plain_or_none, value.values()))
    return value is not None and (not isinstance(value, list) or all(map(_plain_or_none, value)))


def _plain_or_none(value: Any) -> bool:
    return value is None or _plain(value)


def _live_connection(draw: DrawFn, variable: Variable, said: Any) -> dict[str, Any]:
    """Draw a connection's inputs, the write-only ones too; some are as the manifest says."""
    inputs = []
    for name in draw(st.lists(st.sampled_from(sorted(variable.inputs)), unique=True)):
        wanted = ((said or {}).get("inputs") or {}).get(name)
        value = wanted if isinstance(wanted, str) and draw(st.booleans()) else draw(texts)
        kind = draw(st.sampled_from(["value", "value", "template"])) if not variable.inputs[name] else "value"
        inputs.append((name, kind, value))
    written = inputs_entry(variable.key, inputs)
    return {**written, "onPremiseResourceId": AGENT} if variable.agents and draw(st.booleans()) else written


def _live_flow(draw: DrawFn, said: Mapping[str, Any]) -> dict[str, Any]:
    live = draw(
        st.fixed_dictionaries(
            {},
            optional={
                "apiKeys": st.lists(filled_texts, unique=True, max_size=2),
                "testPayload": texts,
                "testHeaders": st.sampled_from(["", "{}", '{"X-Shop": "acme"}', '{ "X-Shop":"acme" }']),
                "testContentType": st.sampled_from(["", "text/plain"]),
                "usesLre": st.booleans(),
            },
        )
    )
    if isinstance(said.get("testPayload"), str) and draw(st.booleans()):
        live["testPayload"] = said["testPayload"]
    return live
