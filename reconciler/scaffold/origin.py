"""The git repository that this reconciler was installed from, so that pipelines install the same."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, distribution

from reconciler import __version__

PACKAGE = "prismatic-reconciler"
PLACEHOLDER = "YOUR-ORG"
_ADDRESS = re.compile(r"https://[A-Za-z0-9.-]+(?::\d+)?(?:/[A-Za-z0-9_.-]+)+")
_GITHUB = re.compile(r"https://github\.com/([A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+?)(?:\.git)?")
_COMMIT = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_REVISION = re.compile(r"[A-Za-z0-9_.-]+(?:/[A-Za-z0-9_.-]+)*")


@dataclass(frozen=True, slots=True)
class PackageOrigin:
    """A git repository with reconciler's source, and a revision."""

    address: str
    revision: str
    """The revision's name: a tag, a branch or a commit."""
    commit: str = ""
    """The commit if known: a tag can be moved to other code, which would run with the pipeline's token."""

    @property
    def pin(self) -> str:
        return self.commit or self.revision

    @property
    def use(self) -> str:
        """The value of ``uses:`` in a workflow: the commit, with the revision's name in a comment."""
        return f"{self.on_github}@{self.pin}{self._note}"

    @property
    def on_github(self) -> str | None:
        """``OWNER/NAME`` of a GitHub repository, else ``None``."""
        found = _GITHUB.fullmatch(self.address)
        return found[1] if found else None

    @property
    def page(self) -> str:
        return self.address.removesuffix(".git")

    @property
    def known(self) -> bool:
        return PLACEHOLDER not in self.address

    @property
    def requirement(self) -> str:
        return f"{PACKAGE} @ git+{self.address}@{self.pin if self.known else self.revision}"

    @property
    def fetched(self) -> str:
        """What ``git fetch`` takes: the address and the commit, with the revision's name in a comment."""
        return f"{self.address} {self.pin}{self._note}"

    @property
    def _note(self) -> str:
        return f" # {self.revision}" if self.commit and self.commit != self.revision else ""


UNKNOWN = PackageOrigin(f"https://github.com/{PLACEHOLDER}/reconciler", f"v{__version__}", "0" * 40)


def find_origin() -> PackageOrigin:
    """Return the origin that pip recorded (PEP 610); a placeholder where it is not a git repository."""
    try:
        text = distribution(PACKAGE).read_text("direct_url.json")
    except PackageNotFoundError:
        return UNKNOWN
    return parse_origin(text or "{}")


def parse_origin(text: str) -> PackageOrigin:
    """Return the origin in a ``direct_url.json``; a placeholder where others cannot install from it."""
    try:
        recorded = json.loads(text)
        address, version = recorded["url"], recorded["vcs_info"]
        commit = version["commit_id"] if _COMMIT.fullmatch(version["commit_id"]) else ""
        revision = version.get("requested_revision") or version["commit_id"]
    except (ValueError, KeyError, TypeError, AttributeError):
        return UNKNOWN
    usable = isinstance(address, str) and isinstance(revision, str)
    if usable and _ADDRESS.fullmatch(address) and _REVISION.fullmatch(revision):
        return PackageOrigin(address, revision, commit)
    return UNKNOWN
