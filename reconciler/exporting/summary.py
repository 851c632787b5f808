"""The result of an export, for people and for machines."""

from __future__ import annotations

import re
import shlex
from collections import Counter
from typing import TYPE_CHECKING, Any

from reconciler.exporting.outside import EXAMPLE_FILE
from reconciler.model.place import dotted
from reconciler.planning.plan_file import tenant_document
from reconciler.reports.shared.repeated import by_reason
from reconciler.reports.shared.topics import grouped
from reconciler.text.escape import safe
from reconciler.text.natural import natural
from reconciler.text.plural import counted, listed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from reconciler.exporting.export import Exported
    from reconciler.exporting.sets.making import MadeSet
    from reconciler.exporting.unmanaged import Unmanaged
    from reconciler.model.capabilities.export import SecretSort
    from reconciler.model.tenant import Identity
    from reconciler.reports.shared.style import Style

MOST_FILES = 40
"""The most files listed; the rest is only counted."""
MOST_NAMES = 5
"""So many names of one sort are listed."""


def export_document(exported: Exported, identity: Identity) -> dict[str, Any]:
    """Return the outcome as plain data, without a secret in it."""
    return {
        "tenant": tenant_document(identity),
        "dryRun": exported.dry,
        "new": exported.new,
        "changed": exported.changed,
        "unchanged": exported.unchanged,
        "leftOut": [{"object": what, "reason": why} for what, why in exported.left_out],
        "kept": [{"address": what, "reason": why} for what, why in exported.kept],
        "held": [{"address": what, "reason": why} for what, why in exported.held],
        "gone": exported.gone,
        "sets": [_set_document(each) for each in exported.sets] if exported.sets_asked else [],
        "apart": [{"address": what, "reason": why} for what, why in exported.apart],
        "secrets": exported.secrets,
        "unmanaged": [
            {
                "kind": sort.name,
                "count": len(found),
                "names": sorted({each.name for each in found}),
                "places": [f"{each.address} {dotted(each.path)}" for each in found],
            }
            for sort, found in _by_sort(exported).items()
        ],
    }


def _set_document(made: MadeSet) -> dict[str, Any]:
    template = made.draft.template
    return {
        "address": made.draft.address,
        "file": made.file,
        "valuesFile": made.texts.values_file or None,
        "members": [draft.address for draft in made.draft.members.values()],
        "overrides": list(template.overrides),
    }


def _by_sort(exported: Exported) -> Mapping[SecretSort, list[Unmanaged]]:
    found: dict[SecretSort, list[Unmanaged]] = {sort: [] for sort in exported.sorts}
    for each in exported.unmanaged:
        found[each.sort].append(each)
    return {sort: each for sort, each in found.items() if each}


def export_text(
    exported: Exported, identity: Identity, folder: Path, style: Style, *, environment: str = "", profile: str = ""
) -> str:
    """Return the outcome as text, with what to do next: in the same environment, with the same profile."""
    lines = [f"{style.bold(safe(identity.organization))} at {safe(identity.url)}", ""]
    lines += _files(exported, style)
    lines += [f"{style.bad('left out')}  {what}: {why}" for what, why in by_reason(exported.left_out)]
    lines += [f"{style.warn('not changed')}  {what}: {why}" for what, why in by_reason(exported.kept)]
    lines += _reasons(style.warn("deploy: never"), exported.held, ", and an export changes nothing")
    gone = by_reason((what, "in a manifest and not in the tenant") for what in exported.gone)
    lines += [f"{style.warn('gone')}  {what}: {why}" for what, why in gone]
    lines += [*sets, ""] if (sets := list(sets_text(exported, style))) else []
    lines += [_summary(exported, style), *_next(exported, folder, {"-e": environment, "--profile": profile})]
    return "\n".join(lines) + "\n"


def _files(exported: Exported, style: Style) -> Iterator[str]:
    rows = [*_rows("+", exported.new, style.good), *_rows("~", exported.changed, style.warn)]
    if len(rows) > MOST_FILES:
        yield from rows[:MOST_FILES]
        yield f"  … and {len(rows) - MOST_FILES} more files"
    else:
        yield from rows
    if rows:
        yield ""


