"""No finding of ``doctor`` has the API's own words, which can quote a name, an address or a value of a customer."""

from __future__ import annotations

import json
from importlib import import_module
from typing import TYPE_CHECKING, Any

import pytest
from cli.shell import signed_in
from doctor.tenant import examined, tenant
from support.matrix import every
from support.world import World

from reconciler.applying.payload import Understood
from reconciler.doctor.catalog import catalog
from reconciler.doctor.findings import Examination
from reconciler.doctor.rendering import FORMATS, render
from reconciler.doctor.words import CONTROL, OTHER, UNNAMED, reason_of, sort_of
from reconciler.doctor.writing.lab import Unheard
from reconciler.doctor.writing.probe import reading
from reconciler.errors import ApiError, NotAuthenticated, UsageError
from reconciler.model.operation import Operation
from reconciler.prismatic.graphql.mismatches import missing_part
from reconciler.prismatic.graphql.response import Answer
from reconciler.prismatic.http.retry import RetryPolicy
from reconciler.reports.shared.style import Style
from reconciler.sandbox.in_process import InProcess
from reconciler.workflow.doctor import examine

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    import httpx
    from cli.shell import Shell

    from reconciler.doctor.findings import Finding

CANARY = "secretcust"
WORDS = f"owner jane@{CANARY}.example of {CANARY} Rockets abides"
WROTE = ("alert_operations", "connection_operations", "operations", "run_operations")


def fields_of(operations: Iterable[Any]) -> list[str]:
    return sorted({each.field for each in operations if isinstance(each, Operation)})


READ = fields_of(
    each.operation for each in catalog() if not each.operation.mutation and each.operation.field != "__schema"
)
WRITTEN = fields_of(
    value for name in WROTE for value in vars(import_module(f"reconciler.doctor.probed.{name}")).values()
)


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Shell]:
    with signed_in(tmp_path, monkeypatch, capsys) as shell:
        yield shell


def reports(examination: Examination) -> str:
    return " ".join(render(examination, form, Style()) for form in FORMATS).lower()


def written(found: Iterable[Finding]) -> str:
    return reports(Examination(list(found), {}, 0, wrote=True))


class Refusing(InProcess):
    """Refuses each mutation of a root field in its payload, in words that quote a customer."""

    def __init__(self, sandbox: Any, field: str) -> None:
        super().__init__(sandbox)
        self._field, self.refused = field, 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        asked = json.loads(await request.aread())["query"]
        response = await super().handle_async_request(request)
        if asked.startswith("mutation") and f"{self._field}(" in asked:
            answer = json.loads(await response.aread())
            for payload in (answer.get("data") or {}).values():
                if payload is not None:
                    payload["errors"] = [{"field": CANARY, "messages": [WORDS]}]
                    self.refused += 1
            headers = {"date": response.headers["date"]} if "date" in response.headers else {}
            return type(response)(response.status_code, json=answer, headers=headers, request=request)
        return response


def ended_by(run: Any) -> str:
    """Return the reports of an examination; the message where it ended with an error."""
    try:
        return str(run())
    except (ApiError, UsageError) as error:
        return str(error).lower()


@pytest.mark.parametrize("introspection", [True, False])
def test_no_finding_quotes_an_api_that_refuses_everything(introspection: bool) -> None:
    """Where the API refuses every query, and where it does not describe its schema, no report has its words."""
    with World(introspection=introspection) as world:
        examine(world.options(""))
        assert {entry.field for entry in world.sandbox.log.queries} <= {*READ, "__schema"}
        world.sandbox.faults.add(f"partial:times=always,message={WORDS}")
        assert CANARY not in reports(examine(world.options("")))


@pytest.mark.parametrize("field", every(12, [(each,) for each in READ], share=2))
def test_no_finding_quotes_what_is_read(field: str) -> None:
    """Whichever query the API refuses, no form of the report has its words."""
    with World() as world:
        world.sandbox.faults.add(f"partial:field={field},times=always,message={WORDS}")
        assert CANARY not in reports(examine(world.options("")))


