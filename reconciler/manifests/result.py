"""What is read of the manifests, and what comes of it."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from reconciler.manifests.termination import never_ended
from reconciler.model.pins import Pins

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import TextIO

    from reconciler.manifests.project.project import Environment, Project
    from reconciler.manifests.termination import Ending
    from reconciler.manifests.yaml.layers import Layers
    from reconciler.model.diagnostic import Diagnostic
    from reconciler.model.resource import Resource


@dataclass(frozen=True, slots=True)
class ManifestOptions:
    """What to read and how; ``files`` as with ``-f`` (a file, a folder, or ``-`` for ``stdin``).

    Without ``files`` the project of ``cwd`` is read.
    """

    files: tuple[str, ...] = ()
    environment: str | None = None
    """The environment that the command line names, before any of ``RECONCILER_ENVIRONMENT``."""
    allow_exec: bool = False
    without_secrets: bool = False
    keep_secrets: bool = False
    """Whether a secret that is not there is no error, and the live one stays."""
    locked: bool = False
    """Whether a version that is left open must be in the lock."""
    follow_lock: bool = True
    """Whether versions that are left open are those of the lock."""
    targets: tuple[str, ...] = ()
    """Addresses whose secrets are needed, with what they depend on; empty: those of everything."""
    environ: Mapping[str, str] = field(default_factory=lambda: dict(os.environ), repr=False)
    stdin: TextIO | None = None
    cwd: Path = field(default_factory=Path.cwd)
    may_be_empty: bool = False
    """Whether there may be no manifests (yet), with or without a project."""
    ending: Ending = never_ended
    """How the command of a secret is ended with the run."""


@dataclass(frozen=True, slots=True)
class Manifests:
    """What the manifests ask for: resources in an order that depends on nothing but their kinds and handles.

    ``digest`` (``sha256:…``) stands for the desired content, with every ``valueFrom`` as it is written:
    it does not depend on secrets, nor on how the content is spread over files and overlays.
    """

    project: Project | None = None
    environment: Environment | None = None
    resources: tuple[Resource, ...] = ()
    digest: str = ""
    sources: tuple[str, ...] = ()
    whole: bool = True
    """Whether these are all the manifests of the project: then what is in none of them is in no manifest."""
    project_origin: Layers | None = None
    """Where the parts of the project were written."""
    pins: Pins = field(default_factory=Pins)
    """What the lock says, for new objects whose manifests leave their version open."""
    warnings: tuple[Diagnostic, ...] = ()
