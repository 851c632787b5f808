"""Global IDs: base64 of ``Type:uuid``."""

from __future__ import annotations

import base64
import random
import uuid


def global_id(kind: str, identifier: str) -> str:
    return base64.b64encode(f"{kind}:{identifier}".encode()).decode("ascii")


def derived_id(kind: str, *parts: str) -> str:
    """Return an ID that is the same whenever the parts are the same."""
    return global_id(kind, derived_uuid(kind, *parts))


def derived_uuid(*parts: str) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, "/".join(parts)))


class Ids:
    """A source of new IDs; with a seed they are the same in every run."""

    def __init__(self, seed: int | str | None = None) -> None:
        self._random = random.Random(seed)  # noqa: S311 - identifiers of made-up objects, no secrets

    def uuid(self) -> str:
        return str(uuid.UUID(int=self._random.getrandbits(128), version=4))

    def new(self, kind: str) -> str:
        return global_id(kind, self.uuid())
