"""Checking the manifests, offline and against the tenant."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from reconciler.kinds.secret import secrets_in
from reconciler.manifests import ManifestOptions, read_manifests
from reconciler.workflow.connecting import connect
from reconciler.workflow.planning import make_plan, notices

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from reconciler.kinds.resource import Resource
    from reconciler.manifests import Manifests
    from reconciler.options import Options
    from reconciler.planning.plan import Notice


def validate(options: Options, *, may_be_empty: bool = False) -> Manifests:
    """Read and check the manifests, offline; raises ``ManifestErrors``, unless they ``may_be_empty`` also for none."""
    manifests = read_manifests(
        ManifestOptions(
            files=options.files,
            environment=options.environment,
            allow_exec=options.allow_exec,
            without_secrets=options.without_secrets,
            keep_secrets=options.keep_secrets,
            locked=options.locked,
            follow_lock=options.follow_lock,
            targets=options.targets,
            environ=options.environ,
            stdin=options.stdin,
            cwd=options.cwd,
            may_be_empty=may_be_empty,
        ),
        options.registry,
    )
    for resource in manifests.resources:
        options.known_secrets.add(secrets_in(resource.spec))
    return manifests


def targeted(options: Options, manifests: Manifests) -> Sequence[Resource]:
    """Return the targets with what they depend on; raises ``UsageError`` for one that is not there."""
    if not options.targets:
        return manifests.resources
    from reconciler.planning.sharding import choose

    return choose(manifests.resources, options.targets, options.registry)


def validate_offline(manifests: Manifests, chosen: Iterable[Resource]) -> Sequence[Notice]:
    """Return what the manifests of the chosen resources, which are valid, have to be warned of."""
    return list(notices(manifests, {resource.address for resource in chosen}))


def validate_online(options: Options, manifests: Manifests) -> Sequence[Notice]:
    """Check the manifests against the tenant, and return what there is to be warned of; raises ``PlanRefused``."""
    with connect(options, manifests) as connection:
        return make_plan(replace(options, guarded=False), manifests, connection).warnings
