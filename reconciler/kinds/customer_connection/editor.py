"""What an editor knows of customers' connections: the connections and the customers that they can be of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.kinds.connection.editor import READ, connection_notes, connection_offers, handles
from reconciler.kinds.customer.editor import READ as CUSTOMERS
from reconciler.kinds.customer.editor import customer_notes, customer_offers, set_offers
from reconciler.kinds.customer_connection.spec import SET
from reconciler.model.capabilities.editor import Editor, EditorHints, below, offered

if TYPE_CHECKING:
    from reconciler.model.capabilities.editor import HintContext


def _hints(known: HintContext) -> EditorHints:
    offers = dict([*connection_offers(known), *customer_offers(known)])
    connections = below(("spec", "template", "connection"), offered(handles(known)))
    sets = EditorHints(dict(set_offers(known, SET)), rules=[connections], overlay_rules=[connections])
    return EditorHints(offers, directives={SET: sets}, notes=[*connection_notes(known), *customer_notes(known)])


EDITOR = Editor(lambda _: (READ, CUSTOMERS), _hints)
