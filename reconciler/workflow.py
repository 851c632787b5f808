"""The use cases, each in a few lines: validate, plan, apply, drift, export."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from reconciler.errors import ReconcilerError, UsageError
from reconciler.kinds.tenant import Tenant
from reconciler.manifests import ManifestOptions, read_manifests
from reconciler.options import Options as Options  # noqa: PLC0414, TC001 - for whoever calls it

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from reconciler.applying.results import Result
    from reconciler.exporting.export import Exported, Wanted
    from reconciler.kinds.fingerprints import Fingerprinter
    from reconciler.kinds.kind import View
    from reconciler.kinds.resource import Resource
    from reconciler.locking.lock import Locked
    from reconciler.manifests import Manifests
    from reconciler.planning.explaining import Reasons
    from reconciler.planning.plan import Notice, Plan
    from reconciler.planning.planner import Findings, Rules
    from reconciler.planning.pruning import Pruning
    from reconciler.prismatic.connection import Connection
    from reconciler.receipts.compare import Explanation
    from reconciler.receipts.digests import Digester
    from reconciler.receipts.receipt import Receipt, Scope


def validate(options: Options, *, may_be_empty: bool = False) -> Manifests:
    """Read and check the manifests, offline; raises ``ManifestErrors``, unless they ``may_be_empty`` also for none."""
    return read_manifests(
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


def connect(options: Options, manifests: Manifests | None) -> Connection:
    """Return the connection to the tenant that the manifests (if there are any) are for; to be entered."""
    from reconciler.prismatic.connection import Connection
    from reconciler.prismatic.settings import find_endpoint

    url = manifests.environment.url if manifests and manifests.environment else None
    endpoint = find_endpoint(options.environ, profile=options.profile, url=url)
    return Connection(
        endpoint,
        transport=options.transport,
        rate=options.rate,
        batch_size=options.batch_size,
        retry=options.retry,
        timeout=options.timeout,
        stop=options.stop,
    )


def validate_online(options: Options, manifests: Manifests) -> Sequence[Notice]:
    """Check the manifests against the tenant, and return what there is to be warned of; raises ``PlanRefused``."""
    with connect(options, manifests) as connection:
        return make_plan(replace(options, guarded=False), manifests, connection).warnings


def make_plan(
    options: Options, manifests: Manifests, connection: Connection, targets: Sequence[str] | None = None
) -> Plan:
    """Read what the manifests need of the tenant, and compare; raises ``PlanRefused`` with every problem.

    ``targets`` are those of a plan that was made and guarded before; else they are the options'.
    """
    return _plan_and_view(options, manifests, connection, targets)[0]


def explain_change(
    options: Options, manifests: Manifests, connection: Connection, address: str
) -> tuple[Reasons, Plan]:
    """Return why a plan does what it does to one address, and the plan, which is of that address alone if it can be.

    Raises ``UsageError`` for an address that is nowhere.
    """
    from reconciler.manifests.validate import kind_schema
    from reconciler.planning.explaining import explain_address

    declared = any(resource.address == address for resource in manifests.resources)
    # What is in no manifest, and carries our label all the same, only the whole plan tells.
    targets = (address,) if declared else ()
    options = replace(options, everything=True, guarded=False, targets=targets, shard=None)
    plan, view = _plan_and_view(options, manifests, connection)
    fields = {kind.name: list(kind_schema(kind)["properties"]["spec"]["properties"]) for kind in options.registry}
    return explain_address(address, plan, view, options.registry, fields), plan


def _plan_and_view(
    options: Options, manifests: Manifests, connection: Connection, targets: Sequence[str] | None = None
) -> tuple[Plan, View]:
    from reconciler.planning.plan import Notice, Plan
    from reconciler.planning.sharding import choose, part_of

    counted = targets is None
    targets = options.targets if targets is None else targets
    rules = _rules(options, manifests, targets, counted=counted)
    found, view = _compare(options, manifests, connection, targets, rules)
    plan = Plan(
        changes=tuple(found.changes),
        unchanged=found.unchanged,
        tenant=connection.identity,
        manifest_digest=manifests.digest,
        created_at=datetime.now(UTC).isoformat(timespec="seconds"),
        project=manifests.project.name if manifests.project else None,
        warnings=(*found.warnings, *([] if manifests.whole else [Notice(_NOT_WHOLE)])),
        unclaimed=tuple(found.unclaimed),
        live_ids=found.live_ids,
        compared=found.compared,
        without_secrets=options.without_secrets,
        inputs=options.inputs,
    )
    if options.shard:
        plan = part_of(plan, options.shard, choose(manifests.resources, targets, options.registry), options.registry)
    return plan, view


def _compare(
    options: Options, manifests: Manifests, connection: Connection, targets: Sequence[str], rules: Rules
) -> tuple[Findings, View]:
    """Read a fresh picture of the tenant, and compare the targets (all, when there are none) with it."""
    from reconciler.planning.planner import find_changes

    chosen, view = _read(options, manifests, connection, targets, rules.pruning)
    return find_changes(chosen, options.registry, view, rules), view


def _read(
    options: Options, manifests: Manifests, connection: Connection, targets: Sequence[str], pruning: Pruning
) -> tuple[Sequence[Resource], View]:
    """Return the targets with what they depend on, and a fresh picture of the tenant for them."""
    from reconciler.planning.reading import read_for
    from reconciler.planning.sharding import choose

    # What carries the label and is in no manifest, and how much is deleted of all that does, only the whole tells.
    shard = None if pruning.label else options.shard
    chosen = choose(manifests.resources, targets, options.registry, shard)
    return chosen, read_for(chosen, options.registry, Tenant(connection.identity), connection.read, pruning)


_NOT_WHOLE = (
    "these are not all the manifests that the project lists: what is in none of them is neither told nor pruned"
)


def _rules(options: Options, manifests: Manifests, targets: Sequence[str], *, counted: bool) -> Rules:
    from reconciler.planning.guardrails import Guardrails
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
        fingerprinter=_fingerprinter(options),
        pruning=_pruning(manifests, targets, counted=counted),
        guarded=options.guarded,
        everything=options.everything,
    )


def _fingerprinter(options: Options) -> Fingerprinter | None:
    from reconciler.kinds.fingerprints import Fingerprinter

    return Fingerprinter.of(options.fingerprint_key) if options.fingerprint_key else None


def _pruning(manifests: Manifests, targets: Sequence[str], *, counted: bool = False) -> Pruning:
    """Return what is pruned: nothing, where not everything is looked at.

    ``counted``: even then what the project owns is counted, if something is to be deleted; the guardrails ask for it.
    """
    from reconciler.planning.pruning import Pruning

    project = manifests.project
    if project is None:
        return Pruning()
    if manifests.whole and not targets:
        return Pruning(project.ownership_label, project.prune, project.prune_users)
    deletes = counted and any(resource.lifecycle.absent for resource in manifests.resources)
    return Pruning(project.ownership_label if deletes else None, whole=False)


def check_plan(options: Options, saved: Mapping[str, Any], manifests: Manifests, connection: Connection) -> Plan:
    """Return the plan as it would be now; raises ``StalePlan`` unless it is just what was saved.

    Only what the saved plan is about to touch, and what that depends on, is read again.
    """
    from reconciler.errors import PlanRefused, Problem, StalePlan
    from reconciler.planning.file import check_frame, check_saved

    project = manifests.project.name if manifests.project else None
    moved = check_frame(saved, connection.identity, project, manifests.digest)

    known = {resource.address for resource in manifests.resources}
    touched = [change["address"] for change in saved["changes"]]
    # What is pruned is in no manifest: then only the whole plan tells the same.
    targets = touched if touched and known.issuperset(touched) else options.targets
    try:
        fresh = make_plan(options, manifests, connection, targets)
    except PlanRefused as refused:
        raise StalePlan([*map(Problem, moved), *refused.problems]) from None
    check_saved(saved, fresh, options.fingerprint_key)
    return fresh


def check_still_true(options: Options, plan: Plan, manifests: Manifests, connection: Connection) -> None:
    """Raise ``StalePlan`` unless all that the plan is about to touch is as it was when the plan was made."""
    from reconciler.planning.file import saved_document

    check_plan(options, saved_document(plan, options.fingerprint_key), manifests, connection)


def options_of_saved(options: Options, saved: Mapping[str, Any]) -> Options:
    """Return the options to apply a saved plan with: where the command line is silent, those of the plan."""
    from reconciler.planning.sharding import Shard

    inputs = saved["inputs"]
    kept = {
        "--target": options.targets,
        "--shard": options.shard,
        "--keep-secrets": options.keep_secrets and not inputs.get("keepSecrets"),
        "--resend-secrets": options.resend_secrets and not inputs["resendSecrets"],
        "--take-over": options.take_over and not inputs["takeOver"],
    }
    for option, given in kept.items():
        if given:
            raise UsageError(f"{option} belongs to the plan that was saved; leave it out, or make the plan anew")
    return replace(
        options,
        files=options.files or tuple(inputs["files"]),
        environment=options.environment or inputs["environment"],
        targets=tuple(inputs["targets"]),
        resend_secrets=inputs["resendSecrets"],
        keep_secrets=inputs.get("keepSecrets") is True,
        locked=inputs.get("locked") is True,
        take_over=inputs["takeOver"],
        allowed_flags=options.allowed_flags | set(inputs["allowedFlags"]),
        allow_deletes=inputs["allowDeletes"] if options.allow_deletes is None else options.allow_deletes,
        shard=Shard.parse(inputs["shard"]) if inputs.get("shard") else None,
    )


def apply_plan(
    options: Options,
    plan: Plan,
    manifests: Manifests,
    connection: Connection,
    progress: Callable[[Result], None] | None = None,
) -> list[Result]:
    """Carry the plan out, read back what was touched, and report what did not become as declared."""
    from reconciler.applying.executor import Executor
    from reconciler.applying.recovery import Finder

    if plan.without_secrets:
        raise UsageError("a plan made with --without-secrets cannot be applied")
    finder = Finder(manifests.resources, options.registry, connection.identity, connection.api)
    executor = Executor(plan, connection.api, finder, batch_size=options.batch_size, progress=progress)
    results = connection.run(executor.run())
    _read_back(options, manifests, connection, results)
    return results


def _read_back(options: Options, manifests: Manifests, connection: Connection, results: Sequence[Result]) -> None:
    """Plan once more what was touched: whatever is left did not converge."""
    from reconciler.applying.convergence import hidden, judge, unverified
    from reconciler.applying.doubles import find_doubles, settle_doubles
    from reconciler.planning.ownership import Ownership
    from reconciler.planning.planner import Findings, Rules, find_changes
    from reconciler.planning.pruning import Pruning

    touched = [result.change.address for result in results if result.done]
    if not touched:
        return
    project = manifests.project
    label = project.ownership_label if project else None
    known = {resource.address for resource in manifests.resources}
    # What was pruned is in no manifest: that it is gone only the whole comparison tells.
    whole = project is not None and not known.issuperset(touched)
    pruning = _pruning(manifests, options.targets) if whole else Pruning()
    fingerprinter = _fingerprinter(options)
    rules = Rules(
        Ownership(label, take_over=True),
        fingerprinter=fingerprinter,
        pruning=pruning,
        guarded=False,
        everything=options.everything,
    )
    try:
        chosen, view = _read(options, manifests, connection, options.targets if whole else touched, pruning)
        doubles = find_doubles(results, view)
        if doubles:
            connection.run(settle_doubles(doubles, connection.api))
            touched = [address for address in touched if address not in {each.address for each in doubles}]
            if touched:
                chosen, view = _read(options, manifests, connection, touched, Pruning())
        unseen = hidden(chosen, options.registry, view, results)
        chosen = [resource for resource in chosen if resource.address not in unseen]
        found = find_changes(chosen, options.registry, view, rules) if touched else Findings()
    except ReconcilerError as error:
        unverified(results, str(error))
    else:
        judge(results, found.changes, view)
        for result in results:
            result.compared = found.compared.get(result.change.address)


def load_receipt(options: Options, manifests: Manifests, connection: Connection, path: Path) -> Receipt | None:
    """Return the receipt of a file, ``None`` where there is none yet; raises ``UsageError`` for another's."""
    from reconciler.receipts.file import load_receipt as load

    return load(path, receipt_scope(options, manifests, connection))


