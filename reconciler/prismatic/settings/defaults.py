"""Defaults of a connection's limits, for the command line, the workflow and the client."""

from __future__ import annotations

RATE = 15.0
"""Requests a second. The API allows about 20 for each token: the rest is left to other clients of the same token."""
BATCH_SIZE = 20
"""Mutations a request, at most. An apply begins with fewer and takes more while requests stay quick."""
TIMEOUT = 3600.0
"""Seconds after connecting."""
