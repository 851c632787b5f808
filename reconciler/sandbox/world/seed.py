"""Creating objects in a sandbox directly, for tests, with the code of the mutations wherever one exists."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from reconciler.sandbox.data import config_variables, customers, instances, integrations, scoped, shared_uses, users
from reconciler.sandbox.data.custom_roles import all_roles
from reconciler.sandbox.data.permissions import deny
from reconciler.sandbox.data.roles import CUSTOMER, ORGANIZATION
from reconciler.sandbox.data.tenant import TIMES
from reconciler.sandbox.resolvers.registry import sections

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reconciler.sandbox.data.store import Row
    from reconciler.sandbox.data.tenant import Tenant


class Seed:
    """Creates objects and returns them as rows; keyword arguments are named as in the inputs of mutations.

    Raises :class:`.Refused` if the mutation would report errors.
    """

    def __init__(self, tenant: Tenant) -> None:
        self._tenant = tenant

    def role(self, name: str, *, customer: bool = True) -> str:
        """Return the ID of a customer's, or of the organization's, role."""
        roles = all_roles(self._tenant.store, CUSTOMER if customer else ORGANIZATION)
        return next(role.id for role in roles if role.name == name)

    def customer(self, name: str, *, system: bool = False, **fields: Any) -> Row:
        with self._tenant.store.transaction():
            return customers.create_customer(self._tenant, {"name": name, **fields}, system=system)

    def user(self, email: str, *, customer: str | None = None, role: str = "Admin", **fields: Any) -> Row:
        """Create a user of the customer with this ID, or of the organization; ``role`` is a name."""
        identifier = self.role(role, customer=customer is not None)
        data = {"email": email, "role": identifier, **fields}
        with self._tenant.store.transaction():
            if customer is None:
                return users.create_organization_user(self._tenant, data)
            return users.create_customer_user(self._tenant, {**data, "customer": customer})

    def integration(self, *definitions: str, available: bool = True) -> Row:
        """Import and publish definitions (YAML) as successive versions; return the last one's node."""
        version: Row = {}
        with self._tenant.store.transaction():
            for text in definitions:
                draft = integrations.import_integration(self._tenant, {"definition": text, "replace": True})
                version = integrations.publish_integration(self._tenant, {"id": draft["id"]})
            if not available:
                data = {"id": version["id"], "available": False}
                version = integrations.update_availability(self._tenant, data)
        return version

    def version(self, name: str, number: int | None = None) -> Row:
        """Return the node of an integration's version, by default of the latest."""
        found = self._tenant.store.where("integrations", name=name, draft=0)
        return next(row for row in reversed(found) if number in {None, row["versionNumber"]})

    def instance(  # noqa: PLR0913 - tests choose any part of an instance
        self,
        name: str,
        *,
        customer: str,
        integration: str,
        deployed: bool = False,
        system: bool = False,
        designed_by: str = "ORG",
        workflow: bool = False,
        **fields: Any,
    ) -> Row:
        """Create an instance; ``customer`` and ``integration`` (a version's node) are IDs.

        ``system``, ``designed_by="CUSTOMER"`` and ``workflow`` create instances that no mutation can.
        """
        tenant = self._tenant
        data = {"name": name, "customer": customer, **fields}
        version = tenant.store.get("integrations", integration)
        with tenant.store.transaction():
            row = instances.insert_instance(
                tenant,
                data,
                version,
                isSystem=int(system),
                designedBy=designed_by,
                instanceType="WORKFLOW" if workflow else "INTEGRATION",
            )
            return instances.deploy_instance(tenant, {"id": row["id"]}) if deployed else row

    def add(self, section: str, **item: Any) -> Row:
        """Create an object as an item of this section of a world file does; see :class:`.Section`."""
        (add,) = (each.add for each in sections() if each.name == section)
        with self._tenant.store.transaction():
            return add(self._tenant, item)

    def deny(self, *fields: str) -> None:
        """Let ``allow…`` fields be false, such as ``Organization.allowAddAlertGroup``, and mutations be refused."""
        deny(self._tenant.store, fields)

    def scoped_variable(self, key: str, *, scope: str = "ORG") -> Row:
        return scoped.scoped_variable(self._tenant, key, scope=scope)

    def customer_variable(self, scoped_id: str, *, customer: str | None = None, key: str | None = None) -> Row:
        """Create a customer's value of a scoped config variable: a connection its instances can share."""
        row = self._tenant.create(
            "customer_config_variables",
            "CustomerConfigVariable",
            (*TIMES, "lastConfiguredAt"),
            key=key,
            customer=customer,
            status="ACTIVE",
            scopedConfigVariable=scoped_id,
        )
        shared_uses.settle_uses(self._tenant, customerVariable=row["id"])
        return row

    def on_premise_resource(self, name: str, *, customer: str | None = None, port: int = 443) -> Row:
        columns = {"name": name, "port": port, "customer": customer, "status": "AVAILABLE"}
        return self._tenant.create("on_premise_resources", "OnPremiseResource", (), **columns)

    def authorize(self, instance: str, key: str) -> None:
        """Authorize a connection as a person at its ``authorizeUrl`` does."""
        config_variables.authorize(self._tenant, self._variable(instance, key)["id"])

    def inputs(self, instance: str, key: str) -> dict[str, str]:
        """Return the stored inputs of a connection, also the write-only ones."""
        return {item["name"]: item["value"] for item in json.loads(self._variable(instance, key)["inputs"])}

    def values(self, instance: str) -> dict[str, str | None]:
        """Return the stored value of every config variable of an instance, by key."""
        return {row["key"]: row["value"] for row in self._variables(instance)}

    def _variable(self, instance: str, key: str) -> Row:
        return next(row for row in self._variables(instance) if row["key"] == key)

    def _variables(self, instance: str) -> Sequence[Row]:
        return self._tenant.store.rows(
            "SELECT config_variables.*, key FROM config_variables JOIN required_config_variables required"
            " ON required.id = requiredConfigVariable WHERE instance = ? ORDER BY sortOrder",
            (instance,),
        )
