"""Keys of manifests whose values may be secrets."""

from __future__ import annotations

SENSITIVE = frozenset({"configVariables", "apiKeys", "testPayload", "testHeaders", "valueFrom", "variables"})
"""Keys below which no value is quoted."""
