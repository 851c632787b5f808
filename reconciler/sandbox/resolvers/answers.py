"""What a module of ``kinds`` declares: how it answers its part of the schema."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from reconciler.sandbox.data.store import Row
    from reconciler.sandbox.data.tenant import Input, Tenant

    Resolver = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Mutation:
    """A mutation: the payload's field for the object that it returns, and what carries it out."""

    result: str
    carry_out: Callable[[Tenant, Input], Any]


@dataclass(frozen=True, slots=True)
class Section:
    """A section of world files.

    Its items have the form of the spec of manifests of the kind ``manifest``. ``add`` makes an object of one, and
    raises :class:`.Refused` where the API would refuse it. Sections of a lower ``level`` are added first,
    and those below 0 before instances.
    ``references`` are the paths of fields in which manifests name others by their handles, each with their kind and
    the field of their spec by which a world names them: ``{("users",): ("User", "email")}``.
    """

    name: str
    manifest: str
    add: Callable[[Tenant, Input], Row]
    level: int = 0
    references: Mapping[tuple[str, ...], tuple[str, str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Answers:
    """Resolvers of root queries by name, mutations by name, and resolvers of fields by type and name.

    A field without a resolver is the column of its name.
    """

    queries: Mapping[str, Resolver] = field(default_factory=dict)
    mutations: Mapping[str, Mutation] = field(default_factory=dict)
    fields: Mapping[str, Mapping[str, Resolver]] = field(default_factory=dict)
    section: Section | None = None
