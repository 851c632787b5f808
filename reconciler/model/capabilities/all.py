"""All capabilities of a kind together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reconciler.model.capabilities.deletion import Deletion
    from reconciler.model.capabilities.differ import Differ
    from reconciler.model.capabilities.editor import Editor
    from reconciler.model.capabilities.export import Export
    from reconciler.model.capabilities.finder import Finder
    from reconciler.model.capabilities.follow_up import Authorization, FollowUp
    from reconciler.model.capabilities.health import HealthChecks
    from reconciler.model.capabilities.names import Looks, Names
    from reconciler.model.capabilities.ownership import Labels, Parent
    from reconciler.model.capabilities.parts import Parts
    from reconciler.model.capabilities.permission import Permission
    from reconciler.model.capabilities.rollback import Rollback
    from reconciler.model.capabilities.second_look import SecondLook
    from reconciler.model.capabilities.versions import Versions


@dataclass(frozen=True, slots=True)
class Capabilities:
    """The capabilities of a kind that need the tenant; three are required, a kind without another has ``None``."""

    finder: Finder
    differ: Differ
    deletion: Deletion
    names: Names | None = None
    looks: Looks | None = None
    labels: Labels | None = None
    parent: Parent | None = None
    follow_up: FollowUp | None = None
    authorization: Authorization | None = None
    versions: Versions | None = None
    export: Export | None = None
    editor: Editor | None = None
    health: HealthChecks | None = None
    permission: Permission | None = None
    parts: Parts | None = None
    second_look: SecondLook | None = None
    rollback: Rollback | None = None
