"""Options from environment variables: each option has one, and a wrong one is reported by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
import pytest
from cli.shell import CUSTOMER

from reconciler.cli.main import COMMANDS, cli
from reconciler.cli.options.variables import defaults, variable_of

if TYPE_CHECKING:
    from cli.shell import Shell

ALL = ("-f", "all.yaml")


def named(name: str) -> click.Command:
    command = cli.get_command(click.Context(cli), name)
    assert command
    return command


@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_has_a_variable_of_its_own(name: str) -> None:
    """Every option of every command can be set, and no variable sets two of them; one with its own name keeps it."""
    command = named(name)
    options = [each for each in command.params if isinstance(each, click.Option) and not each.envvar]
    environ = {variable_of(name, option): "1" for option in options}
    assert len(environ) == len(options)
    assert set(defaults(command, environ)) == {each.name for each in options}


def test_a_variable_sets_an_option_and_the_command_line_wins(shell: Shell) -> None:
    """A variable counts as the option, unless the command line has the option too."""
    shell.write("all.yaml", CUSTOMER)
    shell.monkeypatch.setenv("RECONCILER_PLAN_FILE", "all.yaml")
    shell.monkeypatch.setenv("RECONCILER_PLAN_FORMAT", "json")
    assert shell.tenant("plan").out.startswith("{")
    assert not shell.tenant("plan", "--format", "text").out.startswith("{")


def test_each_line_of_a_variable_is_one_value(shell: Shell) -> None:
    """A repeatable option takes one value a line, so that a name with spaces stays one name."""
    shell.monkeypatch.setenv("RECONCILER_EXPORT_CUSTOMER", "FTL Rockets\n\n  No Such Customer \n")
    ran = shell.tenant("export", "--out", "made")
    assert ran.code == 1
    assert "--customer FTL Rockets: nothing" in ran.err
    assert "--customer No Such Customer: nothing" in ran.err


def test_an_empty_variable_sets_nothing(shell: Shell) -> None:
    """CI often hands over variables that are empty."""
    shell.write("all.yaml", CUSTOMER)
    shell.monkeypatch.setenv("RECONCILER_PLAN_TARGET", " \n")
    shell.monkeypatch.setenv("RECONCILER_PLAN_TIMEOUT", "")
    assert shell.tenant("plan", *ALL).code == 0


@pytest.mark.parametrize(
    ("variable", "value", "expected"),
    [
        ("RECONCILER_PLAN_TIMEOUT", "soon", "error: Invalid value for '--timeout': 'soon' is not a valid number"),
        ("RECONCILER_PLAN_ALLOW_EXEC", "perhaps", "error: Invalid value for '--allow-exec': 'perhaps' is not a valid"),
        ("RECONCILER_PLAN_ALLOW_DELETE", "Custmer", "error: Invalid value for '--allow-delete': "),
    ],
)
def test_an_error_names_the_variable(shell: Shell, variable: str, value: str, expected: str) -> None:
    """Who looks at a command line without the option sees where the value comes from."""
    shell.write("all.yaml", CUSTOMER)
    shell.monkeypatch.setenv(variable, value)
    ran = shell.tenant("plan", *ALL)
    assert ran.code == 1
    first = ran.err.splitlines()[0]
    assert first.startswith(expected)
    assert first.endswith(f"(from {variable})")


def test_the_address_of_a_webhook_has_one_variable(shell: Shell) -> None:
    """The address is a secret, which is known as one by the name of its variable: no other variable sets it."""
    shell.write("all.yaml", CUSTOMER)
    shell.monkeypatch.setenv("RECONCILER_DRIFT_NOTIFY", "https://hooks.example/secret-of-the-address")
    ran = shell.tenant("drift", *ALL)
    assert "RECONCILER_DRIFT_NOTIFY sets no option of 'reconciler drift'" in ran.err
    assert "secret-of-the-address" not in ran.err


def test_a_misspelt_variable_is_reported(shell: Shell) -> None:
    """A variable that is ignored without a word could leave a limit out."""
    shell.write("all.yaml", CUSTOMER)
    shell.monkeypatch.setenv("RECONCILER_PLAN_ALOW_DELETES", "0")
    shell.monkeypatch.setenv("RECONCILER_APPLY_ALOW_DELETES", "0")
    ran = shell.tenant("plan", *ALL)
    assert ran.code == 0
    message = "RECONCILER_PLAN_ALOW_DELETES sets no option of 'reconciler plan'; did you mean"
    assert f"warning: {message} 'RECONCILER_PLAN_ALLOW_DELETES' or" in ran.err
    assert "RECONCILER_APPLY" not in ran.err
