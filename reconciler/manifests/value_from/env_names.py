"""The environment variables that manifests may take secrets from.

The author of a manifest chooses the variable and where its value goes. So variables with another purpose are refused,
set or not: the run's own tokens, those of the forge and its runner, of clouds and secret stores, and settings of
programs. A runner also sets variables to text by the author of a pull request, such as a branch name or a title: taken
as a secret it would be compared with the live secret, and an author could test guesses.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from reconciler.errors import UsageError
from reconciler.secrets.pasted_tokens import address

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

VARIABLE = "RECONCILER_SECRET_ENV"
_FILE = Path(__file__).with_name("reserved_names.toml")
_PATTERN = re.compile(r"[A-Za-z0-9_*?]+")


@cache
def reserved() -> Mapping[str, Sequence[str]]:
    """Return the patterns of reserved names by their owners, this product first."""
    import tomllib

    patterns: Mapping[str, Sequence[str]] = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    return patterns


@cache
def _owners() -> Mapping[str, re.Pattern[str]]:
    """Return by owner what matches its names; case is ignored, as on Windows."""
    return {
        owner: re.compile("|".join(pattern.replace("*", ".*") for pattern in patterns), re.IGNORECASE)
        for owner, patterns in reserved().items()
    }


@dataclass(frozen=True, slots=True)
class EnvNames:
    """The names that manifests may use: those of the operator's patterns, or without patterns all unreserved ones."""

    allowed: tuple[str, ...] = ()

    @classmethod
    def of(cls, environ: Mapping[str, str]) -> EnvNames:
        """Return the names that ``RECONCILER_SECRET_ENV`` allows; raises ``UsageError`` for invalid patterns.

        The patterns only narrow: reserved names stay refused. A value that is set but empty is an error, since a
        pipeline whose setting is missing would otherwise lift the restriction silently.
        """
        if VARIABLE not in environ:
            return cls()
        patterns = [each.strip() for each in environ[VARIABLE].split(",")]
        if not any(patterns):
            raise UsageError(
                f"{VARIABLE} is set and names nothing; expected names of environment variables separated by commas,"
                " with * for any characters, such as ACME_*,DB_*; * alone allows every name that is free"
            )
        wrong = next((each for each in patterns if each and not _PATTERN.fullmatch(each)), None)
        if wrong is not None:
            raise UsageError(
                f"{VARIABLE} holds {address(wrong)}; expected names of environment variables separated by commas, with"
                " * for any characters, such as ACME_*,DB_*"
            )
        return cls(tuple(each for each in patterns if each))

    def problem(self, name: str) -> str | None:
        """Return why manifests may not take a secret from the variable ``name``; ``None`` where they may."""
        owner = owner_of(name)
        if owner:
            return (
                f"the environment variable {name} belongs to {owner}, and manifests take no secret from it; set the"
                " secret under a name of its own, such as ACME_PASSWORD"
            )
        if self.allowed and not any(fnmatchcase(_folded(name), _folded(pattern)) for pattern in self.allowed):
            return (
                f"manifests may not take secrets from the environment variable {name}: {VARIABLE} allows only"
                f" {', '.join(self.allowed)}"
            )
        return None


def owner_of(name: str) -> str | None:
    """Return the owner of a reserved variable; ``None`` for any other."""
    return next((owner for owner, pattern in _owners().items() if pattern.fullmatch(name)), None)


def without_own(environ: Mapping[str, str]) -> dict[str, str]:
    """Return an environment without the variables of reconciler and Prismatic, for commands that manifests name."""
    own = next(iter(_owners().values()))
    return {name: value for name, value in environ.items() if not own.fullmatch(name)}


def _folded(text: str) -> str:
    return text.upper() if os.name == "nt" else text
