"""Payloads of mutations: the object, or the reasons against it."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.applying.payload import MAYBE, Understood, understand
from reconciler.prismatic.graphql.response import Answer

NODE = {"id": "1"}
ANSWERS: list[tuple[str, Answer, Understood]] = [
    ("an object and no errors", Answer({"customer": NODE, "errors": []}), Understood(NODE)),
    ("an object and null for errors", Answer({"customer": NODE, "errors": None}), Understood(NODE)),
    ("no object", Answer({"customer": None, "errors": []}), Understood()),
    (
        "a field's errors",
        Answer({"customer": None, "errors": [{"field": "name", "messages": ["Too long.", "Taken."]}]}),
        Understood(failures=("name: Too long.", "name: Taken.")),
    ),
    (
        "an error about the whole object",
        Answer({"customer": NODE, "errors": [{"field": "__all__", "messages": ["No."]}]}),
        Understood(failures=("No.",)),
    ),
    (
        "an error without a field",
        Answer({"errors": [{"field": None, "messages": ["No."]}]}),
        Understood(failures=("No.",)),
    ),
    (
        "an error without a message",
        Answer({"errors": [{"field": "name", "messages": []}, {"field": "__all__", "messages": None}]}),
        Understood(failures=("name: refused without saying why", "refused without saying why")),
    ),
    (
        "an error that is none",
        Answer({"errors": [None]}),
        Understood(failures=("the API refused it without saying why",)),
    ),
    ("no payload", Answer(None), Understood(failures=("the API returned no result", MAYBE))),
    ("a top-level error", Answer(None, ("not allowed",)), Understood(failures=("not allowed",))),
    (
        "a top-level error beside a payload, and nobody knows",
        Answer({"customer": NODE}, ("broken",), ambiguous=True),
        Understood(failures=("broken", MAYBE)),
    ),
]


@pytest.mark.parametrize(("answer", "expected"), [pytest.param(*rest, id=name) for name, *rest in ANSWERS])
def test_a_payload_holds_the_object_or_the_reasons(answer: Answer, expected: Understood) -> None:
    """An answer is understood as the object it gives back, or as every reason it gives for not doing so."""
    assert understand(answer) == expected


@pytest.mark.parametrize("payload", [[], "text", 5, True])
def test_a_payload_of_unknown_shape_may_have_been_carried_out(payload: Any) -> None:
    """What is no payload at all is a failure whose outcome is not known."""
    assert understand(Answer(payload)).failures[-1] == MAYBE
