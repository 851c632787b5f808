"""``reconciler watch`` as a command: its log, its signals, its options and its exit codes."""

from __future__ import annotations

import json
import signal
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from cli.conftest import serving, shell
from cli.shell import CUSTOMER, INSTANCE, PROJECT, WORD
from watch.watching import HEAL, customer

from reconciler.reports.shared.outcome import Failure, Outcome
from reconciler.reports.shared.rounds import Round, Seen
from reconciler.reports.text.rounds import round_lines
from reconciler.workflow import watching as module

if TYPE_CHECKING:
    from collections.abc import Callable

    from cli.shell import Ran, Shell

__all__ = ["serving", "shell"]

WATCH = ("watch", "--rate", "1000", "-f", ".")
HEALS = (*WATCH, "--drift", "heal")


def watch(shell: Shell, *events: Callable[[], object] | None, arguments: tuple[str, ...] = WATCH) -> Ran:
    """Watch for a round more than there are events, which happen during the pauses; then SIGTERM comes."""
    left = list(events)

    def pause(clock: Any, seconds: float) -> None:
        del clock, seconds
        if not left:
            signal.raise_signal(signal.SIGTERM)
        event = left.pop(0)
        if event:
            event()

    with shell.monkeypatch.context() as patch:
        patch.setattr(module.SystemClock, "sleep", pause)
        return shell.run(*arguments)


def lines(text: str) -> list[str]:
    """Return the lines of a log without their times and figures."""
    return [line.partition("Z  ")[2].partition(" (")[0] if "Z  " in line else line for line in text.splitlines()]


def meddle(shell: Shell) -> None:
    (row,) = shell.world.rows("customers", name="FTL Rockets")
    shell.world.sandbox.store.update("customers", row["id"], description="Meddled")


def test_its_lines_fit_the_terminal(shell: Shell) -> None:
    """On a terminal the log is broken between words; in a pipe each line is whole."""
    shell.write("all.yaml", CUSTOMER)
    shell.world.apply(shell.folder / "all.yaml")
    whole = watch(shell, lambda: meddle(shell))
    for name in ("commands.watch", "process.terminal"):
        shell.monkeypatch.setattr(f"reconciler.cli.{name}.width_of", lambda _: 40)
    broken = watch(shell, None)
    assert max(map(len, whole.out.splitlines())) > 40
    assert max(map(len, [*broken.out.splitlines(), *broken.err.splitlines()])) <= 40
    assert "Customer/ftl 'FTL Rockets'" in broken.out


def test_a_round_without_news_is_one_line(shell: Shell) -> None:
    """The log has a line a round; a difference is described when it appears and when it ends, without its values."""
    shell.write("all.yaml", CUSTOMER)
    shell.world.apply(shell.folder / "all.yaml")
    ran = watch(shell, None, lambda: meddle(shell), None, lambda: shell.world.apply(shell.folder / "all.yaml"))
    assert lines(ran.out) == [
        "as declared, 1 unchanged",
        "as declared, 1 unchanged",
        "1 differs: 1 reported; 0 unchanged",
        "  reported  Customer/ftl 'FTL Rockets'  update (description): this watch only reports (--drift report)",
        "1 differs: 1 reported; 0 unchanged",
        "as declared, 1 unchanged",
        "  as declared again  Customer/ftl",
    ]
    assert "Meddled" not in ran.out + ran.err


def test_problems_are_printed_once(shell: Shell) -> None:
    """Rounds that fail for the same reason repeat the count and not the problems."""
    shell.write("all.yaml", CUSTOMER.replace("description", "descripton"))
    ran = watch(shell, None, None)
    assert ran.out.count("nothing compared: 1 problem") == 3
    assert ran.out.count("unknown key 'descripton'") == 1


def test_json_has_one_document_a_line(shell: Shell) -> None:
    """Each round is a line that a collector of logs parses, complete whether it has news or not."""
    shell.write("reconciler.yaml", PROJECT)
    shell.write("all.yaml", CUSTOMER + HEAL + "\n")
    ran = watch(shell, None, arguments=(*HEALS, "--format", "json"))
    first, second = map(json.loads, ran.out.splitlines())
    assert (first["round"], first["ready"], first["success"], first["project"]) == (1, True, True, "acme")
    assert [(each["address"], each["state"]) for each in first["differences"]] == [("Customer/ftl", "healed")]
    assert (second["differences"], second["unchanged"], second["problems"]) == ([], 1, [])
    assert first["requests"] > 0


