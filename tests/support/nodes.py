"""Live objects for tests, made from as many fields as a test is about."""

from __future__ import annotations

from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin, get_type_hints

import msgspec

from reconciler.model.answers import AnswerObject

S = TypeVar("S", bound=AnswerObject)


def node(answer: type[S], /, **fields: Any) -> S:
    """Return an object of the class of an answer.

    Fields that are not given are null, or empty where the API has no null. Names are Python's; below them, maps stand
    for objects and may have the API's names::

        node(InstanceFields, name="Mars", customer={"id": "c1"})
    """
    hints = _hints(answer)
    unknown = fields.keys() - hints.keys()
    if unknown:
        raise TypeError(f"{answer.__name__} has no field {', '.join(sorted(unknown))}")
    return answer(
        **{name: _value(hint, fields[name]) if name in fields else _empty(hint) for name, hint in hints.items()}
    )


_hints = cache(get_type_hints)


def _value(hint: Any, value: Any) -> Any:
    if value is None or isinstance(value, msgspec.Struct):
        return value
    for each in _choices(hint):
        if get_origin(each) is list and isinstance(value, (list, tuple)):
            return [_value(get_args(each)[0], item) for item in value]
        if isinstance(each, type) and issubclass(each, AnswerObject) and isinstance(value, dict):
            names = {name: key for key, name in zip(each.__struct_encode_fields__, each.__struct_fields__, strict=True)}
            python = {key: name for name, key in names.items()}
            return node(each, **{python.get(key, key): item for key, item in value.items()})
    return value


def _empty(hint: Any) -> Any:
    choices = _choices(hint)
    if NoneType in choices:
        return None
    kind = choices[0]
    if get_origin(kind) is list:
        return []
    return node(kind) if isinstance(kind, type) and issubclass(kind, AnswerObject) else kind()


def _choices(hint: Any) -> tuple[Any, ...]:
    while get_origin(hint) is Annotated:
        hint = get_args(hint)[0]
    return get_args(hint) if get_origin(hint) in {Union, UnionType} else (hint,)
