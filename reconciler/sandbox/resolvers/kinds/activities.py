"""Activities: what people did in the organization, one sentence each. Nothing here writes them by itself.

Which sentences the API has is not known; tests add those that they need.
"""

from __future__ import annotations

from reconciler.sandbox.resolvers.answers import Answers
from reconciler.sandbox.resolvers.context import connection, related
from reconciler.sandbox.resolvers.listing import Listing
from reconciler.sandbox.resolvers.listings import same

_LISTING = Listing("activities", same("description", "timestamp", "user"), {"TIMESTAMP": "t.timestamp"})

ANSWERS = Answers(
    queries={"activities": connection(_LISTING)},
    fields={
        "Activity": {
            "allowRemove": lambda *_: False,
            "allowUpdate": lambda *_: False,
            "user": related("users", "user"),
        }
    },
)