def record_apply(
    options: Options,
    manifests: Manifests,
    connection: Connection,
    receipt: Receipt | None,
    plan: Plan,
    results: Sequence[Result],
) -> Receipt:
    """Return the receipt after an apply whose options ask for everything."""
    from reconciler.receipts.receipt import Receipt
    from reconciler.receipts.record import Applied, Moment, record
    from reconciler.receipts.revision import find_revision

    before = receipt or Receipt(receipt_scope(options, manifests, connection))
    whole = manifests.whole and not options.targets and not options.shard
    applied = Applied.of(plan, results, (resource.address for resource in manifests.resources), whole=whole)
    moment = Moment(datetime.now(UTC).isoformat(timespec="seconds"), find_revision(options.environ, options.cwd))
    return record(before, applied, _digester(options, connection), moment)


def explain_drift(options: Options, connection: Connection, receipt: Receipt, plan: Plan) -> Explanation:
    """Return how a plan's differences came about; the plan's options ask for everything."""
    from reconciler.receipts.compare import explain

    return explain(plan, receipt, _digester(options, connection))


def receipt_scope(options: Options, manifests: Manifests, connection: Connection) -> Scope:
    """Return what a receipt of these manifests and this tenant is of."""
    from reconciler.receipts.receipt import Scope

    identity, project = connection.identity, manifests.project
    return Scope(
        identity.url,
        identity.organization_id,
        identity.organization,
        project.name if project else None,
        options.environment,
    )


