"""What the API's answers are made of: the base classes of the generated ones, and the marks of secrets in them.

``make generate`` writes a class for each selection of a ``.graphql`` file. Python's names are those of the API in
snake case::

    class CustomerFields(Node):
        name: str
        external_id: str | None

The classes take no part in the search for circular garbage: an answer is a tree.
"""

from __future__ import annotations

import re
from enum import Enum
from functools import cache
from typing import Annotated, Any, TypeVar

import msgspec

T = TypeVar("T")


class Secrecy(Enum):
    """The part of a field that is secret."""

    TEXT = "every text in it"
    INPUT = "the text, which is the value of a connection's input"
    VALUES = "the values in its JSON text, but not their keys"
    BOTH = "the text, and the values in it if it is JSON"


SecretText = Annotated[T, Secrecy.TEXT]
SecretInput = Annotated[T, Secrecy.INPUT]
SecretValues = Annotated[T, Secrecy.VALUES]
SecretTextAndValues = Annotated[T, Secrecy.BOTH]


class AnswerObject(msgspec.Struct, frozen=True, rename="camel", gc=False):
    """The fields that an operation selects of one object."""


class Node(AnswerObject, frozen=True, gc=False):
    """An object with an ID of its own."""

    id: str


class NamedNode(Node, frozen=True, gc=False):
    """An object of which the name is all that is asked for."""

    name: str


class PageInfo(AnswerObject, frozen=True, gc=False):
    """Where the next page of a connection begins."""

    has_next_page: bool
    end_cursor: str | None


class Page(AnswerObject, frozen=True, gc=False):
    """A page of a connection; each class of one says what its rows are."""

    nodes: list[Any]
    page_info: PageInfo


class NamedNodes(Page, frozen=True, gc=False):
    """A page of objects of which the name is all that is asked for."""

    nodes: list[NamedNode]


class CountedPage(AnswerObject, frozen=True, gc=False):
    """A page of a connection whose rows are counted; its rows are the ``nodes``."""

    total_count: int
    page_info: PageInfo


class PayloadError(AnswerObject, frozen=True, gc=False):
    """Why the API refused a mutation, for one field of its input.

    The schema has no null here. It is accepted, because a refusal must not be lost for its form.
    """

    field: str | None
    messages: list[str | None] | None


class Payload(AnswerObject, frozen=True, gc=False):
    """The answer to a mutation. HTTP 200 is no success: ``errors`` may not be empty."""

    errors: list[PayloadError] | None


@cache
def python_name(name: str) -> str:
    """Return the name of a field of the API as Python writes it.

    >>> python_name("lastDeployedAt")
    'last_deployed_at'
    """
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


def api_name(name: str) -> str:
    """Return the name of a field as the API writes it.

    >>> api_name("last_deployed_at")
    'lastDeployedAt'
    """
    return re.sub(r"_(\w)", lambda match: match[1].upper(), name)
