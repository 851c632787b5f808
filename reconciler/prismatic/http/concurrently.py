"""Doing several things at once, with one error at the end instead of a group of them."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Coroutine, Iterable

Result = TypeVar("Result")


async def together(work: Iterable[Coroutine[Any, Any, Result]], *, at_once: int | None = None) -> list[Result]:
    """Return what all the coroutines return, in their order; the first error stops the others and is raised.

    With ``at_once``, no more of them are begun than that before some are done; ``work`` can then be a generator that
    makes them as they are begun, however many there are.
    """
    results: dict[int, Result] = {}
    numbered = enumerate(work)

    async def begin_and_go_on() -> None:
        for index, each in numbered:
            results[index] = await each

    try:
        async with asyncio.TaskGroup() as group:
            if at_once is None:
                tasks = [group.create_task(each) for _, each in numbered]
            else:
                for _ in range(at_once):
                    group.create_task(begin_and_go_on())
    except BaseExceptionGroup as failed:
        first = failed.exceptions[0]
    else:
        return [task.result() for task in tasks] if at_once is None else [results[index] for index in sorted(results)]
    raise first
