"""The organization itself: its name, and the keys that sign its users in to an embedded marketplace.

A generated key is made up: nothing can be signed with it here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.sandbox.data.labels import stored_labels
from reconciler.sandbox.data.refusals import Refused
from reconciler.sandbox.resolvers.answers import Answers, Mutation
from reconciler.sandbox.resolvers.context import connection, of_organization
from reconciler.sandbox.resolvers.listing import Listing
from reconciler.sandbox.resolvers.listings import TIME_ORDERS, TIMES

if TYPE_CHECKING:
    from reconciler.sandbox.data.store import Row
    from reconciler.sandbox.data.tenant import Input, Tenant

_TABLE = "signing_keys"
_LISTING = Listing(_TABLE, TIMES, TIME_ORDERS)
_FIRST, _LAST = "-----BEGIN PUBLIC KEY-----", "-----END PUBLIC KEY-----"


def _create(tenant: Tenant, _: Input) -> dict[str, Any]:
    secret = tenant.ids.uuid()
    key = _add(tenant, f"{_FIRST}\nmade-up-{tenant.ids.uuid()}\n{_LAST}", secret[-8:], imported=False)
    return {
        "privateKey": f"-----BEGIN PRIVATE KEY-----\nmade-up-{secret}\n-----END PRIVATE KEY-----",
        "signingKey": key,
    }


def _import(tenant: Tenant, data: Input) -> Row:
    text = data["publicKey"].strip()
    if not (text.startswith(_FIRST) and text.endswith(_LAST)):
        raise Refused(("publicKey", "Enter a public key in PEM format."))
    return _add(tenant, text, "", imported=True)


def _delete(tenant: Tenant, data: Input) -> Row:
    key = tenant.store.get(_TABLE, data.get("id"))
    tenant.store.delete(_TABLE, key["id"])
    return key


def _add(tenant: Tenant, public: str, preview: str, *, imported: bool) -> Row:
    columns = {"publicKey": public, "privateKeyPreview": preview, "imported": int(imported)}
    return tenant.create(_TABLE, "OrganizationSigningKey", ("createdAt", "updatedAt", "issuedAt"), **columns)


def _update_organization(tenant: Tenant, data: Input) -> Row:
    (row,) = tenant.store.rows("SELECT * FROM organization")
    columns = {"name": data["name"]} if data.get("name") is not None else {}
    if not columns.get("name", "x").strip():
        raise Refused(("name", "This field cannot be blank."))
    if data.get("labels") is not None:
        columns["labels"] = stored_labels(data["labels"])
    if columns:
        tenant.store.update("organization", row["id"], **columns)
    return tenant.store.get("organization", row["id"])


ANSWERS = Answers(
    mutations={
        "createOrganizationSigningKey": Mutation("result", _create),
        "importOrganizationSigningKey": Mutation("organizationSigningKey", _import),
        "deleteOrganizationSigningKey": Mutation("organizationSigningKey", _delete),
        "updateOrganization": Mutation("organization", _update_organization),
    },
    fields={"Organization": {"signingKeys": of_organization(connection(_LISTING))}},
)
