"""The rules for a plan, from the project and the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reconciler.manifests.result import Manifests
    from reconciler.model.fingerprints import Fingerprinter
    from reconciler.options import Options
    from reconciler.planning.orphans import Pruning
    from reconciler.planning.rules import Rules
    from reconciler.workflow.session import Session


def rules_of(session: Session, targets: Sequence[str], *, counted: bool) -> Rules:
    """Return the rules for a plan of the ``targets`` (all if empty); ``counted`` is that of ``pruning_of``."""
    from reconciler.manifests.project.project import Guardrails
    from reconciler.planning.ownership import Ownership
    from reconciler.planning.rules import DeletionGuard, Rules

    asked, project = session.options.plan, session.manifests.project
    allowed = project.guardrails if project else Guardrails()
    allow_delete = allowed.allow_delete.union(asked.allow_delete)
    rails = DeletionGuard(allow_delete, allowed.max_delete_percent, asked.allow_deletes)
    return Rules(
        ownership=Ownership(project.ownership_label if project else None, asked.take_over),
        guardrails=rails,
        resend_secrets=asked.resend_secrets,
        keep_secrets=session.options.manifests.keep_secrets,
        without_secrets=session.options.manifests.without_secrets,
        fingerprinter=fingerprinter_of(session.options),
        pruning=pruning_of(session.manifests, targets, counted=counted),
        enforce_guardrails=asked.enforce_guardrails,
        include_unchanged=asked.include_unchanged,
        history=session.history,
    )


def rules_of_read_back(session: Session) -> Rules:
    """Return the rules for comparing once more after an apply: differences are reported, nothing is refused."""
    from reconciler.planning.ownership import Ownership
    from reconciler.planning.rules import Rules

    project = session.manifests.project
    return Rules(
        ownership=Ownership(project.ownership_label if project else None, take_over=True),
        fingerprinter=fingerprinter_of(session.options),
        enforce_guardrails=False,
        include_unchanged=session.options.plan.include_unchanged,
        history=session.history,
    )


def fingerprinter_of(options: Options) -> Fingerprinter | None:
    """Return the fingerprinter of secrets, ``None`` without a key; raises ``UsageError`` for a bad key."""
    from reconciler.model.fingerprints import Fingerprinter

    return Fingerprinter.of(options.fingerprint_key) if options.fingerprint_key else None


def pruning_of(manifests: Manifests, targets: Sequence[str], *, counted: bool = False) -> Pruning:
    """Return what to prune: nothing in a plan of a part of the project.

    ``counted``: if such a plan deletes something, the owned objects are still counted, for the guardrails.
    """
    from reconciler.planning.orphans import Pruning

    project = manifests.project
    if project is None:
        return Pruning()
    if manifests.whole and not targets:
        return Pruning(project.ownership_label, project.prune, project.prune_children)
    deletes = counted and any(resource.lifecycle.absent for resource in manifests.resources)
    return Pruning(project.ownership_label if deletes else None, whole=False)
