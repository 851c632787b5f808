"""The spec of a log stream."""

from __future__ import annotations

from reconciler.kinds.shared.named_spec import addressed_spec

NAME = "LogStream"
SPEC = addressed_spec()
