"""Payloads of mutations: the object, or the reasons against it."""

from __future__ import annotations

from typing import Any

import pytest
from support.nodes import node

from reconciler.applying.payload import MAYBE, Understood, understand
from reconciler.kinds.customer.operations import CustomerFields, CustomerPayload
from reconciler.model.answers import PayloadError
from reconciler.prismatic.graphql.response import Answer

NODE = node(CustomerFields, id="1")


def payload(customer: CustomerFields | None, errors: list[PayloadError] | None = None) -> Answer:
    return Answer(CustomerPayload(errors=errors, customer=customer))


ANSWERS: list[tuple[str, Answer, Understood]] = [
    ("an object and no errors", payload(NODE, []), Understood(NODE)),
    ("an object and null for errors", payload(NODE), Understood(NODE)),
    ("no object", payload(None, []), Understood()),
    (
        "a field's errors",
        payload(None, [PayloadError("name", ["Too long.", None, "Taken."])]),
        Understood(failures=("name: Too long.", "name: Taken.")),
    ),
    (
        "an error about the whole object",
        payload(NODE, [PayloadError("__all__", ["No."])]),
        Understood(failures=("No.",)),
    ),
    (
        "an error without a field",
        payload(None, [PayloadError(None, ["No."])]),
        Understood(failures=("No.",)),
    ),
    (
        "an error without a message",
        payload(None, [PayloadError("name", []), PayloadError("__all__", None)]),
        Understood(failures=("name: refused without saying why", "refused without saying why")),
    ),
    ("no payload", Answer(None), Understood(failures=("the API returned no result", MAYBE))),
    ("a top-level error", Answer(None, ("not allowed",)), Understood(failures=("not allowed",))),
    (
        "a top-level error beside a payload, and nobody knows",
        Answer(payload(NODE).data, ("broken",), ambiguous=True),
        Understood(failures=("broken", MAYBE)),
    ),
]


@pytest.mark.parametrize(("answer", "expected"), [pytest.param(*rest, id=name) for name, *rest in ANSWERS])
def test_a_payload_holds_the_object_or_the_reasons(answer: Answer, expected: Understood) -> None:
    """An answer is understood as the object it gives back, or as every reason it gives for not doing so."""
    assert understand(answer) == expected


@pytest.mark.parametrize("odd", [[], "text", 5, True])
def test_a_payload_of_unknown_shape_may_have_been_carried_out(odd: Any) -> None:
    """What is no payload at all is a failure whose outcome is not known."""
    assert understand(Answer(odd)).failures[-1] == MAYBE
