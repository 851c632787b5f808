"""The shape that an answer must have, by the selection of its query.

The schema is not read at run time, so names decide, as they do in Prismatic's schema: ``nodes``, ``edges`` and
``errors`` are lists, fields with other plural names may be lists, and every other field with a selection is an object.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from reconciler.prismatic.graphql.documents import fields_of, response_key

if TYPE_CHECKING:
    from collections.abc import Mapping

    from graphql import FieldNode, FragmentDefinitionNode

_LISTS = frozenset({"nodes", "edges", "errors"})
_NEVER_NULL = frozenset({
    "nodes", "pageInfo", "integration", "role", "flow", "configVariables", "flowConfigs", "requiredConfigVariable",
})  # fmt: skip
"""Fields that are never null by the schema, wherever they are; the kinds rely on that."""
_LEAVES: Mapping[str, type] = {"id": str, "totalCount": int, "hasNextPage": bool, "email": str}
_PERHAPS: Mapping[str, type] = {
    **dict.fromkeys(("name", "description", "externalId", "phone", "key", "value", "defaultValue"), str),
    **dict.fromkeys(("type", "status", "dataType", "collectionType", "updatedAt", "lastDeployedAt"), str),
    "versionSequenceId": str,
    **dict.fromkeys(("enabled", "needsDeploy", "hasValue", "versionIsAvailable", "isSystem"), bool),
    **dict.fromkeys(("labels", "messages", "pickList"), list),
    "versionNumber": int,
}
"""Types of fields that may also be null by the schema."""
_NAMES: Mapping[type, str] = {str: "text", int: "a number", bool: "true or false", list: "a list"}


@dataclass(frozen=True, slots=True)
class Shape:
    """The required form of a field's value: an object with these fields, or a list of these objects."""

    required: frozenset[str]
    inner: Mapping[str, Shape]
    leaves: Mapping[str, type]
    perhaps: Mapping[str, type]
    """Types of leaves that may be null as well."""
    listed: bool | None
    """True: a list; False: an object; None: either."""
    nullable: bool

    def problem(self, value: Any, where: str) -> str | None:
        """Return the first problem of the value, or ``None``; ``where`` is its path."""
        if value is None:
            return None if self.nullable else f"{where} is null"
        if isinstance(value, list):
            if self.listed is False:
                return f"{where} is a list, not an object"
            for index, each in enumerate(value):
                if not self.fits(each):
                    return self._of_object(each, f"{where}[{index}]")
            return None
        if self.listed:
            return f"{where} is not a list"
        return self._of_object(value, where)

    def fits(self, value: Any) -> bool:
        """Return whether an object has this shape: faster than :meth:`problem`, for thousands of sound rows."""
        if not isinstance(value, dict) or not self.required <= value.keys():
            return False
        for key, kind in self.leaves.items():
            if not isinstance(value[key], kind):
                return False
        for key, kind in self.perhaps.items():
            found = value.get(key)
            if found is not None and not isinstance(found, kind):
                return False
        for key, shape in self.inner.items():
            found = value.get(key)
            if isinstance(found, list):
                if shape.listed is False or not all(map(shape.fits, found)):
                    return False
            elif (shape.listed or not shape.fits(found)) if found is not None else not shape.nullable:
                return False
        return True

    def broken_rows(self, value: Any, where: str) -> dict[int, str] | None:
        """Return the problems of single rows of a list or connection, by position.

        ``None`` if anything other than its rows is wrong: then the rows cannot be used.
        """
        if "nodes" in self.inner:
            rows = value.get("nodes") if isinstance(value, dict) else None
            if not isinstance(rows, list) or self.problem({**value, "nodes": []}, where):
                return None
            of_row, at = self.inner["nodes"], f"{where}.nodes"
        elif isinstance(value, list) and self.listed is not False:
            rows, of_row, at = value, self, where
        else:
            return None
        return {
            index: problem
            for index, row in enumerate(rows)
            if not of_row.fits(row) and (problem := of_row._of_object(row, f"{at}[{index}]"))
        }

    def _of_object(self, value: Any, where: str) -> str | None:
        if not isinstance(value, dict):
            return f"{where} is not an object"
        if not self.required <= value.keys():
            return f"{where} lacks {', '.join(sorted(self.required - value.keys()))}"
        for key, kind in self.leaves.items():
            if not isinstance(value.get(key), kind):
                return f"{where}.{key} is not {_NAMES[kind]}"
        for key, kind in self.perhaps.items():
            if not isinstance(value.get(key), (kind, type(None))):
                return f"{where}.{key} is not {_NAMES[kind]}"
        for key, shape in self.inner.items():
            found = shape.problem(value.get(key), f"{where}.{key}")
            if found:
                return found
        return None


def shape_of(field: FieldNode, fragments: Mapping[str, FragmentDefinitionNode]) -> Shape | None:
    """Return the shape of the field's value; ``None`` for a field without a selection, which accepts every value."""
    if field.selection_set is None:
        return None
    found = list(fields_of(field.selection_set, fragments))
    names = {each.name.value for each, _ in found}
    inner = {response_key(each): shape_of(each, fragments) for each, _ in found}
    return Shape(
        required=frozenset(response_key(each) for each, sure in found if sure),
        inner={key: shape for key, shape in inner.items() if shape},
        leaves={
            response_key(each): _LEAVES[each.name.value] for each, sure in found if sure and each.name.value in _LEAVES
        },
        perhaps={
            response_key(each): _PERHAPS[each.name.value]
            for each, _ in found
            if each.selection_set is None and each.name.value in _PERHAPS
        },
        listed=_listed(field.name.value, names),
        nullable=field.name.value not in _NEVER_NULL,
    )


def _listed(name: str, selected: set[str]) -> bool | None:
    if name in _LISTS:
        return True
    if not name.endswith("s") or selected & {"nodes", "edges", "pageInfo", "totalCount"}:
        return False
    return None
