"""What a command says of many objects for one reason is one line, whatever the command; a few have one each."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from reports.plans import change, field, plan

from reconciler.exporting.export import Exported
from reconciler.exporting.renaming import UNWRITABLE, Renaming, renamed_text
from reconciler.exporting.summary import export_text
from reconciler.kinds.integration.version_changes import VersionChanges
from reconciler.locking.lock import Affected, Locked, Move, locked_text
from reconciler.model.health import Check, Health
from reconciler.model.place import Place
from reconciler.model.tenant import Identity
from reconciler.receipts.compare import Explanation
from reconciler.receipts.receipt import Receipt, Scope
from reconciler.reports.registry import render
from reconciler.reports.shared.origins import words
from reconciler.reports.shared.outcome import Outcome
from reconciler.reports.shared.rounds import Left, Round, Seen
from reconciler.reports.shared.style import Style
from reconciler.reports.text.rounds import round_lines

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

PLAIN = Style()
MANY = [f"Instance/c{number}" for number in range(260)]
SET = Place("set.yaml", 9, 5)
EXECUTION = "RXhlY3V0aW9uOjE="
NOW = datetime(2026, 1, 1, tzinfo=UTC)


def place(address: str) -> Place:
    return Place(f"{address.partition('/')[2]}.yaml", 14, 5)


def locked(
    names: Sequence[str], at: Callable[[str], Place] = place, *, verbose: bool = False, concern: str = "'Old' is gone"
) -> str:
    affected = tuple(Affected(each, ((concern, at(each)),)) for each in names)
    return locked_text(Locked([Move("Acme", 1, 2, VersionChanges(), affected)]), PLAIN, verbose=verbose)


def exported(**found: object) -> str:
    tenant = Identity("https://acme.example", "T3Jn", "Acme", "T3Jn")
    return export_text(Exported(**found), tenant, Path(), PLAIN)  # type: ignore[arg-type]


def drifted(**found: object) -> str:
    explanation = Explanation(Receipt(Scope("url", "id", "Acme"), "2026-01-01"), {}, {}, **found)  # type: ignore[arg-type]
    return "\n".join(words(plan(), explanation).notes)


def watched(names: Sequence[str], *actions: str, reason: str = "it only reports") -> str:
    changes = [
        change(each.partition("/")[2], *actions, fields=[field("configVariables/Size", 1, 2)], source=place(each))
        for each in names
    ]
    left = {each: Left("reported", reason) for each in names}
    return "\n".join(round_lines(Round(1, NOW, 1.0, Outcome("watch", plan(*changes)), left), Seen()))


def restored(names: Sequence[str]) -> str:
    """Return the log of a round in which everything is as declared again."""
    changes = [change(each.partition("/")[2], "update") for each in names]
    seen = Seen().after(Round(1, NOW, 1.0, Outcome("watch", plan(*changes))))
    return "\n".join(round_lines(Round(2, NOW, 1.0, Outcome("watch", plan())), seen))


def healths(names: Sequence[str], reason: str = "'{}' is in error") -> list[Health]:
    """Return the health of instances, each with a reason that names it, and an execution."""
    return [
        Health(
            each,
            (Check("flow Sync", "failed", reason.format(f"Sync {at}"), EXECUTION),),
            name=f"Sync {at}",
            customer=f"Customer {at}",
        )
        for at, each in enumerate(names)
    ]


def verified(names: Sequence[str], form: str = "text", *, verbose: bool = False) -> str:
    return render(Outcome("verify", healths=healths(names), verbose=verbose), form, PLAIN)


def one_line_each(text: str) -> str:
    """Return a report with each check on the line of its object."""
    return text.replace("\n    ", " ")


def watched_healths(names: Sequence[str]) -> str:
    outcome = Outcome("watch", plan(), healths=healths(names))
    return "\n".join(round_lines(Round(1, NOW, 1.0, outcome), Seen()))


SAID: Mapping[str, tuple[str, Callable[[Sequence[str]], str]]] = {
    "lock --upgrade": ("'Old' is gone", locked),
    "export: left out": ("is ambiguous", lambda names: exported(left_out=[(each, "is ambiguous") for each in names])),
    "export: not changed": ("an alias", lambda names: exported(kept=[(each, "an alias") for each in names])),
    "export: gone": ("not in the tenant", lambda names: exported(gone=list(names))),
    "drift: agreed": ("became as declared", lambda names: drifted(agreed=[(each, ("name",)) for each in names])),
    "drift: unsent": ("--resend-secrets", lambda names: drifted(unsent=[(each, ("name",)) for each in names])),
    "watch": ("it only reports", lambda names: watched(names, "update")),
    "watch: again": ("as declared again", restored),
    "watch: verified": ("is in error", watched_healths),
    "verify": ("is in error", lambda names: one_line_each(verified(names))),
    "verify: comment": ("is in error", lambda names: verified(names, "markdown").replace("`", "")),
    "verify: annotations": ("is in error", lambda names: verified(names, "codequality")),
}


@pytest.mark.parametrize("command", SAID)
def test_one_reason_of_many_is_said_once(command: str) -> None:
    """It is there with their number, the first of them and how many others there are; three have a line each."""
    reason, render = SAID[command]
    text = render(MANY)
    assert text.count(reason) == 1
    assert re.search(f"{', '.join(f'{each}[^,]*' for each in MANY[:9])} and 251 more", text)
    assert "260 Instances" in text or "260 (" in text
    few = render(MANY[:3]).splitlines()
    assert [sum(each in line and reason in line for line in few) for each in MANY[:3]] == [1, 1, 1]


def test_an_upgrade_names_the_first_place_unless_all_have_one() -> None:
    """The lines of many files cannot all be shown; members of a set share the one line that is to be changed."""
    assert locked(MANY).splitlines()[1:] == [
        "  ! 260 Instances: 'Old' is gone",
        "      c0.yaml:14:5 is the first place; -v lists all",
        f"      {', '.join(MANY[:9])} and 251 more",
    ]
    assert locked(MANY, lambda _: SET).splitlines()[2] == "      set.yaml:9:5"
    assert locked(MANY, verbose=True).count("'Old' is gone") == len(MANY)


def test_renamed_places_are_one_line_and_what_is_left_to_a_person_is_not() -> None:
    """Whoever has to rename something by hand sees each place of it."""
    done = [Renaming(place(each), "Old", "New") for each in MANY]
    left = [Renaming(place(each), "Old", "New", UNWRITABLE) for each in MANY[:5]]
    text = renamed_text([*done, *left], PLAIN)
    assert "  ✓ 260 places: 'Old' → 'New'\n      c0.yaml:14:5, c1.yaml:14:5, " in text
    assert text.count("✗") == 5
    assert renamed_text(done, PLAIN, verbose=True).count("✓") == len(MANY)


def test_a_log_names_each_deletion_and_whose_reason_it_quotes() -> None:
    """No deletion hides behind a number; of reasons that differ in a number only, one is quoted with its object."""
    assert watched(MANY, "delete").count("  reported  Instance/c") == len(MANY)
    left = {each: Left("backing off", f"left alone for {number} minutes") for number, each in enumerate(MANY)}
    changes = [change(each.partition("/")[2], "update") for each in MANY]
    shown = [*round_lines(Round(1, NOW, 1.0, Outcome("watch", plan(*changes)), left), Seen())]
    assert shown[1] == "  backing off  260 Instances  update: left alone for 0 minutes (Instance/c0)"


@pytest.mark.parametrize("form", ["text", "markdown", "junit", "codequality"])
def test_a_health_names_the_object_and_its_customer(form: str) -> None:
    """As a plan does; the ID of the execution is there with -v only, where the format has it at all."""
    text = verified(MANY[:1], form).replace("`", "").replace("'", "")
    assert "Instance/c0 Sync 0 of Customer 0" in text
    assert EXECUTION not in text
    assert (EXECUTION in verified(MANY[:1], form, verbose=True)) is (form in {"text", "junit"})


def test_the_health_of_many_says_whose_reason_it_quotes() -> None:
    """Reasons that differ in names only are one block with the reason of the first; -v has each."""
    assert verified(MANY).splitlines()[:2] == [
        "✗ 260 Instances",
        "    flow Sync: 'Sync 0' is in error (Instance/c0)",
    ]
    assert verified(MANY, verbose=True).count("is in error") == len(MANY)
