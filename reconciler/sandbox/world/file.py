"""Building a tenant from a world file, with the code of the mutations wherever one exists."""

from __future__ import annotations

from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

from reconciler.sandbox.data import customers, integrations, users
from reconciler.sandbox.data.clock import ClockError, parse_moment
from reconciler.sandbox.data.custom_roles import add_role, all_roles
from reconciler.sandbox.data.definition import DefinitionError, parse_definition
from reconciler.sandbox.data.permissions import deny
from reconciler.sandbox.data.refusals import OBJECT_LEVEL, Refused
from reconciler.sandbox.data.roles import CUSTOMER, ORGANIZATION
from reconciler.sandbox.resolvers.registry import sections
from reconciler.sandbox.resolvers.schema import allow_fields
from reconciler.sandbox.world.instances import add_instance
from reconciler.sandbox.world.outcomes import add_outcomes
from reconciler.sandbox.world.source import did_you_mean
from reconciler.sandbox.world.versions import add_missing_versions

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import datetime

    from reconciler.sandbox.data.store import Row
    from reconciler.sandbox.data.tenant import Tenant
    from reconciler.sandbox.resolvers.answers import Section
    from reconciler.sandbox.world.source import Source
    from reconciler.sandbox.world.yaml_places import Where


class WorldError(Exception):
    """A world file that cannot be used: a line for every problem, ``FILE:LINE:COLUMN: message``."""


def start_of(source: Source) -> datetime | None:
    """Return the time at which a world starts, if it has one; report a wrong one."""
    text = source.data.get("clock")
    if text is None or not source.whole(("clock",)):
        return None
    try:
        return parse_moment(text)
    except ClockError as error:
        source.report(("clock",), f"clock: {error}")
        return None


def build_world(tenant: Tenant, source: Source) -> None:
    """Build what a world file or manifests declare; raise :class:`WorldError` and leave the tenant unchanged."""
    with tenant.store.transaction():
        _Builder(tenant, source).build()
        if source.problems:
            raise WorldError(source.report_text())


