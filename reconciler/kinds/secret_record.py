"""What an instance is known to have been sent: which fingerprints it keeps, and which it gets and when."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.kinds.configuration import compare_configuration, declared_tags
from reconciler.kinds.fingerprints import Fingerprints, Record, as_labels, fingerprint_labels, tags_on

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reconciler.kinds.config_variables import Declaration
    from reconciler.kinds.configuration import Configuration
    from reconciler.kinds.fingerprints import Tags
    from reconciler.kinds.kind import Situation
    from reconciler.kinds.tenant import Node


def compare_by_record(
    declared: Mapping[str, Any], declarations: Mapping[str, Declaration], node: Node | None, situation: Situation
) -> Configuration:
    """Compare the declared variables with those of a node, by the fingerprints that the live object carries."""
    maker = situation.fingerprinter
    return compare_configuration(
        declared,
        declarations,
        node,
        resend_secrets=situation.resend_secrets,
        fingerprints=Fingerprints(maker, tags_on(_labels(situation))) if maker else None,
        no_fingerprints=situation.no_fingerprints,
    )


def record_of(
    declared: Mapping[str, Any],
    declarations: Mapping[str, Declaration],
    situation: Situation,
    configuration: Configuration,
    *,
    moves: bool,
) -> Record:
    """Return what becomes of an object's fingerprints when its configuration is made what is declared.

    ``declared`` has nothing of what is ignored once the object is there. One that ``moves`` to another version may
    be sent what cannot be foreseen, and which of its inputs can be read afterwards is not known either.
    """
    labels = _labels(situation)
    carried = tags_on(labels)
    maker, live = situation.fingerprinter, situation.live
    if maker is None:
        before = after = frozenset() if configuration.sends_inputs or moves else carried
    else:
        tags = declared_tags(declared, declarations, live.node if live else None, maker)
        before, after = _next(carried, tags, moves=moves)
    # A field that differs explains by itself why the fingerprint of its old value goes.
    explained = maker is not None and configuration.sends_inputs and not configuration.unknown
    reason = "" if explained else _reason(carried, before, configuration.unknown, keyed=maker is not None)
    if (before, after) == (carried, carried):
        return Record(labels, labels)
    return Record(as_labels(before), as_labels(after), labels, reason)


def _next(carried: frozenset[str], declared: Tags, *, moves: bool) -> tuple[frozenset[str], frozenset[str]]:
    """Return the tags to keep while secrets are sent, and those that there are in the end.

    More than is needed is left alone, as long as it is true: a creation notes what turns out to be readable, too.
    """
    wanted = frozenset(declared.every if moves else declared.hidden)
    if not declared.complete or wanted <= carried <= declared.every:
        return carried, carried
    return carried & wanted, wanted


def _reason(carried: frozenset[str], kept: frozenset[str], unknown: int, *, keyed: bool) -> str:
    if unknown and not carried:
        return f"{unknown} of its write-only secrets {'has' if unknown == 1 else 'have'} no fingerprint yet"
    if unknown:
        return (
            "the fingerprint of 1 of its write-only secrets changed"
            if unknown == 1
            else f"the fingerprints of {unknown} of its write-only secrets changed"
        )
    if kept == carried:
        return ""
    if not keyed:
        return "fingerprints of its secrets are taken off, since without RECONCILER_FINGERPRINT_KEY none can be kept"
    return "fingerprints on it are of nothing that is declared, and are taken off"


def _labels(situation: Situation) -> frozenset[str]:
    live = situation.live
    return fingerprint_labels(str(label).lower() for label in live.node.get("labels") or ()) if live else frozenset()
