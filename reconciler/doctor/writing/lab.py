"""Where assumptions are acted out: the throw-away customer, its instances, and the operations on them."""

from __future__ import annotations

import json
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from reconciler.doctor.probed.operations import (
    PROBE_CONFIGURE_INSTANCE,
    PROBE_CREATE_INSTANCE,
    PROBE_DELETE_INSTANCE,
    PROBE_DEPLOY_INSTANCE,
    PROBE_UPDATE_INSTANCE,
    PROBED_INSTANCE,
)
from reconciler.model.answers import Node, Payload
from reconciler.prismatic.graphql.batching import Call

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
    from contextlib import AbstractAsyncContextManager

    from reconciler.doctor.probed.operations import InstanceConfigVariable, ProbedInstance, ProbedVariable
    from reconciler.doctor.writing.marks import Marks
    from reconciler.doctor.writing.versions import Version
    from reconciler.model.operation import Operation
    from reconciler.prismatic.client import Api, Attempt

A = TypeVar("A")
M = TypeVar("M", bound=Node)

FULL = "FULLY_CONFIGURED"
ADDRESS = "https://reconciler-doctor.invalid/"
"""An address that no name server knows, so nothing that is sent there arrives."""
_SAMPLES = {
    "BOOLEAN": "true",
    "NUMBER": "15",
    "DATE": "2024-05-02",
    "TIMESTAMP": "2024-05-02T08:30:00.000Z",
    "STRING": "sample",
    "CODE": "{}",
    "JSONFORM": "{}",
    "OBJECTSELECTION": "[]",
    "OBJECTFIELDMAP": '{"fields": []}',
    "SCHEDULE": "0 0 1 1 *",
}


class NoReading(Exception):
    """No reading can be told, for this reason."""


class Refused(NoReading):
    """The API refused an operation that a probe needs; the reason names the operation and the sort of refusal."""


class Unheard(Exception):
    """The API behaves in none of the ways that are known; the text says how, in values of the probe's own."""


@dataclass(frozen=True, slots=True)
class Sort(Generic[M]):
    """A sort of object that probes create, and delete again."""

    create: Operation[Any]
    made: Callable[[Any], M | None]
    """Return the new object of an answer."""
    delete: Operation[Any]


INSTANCE: Sort[ProbedInstance] = Sort(PROBE_CREATE_INSTANCE, lambda payload: payload.instance, PROBE_DELETE_INSTANCE)