def test_a_failed_round_is_a_document_too(shell: Shell) -> None:
    """Where nothing was compared, the counts are null and not 0."""
    shell.write("all.yaml", CUSTOMER.replace("description", "descripton"))
    (found,) = map(json.loads, watch(shell, arguments=(*WATCH, "--format", "json")).out.splitlines())
    assert (found["ready"], found["unchanged"], found["differences"], found["requests"]) == (False, None, None, None)
    assert "descripton" in found["problems"][0]


def test_sigterm_during_a_pause_ends_it_with_0(shell: Shell) -> None:
    """A signal is how a watch ends: exit 0, with a word on stderr."""
    shell.write("all.yaml", CUSTOMER)
    ran = watch(shell)
    assert ran.code == 0
    assert ran.err == (
        "Watching: a round every 300 s reports what differs\ninterrupted by SIGTERM: nothing was changed\n"
    )


def test_sigterm_while_a_plan_is_made_ends_it_with_0(shell: Shell) -> None:
    """A round that is cut off before it writes reports nothing, and nothing is written."""
    shell.write("all.yaml", CUSTOMER + HEAL + "\n")

    def killed(session: Any) -> Any:
        signal.raise_signal(signal.SIGTERM)
        raise AssertionError(session)

    shell.monkeypatch.setattr(module, "plan_with_guard", killed)
    ran = watch(shell, arguments=HEALS)
    assert (ran.code, ran.out) == (0, "")
    assert shell.world.mutations == []


@pytest.mark.parametrize("field", ["customers", "organization"])
def test_sigterm_while_requests_are_under_way_ends_it_with_0(field: str, shell: Shell) -> None:
    """A signal while the tenant is read ends the round at its next check."""
    shell.write("all.yaml", CUSTOMER + HEAL + "\n")
    _killed_by(shell, field)
    ran = watch(shell, arguments=HEALS)
    assert (ran.code, ran.out) == (0, "")
    assert "interrupted by SIGTERM" in ran.err
    assert shell.world.mutations == []


def test_sigterm_while_it_writes_finishes_what_is_under_way(shell: Shell) -> None:
    """The mutation under way is finished and reported, later ones are not sent, and the exit code is 0."""
    shell.write("all.yaml", customer("a", more=HEAL) + INSTANCE.replace("customer: ftl", "customer: a") + HEAL + "\n")
    _killed_by(shell, "createCustomer")
    ran = watch(shell, arguments=HEALS)
    assert ran.code == 0
    assert shell.world.mutation_names() == ["createCustomer"]
    assert "2 differ: 1 failed, 1 skipped; 0 unchanged" in ran.out
    assert "  failed  Customer/a 'A'  create" in ran.out
    assert "the API accepted it, but the read-back failed: interrupted by SIGTERM" in ran.out
    assert "  skipped  Instance/types 'Types'" in ran.out
    again = watch(shell, arguments=HEALS)
    assert again.code == 0
    assert "1 differs: 1 healed; 1 unchanged" in again.out


def _killed_by(shell: Shell, field: str) -> None:
    """Let SIGTERM come while the tenant answers the first request for a field."""
    log = shell.world.sandbox.log
    keep, asked = log.keep, [False]

    def kept(entries: Any, *arguments: Any, **more: Any) -> Any:
        done = keep(entries, *arguments, **more)
        if not asked[0] and log.fields(field):
            asked[0] = True
            signal.raise_signal(signal.SIGTERM)
        return done

    shell.monkeypatch.setattr(log, "keep", kept)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("-f", "-"), "-f - can be read once"),
        (("--drift", "heal", "--without-secrets"), "--without-secrets is for reports"),
        (("--rollouts", "continue", "--without-secrets"), "--without-secrets is for reports"),
        (("--allow-deletes", "0"), "--allow-deletes has no effect on a watch that only reports"),
        (("--allow-delete", "Customer"), "--allow-delete has no effect"),
        (("--allow-delete-customers",), "--allow-delete-customers has no effect"),
        (("--interval", "4s"), "expected at least 5s and at most 24h"),
        (("--interval", "25h"), "expected at least 5s and at most 24h"),
        (("--interval", "5"), "expected a duration such as 90s, 5m or 1h"),
        (("--interval", "fast"), "expected a duration such as 90s, 5m or 1h"),
        (("--without-secrets", "--keep-secrets"), "use one of them"),
    ],
)
def test_a_command_line_that_cannot_hold_is_refused(arguments: tuple[str, ...], says: str, shell: Shell) -> None:
    """Options that contradict each other, or that would have no effect, end it before the first round."""
    shell.write("all.yaml", CUSTOMER)
    ran = watch(shell, arguments=(*WATCH, *arguments))
    assert ran.code == 1
    assert says in ran.err
    assert ran.out == ""