def _digester(options: Options, connection: Connection) -> Digester:
    from reconciler.receipts.digests import Digester

    return Digester(_fingerprinter(options), connection.identity.organization_id)


def export(
    options: Options, wanted: Wanted, folder: Path, manifests: Manifests | None, connection: Connection
) -> Exported:
    """Write the tenant as manifests into a folder; ``manifests``, which are there, are brought up to date in place."""
    from reconciler.exporting.export import Exporter

    tenant = Tenant(connection.identity)
    return Exporter(options.registry, tenant, connection.read, folder, manifests).run(wanted)


def lock(options: Options, manifests: Manifests, connection: Connection, upgrade: Sequence[str] | None) -> Locked:
    """Write which version each one that the manifests leave open is; ``upgrade``: of these (none: of all) the newest.

    ``manifests`` are read without following the lock.
    """
    from reconciler.locking.lock import Locking

    tenant = Tenant(connection.identity)
    return Locking(options.registry, tenant, connection.read, manifests, options.cwd).run(upgrade)


def existing_manifests(options: Options, folder: Path) -> Manifests | None:
    """Return the manifests in a folder, ``None`` where there is no folder; raises ``ManifestErrors``."""
    if (options.cwd / folder).is_dir():
        return validate(replace(options, files=(str(folder),), keep_secrets=True), may_be_empty=True)
    if options.environment:
        message = f"needs a Project that declares it, and there is no folder {folder}"
        raise UsageError(f"--environment {options.environment} {message}")
    return None


def authorize_urls(options: Options, manifests: Manifests, connection: Connection) -> dict[str, Mapping[str, str]]:
    """Return, by address, where somebody must still authorize a connection. Secrets: only for who asked for them."""
    from reconciler.planning.reading import read_for
    from reconciler.planning.sharding import choose

    chosen = choose(manifests.resources, options.targets, options.registry, options.shard)
    view = read_for(chosen, options.registry, Tenant(connection.identity), connection.read)
    pending = [
        (resource, read)
        for resource in chosen
        if (live := view.live(resource.address)) and (read := options.registry[resource.kind].authorizations(live))
    ]
    connection.read(view.tenant, [read for _, read in pending])
    return {
        resource.address: options.registry[resource.kind].authorize_urls(node)
        for resource, read in pending
        for node in view.tenant.find(read.collection, read.key)
    }
