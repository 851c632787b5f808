"""Flow configs: the API keys and test data of each flow of an instance.

Whether an update resets the flows that it does not name is unknown (``flow_configs``). So a write names every flow,
undeclared ones with their live values.
"""

from __future__ import annotations

from itertools import repeat
from typing import TYPE_CHECKING, Any

from reconciler.kinds.instance.spec import flow_credentials
from reconciler.kinds.shared.attributes import text
from reconciler.kinds.shared.clearing import is_clear
from reconciler.kinds.variables.values import same_json
from reconciler.model.capabilities.differ import Fields
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.frozen import Frozen
from reconciler.secrets.doubtful_text import doubt
from reconciler.secrets.hidden import hidden
from reconciler.secrets.secret import LIVE, Secret, Unresolved, contains, kin_of, reveal
from reconciler.text.exact_numbers import dump_json, load_json
from reconciler.text.suggest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from reconciler.kinds.instance.operations import InstanceFields, InstanceFlowConfig
    from reconciler.model.capabilities.differ import FieldChange
    from reconciler.model.place import Path

FIELDS: Mapping[str, Callable[[InstanceFlowConfig], list[str | None] | str | None]] = {
    "apiKeys": lambda flow: flow.api_keys,
    "testPayload": lambda flow: flow.test_payload,
    "testHeaders": lambda flow: flow.test_headers,
    "testContentType": lambda flow: flow.test_content_type,
}
"""The fields that a manifest can declare, with their live values."""
OFTEN_SECRET = ("apiKeys", "testHeaders")
"""Never shown, whoever set them: headers often carry credentials."""
SHOWN = ("testPayload", "testContentType")
"""Shown, unless they come from outside git."""


_RECORDED = ("id", "api_keys", "test_payload", "test_headers", "test_content_type", "uses_lre", "webhook_url", "flow")
"""What a saved plan rests on: not whether the flow ran, which changes by itself."""


class FlowComparison(Frozen, frozen=True):
    """The outcome for an instance's flows: ``wire`` is the whole list to send, or ``None``."""

    fields: Fields
    wire: list[dict[str, Any]] | None = None
    problems: tuple[Diagnostic, ...] = ()
    warnings: tuple[Diagnostic, ...] = ()


def compare_flows(
    declared: Mapping[str, Any],
    flows: Mapping[str, str],
    live: InstanceFields | None,
    was_secret: Callable[[Path], bool] = lambda _: False,
    *,
    include_unchanged: bool = False,
) -> FlowComparison:
    """Compare the declared flow configs with the live ones; ``flows`` are the target version's IDs by name.

    ``was_secret`` returns whether the live value at a path may be a secret from outside git.
    """
    problems = tuple(
        Diagnostic(f"no flow is named {name!r}; {did_you_mean(name, flows)}", path=("flowConfigs", name), key=True)
        for name in declared
        if name not in flows
    )
    current = live_flows(live)
    fields = Fields(include_unchanged)
    for name, config in declared.items():
        if name in flows:
            _compare_flow(name, config, current.get(name), was_secret, fields)
    if not fields.changed or problems:
        return FlowComparison(fields, problems=problems)
    # Whether an update resets the flows that it does not name is unknown (``flow_configs``), so every flow is sent.
    named = [*(name for name in current if name in flows), *(name for name in declared if name not in current)]
    wire = [{"flowId": flows[name], **_merged(declared.get(name) or {}, current.get(name))} for name in named]
    return FlowComparison(fields, wire, warnings=(*_emptied(fields.changed), *_doubts(declared)))


def _doubts(declared: Mapping[str, Any]) -> Iterator[Diagnostic]:
    """Yield a warning for each API key and header that its author probably meant otherwise."""
    for path, value in flow_credentials(declared):
        if found := doubt(value):
            what = f"the test header {path[-1]}" if path[2] == "testHeaders" else "an API key"
            yield Diagnostic(f"{path[1]}: {what} {found}", path=path)


def _compare_flow(
    name: str,
    config: Mapping[str, Any],
    current: InstanceFlowConfig | None,
    was_secret: Callable[[Path], bool],
    found: Fields,
) -> None:
    """Compare the declared fields of one flow's config."""
    for field in FIELDS:
        if field not in config:
            continue
        path, value, live = ("flowConfigs", name, field), config[field], live_value(field, current)
        if contains(value, Unresolved):
            nothing_to_keep = _is_missing(value) and not live
            found.add(path, None, Unresolved(), same=not nothing_to_keep, sensitive=True)
            continue
        wanted = _readable(field, reveal(value))
        if field == "testHeaders" and isinstance(live, dict):
            cleared = {key for key, item in (value or {}).items() if is_clear(item)}
            _compare_cleared(path, cleared, live, found)
            wanted, live = ({key: each[key] for key in each if key not in cleared} for each in (wanted, live))
            if cleared and not wanted and not live:
                continue
        _compare_field(path, value, wanted, live, was_secret, found)


