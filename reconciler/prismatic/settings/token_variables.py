"""The environment variables that tokens come from: our own names, and those of Prismatic's other tools."""

from __future__ import annotations

ACCESS_VARIABLES = ("PRISM_ACCESS_TOKEN", "PRISMATIC_API_KEY")
REFRESH_VARIABLES = ("PRISM_REFRESH_TOKEN", "PRISMATIC_REFRESH_TOKEN")