@dataclass(frozen=True, slots=True)
class Lab:
    """The customer of a probe, the versions of the integration to probe with, and what is allowed."""

    api: Api
    marks: Marks
    customer: str
    integration: str
    """The name of the integration to probe with."""
    latest: int
    """The number of its latest available version."""
    versions: Sequence[Version]
    """The available versions of which the declarations are known; the chosen one first."""
    deploys: bool = False
    flow: str | None = None
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))

    @property
    def version(self) -> Version:
        return self.versions[0]

    def name(self, of: str) -> str:
        """Return a name that nothing else of this examination has."""
        return self.marks.name(f"{of} {next(self._numbers)}")

    async def ask(self, operation: Operation[A], **variables: Any) -> A:
        """Return the answer to a query; raises :class:`Refused`, also where nothing is found."""
        (answer,) = await self.api.call([Call(operation, variables)])
        if answer.errors or answer.data is None:
            reason = "; ".join(answer.errors) or "there is no such object"
            raise Refused(f"{operation.name}: {reason}")
        asked: A = answer.data
        return asked

    async def tried(self, *calls: Call) -> Attempt:
        """Return what became of one request; raises :class:`NoReading` where it took too long for the API."""
        attempt = await self.api.attempt(calls)
        if attempt.refused == "time":
            raise NoReading(
                "the API gave the request up because of the time that it took, so what it allows is unknown"
            )
        return attempt

    async def do(self, operation: Operation[A], **data: Any) -> A:
        """Return the payload of a mutation; raises :class:`Refused`."""
        payload, reason = await self.attempt(operation, **data)
        if reason:
            raise Refused(f"{operation.name}: {reason}")
        done: A = payload
        return done

    async def refusal(self, operation: Operation[Any], **data: Any) -> str:
        """Return why the API refuses a mutation; empty if it does not."""
        return (await self.attempt(operation, **data))[1]

    async def attempt(self, operation: Operation[Any], **data: Any) -> tuple[Any, str]:
        """Return the payload of a mutation, and why the API refuses it."""
        (answer,) = await self.api.call([Call(operation, {"input": data})])
        return answer.data, "; ".join(answer.errors) or refusal_in(answer.data)

    async def create(self, sort: Sort[M], **data: Any) -> M:
        """Return a new object; raises :class:`Refused`."""
        return present(sort.made(await self.do(sort.create, **data)))

    @asynccontextmanager
    async def having(self, sort: Sort[M], **data: Any) -> AsyncIterator[M]:
        """Yield a new object, and delete it afterwards; raises :class:`Refused`."""
        made = await self.create(sort, **data)
        try:
            yield made
        finally:
            # What is left after a failure is found again, by its name or by the customer that it belongs to.
            with suppress(Refused):
                await self.do(sort.delete, id=made.id)

    async def refuses(self, sort: Sort[Any], **data: Any) -> bool:
        """Return whether the API refuses to create an object; one that it creates is deleted at once."""
        payload, reason = await self.attempt(sort.create, **data)
        if payload and (made := sort.made(payload)):
            await self.do(sort.delete, id=made.id)
        return bool(reason)

    def instance(self, version: Version | None = None, **data: Any) -> AbstractAsyncContextManager[ProbedInstance]:
        """Return the context of a new instance of the chosen or another version."""
        values = {"name": self.name("instance"), "customer": self.customer, **data}
        return self.having(INSTANCE, integration=(version or self.version).id, **values)

    async def look(self, instance: ProbedInstance) -> ProbedInstance:
        """Return the present state of an instance."""
        return await self.ask(PROBED_INSTANCE, id=instance.id)

    async def update(self, instance: ProbedInstance, **data: Any) -> ProbedInstance:
        """Change an instance, never its config variables, and return it."""
        return present((await self.do(PROBE_UPDATE_INSTANCE, id=instance.id, **data)).instance)

    async def configure(self, instance: ProbedInstance, *entries: Mapping[str, Any]) -> ProbedInstance:
        """Write config variables and return the instance."""
        payload = await self.do(PROBE_CONFIGURE_INSTANCE, id=instance.id, configVariables=list(entries))
        return present(payload.instance)

    async def deploy(self, instance: ProbedInstance) -> ProbedInstance:
        """Deploy an instance and return it; raises :class:`NoReading` unless deploys are allowed."""
        self.need_deploys()
        return present((await self.do(PROBE_DEPLOY_INSTANCE, id=instance.id)).instance)

    def need_deploys(self) -> None:
        """Raise :class:`NoReading` unless deploys are allowed."""
        if not self.deploys:
            raise NoReading("it shows only after a deploy; use --deploy")

    async def filled(self, instance: ProbedInstance, version: Version | None = None) -> ProbedInstance:
        """Give a sample value to every config variable of an instance that has none, and return the instance."""
        live = {each.required_config_variable.key: each for each in instance.config_variables.nodes}
        empty = [each for each in (version or self.version).variables if each.key in live and not live[each.key].value]
        entries = [entry for each in empty if (entry := sample(each, live[each.key])) is not None]
        return await self.configure(instance, *entries) if entries else instance

    @asynccontextmanager
    async def deployed(self) -> AsyncIterator[ProbedInstance]:
        """Yield a deployed instance of the chosen version, and delete it afterwards."""
        self.need_deploys()
        async with self.instance() as made:
            ready = await self.filled(made)
            if ready.config_state != FULL:
                raise NoReading("an instance of this version cannot be configured in full by samples alone")
            yield await self.deploy(ready)


def present(answered: A | None) -> A:
    """Return the object of a mutation's payload; raises :class:`Refused` if it lacks it."""
    if answered is None:
        raise Refused("the answer lacks the object")
    return answered


def refusal_in(payload: Any) -> str:
    """Return the errors of a mutation's payload as one text."""
    if not isinstance(payload, Payload):
        return "the answer lacks the result" if payload is None else ""
    return "; ".join(str(message) for error in payload.errors or () for message in error.messages or ["refused"])


def sample(declared: ProbedVariable, live: InstanceConfigVariable) -> dict[str, Any] | None:
    """Return an entry that gives a config variable a value; ``None`` if no made-up value fits."""
    if declared.data_type == "CONNECTION":
        names = [each.name for each in (live.inputs.nodes if live.inputs else ()) if not each.has_value]
        return connection(declared.key, dict.fromkeys(names, "sample")) if names else None
    if declared.collection_type:
        return {"key": declared.key, "value": "[]"}
    if declared.data_type == "PICKLIST":
        return {"key": declared.key, "value": declared.pick_list[0]} if declared.pick_list else None
    value = _SAMPLES.get(declared.data_type)
    schedule = {"scheduleType": "custom"} if declared.data_type == "SCHEDULE" else {}
    return {"key": declared.key, "value": value, **schedule} if value is not None else None


def connection(key: str, values: Mapping[str, str]) -> dict[str, Any]:
    """Return an entry that writes these inputs of a connection."""
    listed = [{"name": name, "type": "value", "value": value} for name, value in values.items()]
    return {"key": key, "values": json.dumps(listed)}
