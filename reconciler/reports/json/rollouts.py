"""The status of rollouts as one JSON document."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.planning.plan_file import rollout_status_document
from reconciler.text.escape import json_text

if TYPE_CHECKING:
    from reconciler.reports.shared.rollouts import RolloutStatus
    from reconciler.reports.shared.style import Style


def render_status(status: RolloutStatus, _style: Style) -> str:
    """Return each rollout with its waves and members."""
    return json_text(rollout_status_document(status.standings))
