"""Generated cases: manifests of every shape, and a tenant in which anything may be otherwise."""

from __future__ import annotations

import string
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from reconciler.options import FINGERPRINT_KEY
from support.case import Case, LiveCustomer, LiveInstance, LiveUser
from support.generate_instances import live_settings, manifest_settings, version_to_mean
from support.values import filled_texts

if TYPE_CHECKING:
    from hypothesis.strategies import DrawFn, SearchStrategy

    from support.generate_instances import Configured

LABEL = "gitops:test-project"
ODD_NAMES = (
    "FTL Rockets",
    "東京商事株式会社",
    "Ærøskøbing & Sønner, ApS",
    "مؤسسة البناء",
    "🚀 (rockets) 🚀",
    'O\'Neil "Quotes" \\ Backslash',
    "true",
    "0o17",
    "# not a comment",
    "name: value",
    "İstanbul ẞtraße",
    "%s {{x}} <b>",
)
words = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=6).filter(
    lambda word: "${" not in word  # which may begin a variable of the manifests
)
names = st.one_of(st.sampled_from(ODD_NAMES), words)
descriptions = st.one_of(st.sampled_from([None, "", "One line", "Several\n  lines,\n\nwith a gap\n"]), filled_texts)
labels = st.lists(st.sampled_from(["production", "EU West", "tier:1", "Größe", "日本"]), unique=True, max_size=3)
handles = st.text(string.ascii_lowercase, max_size=2)
TEAM_ROLES = ("Owner", "Admin", "Integrator", "Guest", "Third Party")
CUSTOMER_ROLES = ("Admin", "Member", "Marketplace Admin", "Marketplace Member")


def optional(draw: DrawFn, fields: dict[str, SearchStrategy[Any]]) -> dict[str, Any]:
    """Draw some of the fields."""
    return draw(st.fixed_dictionaries({}, optional=fields))


def chance(draw: DrawFn, percent: int = 50) -> bool:
    return draw(st.integers(1, 100)) > 100 - percent


def absent(lifecycle: dict[str, Any], live: LiveCustomer | LiveInstance | None) -> dict[str, Any]:
    """Return a lifecycle that deletes the object, which must not be protected."""
    if live:
        live.fields["labels"] = [label for label in live.fields["labels"] if label != "gitops:protected"]
    return {key: lifecycle[key] for key in lifecycle if key == "renamedFrom"} | {"state": "absent"}


