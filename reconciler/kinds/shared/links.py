"""The links of an instance's connection to what its inputs are kept in."""

from __future__ import annotations

BY_ID = ("customerConfigVariableId", "onPremiseResourceId")
"""The links of a connection, by their keys in a manifest and in a mutation."""
BY_HANDLE = "customerConnection"
"""The key of a link in a manifest that names the manifest of a customer's connection."""
