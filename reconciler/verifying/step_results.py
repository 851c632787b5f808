"""The result of a step: fetched, unpacked and handed to the check that wants it. Nothing else ever sees it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from reconciler.errors import RequestFailed
from reconciler.prismatic.graphql.batching import Call
from reconciler.secrets.secret import Secret

if TYPE_CHECKING:
    from reconciler.model.capabilities.health import Runs
    from reconciler.prismatic.client import Api

MOST_BYTES = 16 * 1024 * 1024


class NoResult(Exception):
    """A step's result that cannot be had; ``str()`` is the reason. ``late``: it may still come."""

    def __init__(self, reason: str, *, late: bool = False) -> None:
        super().__init__(reason)
        self.late = late


async def step_result(api: Api, runs: Runs, execution: str, step: str) -> Any:
    """Return the data of a step's result, JSON parsed; raises :class:`NoResult`.

    A step is found by the name that a person gave it, else by the name that the API makes of that.
    """
    # Imported here: a command that shows its help needs no network.
    from reconciler.prismatic.http.download import NotDownloaded

    calls = [
        Call(runs.step_results, {"execution": execution, "title": step}),
        Call(runs.step_results, {"execution": execution, "name": runs.step_name(step)}),
    ]
    try:
        answers = await api.call(calls)
    except RequestFailed as error:
        raise NoResult(f"the result of the step {step!r} cannot be read: {error}") from None
    for answer in answers:
        if answer.errors:
            raise NoResult(f"the result of the step {step!r} cannot be read: {'; '.join(answer.errors)}")
    found = [node for answer in answers if answer.data for node in answer.data.step_results.nodes]
    if not found:
        raise NoResult(f"the run kept no result of a step {step!r}: no such step ran, or results are off", late=True)
    try:
        return decoded(await api.download(Secret(found[0].results_url), MOST_BYTES))
    except NotDownloaded as error:
        raise NoResult(f"the result of the step {step!r} cannot be read: {error}") from None


def decoded(content: bytes) -> Any:
    """Return the data of a result file: msgpack of ``{data, contentType}``, JSON in it parsed.

    Raises :class:`NoResult`, without any of the content.
    """
    try:
        result = msgspec.msgpack.decode(content)
    except (ValueError, RecursionError):
        raise NoResult("a step's result is not in the form that is known (msgpack)") from None
    if not isinstance(result, dict) or "data" not in result:
        raise NoResult("a step's result is not in the form that is known (data with a contentType)")
    data, kind = result["data"], result.get("contentType")
    if isinstance(data, (bytes, str)) and (not isinstance(kind, str) or "json" in kind.lower()):
        try:
            return msgspec.json.decode(data)
        except (ValueError, RecursionError):
            pass
    return data.decode(errors="replace") if isinstance(data, bytes) else data
