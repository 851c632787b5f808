"""The initial content of a sandbox: organization, signed-in user, integrations, and those of a world file."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from reconciler.sandbox.data.alert_triggers import add_triggers
from reconciler.sandbox.data.clock import Clock, utc_now
from reconciler.sandbox.data.customers import create_customer
from reconciler.sandbox.data.definition import DefinitionError, parse_definition
from reconciler.sandbox.data.executions import next_due
from reconciler.sandbox.data.ids import Ids, derived_id, derived_uuid
from reconciler.sandbox.data.integrations import TEST_CUSTOMER, import_integration, publish_integration
from reconciler.sandbox.data.outcomes import OutcomeError, Outcomes
from reconciler.sandbox.data.roles import ORGANIZATION, roles_of
from reconciler.sandbox.data.settings import Settings
from reconciler.sandbox.data.store import Store
from reconciler.sandbox.data.tenant import Tenant
from reconciler.sandbox.world.file import WorldError, build_world, start_of
from reconciler.sandbox.world.manifests import read_manifests
from reconciler.sandbox.world.source import read_source

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from reconciler.sandbox.data.variants import Variants

AHEAD = "clock"
"""The name under which a store keeps how far its clock is ahead of the real time, in seconds."""

_SUFFIXES = frozenset({".yml", ".yaml"})


class SetupError(Exception):
    """Unusable settings; the message is one line, or one for each problem of a world file."""


def furnish(store: Store, settings: Settings) -> Tenant:
    """Fill a store with the initial content, unless it has content, and return the tenant."""
    if store.empty and (settings.world or settings.manifests):
        return _with_world(store, settings)
    definitions = tuple(_definitions(settings.integrations))
    if store.empty and settings.now is utc_now:
        parameters = (settings.organization, settings.user_email, settings.user_name)
        store.copy_from(_template(*parameters, definitions, settings.variants, settings.seed))
        return _begun(store, settings)
    if store.empty:
        store.create_tables()
        _build(store, settings, definitions)
        return _begun(store, settings)
    if store.version != _blank().version:
        raise SetupError(f"{settings.state}: not a state file of this version of the sandbox.")
    tenant = _tenant(store, settings, store.last_moment())
    _publish_all(tenant, definitions)
    return tenant


def _begun(store: Store, settings: Settings) -> Tenant:
    """Return the tenant in a store that was just filled, with the outcomes of the settings."""
    tenant = _tenant(store, settings, "start")
    if settings.outcomes:
        try:
            Outcomes(tenant).replace(dict(rule) for rule in settings.outcomes)
        except OutcomeError as error:
            raise SetupError(f"outcomes: {error}") from error
    return tenant


def _with_world(store: Store, settings: Settings) -> Tenant:
    """Fill a store with a world. It is built elsewhere first, so a state file never holds half of it."""
    fresh = Store()
    source = read_source(settings.world) if settings.world else None
    began = start_of(source) if source else None
    ahead = began - settings.now() if began else timedelta()
    now = Clock(settings.now, ahead=ahead).now if began else settings.now
    try:
        tenant = furnish(fresh, replace(settings, world=None, manifests=None, state=None, now=now))
        fresh.keep(AHEAD, ahead.total_seconds())
        if source:
            build_world(tenant, source)
        if settings.manifests:
            build_world(tenant, read_manifests(settings.manifests))
        store.copy_from(fresh)
    except WorldError as error:
        raise SetupError(str(error)) from error
    finally:
        fresh.close()
    return _tenant(store, settings, "world")


@cache
def _blank() -> Store:
    """Return a store with empty tables."""
    store = Store()
    store.create_tables()
    return store


@lru_cache(maxsize=32)
def _template(
    organization: str, email: str, name: str, definitions: tuple[str, ...], variants: Variants, seed: int | None
) -> Store:
    """Return a filled store to copy: tests start thousands of sandboxes with the same content."""
    store = Store()
    store.create_tables()
    settings = Settings(organization=organization, user_email=email, user_name=name, variants=variants, seed=seed)
    _build(store, settings, definitions)
    return store


def _build(store: Store, settings: Settings, definitions: Iterable[str]) -> None:
    name = settings.organization
    user = derived_id("User", name, settings.user_email)
    tenant = Tenant(store, Clock(settings.now), Ids(settings.seed), settings, user)
    moment = tenant.clock.tick()
    with store.transaction():
        store.insert(
            "organization", id=derived_id("Organization", name), name=name, tenantId=derived_uuid("tenant", name)
        )
        store.insert(
            "users",
            id=user,
            email=settings.user_email,
            name=settings.user_name,
            role=roles_of(ORGANIZATION)[0].id,
            createdAt=moment,
            updatedAt=moment,
        )
        add_triggers(store)
        create_customer(tenant, {"name": TEST_CUSTOMER}, system=True)
        _publish_all(tenant, definitions)


def _tenant(store: Store, settings: Settings, stage: str) -> Tenant:
    """Return the tenant in a store. With a seed, each ``stage`` has its own IDs, the same in every run."""
    user = store.value("SELECT id FROM users WHERE customer IS NULL ORDER BY seq LIMIT 1")
    clock = Clock(settings.now, store.last_moment(), timedelta(seconds=store.kept(AHEAD, 0)))
    clock.wake(next_due(store))
    ids = Ids(None if settings.seed is None else f"{settings.seed}/{stage}")
    return Tenant(store, clock, ids, settings, user)


def _publish_all(tenant: Tenant, definitions: Iterable[str]) -> None:
    """Import and publish each definition that is no version yet."""
    for text in definitions:
        if not tenant.store.where("integrations", definition=text, draft=0):
            draft = import_integration(tenant, {"definition": text, "replace": True})
            publish_integration(tenant, {"id": draft["id"]})


def _definitions(paths: Iterable[Path]) -> Iterable[str]:
    for path in paths:
        files = sorted(item for item in path.rglob("*") if item.suffix in _SUFFIXES) if path.is_dir() else [path]
        for file in files:
            try:
                text = file.read_text(encoding="utf-8")
                parse_definition(text)
            except (OSError, UnicodeDecodeError) as error:
                raise SetupError(f"{file}: the integration definition cannot be read: {error}") from error
            except DefinitionError as error:
                raise SetupError(f"{file}: {error}") from error
            yield text
