"""Lists of objects that another object has, such as the users of an alert group: each in a table of pairs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from reconciler.sandbox.data.refusals import Refused

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from reconciler.sandbox.data.store import Row
    from reconciler.sandbox.data.tenant import Tenant

# Every statement below is put together from the sandbox's own table and column names; values are bound.
# ruff: noqa: S608


@dataclass(frozen=True, slots=True)
class Members:
    """A list of the objects of one kind that are in an object of another."""

    field: str
    """The name of the list in inputs."""
    pairs: str
    """The table of pairs, with a column for each side."""
    owner: str
    member: str
    owners: str
    members: str
    """The tables of both sides."""
    named_by: str = "name"
    """The column by which world files name a member."""

    @property
    def of_owner(self) -> str:
        """The members as a table, with the ID of the owner as ``listedBy``."""
        joined = f"{self.pairs} p JOIN {self.members} o ON o.id = p.{self.member}"
        return f"(SELECT o.*, p.{self.owner} AS listedBy FROM {joined})"

    @property
    def of_member(self) -> str:
        """The owners as a table, with the ID of a member as ``lists``."""
        joined = f"{self.pairs} p JOIN {self.owners} o ON o.id = p.{self.owner}"
        return f"(SELECT o.*, p.{self.member} AS lists FROM {joined})"

    def write(self, tenant: Tenant, owner: str, data: Mapping[str, Any], *, new: bool = False) -> bool:
        """Write the list as an input has it; return whether it changed. Null leaves it alone.

        Variants decide whether an update replaces the list or adds to it, and about a list that is not sent. Raises
        :class:`.Refused` where a member does not exist.
        """
        sent = data.get(self.field)
        before = self.ids(tenant, owner)
        if sent is None:
            after = [] if tenant.variants.alert_updates == "reset" and self.field not in data else before
        else:
            kept = before if tenant.variants.alert_lists == "added" and not new else []
            after = list(dict.fromkeys([*kept, *filter(None, sent)]))
        missing = [each for each in after if tenant.store.find(self.members, each) is None]
        if missing:
            raise Refused(*((self.field, f"Invalid ID '{each}': no such object.") for each in missing))
        if sorted(after) == sorted(before):
            return False
        tenant.store.execute(f"DELETE FROM {self.pairs} WHERE {self.owner} = ?", (owner,))
        for each in after:
            tenant.store.insert(self.pairs, **{self.owner: owner, self.member: each})
        return True

    def ids(self, tenant: Tenant, owner: str) -> list[str]:
        """Return the IDs of an owner's members."""
        sql = f"SELECT {self.member} AS id FROM {self.pairs} WHERE {self.owner} = ? ORDER BY rowid"
        return [row["id"] for row in tenant.store.rows(sql, (owner,))]

    def used(self, tenant: Tenant, member: str) -> bool:
        """Return whether any owner lists a member."""
        return bool(tenant.store.rows(f"SELECT 1 FROM {self.pairs} WHERE {self.member} = ? LIMIT 1", (member,)))

    def described(self, tenant: Tenant, items: Iterable[Mapping[str, str]]) -> list[str]:
        """Return the IDs of the members that a world file describes, as in ``{name: PagerDuty}``."""
        return [self._described(tenant, str(item.get(self.named_by)))["id"] for item in items]

    def _described(self, tenant: Tenant, name: str) -> Row:
        found = tenant.store.where(self.members, **{self.named_by: name})
        if not found:
            raise Refused((self.field, f"none has the {self.named_by} {name!r}"))
        return found[0]


GROUP_USERS = Members("users", "alert_group_users", "alertGroup", "user", "alert_groups", "users", "email")
GROUP_WEBHOOKS = Members(
    "webhooks", "alert_group_webhooks", "alertGroup", "alertWebhook", "alert_groups", "alert_webhooks"
)

MONITOR_TRIGGERS = Members(
    "triggers", "alert_monitor_triggers", "alertMonitor", "alertTrigger", "alert_monitors", "alert_triggers"
)
MONITOR_GROUPS = Members(
    "groups", "alert_monitor_groups", "alertMonitor", "alertGroup", "alert_monitors", "alert_groups"
)
MONITOR_USERS = Members("users", "alert_monitor_users", "alertMonitor", "user", "alert_monitors", "users", "email")
MONITOR_WEBHOOKS = Members(
    "webhooks", "alert_monitor_webhooks", "alertMonitor", "alertWebhook", "alert_monitors", "alert_webhooks"
)


def refuse_used(tenant: Tenant, member: str, *lists: Members) -> None:
    """Refuse to delete a member that is in a list, where the API does."""
    if tenant.variants.alert_deletion == "refused" and any(each.used(tenant, member) for each in lists):
        raise Refused(("__all__", "This object is in use."))
