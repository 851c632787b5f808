"""Saved plans: applied only if a fresh plan is the same."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from reconciler.errors import PlanRefused, StalePlan, UsageError
from reconciler.manifests.files.finder import STDIN_ARGUMENT, real_path
from reconciler.manifests.graph import Addresses
from reconciler.manifests.project.selection import choice_of
from reconciler.model.diagnostic import Diagnostic
from reconciler.options import ALLOW_DELETE
from reconciler.planning.plan_file import check_frame, check_saved, saved_document, second_looks_of
from reconciler.planning.seals import broken_seal
from reconciler.planning.shards import Shard
from reconciler.workflow.planning import make_plan

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from pathlib import Path

    from reconciler.manifests.result import ManifestOptions
    from reconciler.model.kind import Registry
    from reconciler.options import Options
    from reconciler.planning.plan import Plan
    from reconciler.workflow.session import Session


def check_plan(session: Session, saved: Mapping[str, Any]) -> Plan:
    """Return a fresh plan; raises ``StalePlan`` unless it equals the saved one.

    Only the resources that the saved plan changes, and their dependencies, are read again.
    """
    options, manifests = session.options, session.manifests
    project = manifests.project.name if manifests.project else None
    moved = check_frame(saved, session.identity, project, manifests.digest())

    touched = [*(change["address"] for change in saved["changes"]), *second_looks_of(saved)]
    # A pruned object has no manifest, and only a plan of the whole project finds it.
    known = Addresses(manifests.resources)
    targets = touched if touched and all(map(known.meant, touched)) else options.manifests.targets
    try:
        # This run may know other secrets than the one that saved the plan, and would hide other values.
        fresh = make_plan(replace(session, history=session.history.of_saved(saved)), targets)
    except PlanRefused as refused:
        plan = session.history.hide_all(refused.plan) if refused.plan and not moved else None
        raise StalePlan([*map(Diagnostic, moved), *refused.problems], plan) from None
    check_saved(saved, fresh, options.fingerprint_key)
    # Only what the plan touches was read again.
    return replace(session.history.hide_all(fresh), unchanged=saved["summary"]["unchanged"])


def check_still_true(session: Session, plan: Plan) -> None:
    """Raise ``StalePlan`` if a resource that the plan changes is not as it was when the plan was made."""
    check_plan(session, saved_document(plan, session.options.fingerprint_key))


def options_of_saved(options: Options, saved: Mapping[str, Any]) -> Options:
    """Return the options to apply a saved plan with: those of the command line, then those of the plan.

    Raises ``StalePlan`` for a plan that was changed since it was saved. This comes first, because the plan also decides
    which files are read, and for which environment.
    """
    broken = broken_seal(saved, options.fingerprint_key)
    if broken:
        raise StalePlan([Diagnostic(broken)])
    inputs = saved["inputs"]
    _check_options(options, inputs)
    plan = options.plan
    manifests = replace(
        options.manifests,
        files=tuple(inputs["files"]),
        environment=inputs["environment"],
        targets=tuple(inputs["targets"]),
        keep_secrets=inputs.get("keepSecrets") is True,
        locked=inputs.get("locked") is True,
    )
    plan = replace(
        plan,
        resend_secrets=inputs["resendSecrets"],
        take_over=inputs["takeOver"],
        allow_delete=(*plan.allow_delete, *_allowed_kinds(inputs["allowedFlags"], options.registry)),
        allow_deletes=inputs["allowDeletes"] if plan.allow_deletes is None else plan.allow_deletes,
        shard=Shard.parse(inputs["shard"]) if inputs.get("shard") else None,
    )
    return replace(options, manifests=manifests, plan=plan)


def _allowed_kinds(flags: Collection[str], kinds: Registry) -> Iterator[str]:
    """Yield the kinds that the flags of a saved plan let it delete.

    A plan that an earlier version saved has the flag of one kind, such as ``--allow-delete-customers``.
    """
    for kind in kinds:
        if f"{ALLOW_DELETE} {kind.name}" in flags or f"{ALLOW_DELETE}-{kind.name.lower()}s" in flags:
            yield kind.name


def _check_options(options: Options, inputs: Mapping[str, Any]) -> None:
    """Raise ``UsageError`` if the command line contradicts the saved plan's inputs."""
    asked = options.manifests
    only_of_the_plan = {
        "--target": asked.targets,
        **{f"--{facet}": names for facet, names in asked.facets.items()},
        "--shard": options.plan.shard,
        "--keep-secrets": asked.keep_secrets and not inputs.get("keepSecrets"),
        "--resend-secrets": options.plan.resend_secrets and not inputs["resendSecrets"],
        "--take-over": options.plan.take_over and not inputs["takeOver"],
    }
    for option, value in only_of_the_plan.items():
        if value:
            raise UsageError(f"{option} belongs to the plan that was saved; leave it out, or make the plan again")
    if asked.files and not _same_files(asked, inputs["files"]):
        made_of = " ".join(f"-f {file}" for file in inputs["files"]) or "what reconciler.yaml lists"
        raise UsageError(
            f"-f belongs to the plan that was saved, which is of {made_of}; leave it out, or make the plan again"
        )
    _check_environment(asked, inputs["environment"])


def _same_files(asked: ManifestOptions, planned: Sequence[str]) -> bool:
    """Return whether the command line names the manifests of the plan, in any spelling."""

    def places(files: Sequence[str]) -> set[Path | str]:
        return {each if each == STDIN_ARGUMENT else real_path(asked.cwd / each) for each in files}

    return places(asked.files) == places(planned)


def _check_environment(asked: ManifestOptions, planned: str | None) -> None:
    """Raise ``UsageError`` if the command line names another environment than that of the plan."""
    choice = choice_of(asked.environment, asked.environ)
    if choice and choice.name != planned:
        made_for = f"for the environment {planned!r}" if planned else "without an environment"
        raise UsageError(
            f"the plan was made {made_for}, and {choice.source} says {choice.name!r}; apply it there, or make the plan"
            " again"
        )
