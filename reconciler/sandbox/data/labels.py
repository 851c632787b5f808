"""Labels, as customers, integrations and instances carry them: a JSON list in a column."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def stored_labels(labels: Iterable[str | None], *, lower: bool = True) -> str:
    """Return the labels as the column holds them: sorted, without duplicates, in lower case if ``lower``."""
    present = {label.strip() for label in labels if label and label.strip()}
    cased = {label.lower() for label in present} if lower else present
    return json.dumps(sorted(cased), ensure_ascii=False)
