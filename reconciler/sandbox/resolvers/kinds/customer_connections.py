"""What customers have in connections that instances share: customer config variables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.sandbox.data import customer_variables, redeploys
from reconciler.sandbox.data.config_variables import authorize
from reconciler.sandbox.data.refusals import Refused
from reconciler.sandbox.data.shared_inputs import described_inputs
from reconciler.sandbox.resolvers import shared_listings
from reconciler.sandbox.resolvers.answers import Answers, Mutation, Section
from reconciler.sandbox.resolvers.context import connection, expressions, related, single
from reconciler.sandbox.resolvers.uses import authorize_url, instances_using, used_by

if TYPE_CHECKING:
    from reconciler.sandbox.data.store import Row
    from reconciler.sandbox.data.tenant import Input, Tenant


def _add(tenant: Tenant, item: Input) -> Row:
    """Add a customer's connection as a world file or a manifest describes it, by the customer's name."""
    stable_key = item["connection"]["stableKey"]
    named = tenant.store.where("scoped_config_variables", stableKey=stable_key, implied=0)
    if not named:
        raise Refused(("connection", f"there is no connection {stable_key!r}"))
    owner = tenant.store.where("customers", name=item["customer"])
    if not owner:
        raise Refused(("customer", f"there is no customer {item['customer']!r}"))
    data = {
        "scopedConfigVariable": named[0]["id"],
        "customer": owner[0]["id"],
        "key": item.get("key"),
        "inputs": described_inputs(item.get("inputs") or {}),
    }
    row = customer_variables.create_customer_variable(tenant, data)
    if item.get("authorized", True) and row["status"] == "PENDING":
        authorize(tenant, row["id"])
    return tenant.store.get("customer_config_variables", row["id"])


ANSWERS = Answers(
    queries={
        "customerConfigVariable": single("customer_config_variables"),
        "customerConfigVariables": connection(shared_listings.CUSTOMER_CONFIG_VARIABLES),
    },
    mutations={
        "createCustomerConfigVariable": Mutation("customerConfigVariable", customer_variables.create_customer_variable),
        "updateCustomerConfigVariable": Mutation("customerConfigVariable", customer_variables.update_customer_variable),
        "deleteCustomerConfigVariable": Mutation("customerConfigVariable", customer_variables.delete_customer_variable),
        "updateInstancesUsingCustomerConfigVariable": Mutation("result", redeploys.update_users),
    },
    fields={
        "CustomerConfigVariable": {
            "authorizeUrl": authorize_url,
            "customer": related("customers", "customer"),
            "hasDeployedInstances": used_by("customerVariable", "lastDeployedAt IS NOT NULL"),
            "inputs": expressions,
            "instances": instances_using("instances_of_customer_variable"),
            "isInUse": used_by("customerVariable", "1"),
            "scopedConfigVariable": related("scoped_config_variables", "scopedConfigVariable"),
        },
    },
    section=Section(
        "customerConnections",
        "CustomerConnection",
        _add,
        level=-1,
        references={("connection",): ("Connection", "stableKey")},
    ),
)
