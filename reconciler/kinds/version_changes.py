"""What one version of an integration changes of the config variables of another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reconciler.kinds.config_variables import successor

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reconciler.kinds.config_variables import Declaration


@dataclass(frozen=True, slots=True)
class VersionChanges:
    """The variables that are new, gone, called otherwise (old name → new), or of another type (before, after)."""

    added: tuple[Declaration, ...] = ()
    removed: tuple[str, ...] = ()
    renamed: tuple[tuple[str, str], ...] = ()
    retyped: tuple[tuple[str, str, str], ...] = ()

    @property
    def touched(self) -> dict[str, str]:
        """What becomes of the old version's variables, by key."""
        return {
            **dict.fromkeys(self.removed, "is gone"),
            **{old: f"is called {new!r}" for old, new in self.renamed},
            **{key: f"is of the type {after}, no longer {before}" for key, before, after in self.retyped},
        }


def version_changes(before: Mapping[str, Declaration], after: Mapping[str, Declaration]) -> VersionChanges:
    """Compare what two versions declare; a variable with the same stable key and another name was renamed."""
    renamed = {
        key: found
        for key, each in before.items()
        if key not in after and (found := successor(key, each.stable_key, after)) and found not in before
    }
    successors = set(renamed.values())
    return VersionChanges(
        added=tuple(each for key, each in after.items() if key not in before and key not in successors),
        removed=tuple(key for key in before if key not in after and key not in renamed),
        renamed=tuple(renamed.items()),
        retyped=tuple(
            (key, type_of(before[key]), type_of(after[key]))
            for key in before
            if key in after and type_of(before[key]) != type_of(after[key])
        ),
    )


def type_of(declaration: Declaration) -> str:
    """Return a variable's type in words, its collection included."""
    return " ".join(filter(None, (declaration.data_type, declaration.collection_type)))