def _compare_field(
    path: Path, value: Any, wanted: Any, live: Any, was_secret: Callable[[Path], bool], found: Fields
) -> None:
    """Compare a field of a flow's config; ``wanted`` is the manifest's ``value`` in the open."""
    same = _same(str(path[2]), wanted, live)
    sensitive = path[2] in OFTEN_SECRET or contains(value, Secret)
    before = _hidden(live, repeat(LIVE)) if sensitive else live or None
    after = _hidden(wanted, _kins(value)) if sensitive else wanted or None
    if not same and was_secret(path):
        # A live value that is the same is written in the manifest as well: nothing is left to hide.
        before, sensitive = hidden(before, LIVE), True
    found.add(path, before, after, same=same, sensitive=sensitive)


def _compare_cleared(path: Path, cleared: Iterable[str], live: Mapping[str, Any], found: Fields) -> None:
    """Compare each header that is to be empty by itself: its warning names the header that goes."""
    for key in sorted(cleared):
        before = Secret(_header_text(live.get(key)), LIVE)
        found.add((*path, key), before, Secret(""), same=not live.get(key), sensitive=True)


def _header_text(value: Any) -> str:
    return value if isinstance(value, str) else "" if value is None else dump_json(value)


def _emptied(fields: Iterable[FieldChange]) -> Iterator[Diagnostic]:
    """Yield a warning for each credential of a flow that is removed without a replacement."""
    for each in fields:
        _, flow, field, *header = each.path
        if field in OFTEN_SECRET and each.before is not None and (each.after is None or each.after == Secret("")):
            what = f"the test header {header[0]}" if header else field
            yield Diagnostic(f"{flow}: {what} is emptied; its live value cannot be brought back", path=each.path)


def _is_missing(value: Any) -> bool:
    """Return whether a value has secrets that are missing here, and keep their live values."""
    if isinstance(value, (dict, list)):
        return any(map(_is_missing, value.values() if isinstance(value, dict) else value))
    return isinstance(value, Unresolved) and bool(value.source)


def _readable(field: str, wanted: Any) -> Any:
    if field == "apiKeys":
        return [] if is_clear(wanted) else list(wanted or ())
    if field == "testHeaders":
        return {key: "" if is_clear(item) else item for key, item in (wanted or {}).items()}
    return text(wanted)


def live_flows(instance: InstanceFields | None) -> dict[str, InstanceFlowConfig]:
    """Return the flow configs of a live instance by the flow's name (``None``: it is to be created)."""
    return {config.flow.name: config for config in instance.flow_configs.nodes} if instance else {}


def recorded(flow: InstanceFlowConfig) -> str:
    """Return a live flow config as a saved plan records it, a secret."""
    return f"InstanceFlowConfig({', '.join(f'{name}={getattr(flow, name)!r}' for name in _RECORDED)})"


def live_value(field: str, current: InstanceFlowConfig | None) -> Any:
    """Return a field of a live flow config in its compared form: unset and empty are equal."""
    value = FIELDS[field](current) if current else None
    if field == "apiKeys":
        return [key for key in value or () if key is not None]
    return _headers(value) if field == "testHeaders" else value or ""


def _headers(value: Any) -> Any:
    """Return the data of live test headers, which come as JSON text; a text that is no JSON stays as it is."""
    try:
        return (load_json(value) or {}) if value and value.strip() else {}
    except (ValueError, RecursionError):
        return value


def _same(field: str, wanted: Any, current: Any) -> bool:
    if field == "apiKeys":
        return sorted(wanted) == sorted(current)
    return same_json(wanted, current)


def _hidden(value: Any, kins: Iterable[str]) -> Any:
    """Return a side of a field, hidden as a whole or, for a list, item by item; ``kins`` are the items' kins."""
    if not value:
        return None
    if isinstance(value, list):
        return [Secret(item, kin) for item, kin in zip(value, kins, strict=False)]
    return Secret(str(value), next(iter(kins)))


def _kins(value: Any) -> Sequence[str]:
    return [kin_of(item) for item in value] if isinstance(value, list) else [kin_of(value)]


def _merged(config: Mapping[str, Any], current: InstanceFlowConfig | None) -> dict[str, Any]:
    """Return one flow's input: the declared fields over the live ones, which are sent back as read."""
    merged: dict[str, Any] = {}
    for field, read in FIELDS.items():
        if field in config and not contains(config[field], Unresolved):
            merged[field] = _written(field, _readable(field, reveal(config[field])))
        elif current and (value := read(current)) is not None:
            merged[field] = _written(field, live_value(field, current) if field == "apiKeys" else value)
    # Not declarable, and sent back: whether an update resets what a listed flow leaves out is unknown, too.
    return {**merged, "usesLre": current.uses_lre} if current else merged


def _written(field: str, value: Any) -> Any:
    if field == "testHeaders":
        value = value if isinstance(value, str) else dump_json(value)
        return Secret(value)
    return [Secret(item) for item in value] if isinstance(value, list) else Secret(value)