def _reasons(word: str, found: Iterable[tuple[str, str]], end: str = "") -> Iterator[str]:
    """Yield each reason once, with the addresses that it is of."""
    for reason, pairs in grouped(found, lambda pair: pair[1]).items():
        shown = listed([safe(address) for address, _ in pairs], MOST_NAMES)
        yield f"{word}  {shown}: {safe(reason)}{end}"


def _rows(sign: str, files: Mapping[str, Sequence[str]], colour: Any) -> Iterator[str]:
    for file, what in sorted(files.items(), key=lambda each: natural(each[0])):
        yield f"  {colour(sign)} {safe(file)}  {listed([*map(safe, what)], 3)}"


def new_text(exported: Exported) -> str:
    """Return how much of each kind is new, ``2 customers, 1 user``; empty where nothing is."""
    kinds = Counter(address.partition("/")[0] for addresses in exported.new.values() for address in addresses)
    # Split the words of a kind again: WordsLikeThese become words like these.
    words = {kind: re.sub("(?<=[a-z])(?=[A-Z])", " ", kind).lower() for kind in kinds}
    return ", ".join(counted(count, words[kind]) for kind, count in kinds.items())


def sets_text(exported: Exported, style: Style) -> Iterator[str]:
    """Yield what each set has, and why instances stay manifests of their own."""
    if not exported.sets_asked:
        return
    for made in exported.sets:
        template = made.draft.template
        keys = dict.fromkeys(key for row in template.values.values() for key in row)
        said = [counted(len(made.draft.members), "member")]
        said += [counted(len(template.overrides), "override")] if template.overrides else []
        said += [f"values for {', '.join(keys)} in {made.texts.values_file}"] if keys else []
        yield f"{style.good('set')}  {safe(made.draft.address)} in {safe(made.file)}: {safe(', '.join(said))}"
    yield from _reasons(style.warn("in no set"), exported.apart)


def sets_proposal(exported: Exported) -> str:
    """Return the advice to write sets, where sets were not asked for and instances are alike; else empty."""
    if exported.sets_asked or not exported.sets:
        return ""
    alike = [f"{len(each.draft.members)} of {safe(each.draft.group)!r}" for each in exported.sets]
    more = f" and {len(alike) - MOST_NAMES} more groups" if len(alike) > MOST_NAMES else ""
    return f"Instances are alike: {', '.join(alike[:MOST_NAMES])}{more}. --sets writes each group as one InstanceSet."


def _summary(exported: Exported, style: Style) -> str:
    new = new_text(exported)
    changed = sum(map(len, exported.changed.values()))
    said = [f"{new} new"] if new else []
    said += [f"{counted(changed, 'value')} changed"] if changed else []
    said += [f"{exported.unchanged} unchanged"] if exported.unchanged else []
    said += [f"{len(exported.left_out)} left out"] if exported.left_out else []
    said_first = "Would export:" if exported.dry else "Exported:"
    return f"{style.bold(said_first)} {'; '.join(said) or 'nothing'}."


def unmanaged_text(exported: Exported) -> Iterator[str]:
    """Yield the omitted possible secrets, a line for each reason, with the most frequent names."""
    if not exported.unmanaged:
        return
    yield "Left out, since they are or may be secrets; they stay as they are in Prismatic:"
    for sort, found in _by_sort(exported).items():
        names = [safe(name) for name, _ in Counter(each.name for each in found).most_common()]
        yield f"  {sort.counted(len(found))}: {listed(names, MOST_NAMES)}"
    yield "  To take them from environment variables instead: --secrets reference"


def _next(exported: Exported, folder: Path, used: Mapping[str, str]) -> Iterator[str]:
    yield from unmanaged_text(exported)
    if exported.secrets:
        noun = "secret is" if exported.secrets == 1 else "secrets are"
        yield f"{exported.secrets} {noun} left to environment variables, which {EXAMPLE_FILE} lists."
    if exported.dry:
        yield "Nothing was written (--dry-run)."
    elif exported.new or exported.changed:
        here = str(folder) == "." and (folder / "reconciler.yaml").exists()
        where = "" if here else f" -f {shlex.quote(str(folder))}"
        same = "".join(f" {option} {shlex.quote(value)}" for option, value in used.items() if value)
        keep = " --keep-secrets" if exported.needs_secrets else ""
        yield f"To check: reconciler plan{where}{same}{keep}"
