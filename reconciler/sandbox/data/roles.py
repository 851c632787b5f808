"""The built-in roles of users, with their permissions."""

from __future__ import annotations

from dataclasses import dataclass

from reconciler.sandbox.data.ids import derived_id

ORGANIZATION = "Organization"
CUSTOMER = "Customer"


@dataclass(frozen=True, slots=True)
class ObjectType:
    """The type of object that a role or a permission is about."""

    name: str

    @property
    def id(self) -> str:
        return derived_id("AuthObjectType", self.name)


@dataclass(frozen=True, slots=True)
class Permission:
    """One thing a role may do."""

    tag: str
    about: str

    @property
    def id(self) -> str:
        return derived_id("Permission", self.tag)

    @property
    def name(self) -> str:
        return self.tag.replace("_", " ").capitalize()

    @property
    def description(self) -> str:
        return f"May {self.name.lower()}."

    @property
    def objType(self) -> ObjectType:  # noqa: N802 - named as in the schema
        return ObjectType(self.about)


@dataclass(frozen=True, slots=True)
class Role:
    """One role; the same name exists for the organization and for customers."""

    name: str
    about: str
    level: int
    tags: tuple[str, ...]

    @property
    def id(self) -> str:
        return derived_id("Role", self.about, self.name)

    @property
    def description(self) -> str:
        return f"{self.name} of the {self.about.lower()}"

    @property
    def objType(self) -> ObjectType:  # noqa: N802 - named as in the schema
        return ObjectType(self.about)

    def granted(self) -> list[Permission]:
        return [Permission(tag, self.about) for tag in sorted(self.tags)]


_VIEW = ("view_customers", "view_integrations", "view_instances")
_OPERATE = (*_VIEW, "add_instances", "update_instances", "remove_instances", "execute_instances")
_BUILD = (*_OPERATE, "add_integrations", "update_integrations", "publish_integrations")
_ADMINISTER = (*_BUILD, "add_customers", "update_customers", "remove_customers", "add_users", "remove_users")

ROLES = (
    Role("Owner", ORGANIZATION, 0, (*_ADMINISTER, "update_organization", "remove_organization")),
    Role("Admin", ORGANIZATION, 10, (*_ADMINISTER, "update_organization")),
    Role("Integrator", ORGANIZATION, 20, _BUILD),
    Role("Guest", ORGANIZATION, 30, _VIEW),
    Role("Third Party", ORGANIZATION, 40, ("view_integrations",)),
    Role("Admin", CUSTOMER, 100, ("view_instances", "update_instances", "add_customer_users")),
    Role("Member", CUSTOMER, 110, ("view_instances",)),
    Role("Marketplace Admin", CUSTOMER, 120, ("view_marketplace", "add_marketplace_instances")),
    Role("Marketplace Member", CUSTOMER, 130, ("view_marketplace",)),
)


def roles_of(about: str) -> list[Role]:
    return [role for role in ROLES if role.about == about]


def role_by_id(identifier: str) -> Role | None:
    return next((role for role in ROLES if role.id == identifier), None)
