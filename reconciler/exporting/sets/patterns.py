"""Values with placeholders of the customer: what many members have in common although their texts differ."""

from __future__ import annotations

import json
import re
from collections import Counter
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from reconciler.manifests.placeholders import BLANKS
from reconciler.manifests.sets.customers import env_of
from reconciler.text.exact_numbers import Exact

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from reconciler.model.resource import SetCustomer

_BEGINS = rf"\$\{{{BLANKS}(?i:customer|values){BLANKS}[.:\[}}]"
"""What a set takes for a placeholder, well-formed or not."""
PLACEHOLDER = re.compile(
    r"\$\{(?:customer\.(?P<field>handle|name|externalId|env)|values\.(?P<key>[^{}]+))\}"
    rf"|\$(?P<escaped>{_BEGINS})"
)
_BEGINNING = re.compile(_BEGINS)
TRIED = 4
"""How many of the most frequent patterns are compared with all members."""


class Choice(NamedTuple):
    """A value of the template, and how many members have just this value once their placeholders are filled in."""

    value: Any
    served: int


def fields_of(customer: SetCustomer) -> dict[str, str]:
    """Return the placeholders of a customer with their texts, the preferred ones first; empty texts are left out.

    >>> from reconciler.model.resource import SetCustomer
    >>> fields_of(SetCustomer("ftl-rockets", "FTL Rockets"))
    {'handle': 'ftl-rockets', 'name': 'FTL Rockets', 'env': 'FTL_ROCKETS'}
    """
    texts = {
        "externalId": customer.external_id,
        "handle": customer.handle,
        "name": customer.name,
        "env": env_of(customer.handle),
    }
    return {field: text for field, text in texts.items() if text}


def escaped(value: Any) -> Any:
    """Return a value as a template must write it for nothing in it to be filled in."""
    if isinstance(value, str):
        return _BEGINNING.sub(lambda found: f"${found[0]}", value)
    if isinstance(value, list):
        return list(map(escaped, value))
    if isinstance(value, dict):
        return {escaped(key): escaped(item) for key, item in value.items()}
    return value


def with_keys_escaped(value: Any) -> Any:
    """Return a map whose values are a template's already, with its keys as a template must write them."""
    if isinstance(value, dict):
        return {escaped(key): with_keys_escaped(item) for key, item in value.items()}
    return value


def filled(value: Any, customer: SetCustomer) -> Any:
    """Return a template's value for a customer, or ``None`` if the customer lacks a text that it takes."""
    fields = fields_of(customer)
    try:
        return _each_text(value, lambda text: PLACEHOLDER.sub(lambda found: _text(found, fields), text))
    except KeyError:
        return None


def _text(found: re.Match[str], fields: dict[str, str]) -> str:
    return found["escaped"] or fields[found["field"]]


def best(values: Sequence[tuple[SetCustomer, Any]]) -> Choice:
    """Return the value, with placeholders or without, that serves the most members; of several the plainest.

    The values are scalars and lists: maps are taken apart before.
    """
    found: dict[str, Any] = {}
    counts: Counter[str] = Counter()
    for customer, value in values:
        for candidate in candidates(value, customer):
            key = identity(candidate)
            found.setdefault(key, candidate)
            counts[key] += 1
    choices = [Choice(found[key], _served(found[key], values)) for key, _ in counts.most_common(TRIED)]
    return max(choices, key=lambda choice: choice.served)


def _served(candidate: Any, values: Sequence[tuple[SetCustomer, Any]]) -> int:
    return sum(identity(filled(candidate, customer)) == identity(value) for customer, value in values)


def candidates(value: Any, customer: SetCustomer) -> Iterator[Any]:
    """Yield the value as it is, then with placeholders for each text of the customer that is in it, then for all."""
    plain = escaped(value)
    yield plain
    if not isinstance(value, (str, list)):
        return
    fields = fields_of(customer)
    seen = [plain]
    for chosen in [*([field] for field in fields), sorted(fields, key=lambda field: -len(fields[field]))]:
        made = _each_text(value, partial(_pattern, fields=[(each, fields[each]) for each in chosen]))
        if made not in seen and identity(filled(made, customer)) == identity(value):
            seen.append(made)
            yield made


def _pattern(text: str, fields: list[tuple[str, str]]) -> str:
    """Return a text with placeholders for the fields, the first field first."""
    if not fields:
        return str(escaped(text))
    (field, known), *others = fields
    return f"${{customer.{field}}}".join(_pattern(part, others) for part in text.split(known))


def _each_text(value: Any, change: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return change(value)
    if isinstance(value, list):
        return [_each_text(item, change) for item in value]
    if isinstance(value, dict):
        return {_each_text(key, change): _each_text(item, change) for key, item in value.items()}
    return value


def identity(value: Any) -> str:
    """Return a text that only equal values of one type share: ``1``, ``1.0``, ``true`` and ``"1"`` are four values.

    The order of a map's keys does not matter.
    """
    return json.dumps(value, sort_keys=True, ensure_ascii=False, default=_exact)


def _exact(value: Any) -> Any:
    if isinstance(value, Exact):
        return {"exact": value.written}
    raise TypeError(f"{type(value).__name__} is no value of a manifest")