@dataclass(slots=True)
class Maker:
    """Makes one case; names and addresses that must differ do."""

    draw: DrawFn
    case: Case
    used: set[tuple[str | None, str]] = field(default_factory=set)
    live: dict[str, LiveCustomer | None] = field(default_factory=dict)
    """What users and instances can refer to: a customer's handle, and whether it is there already."""
    doomed: set[str] = field(default_factory=set)
    """Customers that are deleted with all that is theirs."""
    names_recur: bool = True
    """Whether instances of two customers can have one name."""

    def name(self, within: str | None = None) -> str:
        within = within if self.names_recur else None
        name = self.draw(names)
        while (within, name.casefold()) in self.used:
            name = f"{name} {len(self.used)}"
        self.used.add((within, name.casefold()))
        return name

    def email(self) -> str:
        self.used.add(("email", str(len(self.used))))
        local = self.draw(st.sampled_from(["lisa.nguyen", "José+test", "o'neil", "用户"]))
        return f"{local}{len(self.used)}@Example.com"

    def document(self, kind: str, handle: str, spec: dict[str, Any], lifecycle: dict[str, Any]) -> None:
        document = {"apiVersion": "reconciler/v1", "kind": kind, "metadata": {"name": handle}, "spec": spec}
        self.case.documents.append({**document, "lifecycle": lifecycle} if lifecycle else document)

    def lifecycle(self, ignorable: list[str], formerly: str | None = None) -> dict[str, Any]:
        """Draw a lifecycle; ``formerly`` is the name that the object has in the starting tenant."""
        draw = self.draw
        lifecycle: dict[str, Any] = {}
        if formerly or chance(draw, 10):
            lifecycle["renamedFrom"] = ["Never Seen Before", *([formerly] if formerly else [])]
        if ignorable and chance(draw, 25):
            lifecycle["ignoreChanges"] = draw(st.lists(st.sampled_from(ignorable), unique=True, min_size=1, max_size=2))
        if chance(draw, 10):
            lifecycle["preventDestroy"] = True
        return lifecycle

    def owned(self, present: list[str]) -> list[str]:
        """Return an object's labels, perhaps with one that says whose it is."""
        extra = [[LABEL], [LABEL, "gitops:protected"]] if self.case.project else [["gitops:elsewhere"]]
        return [*present, *self.draw(st.sampled_from([[], *extra]))]

    def customers(self) -> None:
        for number in range(self.draw(st.integers(0, 4))):
            self.customer(f"c{number}{self.draw(handles)}")
        if chance(self.draw):
            outsider = LiveCustomer("outsider", self.name(), {"externalId": "outside-1", **self.customer_fields()})
            self.case.customers.append(outsider)
            self.live["outsider"] = outsider

    def customer(self, handle: str) -> None:
        draw, address = self.draw, f"Customer/{handle}"
        plain = {"description": descriptions, "labels": labels, "allowEmbeddedDesigner": st.booleans()}
        spec = {"name": self.name(), **optional(draw, plain)}
        external = draw(st.sampled_from([f"ext-{handle}", f"ext-{handle}", "", None, ...]))
        spec |= {} if external is ... else {"externalId": external}
        live = self.live_customer(handle, spec) if chance(draw, 60) else None
        formerly = live.name if live and live.name != spec["name"] and not self.by_id(live, spec) else None
        lifecycle = self.lifecycle(["description", "labels", "name", "externalId", "allowEmbeddedDesigner"], formerly)
        if live:
            live.address = address
            self.case.customers.append(live)
        if chance(draw, 8):
            lifecycle = absent(lifecycle, live)
            self.doomed.add(handle)
        else:
            self.live[handle] = live
        self.document("Customer", handle, spec, lifecycle)

    def customer_fields(self) -> dict[str, Any]:
        plain = {"description": descriptions, "labels": labels, "allowEmbeddedDesigner": st.booleans()}
        fields = optional(self.draw, plain)
        return {**fields, "labels": self.owned(fields.get("labels", []))}

    @staticmethod
    def by_id(live: LiveCustomer, spec: dict[str, Any]) -> bool:
        return bool(spec.get("externalId")) and live.fields.get("externalId") == spec["externalId"]

    def live_customer(self, handle: str, spec: dict[str, Any]) -> LiveCustomer:
        """Return a live customer that the manifest means: by its external ID, its name, or a former name."""
        name = self.name() if chance(self.draw, 25) else spec["name"]
        if spec.get("externalId"):
            known: str | None = self.draw(st.sampled_from([spec["externalId"], spec["externalId"], None, ""]))
        else:
            known = self.draw(st.sampled_from([f"live-{handle}", None, ""]))
        more = {} if known is None else {"externalId": known}
        return LiveCustomer(handle, name, {**self.customer_fields(), **more})

    def owner(self) -> tuple[Any, str]:
        """Draw a customer; return how a manifest refers to it, and its key."""
        key = self.draw(st.sampled_from(sorted(self.live)))
        outsider = self.live[key]
        if key == "outsider" and outsider:
            return self.draw(st.sampled_from([{"externalId": "outside-1"}, {"name": outsider.name}])), key
        return key, key

    def users(self) -> None:
        if chance(self.draw, 8):
            spec = {"email": "admin@example.com", "role": "Owner", **optional(self.draw, {"name": names})}
            self.document("User", "myself", spec, {})
        for number in range(self.draw(st.integers(0, 3))):
            self.user(f"u{number}{self.draw(handles)}")

    def user(self, handle: str) -> None:
        draw = self.draw
        reference, key = self.owner() if self.live and chance(draw, 70) else (None, None)
        roles = CUSTOMER_ROLES if key else TEAM_ROLES
        email = self.email()
        spec = {"email": email, "role": draw(st.sampled_from(roles)), **self.user_fields(nullable=True)}
        spec |= {"customer": reference} if key else {}
        lifecycle = self.lifecycle(["phone", "name", "role"])
        lifecycle.pop("renamedFrom", None)
        if (key is None or self.live[key]) and chance(draw, 60):
            spelt = draw(st.sampled_from([email, email.replace("Example", "exaMPLE")]))
            live = LiveUser(spelt, draw(st.sampled_from(roles)), key, self.user_fields(nullable=False))
            live.address = f"User/{handle}"
            self.case.users.append(live)
        if chance(draw, 10):
            lifecycle = {"state": "absent"}
        self.document("User", handle, spec, lifecycle)

    def user_fields(self, *, nullable: bool) -> dict[str, Any]:
        nothing = [None, ""] if nullable else [""]
        texts = st.one_of(st.sampled_from(nothing), names)
        phones = st.sampled_from([*nothing, "+1 605 555 0123"])
        return optional(self.draw, {"name": texts, "phone": phones, "externalId": texts})

    def instances(self) -> None:
        for number in range(self.draw(st.integers(0, 4)) if self.live else 0):
            self.instance(f"i{number}{self.draw(handles)}")

    def instance(self, handle: str) -> None:
        draw = self.draw
        reference, key = self.owner()
        exists = self.live[key] is not None and chance(draw, 65)
        meant = draw(version_to_mean(exists=exists, withdrawn=self.case.withdrawn))
        name = self.name(key)
        spec: dict[str, Any] = {"customer": reference, "name": name, "integration": meant.reference}
        spec |= optional(draw, {"description": descriptions, "labels": labels})
        settings, environ = draw(manifest_settings(meant.target, prefix=handle))
        spec |= settings
        self.case.environ |= environ
        formerly = self.name(key) if exists and chance(draw, 20) else None
        live = None
        if meant.current:
            live = self.live_instance(formerly or name, key, draw(live_settings(meant.current, meant.target, spec)))
            live.address = f"Instance/{handle}"
            self.case.instances.append(live)
        paths = ["description", "labels", "enabled", "flowConfigs", "configVariables", "name"]
        paths += [f"configVariables.{variable}" for variable in spec.get("configVariables", ())]
        lifecycle = self.lifecycle([] if meant.target[0] == "CRM Contacts" else paths, formerly)
        if meant.ignored:
            path = draw(st.sampled_from(["integration", "integration.version"]))
            lifecycle["ignoreChanges"] = [*lifecycle.get("ignoreChanges", ()), path]
        if chance(draw, 8):
            lifecycle = absent(lifecycle, live)
        self.document("Instance", handle, spec, lifecycle)

    def live_instance(self, name: str, customer: str, settings: Configured) -> LiveInstance:
        draw = self.draw
        fields = optional(draw, {"description": descriptions, "enabled": st.booleans(), "labels": labels})
        fields["labels"] = self.owned(fields.get("labels", []))
        return LiveInstance(
            name,
            customer,
            settings.version,
            settings.variables,
            settings.flows,
            fields,
            deployed=draw(st.sampled_from(["never", "clean", "dirty"])),
            authorized=draw(st.booleans()) and settings.version[0] == "CRM Contacts",
            respelled=settings.respelled,
        )

    def bystanders(self) -> None:
        """Put in what no manifest names, and what is not ours to touch."""
        draw, case = self.draw, self.case
        for number in range(draw(st.integers(0, 2))):
            case.customers.append(LiveCustomer(f"other{number}", self.name(), self.customer_fields()))
        if chance(draw, 30):
            case.customers.append(LiveCustomer("system", self.name(), self.customer_fields(), system=True))
        keys = [customer.key for customer in case.customers]
        for _ in range(draw(st.integers(0, 2))):
            key = draw(st.sampled_from([None, *keys]))
            role = draw(st.sampled_from(CUSTOMER_ROLES if key else TEAM_ROLES))
            case.users.append(LiveUser(self.email(), role, key, self.user_fields(nullable=False)))
        for _ in range(draw(st.integers(0, 2)) if keys else 0):
            self.bystander(draw(st.sampled_from(keys)))

    def bystander(self, customer: str) -> None:
        meant = self.draw(version_to_mean(exists=True, withdrawn=False))
        assert meant.current
        instance = self.live_instance(
            self.name(customer), customer, self.draw(live_settings(meant.current, meant.target, {}))
        )
        if customer in self.doomed:
            absent({}, instance)
        kinds = [{}, {}, {"system": True}, {"designed_by": "CUSTOMER"}, {"workflow": True}]
        instance.special = self.draw(st.sampled_from(kinds))
        self.case.instances.append(instance)


@st.composite
def cases(draw: DrawFn, *, names_recur: bool = True, keyed: int = 35) -> Case:
    """Draw manifests, and a tenant in which what they name is missing, different, or right already.

    ``names_recur``: whether instances of two customers can have one name, as far as the API lets them. ``keyed``: of a
    hundred cases with a project, how many keep fingerprints of their secrets.
    """
    project = draw(st.booleans()) or keyed == 100
    maker = Maker(draw, Case(project=project, withdrawn=chance(draw, 15)), names_recur=names_recur)
    if chance(draw, keyed):
        maker.case.environ[FINGERPRINT_KEY] = "a key that is long enough"
    maker.customers()
    maker.users()
    maker.instances()
    maker.bystanders()
    if not maker.case.documents:
        maker.document("Customer", "alone", {"name": maker.name()}, {})
    return maker.case
