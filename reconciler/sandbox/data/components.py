"""Components, as far as definitions of integrations and shared connections refer to them.

The sandbox runs nothing, so a component is a key, its versions, and the connections that are known of it.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from reconciler.sandbox.data.ids import derived_id, derived_uuid
from reconciler.sandbox.data.refusals import OBJECT_LEVEL, Refused

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from reconciler.sandbox.data.definition import ComponentPart
    from reconciler.sandbox.data.store import Row
    from reconciler.sandbox.data.tenant import Input, Tenant

_TABLE = "components"
_ACTIONS = "component_actions"
_CONNECTIONS = "component_connections"


def component(tenant: Tenant, key: str, *, public: bool, version: int | None = None) -> Row:
    """Return a component, which is added if it is new; without ``version``, its latest version.

    A private and a public component can share a key. A variant decides whether another version of a component has IDs
    of its own.
    """
    known = tenant.store.where(_TABLE, key=key, public=int(public))
    latest = max(known, key=lambda row: row["versionNumber"], default=None)
    number = version or (latest["versionNumber"] if latest else 1)
    if latest is None:
        return _add(tenant, key, public=public, number=number)
    if tenant.variants.component_ids == "same":
        if number > latest["versionNumber"]:
            tenant.store.update(_TABLE, latest["id"], versionNumber=number)
        return tenant.store.get(_TABLE, latest["id"])
    found = next((row for row in known if row["versionNumber"] == number), None)
    return found or _add(tenant, key, public=public, number=number, former=latest)


def component_connection(
    tenant: Tenant, part: ComponentPart, inputs: Iterable[Mapping[str, Any]] = (), oauth2: str | None = None
) -> Row:
    """Return a connection of a component, with the ``inputs`` among its own; what is new is added."""
    owner = component(tenant, part.component, public=part.public, version=part.version)
    found = tenant.store.where(_CONNECTIONS, component=owner["id"], key=part.key)
    row = found[0] if found else _add_connection(tenant, owner, part.key, oauth2 or part.oauth2)
    known = {item["name"]: item for item in json.loads(row["inputs"])}
    merged = {**{item["name"]: dict(item) for item in inputs}, **known}
    if merged != known:
        tenant.store.update(_CONNECTIONS, row["id"], inputs=[merged[name] for name in sorted(merged)])
    return tenant.store.get(_CONNECTIONS, row["id"])


def component_action(tenant: Tenant, part: ComponentPart, *, trigger: bool) -> Row:
    """Return an action or a trigger of a component, which is added if it is new."""
    owner = component(tenant, part.component, public=part.public, version=part.version)
    found = tenant.store.where(_ACTIONS, component=owner["id"], key=part.key, isTrigger=int(trigger))
    return found[0] if found else _add_action(tenant, owner, part.key, trigger=trigger)


def delete_component(tenant: Tenant, data: Input) -> Row:
    """Delete a component with all its versions, unless it is public or something refers to it."""
    row = tenant.store.get(_TABLE, data.get("id"))
    if row["public"]:
        raise Refused((OBJECT_LEVEL, "A public component cannot be deleted."))
    for table, column, of in (
        ("flows", "starterAction", _ACTIONS),
        ("required_config_variables", "connection", _CONNECTIONS),
        ("scoped_config_variables", "connection", _CONNECTIONS),
    ):
        used = (
            f"SELECT 1 FROM {table} JOIN {of} part ON part.id = {table}.{column}"  # noqa: S608 - names of our own
            f" JOIN {_TABLE} c ON c.id = part.component WHERE c.versionSequenceId = ?"
        )
        if tenant.store.value(used, (row["versionSequenceId"],)):
            raise Refused((OBJECT_LEVEL, "This component is in use; it cannot be deleted."))
    tenant.store.execute("DELETE FROM components WHERE versionSequenceId = ?", (row["versionSequenceId"],))
    return row


def part_of(tenant: Tenant, connection: str) -> tuple[str, bool, str]:
    """Return the component's key, whether it is public, and the key of the connection with this ID."""
    row = tenant.store.get(_CONNECTIONS, connection)
    owner = tenant.store.get(_TABLE, row["component"])
    return owner["key"], bool(owner["public"]), row["key"]


def _add(tenant: Tenant, key: str, *, public: bool, number: int, former: Row | None = None) -> Row:
    """Add a version of a component, with the connections of the ``former`` latest one."""
    scope = (tenant.store.value("SELECT tenantId FROM organization"), key, str(public))
    identifier = derived_id("Component", *scope, str(number))
    newest = former is None or number > former["versionNumber"]
    tenant.store.insert(
        _TABLE,
        id=identifier,
        key=key,
        label=key,
        public=int(public),
        versionSequenceId=derived_uuid("Component", *scope),
        versionNumber=number,
        versionIsLatest=int(newest),
        versionCreatedAt=tenant.clock.tick(),
    )
    row = tenant.store.get(_TABLE, identifier)
    if former is not None:
        if newest:
            tenant.store.update(_TABLE, former["id"], versionIsLatest=0)
        for each in tenant.store.where(_CONNECTIONS, component=former["id"]):
            copy = _add_connection(tenant, row, each["key"], each["oauth2Type"])
            tenant.store.update(_CONNECTIONS, copy["id"], inputs=each["inputs"])
        for each in tenant.store.where(_ACTIONS, component=former["id"]):
            _add_action(tenant, row, each["key"], trigger=bool(each["isTrigger"]))
    return row


def _add_action(tenant: Tenant, owner: Row, key: str, *, trigger: bool) -> Row:
    identifier = derived_id("Action", owner["id"], key, str(trigger))
    tenant.store.insert(_ACTIONS, id=identifier, component=owner["id"], key=key, label=key, isTrigger=int(trigger))
    return tenant.store.get(_ACTIONS, identifier)


def _add_connection(tenant: Tenant, owner: Row, key: str, oauth2: str | None) -> Row:
    identifier = derived_id("Connection", owner["id"], key)
    tenant.store.insert(_CONNECTIONS, id=identifier, component=owner["id"], key=key, label=key, oauth2Type=oauth2)
    return tenant.store.get(_CONNECTIONS, identifier)