def test_options_come_from_variables(shell: Shell) -> None:
    """A Deployment can set each option in its environment."""
    shell.write("all.yaml", CUSTOMER + HEAL + "\n")
    shell.monkeypatch.setenv("RECONCILER_WATCH_INTERVAL", "1h")
    shell.monkeypatch.setenv("RECONCILER_WATCH_DRIFT", "heal")
    ran = watch(shell)
    assert "a round every 3600 s heals what is declared so" in ran.err
    assert shell.world.mutation_names() == ["createCustomer"]


def test_a_watch_with_rollouts_says_so(shell: Shell) -> None:
    """What it may change is in its first line."""
    shell.write("all.yaml", CUSTOMER)
    ran = watch(shell, arguments=(*WATCH, "--rollouts", "continue"))
    assert "reports what differs, and moves rollouts on" in ran.err


def test_no_secret_is_in_the_log(shell: Shell) -> None:
    """Neither a secret that is healed nor one in an error of the API is printed."""
    shell.write("all.yaml", CUSTOMER + HEAL + "\n" + INSTANCE + HEAL + "\n")
    shell.world.sandbox.faults.add("error", field="createInstance", status=400, message=f"bad {WORD}")
    for form in ("text", "json"):
        ran = watch(shell, None, arguments=(*HEALS, "--format", form))
        assert WORD not in ran.out + ran.err


def test_a_mistake_in_reconciler_ends_it_without_a_secret(shell: Shell) -> None:
    """A bug is no condition to wait for: the process ends, and the traceback hides what the round has met."""
    shell.write("all.yaml", CUSTOMER + INSTANCE)

    def broken(session: Any) -> Any:
        raise RuntimeError(f"no {WORD}")

    shell.monkeypatch.setattr(module, "plan_with_guard", broken)
    ran = watch(shell)
    assert ran.code == 1
    assert "a mistake in reconciler itself" in ran.err
    assert WORD not in ran.out + ran.err


def test_an_interruption_that_a_library_swallowed_ends_it_too(shell: Shell) -> None:
    """After a signal, any error is the end that was asked for."""
    shell.write("all.yaml", CUSTOMER)

    def broken(session: Any) -> Any:
        session.options.stop.ask("interrupted by SIGTERM", 143)
        raise RuntimeError

    shell.monkeypatch.setattr(module, "plan_with_guard", broken)
    ran = watch(shell)
    assert (ran.code, ran.out) == (0, "")
    assert "interrupted by SIGTERM" in ran.err


def test_each_write_is_named_also_without_a_round_between(shell: Shell) -> None:
    """An object that is changed again before the next round is healed again, and the log names it each time."""
    shell.write("all.yaml", customer("a", more=HEAL))
    shell.world.apply(shell.folder / "all.yaml")

    def again() -> None:
        (row,) = shell.world.rows("customers", name="A")
        shell.world.sandbox.store.update("customers", row["id"], description="Meddled")

    again()
    ran = watch(shell, again, arguments=HEALS)
    healed = "  healed  Customer/a 'A'  update (description)"
    assert lines(ran.out) == ["1 differs: 1 healed; 0 unchanged", healed] * 2


def test_a_problem_in_the_log_names_a_live_object_without_its_id() -> None:
    """The ID of a live object is in the log only with -v; the ID of an organization stays."""
    problem = "'A' is taken by 'B' (Q3VzdG9tZXI6MQ==), not in 'Acme' (T3JnYW5pemF0aW9uOjE=)"
    outcome = Outcome("watch", failure=Failure.saying(problem))
    for verbose, shown in ((False, problem.replace(" (Q3VzdG9tZXI6MQ==)", "")), (True, problem)):
        found = Round(1, datetime(2026, 1, 1, tzinfo=UTC), 1.0, replace(outcome, verbose=verbose))
        assert [*round_lines(found, Seen((), {}, {}))][1:] == [f"  {shown}"]
