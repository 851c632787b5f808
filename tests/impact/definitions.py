"""Where definitions are that the tests read: the examples, and real ones where there are any."""

from __future__ import annotations

import pytest
from support.world import INTEGRATIONS, ROOT

REAL = ROOT.parent / "shared" / "data" / "integrations"
EXAMPLES = sorted(INTEGRATIONS.glob("*.yaml"))
real_files = sorted(REAL.glob("*.yml")) or [REAL]
needs_real = pytest.mark.skipif(not REAL.is_dir(), reason="there is no ../shared with real definitions")
