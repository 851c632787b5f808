"""What a server says that its schema lacks, in the messages of a refused document."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_QUOTES = str.maketrans("'\u2018\u2019\u201c\u201d`", '""""""')
_FORMS = (
    (re.compile(r'Cannot query field "(\w+)" on (?:type|interface) "(\w+)"'), "{1}.{0}"),
    (re.compile(r'Unknown argument "(\w+)" on field "(\w+\.\w+)"'), "{1}({0}:)"),
    (re.compile(r'Unknown argument "(\w+)" on field "(\w+)" of type "(\w+)"'), "{2}.{1}({0}:)"),
    (re.compile(r'Value "(\w+)" does not exist in "(\w+)" enum'), "{1}.{0}"),
    (re.compile(r'Field "(\w+)" is not defined by type "(\w+)"'), "{1}.{0}"),
    (re.compile(r'value of type "(\w+)" not to include unknown field "(\w+)"'), "{0}.{1}"),
    (re.compile(r'In field "(\w+)": Unknown field'), "input field {0}"),
    (re.compile(r'Unknown (?:type|fragment) "(\w+)"'), "{0}"),
)
"""The messages of GraphQL servers that follow the reference implementation, and the name that each is about."""
_REQUIREMENTS = (
    (re.compile(r'Field "(\w+\.\w+)" of required type \S+ was not provided'), "{0}"),
    (re.compile(r'Field "(\w+)" argument "(\w+)" of type \S+ is required'), "{0}({1}:)"),
)
"""The messages about what a document must have, and the name of that."""
UNEXPECTED = "unexpected answer"
_LACKS = "the API does not have "
_REQUIRES = "the API requires "


def lacking(part: str, feature: str) -> str:
    """Return the message for a part of the schema that the API lacks, and the feature that needs it; empty for none."""
    needed = f", which reconciler needs for {feature}" if feature else ""
    return f"{_LACKS}{part}{needed}" if part else ""


def requiring(part: str, feature: str) -> str:
    """Return the message for a part of the schema that the API requires and the product does not send."""
    return f"{_REQUIRES}{part}, which reconciler does not send" + (f" for {feature}" if feature else "")


def is_unexpected(message: str) -> bool:
    """Return whether a message for the user is about an answer or a schema that reconciler does not know.

    >>> is_unexpected(lacking("Customer.labels", "plan"))
    True
    """
    return (
        UNEXPECTED in message
        or (_LACKS in message and ", which reconciler needs" in message)
        or (_REQUIRES in message and ", which reconciler does not send" in message)
    )


def missing_part(message: str) -> str | None:
    """Return what the API lacks by its message, such as ``Customer.labels`` or ``RootQuery.customers(label:)``.

    ``None`` for a message about anything else.

    >>> missing_part('Cannot query field "labels" on type "Customer". Did you mean "label"?')
    'Customer.labels'
    >>> missing_part("Unknown argument 'label' on field 'customers' of type 'RootQuery'.")
    'RootQuery.customers(label:)'
    >>> missing_part("Not found")
    """
    return _named(message, _FORMS)


def required_part(message: str) -> str | None:
    """Return what the API requires by its message, such as ``CreateCustomerInput.region``; ``None`` for another one.

    >>> required_part("Field 'CreateCustomerInput.region' of required type 'String!' was not provided.")
    'CreateCustomerInput.region'
    >>> required_part("Field 'createCustomer' argument 'region' of type 'String!' is required, but not provided.")
    'createCustomer(region:)'
    """
    return _named(message, _REQUIREMENTS)


def _named(message: str, forms: Iterable[tuple[re.Pattern[str], str]]) -> str | None:
    plain = message.translate(_QUOTES)
    for form, name in forms:
        found = form.search(plain)
        if found:
            return name.format(*found.groups())
    return None
