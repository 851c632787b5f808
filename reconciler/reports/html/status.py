"""The page of ``rollout status``: readable without its script, for a screen that somebody passes by."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler import __version__
from reconciler.reports.html.files import escaped, page
from reconciler.reports.html.rollouts import rollouts_html, state_of
from reconciler.reports.shared.rollouts import MEANINGS
from reconciler.rollouts.words import moment

if TYPE_CHECKING:
    from reconciler.reports.shared.rollouts import RolloutStatus
    from reconciler.reports.shared.style import Style


def render_status(status: RolloutStatus, _style: Style) -> str:
    """Return the page. Its script shows its age, and reloads it if the reader wants that."""
    named = {"Organization": status.organization, "At": status.url}
    about = [f"<div><dt>{key}</dt><dd><bdi>{escaped(value)}</bdi></dd></div>" for key, value in named.items()]
    parts = {
        "title": escaped(f"{status.headline} – rollouts"),
        "headline": escaped(" – ".join(["Rollouts", *status.scope.values()])),
        "read": f'<time id="read" datetime="{status.read_at.isoformat()}">{moment(status.read_at)}</time>',
        "about": "".join(about),
        "rollouts": rollouts_html(status.standings) or '<p class="card empty">No manifest declares a rollout.</p>',
        "meanings": "".join(f"<dt>{state_of(state)}</dt><dd>{meaning}</dd>" for state, meaning in MEANINGS.items()),
        "version": __version__,
    }
    return page("status.html", ["status.js"], parts)
