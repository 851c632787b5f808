"""What a plan is held to, from the project and the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reconciler.manifests.result import Manifests
    from reconciler.model.fingerprints import Fingerprinter
    from reconciler.options import Options
    from reconciler.planning.orphan_search import Pruning
    from reconciler.planning.planner import Rules


def rules_of(options: Options, manifests: Manifests, targets: Sequence[str], *, counted: bool) -> Rules:
    """Return the rules for a plan of the ``targets`` (all, when there are none); ``counted`` as in ``pruning_of``."""
    from reconciler.planning.guardrails import Guardrails
    from reconciler.planning.history import History
    from reconciler.planning.ownership import Ownership
    from reconciler.planning.planner import Rules

    project = manifests.project
    flags = set(options.allowed_flags)
    rails = Guardrails(frozenset(flags), allow_deletes=options.allow_deletes)
    if project:
        if project.guardrails.allow_delete_customers:
            flags.add("--allow-delete-customers")
        rails = Guardrails(frozenset(flags), project.guardrails.max_delete_percent, options.allow_deletes)
    return Rules(
        ownership=Ownership(project.ownership_label if project else None, options.take_over),
        guardrails=rails,
        resend_secrets=options.resend_secrets,
        keep_secrets=options.keep_secrets,
        without_secrets=options.without_secrets,
        fingerprinter=fingerprinter_of(options),
        pruning=pruning_of(manifests, targets, counted=counted),
        enforce_guardrails=options.enforce_guardrails,
        include_unchanged=options.include_unchanged,
        history=History(options.known_secrets, options.once_secret),
    )


def rules_of_read_back(options: Options, manifests: Manifests) -> Rules:
    """Return the rules by which what was applied is compared once more: whatever differs is told, nothing refused."""
    from reconciler.planning.history import History
    from reconciler.planning.ownership import Ownership
    from reconciler.planning.planner import Rules

    project = manifests.project
    return Rules(
        ownership=Ownership(project.ownership_label if project else None, take_over=True),
        fingerprinter=fingerprinter_of(options),
        enforce_guardrails=False,
        include_unchanged=options.include_unchanged,
        history=History(options.known_secrets, options.once_secret),
    )


def fingerprinter_of(options: Options) -> Fingerprinter | None:
    """Return what makes fingerprints of secrets, ``None`` without a key; raises ``UsageError`` for a bad one."""
    from reconciler.model.fingerprints import Fingerprinter

    return Fingerprinter.of(options.fingerprint_key) if options.fingerprint_key else None


def pruning_of(manifests: Manifests, targets: Sequence[str], *, counted: bool = False) -> Pruning:
    """Return what is pruned: nothing, where not everything is looked at.

    ``counted``: even then what the project owns is counted, if something is to be deleted; the guardrails ask for it.
    """
    from reconciler.planning.orphan_search import Pruning

    project = manifests.project
    if project is None:
        return Pruning()
    if manifests.whole and not targets:
        return Pruning(project.ownership_label, project.prune, project.prune_users)
    deletes = counted and any(resource.lifecycle.absent for resource in manifests.resources)
    return Pruning(project.ownership_label if deletes else None, whole=False)
