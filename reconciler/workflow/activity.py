"""Who changed an object, as far as the organization's activity shows it.

An activity has a time, a user and a sentence, and no reference to an object. Which sentences there are is not known, so
those count that contain the object's name, and only the user and the time are taken from them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.errors import ApiError, Interrupted
from reconciler.prismatic.fetch.activity_operations import ACTIVITIES
from reconciler.prismatic.graphql.batching import Call
from reconciler.text.plural import listed

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from reconciler.workflow.session import Session

SHORTEST = 4
"""Letters of a name; a shorter one is part of many sentences by chance."""
MOST_OBJECTS = 20
MOST_PEOPLE = 3


def who_changed(session: Session, objects: Mapping[str, tuple[str, datetime]]) -> dict[str, str]:
    """Return who is said to have changed objects, by address, in one request; nobody where nothing shows it.

    ``objects`` are their names, and since when. What this token's own user did is left out.
    """
    asked = [(address, *each) for address, each in objects.items() if len(each[0]) >= SHORTEST][:MOST_OBJECTS]
    calls = [Call(ACTIVITIES, {"text": name, "since": since.isoformat()}) for _, name, since in asked]
    try:
        answers = session.connection.run(session.connection.api.call(calls))
    except Interrupted:
        raise
    except ApiError:
        return {}  # an explanation that is missing, and no reason to end a round
    found, own = {}, session.identity.user_id
    for (address, _, _), answer in zip(asked, answers, strict=True):
        others = [each for each in answer.data.nodes if not each.user or each.user.id != own] if answer.data else []
        people = {session.connection.api.clean(each.user_name): each.timestamp for each in reversed(others)}
        if people:
            named = [f"{name} at {moment[:16].replace('T', ' ')}" for name, moment in reversed(people.items())]
            found[address] = listed(named, MOST_PEOPLE)
    return found