@pytest.mark.parametrize("field", every(20, [(each,) for each in WRITTEN], share=2))
def test_no_finding_quotes_what_is_written(field: str) -> None:
    """Whichever operation of --write the API refuses, at its top or in its payload, nothing has its words."""
    with tenant() as world:
        world.sandbox.faults.add(f"partial:field={field},times=always,message={WORDS}")
        assert CANARY not in ended_by(lambda: written(examined(world)))
    with tenant() as world:
        transport = Refusing(world.sandbox, field)
        assert CANARY not in ended_by(lambda: written(examined(world, transport=transport)))


MESSAGES = (
    "You do not have permission to perform this action",
    "Not found.",
    "Customer matching query does not exist",
    "name: already in use",
    "Request was throttled",
    "The query timed out",
    "maximum query depth exceeded",
    "Internal server error",
    "This field is required",
    "Variable '$input' got invalid value",
    "Syntax Error: Unexpected Name",
    'Unknown fragment "X"',
    'Cannot query field "labels" on type "Customer". Did you mean "label"?',
    "Unknown argument 'labels_Contains' on field 'customers' of type 'RootQuery'.",
    "too many requests; forbidden",
    WORDS,
)


@pytest.mark.parametrize("message", MESSAGES)
def test_a_sort_is_acted_on_as_its_words_are(message: str) -> None:
    """What the product reads in a message, it reads in the sort of the message, too."""
    before, after = Answer(None, (f"{message}",)), Answer(None, (sort_of(message),))
    for name in ("forbidden", "too_much", "transient"):
        assert getattr(before, name) == getattr(after, name), name
    for name in ("missing", "taken"):
        assert getattr(Understood(failures=before.errors), name) == getattr(Understood(failures=after.errors), name)
    part = missing_part(message)
    if part in {"Customer.labels", "RootQuery.customers(labels_Contains:)"}:
        assert missing_part(sort_of(message)) == part


def test_a_part_of_the_schema_is_named_only_where_reconciler_asks_for_it() -> None:
    """A name in a refusal is the schema's own, or it is not shown."""
    assert (sort_of("Customer.labels"), sort_of("")) == ("Customer.labels", "")
    assert missing_part(sort_of('Unknown type "Customer"')) == "Customer"
    assert sort_of(f"{CANARY}.jane") == UNNAMED
    assert CANARY not in sort_of(f'Cannot query field "jane" on type "{CANARY}"')
    assert CANARY not in sort_of(f'Cannot query field "{CONTROL}" on type "{CANARY}"')
    assert sort_of(WORDS) == OTHER


def test_an_unknown_reading_shows_no_text() -> None:
    """A value that no reading has is shown only if it is no text."""
    with pytest.raises(Unheard, match=r"it shows as \(another text, 3, 'yes'\), not as"):
        reading({("yes", 1): "one"}, (CANARY, 3, "yes"))


def test_the_words_are_on_the_terminal_of_whoever_asks(shell: Shell) -> None:
    """With -v the words are on standard error, where no report goes; without it they are nowhere."""
    shell.world.sandbox.faults.add(f"partial:times=always,message={WORDS}")
    ran = shell.tenant("doctor", "--report", "markdown=a.md")
    assert CANARY not in ran.out + ran.err
    ran = shell.tenant("doctor", "-v", "--report", "markdown=a.md")
    assert CANARY in ran.err
    assert CANARY not in ran.out + (shell.folder / "a.md").read_text(encoding="utf-8")
    assert OTHER in ran.out


def test_the_server_in_its_place_is_not_quoted() -> None:
    """An answer that is not GraphQL is a problem with its status, and without a header or a word of it."""
    with World() as world:
        world.sandbox.faults.add("error:times=always,status=503")
        (finding,) = examine(world.options("", retry=RetryPolicy(tries=1))).problems
    assert finding.text == "the API's server failed, or something else answers in its place (HTTP 503)"


def test_an_issuer_that_the_server_names_is_not_quoted() -> None:
    """Where a token cannot be renewed because of an answer, the reason has no word of that answer."""
    error = NotAuthenticated(f"/auth/meta names {CANARY}.example as the issuer of tokens")
    assert CANARY not in reason_of(error)
    assert reason_of(NotAuthenticated("no token")) == "no token"
