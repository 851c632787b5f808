"""The options of reading manifests, and the result."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from reconciler.manifests.selectors import is_glob
from reconciler.manifests.value_from.command import never_ended
from reconciler.model.pins import Pins

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterator, Mapping, Sequence
    from typing import TextIO

    from reconciler.manifests.project.project import Environment, Project
    from reconciler.manifests.sets.summary import SetSummary
    from reconciler.manifests.value_from.command import Ending
    from reconciler.manifests.yaml.layers import Layers
    from reconciler.model.diagnostic import Diagnostic
    from reconciler.model.resource import Resource, SetCustomer
    from reconciler.model.rollout import Rollout
    from reconciler.secrets.secret import Secret

    LiveCustomers = Callable[[Project | None, Environment | None, Layers | None], Sequence[SetCustomer]]


@dataclass(frozen=True, slots=True)
class ManifestOptions:
    """The options of reading manifests.

    ``files`` are those of ``-f``: a file, a folder, or ``-`` for ``stdin``. Without any, the project of ``cwd`` is
    read.
    """

    files: tuple[str, ...] = ()
    environment: str | None = None
    """The environment of the command line, which comes before ``RECONCILER_ENVIRONMENT``."""
    allow_exec: bool = False
    without_secrets: bool = False
    keep_secrets: bool = False
    """Whether a missing secret keeps its live value instead of being an error."""
    locked: bool = False
    """Whether the lock must have every version that a manifest leaves open."""
    follow_lock: bool = True
    """Whether the lock sets the versions that manifests leave open."""
    targets: tuple[str, ...] = ()
    """Addresses, or globs of addresses, to which the run is restricted with what they depend on; empty: it is not.

    Only the secrets of these are resolved.
    """
    only_customers: tuple[str, ...] = ()
    """Handles, names or external IDs of customers to which the run is restricted."""
    only_integrations: tuple[str, ...] = ()
    only_labels: tuple[str, ...] = ()
    environ: Mapping[str, str] = field(default_factory=lambda: dict(os.environ), repr=False)
    stdin: TextIO | None = None
    cwd: Path = field(default_factory=Path.cwd)
    may_be_empty: bool = False
    """Whether it is no error when there are no manifests yet."""
    live_customers: LiveCustomers | None = None
    """Reads the customers of the tenant, for sets of them; ``None``: the tenant is not read."""
    ending: Ending = never_ended
    """How a command that reads a secret is ended when the run ends early."""

    @property
    def facets(self) -> Mapping[str, tuple[str, ...]]:
        """The names to which the run is restricted, by facet."""
        return {"customer": self.only_customers, "integration": self.only_integrations, "label": self.only_labels}

    @property
    def restricted(self) -> bool:
        """Whether it takes the manifests to know what the run is restricted to."""
        return any(self.facets.values()) or any(map(is_glob, self.targets))


@dataclass(frozen=True, slots=True)
class Manifests:
    """The desired resources, ordered by kind and handle, and where they come from."""

    project: Project | None = None
    environment: Environment | None = None
    resources: tuple[Resource, ...] = ()
    written: tuple[Resource, ...] = ()
    """The resources with every ``valueFrom`` as it is written."""
    sources: tuple[str, ...] = ()
    whole: bool = True
    """Whether all manifests of the project were read; only then can orphans be found."""
    project_origin: Layers | None = None
    """The places of the project's values."""
    pins: Pins = field(default_factory=Pins)
    """The versions of the lock, for new objects whose manifests leave their version open."""
    warnings: tuple[Diagnostic, ...] = ()
    secrets: tuple[Secret, ...] = ()
    """The secrets in the resources."""
    sets: tuple[SetSummary, ...] = ()
    """The sets, by address."""
    rollouts: tuple[Rollout, ...] = ()
    """The policies by which changes are carried out, in the order of their names."""
    targets: tuple[str, ...] = ()
    """The addresses to which the run is restricted, with what they depend on; empty: it is not."""
    parts: Mapping[str, Sequence[Resource]] = field(default_factory=dict)
    """By the address of a resource about all parts of an object: the resources in its place, once these are known."""

    def digest(self) -> str:
        """Return what identifies the desired content (``sha256:…``), with every ``valueFrom`` as it is written.

        It depends neither on secrets nor on how the content is split into files and overlays.
        """
        from reconciler.manifests.digest import digest_of

        return digest_of(self.written, self.project, self.rollouts)

    def warnings_of(self, addresses: Container[str]) -> Iterator[Diagnostic]:
        """Yield the warnings that concern all manifests, a set or one of the addresses."""
        whole = {None, *(each.address for each in self.sets), *self.parts}
        return (each for each in self.warnings if each.address in whole or each.address in addresses)
