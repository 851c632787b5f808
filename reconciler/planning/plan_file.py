"""The plan's file format, ``schemas/plan.schema.json``: written without a secret, read back, and compared."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, get_args

from reconciler import __version__
from reconciler.errors import PlanRefused, StalePlan, UsageError
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.place import dotted
from reconciler.planning.masking import Mask
from reconciler.planning.plan import COUNTED
from reconciler.planning.planned_runs import planned_test_runs
from reconciler.planning.seals import FIELD, document_seal, moved_secrets, seal, seal_holds, secret_tags, with_secrets
from reconciler.rollouts.members import MemberState
from reconciler.text.escape import json_text
from reconciler.writing.outputs import output_of_plan

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from reconciler.model.rollout import Standing
    from reconciler.model.tenant import Identity
    from reconciler.planning.plan import Change, Plan
    from reconciler.rollouts.decisions import RolloutStanding
    from reconciler.rollouts.evidence import Evidence
    from reconciler.rollouts.rollback import MemberRollback

FORMAT_VERSION = "1.0"
LARGEST_FILE = 256 * 1024 * 1024
NULL = type(None)
SHAPES = {
    "tenant": dict,
    "inputs": dict,
    "summary": dict,
    "changes": [dict],
    "manifestDigest": str,
    "secretsSeal": (str, NULL),
    "secretTags": (dict, NULL),
}
"""The keys of a saved plan that reconciler relies on, with their types; a newer minor version may have more."""
INPUTS = {
    "files": [str],
    "environment": (str, NULL),
    "targets": [str],
    "resendSecrets": bool,
    "takeOver": bool,
    "allowedFlags": [str],
    "allowDeletes": (int, NULL),
    "shard": (str, NULL),
}
COMPARED = ("kind", "name", "actions", "reason", "fields", "observed", "dependsOn")
"""The keys of a change that a fresh plan must have too; not its place, which a comment above it moves."""


def plan_document(plan: Plan) -> dict[str, Any]:
    """Return the plan as plain data in its documented format; the order is the same in every run."""
    mask = Mask.for_plan(plan)
    return {
        "formatVersion": FORMAT_VERSION,
        "reconcilerVersion": __version__,
        "createdAt": plan.created_at,
        "project": plan.project,
        "tenant": tenant_document(plan.tenant),
        "manifestDigest": plan.manifest_digest(),
        "withoutSecrets": plan.without_secrets,
        "inputs": dict(plan.inputs),
        "summary": plan.summary,
        "changes": [_change_document(change, mask) for change in plan],
        "unclaimed": [
            {
                "kind": found.kind,
                "id": found.id,
                "name": found.name,
                "protected": found.protected,
                "kept": found.kept,
            }
            for found in plan.orphans
        ],
        **({"rollouts": [rollout_document(each) for each in plan.rollouts]} if plan.rollouts else {}),
        **_second_looks_document(plan),
        "warnings": [notice_document(warning) for warning in plan.warnings],
        **_test_runs_document(plan),
    }


def _second_looks_document(plan: Plan) -> dict[str, Any]:
    """Return what is looked up again after a change; nothing where nothing is, as in plans of earlier versions."""
    again = [{"address": address, "after": plan.again[address]} for address in sorted(plan.again)]
    return {"lookedUpAgain": again} if again else {}


def second_looks_of(document: Mapping[str, Any]) -> list[str]:
    """Return the addresses that a saved plan looks up again."""
    listed = document.get("lookedUpAgain")
    found = [each.get("address") for each in listed if isinstance(each, dict)] if isinstance(listed, list) else []
    return [each for each in found if isinstance(each, str)]


def _test_runs_document(plan: Plan) -> dict[str, Any]:
    """Return the flows that an apply would run; nothing where none is, as in plans of earlier versions."""
    runs = [{"address": address, "flows": list(flows)} for address, flows in planned_test_runs(plan).items()]
    return {"testRuns": runs} if runs else {}


def tenant_document(identity: Identity) -> dict[str, str]:
    return {
        "url": identity.url,
        "organizationId": identity.organization_id,
        "organization": identity.organization,
    }


def notice_document(notice: Diagnostic) -> dict[str, Any]:
    return {
        "address": notice.address,
        "message": notice.message,
        "source": {"file": notice.place.file, "line": notice.place.line} if notice.place else None,
    }


def _change_document(change: Change, mask: Mask) -> dict[str, Any]:
    observed = change.observed
    return {
        "address": change.address,
        "kind": change.kind.name,
        "name": change.name,
        "actions": list(change.actions),
        "reason": change.reason,
        "source": {"file": change.source.file, "line": change.source.line} if change.source else None,
        "fields": [
            {
                "path": list(each.path),
                "before": mask.hide(each.before),
                "after": mask.hide(each.after),
                "sensitive": each.sensitive,
            }
            for each in change.fields
        ],
        "observed": {"id": observed.id, "updatedAt": observed.updated_at, "digest": observed.digest}
        if observed
        else None,
        "dependsOn": list(change.depends_on),
        **({"rollout": standing_document(change.rollout)} if change.rollout else {}),
    }


def standing_document(standing: Standing) -> dict[str, Any]:
    """Return how one change stands in its rollout, as plain data."""
    return {
        "name": standing.rollout,
        "wave": standing.wave,
        "state": standing.state,
        "reason": standing.reason,
    }


def rollout_document(standing: RolloutStanding) -> dict[str, Any]:
    """Return how a rollout stands, as plain data."""
    return {
        "name": standing.rollout.name,
        "state": standing.state,
        "waves": [
            {
                "name": wave.wave.name,
                "state": wave.state,
                "reason": wave.reason,
                "opens": wave.opens.isoformat(timespec="seconds") if wave.opens else None,
                "awaitsApproval": wave.awaits_approval,
                "members": len(wave.members),
                **{state: wave.count(state) for state in get_args(MemberState)},
                "allowedFailures": wave.allowed,
                "addresses": [each.member.address for each in wave.members],
                "failures": [
                    {"address": each.member.address, "reason": each.reason}
                    for each in wave.members
                    if each.state == "failed"
                ],
            }
            for wave in standing.waves
        ],
        **({"rollbacks": [_rollback_document(each) for each in standing.rollbacks]} if standing.rollbacks else {}),
    }


def _rollback_document(rollback: MemberRollback) -> dict[str, Any]:
    """Return where one member goes back to, and what stays, as plain data."""
    return {
        "address": rollback.member.address,
        "version": rollback.version.label if rollback.version else None,
        "due": rollback.due,
        "reason": rollback.reason,
        "stays": list(rollback.stays),
    }


def rollout_status_document(standings: Sequence[RolloutStanding]) -> dict[str, Any]:
    """Return how rollouts stand, with each member."""
    return {
        "formatVersion": FORMAT_VERSION,
        "reconcilerVersion": __version__,
        "rollouts": [
            {
                **rollout_document(standing),
                "members": [
                    {
                        "address": each.member.address,
                        "customer": each.member.shown,
                        "wave": wave.wave.name,
                        "state": each.state,
                        "reason": each.reason,
                        "until": each.until.isoformat(timespec="seconds") if each.until else None,
                        **_versions_document(standing.evidence.get(each.member.address)),
                    }
                    for wave in standing.waves
                    for each in wave.members
                ],
            }
            for standing in standings
        ],
    }


def _versions_document(known: Evidence | None) -> dict[str, int | str | None]:
    """Return the versions that a member runs and is to run; null where one is not known."""
    return {
        "liveVersion": known.live.label if known and known.live else None,
        "desiredVersion": known.desired.label if known and known.desired else None,
    }


def saved_document(plan: Plan, fingerprint_key: str) -> dict[str, Any]:
    """Return the plan as it is saved: no secret in it, and both seals, of the secrets and of the document."""
    sealed = seal(plan, fingerprint_key)
    document = {
        **plan_document(plan),
        "secretsSeal": sealed,
        "secretTags": secret_tags(plan, fingerprint_key, sealed),
    }
    return {**document, FIELD: document_seal(document, fingerprint_key)}


def save_plan(plan: Plan, path: Path, fingerprint_key: str) -> None:
    """Write the plan to a file that only its owner can read, in the place of any that is there.

    Raises ``UsageError``.
    """
    output_of_plan(path).write(json_text(saved_document(plan, fingerprint_key)))


def load_plan(path: Path) -> Mapping[str, Any]:
    """Return a saved plan's data.

    Raises ``UsageError`` for a file that is no plan or has another major version, and ``PlanRefused`` for a plan that
    was made without its secrets.
    """
    try:
        if path.exists() and not path.is_file():
            raise UsageError(f"{path}: the plan cannot be read: it is not a file")
        if path.stat().st_size > LARGEST_FILE:
            raise UsageError(f"{path}: too large to be a plan")
        document = json.loads(path.read_text(encoding="utf-8"), object_pairs_hook=_once, parse_constant=_no_number)
    except OSError as error:
        raise UsageError(f"{path}: the plan cannot be read: {error.strerror}") from None
    except _Twice as key:
        raise UsageError(f"{path}: this is not a plan; the key {str(key)!r} occurs twice in one place") from None
    except (ValueError, RecursionError):
        raise UsageError(f"{path}: this is not a plan; expected the JSON that 'reconciler plan --out' writes") from None
    _check_document(document, path)
    return dict(document)


class _Twice(Exception):
    """A key that one JSON object has twice: readers differ in which of the two counts."""


def _once(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise _Twice(next(key for key, count in Counter(key for key, _ in pairs).items() if count > 1))
    return found


def _no_number(text: str) -> Any:
    """Refuse ``NaN`` and the like, which JSON does not have."""
    raise ValueError(text)


def _check_document(document: Any, path: Path) -> None:
    version = document.get("formatVersion") if isinstance(document, dict) else None
    if not isinstance(version, str):
        raise UsageError(f"{path}: this is not a plan; it has no formatVersion")
    if version.split(".")[0] != FORMAT_VERSION.split(".", maxsplit=1)[0]:
        raise UsageError(
            f"{path}: its format is {version}, but this reconciler reads {FORMAT_VERSION}; make the plan again"
        )
    for key, shape in SHAPES.items():
        if not _fits(document.get(key), shape):
            raise UsageError(f"{path}: this is not a whole plan; {key!r} is missing or of the wrong type")
    for key, shape in INPUTS.items():
        if not _fits(document["inputs"].get(key), shape):
            raise UsageError(f"{path}: this is not a whole plan; {key!r} of 'inputs' is missing or of the wrong type")
    changes = document["changes"]
    if not all(_fits(change.get("address"), str) and _fits(change.get("actions"), [str]) for change in changes):
        raise UsageError(f"{path}: this is not a whole plan; a change has no address or no actions")
    counts = Counter(action for change in changes for action in change["actions"])
    if any(document["summary"].get(action, 0) != counts[action] for action in COUNTED):
        raise UsageError(f"{path}: this is not a whole plan; its summary counts other changes than it has")
    if document.get("withoutSecrets"):
        message = f"{path}: made with --without-secrets, which cannot be applied; make one with them"
        raise PlanRefused([Diagnostic(message)])


def _fits(value: Any, shape: Any) -> bool:
    """Return whether a value has a type, one of several (a tuple), or is a list of one type (a list of one)."""
    if isinstance(shape, list):
        return isinstance(value, list) and all(_fits(item, shape[0]) for item in value)
    if isinstance(shape, tuple):
        return any(_fits(value, each) for each in shape)
    return isinstance(value, shape) and (shape is bool or not isinstance(value, bool))


def check_frame(saved: Mapping[str, Any], tenant: Identity, project: str | None, manifest_digest: str) -> list[str]:
    """Return what changed since the plan, as far as that shows without a live object.

    Raises ``StalePlan`` for another tenant or project, since a fresh plan of another one shows nothing.
    """
    wrong = list(_elsewhere(saved, tenant, project))
    if wrong:
        raise StalePlan(Diagnostic(problem) for problem in wrong)
    same = saved["manifestDigest"] == manifest_digest
    return [] if same else ["the manifests are not those the plan was made from"]


def _elsewhere(saved: Mapping[str, Any], tenant: Identity, project: str | None) -> Iterator[str]:
    now = {"url": tenant.url, "organizationId": tenant.organization_id}
    for key, what in (("url", "stack"), ("organizationId", "organization")):
        before = saved["tenant"].get(key)
        if before != now[key]:
            yield f"the plan is for another {what}: {before!r}, and this is {now[key]!r}"
            return
    if saved["tenant"].get("organization") != tenant.organization:
        yield (
            f"the plan calls the organization {saved['tenant'].get('organization')!r}, and it is called "
            f"{tenant.organization!r}"
        )
    if saved.get("project") != project:
        yield f"the plan is for the project {saved.get('project')!r}, and this is {project!r}"


def check_saved(saved: Mapping[str, Any], fresh: Plan, fingerprint_key: str) -> None:
    """Raise ``StalePlan`` with everything that changed, unless the fresh plan equals the saved one."""
    problems = check_frame(saved, fresh.tenant, fresh.project, fresh.manifest_digest())
    problems += _moved(saved, plan_document(fresh))
    if not problems and not seal_holds(fresh, saved.get("secretsSeal"), fingerprint_key):
        problems += _broken_seal(saved, fresh, fingerprint_key)
    if problems:
        raise StalePlan(Diagnostic(problem) for problem in problems)


def _broken_seal(saved: Mapping[str, Any], fresh: Plan, key: str) -> Iterator[str]:
    """Yield which secrets changed, as far as the tags show it."""
    moved = moved_secrets(fresh, saved.get("secretTags"), saved.get("secretsSeal"), key)
    for address in moved:
        yield f"{address}: one of its secrets changed since the plan was made, in the manifests or live"
    if not moved:
        those = with_secrets(fresh)
        names = ", ".join(those[:5]) + (" …" if len(those) > 5 else "")
        yield (
            "a secret changed since the plan was made, in the manifests or live, where any value may be a secret "
            f"(or RECONCILER_FINGERPRINT_KEY changed){f'; these have some: {names}' if those else ''}"
        )


def _moved(saved: Mapping[str, Any], fresh: Mapping[str, Any]) -> Iterator[str]:
    before = {change["address"]: change for change in saved["changes"]}
    now = {change["address"]: change for change in fresh["changes"]}
    warned, due = _warnings(saved), _warnings(fresh)
    for address in dict.fromkeys([*before, *now]):
        moved = list(_moved_change(address, before.get(address), now.get(address)))
        if not moved and warned[address] != due[address]:
            moved.append(f"{address}: it has other warnings now than in the plan")
        yield from moved
    if [each["address"] for each in saved["changes"]] != list(now) and before.keys() == now.keys():
        yield "the plan lists its changes in another order, or one of them twice"


def _moved_change(address: str, before: Mapping[str, Any] | None, now: Mapping[str, Any] | None) -> Iterator[str]:
    if before is None:
        yield f"{address}: not in the plan, and would be changed now"
    elif now is None:
        yield f"{address}: in the plan, and needs no change now"
    elif not _seen(before, "id") and now["observed"]:
        yield f"{address}: a live object exists now, but none did when the plan was made"
    elif _seen(before, "id") and not now["observed"]:
        yield f"{address}: the live object is gone that was there when the plan was made"
    elif now["observed"] and before.get("observed") != now["observed"]:
        if _seen(before, "id") != now["observed"]["id"]:
            yield f"{address}: it is another live object now ({now['observed']['id']}) than when the plan was made"
        else:
            moved = _seen(before, "updatedAt") != now["observed"]["updatedAt"]
            going = ", or something that the deletion takes along," if "delete" in now["actions"] else ""
            yield f"{address}: the live object{going} was changed since the plan was made{_when(now) if moved else ''}"
    elif any(before.get(key) != now[key] for key in COMPARED):
        paths = ", ".join(_differing(before, now)[:10])
        yield f"{address}: would be changed in another way than planned{f': {paths}' if paths else ''}"


def _warnings(document: Mapping[str, Any]) -> defaultdict[str | None, Counter[str]]:
    """Return a document's warnings by address, without their places: a comment above a manifest moves its lines."""
    found: defaultdict[str | None, Counter[str]] = defaultdict(Counter)
    listed = document.get("warnings")
    for each in listed if isinstance(listed, list) else ():
        address, message = (each.get("address"), each.get("message")) if isinstance(each, dict) else (None, each)
        found[address if isinstance(address, str) else None][json.dumps(message)] += 1
    return found


def _seen(change: Mapping[str, Any], key: str) -> Any:
    """Return the state of the live object that a saved change was computed from."""
    observed = change.get("observed")
    return observed.get(key) if isinstance(observed, dict) else None


def _differing(before: Mapping[str, Any], now: Mapping[str, Any]) -> Sequence[str]:
    """Return the paths of the fields whose change is not the planned one any more."""
    planned, due = (
        {json.dumps(each, sort_keys=True): each for each in fields if isinstance(each, dict)}
        for fields in (before["fields"] if isinstance(before.get("fields"), list) else (), now["fields"])
    )
    differing = [each for key, each in (due | planned).items() if (key in planned) != (key in due)]
    paths = (each["path"] for each in differing if isinstance(each.get("path"), list))
    return list(dict.fromkeys(dotted(path) for path in paths))


def _when(change: Mapping[str, Any]) -> str:
    """Return when the live object was last changed, to the second."""
    text = (change["observed"] or {}).get("updatedAt")
    try:
        moment = datetime.fromisoformat(str(text)).astimezone(UTC)
    except ValueError:
        return ""
    return f" ({moment:%Y-%m-%d %H:%M:%S} UTC)"
