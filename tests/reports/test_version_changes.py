"""What a version changes, as lines for a terminal."""

from __future__ import annotations

import pytest
from support.hostile import HOSTILE, acting

from reconciler.kinds.integration.version_changes import version_changes
from reconciler.kinds.integration.versions import Contents
from reconciler.kinds.variables.codec import Declaration
from reconciler.reports.shared.impact import change_lines
from reconciler.reports.shared.style import Style


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_text_of_a_definition_is_escaped(text: str) -> None:
    """Names, types and defaults come from outside, and whatever they hold, each change is a line that does nothing."""
    before = [
        Declaration("Same", text, default="1"),
        Declaration(f"old {text}", "STRING"),
        Declaration("Set", "STRING"),
    ]
    after = [
        Declaration("Same", "STRING"),
        Declaration(f"new {text}", text, default=text),
        Declaration("Set", "STRING", default=text),
    ]
    changes = version_changes(
        Contents({each.key: each for each in before}, {f"old {text}": "1"}),
        Contents({each.key: each for each in after}, {f"new {text}": "2"}),
    )
    lines = [*change_lines(changes, Style())]
    assert len(lines) == 6
    assert not acting("\n".join(lines))