class _Builder:
    """Builds a world section by section; an item that depends on a broken one is skipped without a second report."""

    def __init__(self, tenant: Tenant, source: Source) -> None:
        self._tenant = tenant
        self._source = source
        self._failed: set[str] = set()
        """The sections in which an item could not be built."""

    def build(self) -> None:
        if self._source.exported:
            add_missing_versions(self._tenant, self._source)
        for section, add in self._adders().items():
            for index, item in enumerate(self._source.section(section)):
                where, known = (section, index), len(self._source.problems)
                if self._source.whole(where):
                    with self._reported(where):
                        add(item, where)
                if not self._source.whole(where) or len(self._source.problems) > known:
                    self._failed.add(section)
        self._deny()
        add_outcomes(self._tenant, self._source)

    def _deny(self) -> None:
        """Deny what the world lists; report what is no ``allow…`` field of the API."""
        listed = self._source.section("denied")
        if not listed:
            return
        fields = allow_fields()
        for number, each in enumerate(listed):
            if each not in fields and self._source.whole(("denied", number)):
                self._source.report(("denied", number), f"there is no field {each!r}{did_you_mean(each, fields)}")
        deny(self._tenant.store, map(str, listed))

    def _adders(self) -> Mapping[str, Callable[[dict[str, Any], Where], None]]:
        """Return what adds an item of each section, in the order in which items refer to each other."""
        return {
            "roles": self._role,
            "integrations": self._integration,
            "customers": self._customer,
            "users": self._user,
            **{section.name: partial(self._plain, section) for section in sections() if section.level < 0},
            "instances": self._instance,
            **{section.name: partial(self._plain, section) for section in sections() if section.level >= 0},
        }

    @contextmanager
    def _reported(self, where: Where) -> Iterator[None]:
        """Report what the sandbox refuses, and undo the item."""
        try:
            with self._tenant.store.transaction():
                yield
        except Refused as refused:
            for field, message in refused.errors:
                place = where if field == OBJECT_LEVEL else (*where, field)
                self._source.report(place, message if field in {OBJECT_LEVEL, ""} else f"{field}: {message}")

    def _plain(self, section: Section, item: dict[str, Any], where: Where) -> None:
        del where
        section.add(self._tenant, item)

    def _role(self, item: dict[str, Any], where: Where) -> None:
        about = ORGANIZATION if item["for"] == "organization" else CUSTOMER
        if any(role.name == item["name"] for role in all_roles(self._tenant.store, about)):
            self._source.report((*where, "name"), f"there is a role {item['name']!r} already")
            return
        add_role(self._tenant.store, item["name"], about, item.get("permissions") or ())

    def _integration(self, item: dict[str, Any], where: Where) -> None:
        versions = item.get("versions") or []
        files = [(version["definition"], (*where, "versions", n, "definition")) for n, version in enumerate(versions)]
        files += [(item["draft"], (*where, "draft"))] if "draft" in item else []
        if not files:
            self._source.report(where, "an integration needs versions, a draft, or both")
        texts = [self._definition(file, place) for file, place in files]
        if None in texts or not self._one_name(texts, [place for _, place in files]):
            return
        for number, text in enumerate(texts):
            known = len(self._source.problems)
            version = versions[number] if number < len(versions) else None
            with self._reported(files[number][1]):
                self._import(text, version, replace=number > 0)
            if len(self._source.problems) > known:
                return

    def _import(self, text: str | None, version: dict[str, Any] | None, *, replace: bool) -> None:
        draft = integrations.import_integration(self._tenant, {"definition": text, "replace": replace})
        if version is None:
            return
        node = integrations.publish_integration(self._tenant, {"id": draft["id"]}, number=version.get("number"))
        available = version.get("available", True)
        integrations.update_availability(self._tenant, {"id": node["id"], "available": available})

    def _definition(self, file: str, place: Where) -> str | None:
        """Return a definition's text, or report why it cannot be used."""
        try:
            text = (self._source.place(place).path.parent / file).read_text(encoding="utf-8")
            parse_definition(text)
        except (OSError, UnicodeDecodeError) as error:
            reason = getattr(error, "strerror", None) or error
            self._source.report(place, f"the definition {file} cannot be read: {reason}")
        except DefinitionError as error:
            self._source.report(place, f"{file}: {error}")
        else:
            return text
        return None

    def _one_name(self, texts: list[str | None], places: list[Where]) -> bool:
        names = [parse_definition(text).name for text in texts if text]
        for name, place in zip(names, places, strict=True):
            if name != names[0]:
                self._source.report(place, f"this defines {name!r}, and the version before it {names[0]!r}")
        return len(set(names)) == 1

    def _customer(self, item: dict[str, Any], where: Where) -> None:
        del where
        customers.create_customer(self._tenant, item, system=item.get("system", False))

    def _user(self, item: dict[str, Any], where: Where) -> None:
        if self._source.exported and item["email"] == self._tenant.store.get("users", self._tenant.user)["email"]:
            return
        customer = self.customer(item["customer"], (*where, "customer")) if "customer" in item else None
        if "customer" in item and customer is None:
            return
        about = CUSTOMER if customer else ORGANIZATION
        roles = {role.name: role.id for role in all_roles(self._tenant.store, about)}
        name = item.get("role", "Admin")
        if name not in roles and self._source.exported:
            roles[name] = add_role(self._tenant.store, name, about).id
        if name not in roles:
            if not self._lost("roles", name):
                kind = "a customer's user" if customer else "a team member"
                self._source.report((*where, "role"), f"{kind} can have no role {name!r}{did_you_mean(name, roles)}")
            return
        data = {**item, "role": roles[name]}
        if customer:
            users.create_customer_user(self._tenant, {**data, "customer": customer["id"]})
        else:
            users.create_organization_user(self._tenant, data)

    def _instance(self, item: dict[str, Any], where: Where) -> None:
        customer = self.customer(item["customer"], (*where, "customer"))
        version = self._version(item, where)
        if customer and version:
            add_instance(self._tenant, self._source, where, customer, version)

    def customer(self, name: str, where: Where) -> Row | None:
        """Return the customer with this name, or report that none has it."""
        found = self._tenant.store.where("customers", name=name)
        if not found and not self._lost("customers", name):
            known = [row["name"] for row in self._tenant.store.where("customers", isSystem=0)]
            self._source.report(where, f"there is no customer {name!r}{did_you_mean(name, known)}")
        return found[0] if found else None

    def _version(self, item: dict[str, Any], where: Where) -> Row | None:
        name, number = item["integration"], item.get("version")
        published = self._tenant.store.where("integrations", name=name, draft=0)
        if not published:
            if "integrations" not in self._failed:
                known = {row["name"] for row in self._tenant.store.where("integrations", draft=0)}
                message = f"there is no published integration {name!r}{did_you_mean(name, sorted(known))}"
                message += "; its definition can be given with --integrations" if self._source.exported else ""
                self._source.report((*where, "integration"), message)
            return None
        chosen = [row for row in published if number in {None, row["versionNumber"]}]
        if not chosen:
            known_numbers = ", ".join(str(row["versionNumber"]) for row in published)
            self._source.report((*where, "version"), f"{name} has no version {number}, only {known_numbers}")
        available = [row for row in chosen if row["versionIsAvailable"]]
        return next(reversed(available or chosen), None)

    def _lost(self, section: str, name: str) -> bool:
        """Return whether the file has this item and its own problem is reported already."""
        names = [item.get("name") for item in self._source.section(section) if isinstance(item, dict)]
        return section in self._failed and name in names
