"""What a server says that its schema lacks, in the messages of a refused document."""

from __future__ import annotations

import re

_QUOTES = str.maketrans("'\u2018\u2019\u201c\u201d`", '""""""')
_FORMS = (
    (re.compile(r'Cannot query field "(\w+)" on (?:type|interface) "(\w+)"'), "{1}.{0}"),
    (re.compile(r'Unknown argument "(\w+)" on field "(\w+\.\w+)"'), "{1}({0}:)"),
    (re.compile(r'Unknown argument "(\w+)" on field "(\w+)" of type "(\w+)"'), "{2}.{1}({0}:)"),
    (re.compile(r'Value "(\w+)" does not exist in "(\w+)" enum'), "{1}.{0}"),
    (re.compile(r'Field "(\w+)" is not defined by type "(\w+)"'), "{1}.{0}"),
    (re.compile(r'Unknown (?:type|fragment) "(\w+)"'), "{0}"),
)
"""The messages of GraphQL servers that follow the reference implementation, and the name that each is about."""


def missing_part(message: str) -> str | None:
    """Return what the API lacks by its message, such as ``Customer.labels`` or ``RootQuery.customers(label:)``.

    ``None`` for a message about anything else.

    >>> missing_part('Cannot query field "labels" on type "Customer". Did you mean "label"?')
    'Customer.labels'
    >>> missing_part("Unknown argument 'label' on field 'customers' of type 'RootQuery'.")
    'RootQuery.customers(label:)'
    >>> missing_part("Not found")
    """
    plain = message.translate(_QUOTES)
    for form, name in _FORMS:
        found = form.search(plain)
        if found:
            return name.format(*found.groups())
    return None
