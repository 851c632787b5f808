"""Alert groups as members of something: by handle, or ``{name: …}``."""

from __future__ import annotations

from reconciler.kinds.alert_group.finder import OBJECTS

MEMBERS = OBJECTS.members()
