"""Plans made by hand, for reports: no tenant is needed to show one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.kinds.registry import default_registry
from reconciler.model.capabilities.differ import FieldChange
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.place import Place
from reconciler.model.tenant import Identity, Live
from reconciler.planning.plan import Change, Orphan, Plan
from reconciler.reports.shared.style import Style
from reconciler.reports.text.plan import plan_text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reconciler.model.step import Action

KINDS = default_registry()
TENANT = Identity("https://app.example.com", "T3Jn", "Rocket Vendor", "VXNlcg==")


def change(
    handle: str = "one",
    *actions: Action,
    kind: str = "Instance",
    name: str = "Acme",
    fields: Iterable[FieldChange] = (),
    reason: str = "why",
    **more: Any,
) -> Change:
    """Return a change of an object that is there, an update unless something else is said."""
    given = {
        "source": Place("manifests/all.yaml", 7, 1),
        "live": None if "create" in actions else Live(kind, "id", name, {}),
        "group": "FTL Rockets",
        **more,
    }
    return Change(
        address=f"{kind}/{handle}",
        kind=KINDS[kind],
        name=name,
        actions=actions or ("update",),
        reason=reason,
        steps=(),
        fields=tuple(fields),
        **given,
    )


def field(path: str, before: Any, after: Any, *, sensitive: bool = False) -> FieldChange:
    """Return a field's change; the path's names are joined with slashes."""
    return FieldChange(tuple(path.split("/")), before, after, sensitive)


def plan(*changes: Change, unchanged: int = 3, **more: Any) -> Plan:
    """Return a plan of the changes."""
    return Plan(changes, unchanged, TENANT, lambda: "sha256:" + "0" * 64, "2026-01-01T00:00:00+00:00", **more)


def shown(*changes: Change, verbose: bool = False, colour: bool = False, **more: Any) -> str:
    """Return a plan of the changes as text."""
    return plan_text(plan(*changes, **more), Style(colour), verbose=verbose)


__all__ = ["KINDS", "Diagnostic", "Orphan", "Place", "change", "field", "plan", "shown"]
