"""Cases of rollouts: a policy, what is known of its members, and a time, with the whole decision.

A case is one file of ``cases/``:

- ``rule``: the rule that it shows, in one sentence.
- ``rollout``: the spec of the Rollout; without ``instances`` it governs the integration Acme.
- ``now``: the API's time; ``approve``: waves that the run approves; ``through``: its last wave.
- ``members``: by the customer's handle. ``labels`` are the customer's. ``has`` is what it needs: ``nothing`` (the
  default), ``an update`` or ``a creation``. ``health`` is ``passed`` (the default), ``failed``, ``inconclusive`` or
  ``unknown``, ``why`` its reason, ``deployed`` the time of its last deploy (long ago). ``held``, ``unproven`` and
  ``failed`` (in this run, with its reason) are what they say. For rollbacks: ``runs`` and ``means`` are the numbers of
  the live version and of the manifest's, ``archived`` says that the live one can no longer be deployed, ``pending``
  that something of it waits for a deploy, ``undeployed`` that it never was, and ``begun`` that a run ended while it set
  the member back.
- What is expected. ``state`` of the rollout; ``waves``: the state of each, with ``reason``, ``opens`` and ``room``;
  ``standings``: the state of each member, with its reason behind a colon; ``next``: who is changed now, by wave;
  ``changes``: how the change of each member stands; ``back``, only with ``onFailure: rollback``: of members that are
  set back, now or if they fail, when, to which version, and why.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from reconciler.manifests.rollouts.parse import parse_rollout
from reconciler.model.capabilities.versions import Version
from reconciler.model.health import Check, Health
from reconciler.model.rollout import Member
from reconciler.rollouts.decisions import decide
from reconciler.rollouts.evidence import Asked, Evidence
from reconciler.rollouts.rollback import Unmoved, destination, when
from reconciler.rollouts.waves import assign

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from reconciler.model.rollout import Rollout
    from reconciler.rollouts.decisions import RolloutStanding

FOLDER = Path(__file__).parent / "cases"
LONG_AGO = "2026-01-01T00:00:00Z"
DIFFERENCES = {"nothing": "", "an update": "update", "a creation": "create"}


@dataclass(frozen=True, slots=True)
class Case:
    """One file of the folder."""

    name: str
    rule: str
    rollout: Mapping[str, Any]
    now: str
    members: Mapping[str, Mapping[str, Any]]
    approve: Sequence[str] = ()
    through: str | None = None
    expected: Mapping[str, Any] = field(default_factory=dict)


def case_of(path: Path) -> Case:
    """Return the case that a file holds."""
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    expected = {key: data.pop(key) for key in ("state", "waves", "standings", "next", "changes", "back") if key in data}
    return Case(path.stem, expected=expected, **data)


def rollout_cases() -> list[Case]:
    """Return every case of the folder."""
    return [case_of(path) for path in sorted(FOLDER.glob("*.yaml"))]


def policy(spec: Mapping[str, Any], name: str = "inventory") -> Rollout:
    """Return the policy of a spec."""
    return parse_rollout({"metadata": {"name": name}, "spec": {"instances": {"integration": "Acme"}, **spec}})


def moment(text: str) -> datetime:
    """Return a time as a case writes it."""
    return datetime.fromisoformat(text).astimezone(UTC)


def evidence_of(handle: str, known: Mapping[str, Any]) -> Evidence:
    """Return what a case knows of a member."""
    verdict = known.get("health", "passed")
    check = Check("flow Sync", verdict if verdict != "unknown" else "passed", known.get("why", ""))
    health = None if verdict == "unknown" else Health(handle, (check,), moment(known.get("deployed", LONG_AGO)))
    return Evidence(
        DIFFERENCES[known.get("has", "nothing")],  # type: ignore[arg-type]  # the values are the type's
        known.get("held", False),
        known.get("unproven", False),
        health,
        known.get("failed", ""),
        live=_version(known.get("runs"), known.get("of", "Acme")),
        desired=_version(known.get("means"), known.get("of", "Acme")),
        deployed=not known.get("undeployed", False),
        settled=not known.get("pending", False),
        edits=known.get("edits", False),
        deployable=not known.get("archived", False),
        unfinished=known.get("begun", False),
    )


def _version(number: int | None, integration: str) -> Version | None:
    return Version(f"{integration} {number}", integration, number, integration) if number is not None else None


def back_of(standing: RolloutStanding) -> dict[str, str]:
    """Return when, where and why each member is set back, as a case writes it."""
    found = {}
    for wave in standing.waves:
        for each in wave.members:
            address = each.member.address
            due = when(each, standing.evidence[address])
            if due == "begun":
                found[address] = due
            elif due != "never":
                version, reason = destination(standing.evidence[address], Unmoved.of(standing.evidence))
                found[address] = f"{due}: {f'to {version}, ' if version else ''}{reason}"
    return found


def play(case: Case) -> RolloutStanding:
    """Return the decision about the case."""
    rollout = policy(case.rollout)
    members = [
        Member(handle, handle, handle.title(), frozenset((known or {}).get("labels", ())))
        for handle, known in case.members.items()
    ]
    evidence = {handle: evidence_of(handle, known or {}) for handle, known in case.members.items()}
    asked = Asked(frozenset(case.approve), case.through)
    return decide(rollout, assign(rollout, members), evidence, moment(case.now), asked)


def told(standing: RolloutStanding) -> dict[str, Any]:
    """Return a decision as a case writes it."""
    waves = {
        each.wave.name: {
            "state": each.state,
            **({"reason": each.reason} if each.reason else {}),
            **({"opens": f"{each.opens:%Y-%m-%dT%H:%M:%SZ}"} if each.opens else {}),
            **({"room": each.room} if each.next else {}),
        }
        for each in standing.waves
    }
    standings = {
        each.member.address: f"{each.state}: {each.reason}" if each.reason else each.state
        for wave in standing.waves
        for each in wave.members
    }
    following = {wave.wave.name: [each.member.address for each in wave.next] for wave in standing.waves if wave.next}
    changes = {address: f"{each.wave} {each.state}" for address, each in standing.changes()}
    back = back_of(standing) if standing.rollout.on_failure == "rollback" else {}
    return {
        "state": standing.state,
        "waves": waves,
        "standings": standings,
        **({"next": following} if following else {}),
        **({"changes": changes} if changes else {}),
        **({"back": back} if back else {}),
    }
