"""The version that a live object uses, and the versions that exist."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class VersionUse:
    """A live object's version, the name of its parent, and the undeclared values that it would lose."""

    version: Version
    owner: str
    losses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Version:
    """One deployable version of an integration; ``sequence`` is what all its versions share."""

    id: str
    name: str
    number: int
    sequence: str
    definition: str = ""
    """The definition file of an unpublished version; empty for a published one."""

    @property
    def label(self) -> int | str:
        """The label of the version in reports."""
        return self.definition or self.number

    def __str__(self) -> str:
        return self.definition or f"version {self.number}"
