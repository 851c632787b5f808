"""What planning has found so far."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reconciler.model.capabilities.inputs import ConnectionInputs
    from reconciler.model.diagnostic import Diagnostic
    from reconciler.planning.masking import History
    from reconciler.planning.plan import Change, Compared, Orphan


@dataclass(slots=True)
class Findings:
    """The result of planning: changes in order, the number of unchanged resources, and all diagnostics."""

    changes: list[Change] = field(default_factory=list)
    unchanged: int = 0
    warnings: list[Diagnostic] = field(default_factory=list)
    problems: list[Diagnostic] = field(default_factory=list)
    refusals: list[Diagnostic] = field(default_factory=list)
    """The guardrails' reasons against the plan, which can still be shown."""
    wrong: dict[str, list[Diagnostic]] = field(default_factory=dict)
    """The problems of single resources, by address."""
    again: dict[str, str] = field(default_factory=dict)
    """Why a resource is looked up again after the change of one that it depends on, by address."""
    groups: dict[str, str] = field(default_factory=dict)
    """The name of each resource's parent, by address."""
    live_ids: dict[str, str] = field(default_factory=dict)
    orphans: list[Orphan] = field(default_factory=list)
    compared: dict[str, Compared] = field(default_factory=dict)
    connections: dict[str, Sequence[ConnectionInputs]] = field(default_factory=dict)
    """The inputs of connections by address, where the project shows some."""

    def show(self, history: History) -> None:
        """Show the inputs that the project chose, now that all inputs are known."""
        showing = history.showing(self.connections)
        self.changes = [
            replace(each, fields=showing.fields(each.address, each.live.id if each.live else each.address, each.fields))
            for each in self.changes
        ]
        for address, each in self.compared.items():
            sides = [
                showing.fields(address, each.live.id if each.live else address, found)
                for found in (each.differing, each.same)
            ]
            self.compared[address] = replace(each, differing=sides[0], same=sides[1])
