"""The Project: its manifests, ownership, environments and guardrails."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

Variable = str | int | float | Decimal | bool
LABEL_PREFIX = "gitops:"
PROTECTED_LABEL = "gitops:protected"
PRUNE_ALIASES = {"users": "User"}
"""``prune.users: true`` is the older way to write ``prune.children: [User]``."""
GUARDRAIL_ALIASES = {"allowDeleteCustomers": "Customer"}
"""``guardrails.allowDeleteCustomers: true`` is the older way to write ``guardrails.allowDelete: [Customer]``."""


@dataclass(frozen=True, slots=True)
class Guardrails:
    """Deletions that a plan may contain without an option; ``max_delete_percent`` is of the owned objects."""

    allow_delete: frozenset[str] = frozenset()
    """The guarded kinds whose objects may be deleted."""
    max_delete_percent: float = 10


@dataclass(frozen=True, slots=True)
class Environment:
    """One environment: its tenant, its overlays in the order of merging, and its variables.

    ``organization`` is the ID or the name of the tenant's organization, ``url`` the address of its stack.
    """

    name: str
    organization: str | None = None
    url: str | None = None
    overlays: tuple[str, ...] = ()
    variables: Mapping[str, Variable] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Project:
    """A checked ``reconciler.yaml``; paths are relative to ``folder``.

    ``ownership_label`` is ``None`` where the project owns nothing (``ownership: none``).
    """

    name: str
    folder: Path
    manifests: tuple[str, ...] = (".",)
    ownership_label: str | None = None
    prune: bool = False
    prune_children: frozenset[str] = frozenset()
    """The kinds without labels whose objects are pruned below owned objects."""
    guardrails: Guardrails = field(default_factory=Guardrails)
    variables: Mapping[str, Variable] = field(default_factory=dict)
    environments: Mapping[str, Environment] = field(default_factory=dict)
    default_environment: str | None = None

    @classmethod
    def parse(cls, data: Mapping[str, Any], folder: Path) -> Project:
        """Return the project of a document that its schema accepts."""
        name, spec = data["metadata"]["name"], data["spec"]
        prune = spec.get("prune", False)
        prune = prune if isinstance(prune, dict) else {"enabled": prune}
        rails = spec.get("guardrails", {})
        allow_delete = _kinds(rails, "allowDelete", GUARDRAIL_ALIASES)
        return cls(
            name=name,
            folder=folder,
            manifests=tuple(spec.get("manifests", (".",))),
            ownership_label=_label(spec.get("ownership"), name),
            prune=prune["enabled"],
            prune_children=_kinds(prune, "children", PRUNE_ALIASES),
            guardrails=Guardrails(allow_delete, float(rails.get("maxDeletePercent", 10))),
            variables=dict(spec.get("variables", {})),
            environments={key: _environment(key, value) for key, value in spec.get("environments", {}).items()},
            default_environment=spec.get("defaultEnvironment"),
        )


def _kinds(data: Mapping[str, Any], key: str, aliases: Mapping[str, str]) -> frozenset[str]:
    """Return the kinds that a list, or an older true instead of it, names."""
    return frozenset([*data.get(key, ()), *(kind for alias, kind in aliases.items() if data.get(alias))])


def _label(ownership: Any, name: str) -> str | None:
    if ownership == "none":
        return None
    return str(ownership["label"]) if ownership else f"{LABEL_PREFIX}{name}"


def _environment(name: str, data: Mapping[str, Any]) -> Environment:
    url = data.get("url")
    return Environment(
        name,
        data.get("organization"),
        url.rstrip("/") if url else None,
        tuple(data.get("overlays", ())),
        dict(data.get("variables", {})),
    )
