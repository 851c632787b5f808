"""The rules about outcomes in a world file, and the check of rules from elsewhere."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from reconciler.sandbox.data.outcomes import OutcomeError, Outcomes, check_rule
from reconciler.sandbox.world.source import Source, did_you_mean
from reconciler.sandbox.world.yaml_places import Place

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reconciler.sandbox.data.tenant import Tenant
    from reconciler.sandbox.world.yaml_places import Where

SECTION = "outcomes"
_NAMES = {
    "integration": "SELECT DISTINCT name FROM integrations WHERE NOT draft",
    "flow": "SELECT DISTINCT flows.name FROM flows JOIN integrations v ON v.id = integration WHERE NOT draft",
    "customer": "SELECT name FROM customers WHERE NOT isSystem UNION SELECT externalId FROM customers",
    "instance": "SELECT DISTINCT name FROM instances WHERE NOT isSystem",
}
"""What a rule names, with the names there are."""


def check_rules(rules: Iterable[Any]) -> None:
    """Check the shape of rules and their values; raise ``ValueError`` with a line for each problem."""
    source = Source(Place(Path(SECTION)))
    problems = []
    for number, rule in enumerate(rules, start=1):
        known = len(source.problems)
        if source.check(rule, "outcome", (number,)):
            try:
                check_rule(rule)
            except OutcomeError as error:
                problems.append(f"rule {number}: {error}")
        problems += [f"rule {number}: {message}" for _, message in source.problems[known:]]
    if problems:
        raise ValueError("\n".join(problems))


def add_outcomes(tenant: Tenant, source: Source) -> None:
    """Add the rules of a world, and report those that make no sense or name what does not exist."""
    rules = source.section(SECTION)
    known = len(source.problems)
    for index, rule in enumerate(rules):
        if source.whole((SECTION, index)):
            _check(tenant, source, (SECTION, index), rule)
    if source.whole((SECTION,)) and len(source.problems) == known:
        outcomes = Outcomes(tenant)
        outcomes.replace([*outcomes.rules, *rules])


def _check(tenant: Tenant, source: Source, where: Where, rule: dict[str, Any]) -> None:
    try:
        check_rule(rule)
    except OutcomeError as error:
        source.report((*where, *error.key), str(error))
    for key, sql in _NAMES.items():
        names = rule.get(key, [])
        known = {row["name"] for row in tenant.store.rows(sql) if row["name"]} if names else set()
        for name in names if isinstance(names, list) else [names]:
            if name not in known:
                source.report((*where, key), f"there is no {key} {name!r}{did_you_mean(name, sorted(known))}")
