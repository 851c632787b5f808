"""Mistakes about an integration, reported by ``validate --online`` and by every plan."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from cli.shell import Shell

DEFINITION = """
definitionVersion: 7
name: Checked
flows: []
renameAttributes: {Former: Present}
requiredConfigVars:
  - {key: Present, dataType: string, defaultValue: ""}
  - {key: Needed, dataType: string}
  - {key: Number, dataType: number, defaultValue: "1"}
  - {key: Colour, dataType: picklist, pickList: [red, blue], defaultValue: red}
  - {key: When, dataType: schedule, scheduleType: custom, defaultValue: "0 2 * * *"}
  - {key: Where, dataType: schedule, scheduleType: custom, defaultValue: "0 2 * * *"}
  - {key: Mine, dataType: string, defaultValue: ""}
  - key: Login
    dataType: connection
    connection: {key: basic, component: {key: http, version: LATEST, isPublic: true}}
    inputs: {username: {type: value, value: ""}}
  - key: Shared
    dataType: connection
    useScopedConfigVar: shared
configPages:
  - {name: Mine, userLevelConfigured: true, elements: [{type: configVar, value: Mine}]}
"""
MANIFESTS = """\
apiVersion: reconciler/v1
kind: Instance
metadata: {name: checked}
spec:
  customer: {name: FTL}
  name: Checked
  integration: {name: Checked}
  configVariables:
    Numbr: 1
    Former: x
    Number: many
    Colour: redd
    When: {schedule: {cron: 61 * * * *}}
    Where: {schedule: {cron: 0 2 * * *, timeZone: Europe/Olso}}
    Login: {inputs: {usrname: x}}
    Mine: x
    Shared: {inputs: {username: x}}
"""
TOLD = [
    (9, "no config variable 'Numbr'; did you mean 'Number'?"),
    (10, "config variable 'Former' was renamed to 'Present' in this version; use the new name"),
    (11, "'Number' (NUMBER): expected a number"),
    (12, "did you mean 'red'?"),
    (13, "expected a cron expression"),
    (14, "did you mean 'Europe/Oslo'?"),
    (15, "did you mean 'username'?"),
    (16, "configured by each of the customer's users"),
    (17, "configures once for all its instances"),
]


@pytest.mark.parametrize("command", [("validate", "--online"), ("plan",)], ids=["validate", "plan"])
def test_every_mistake_is_reported_at_its_line(command: tuple[str, ...], shell: Shell) -> None:
    """All of them in one run, each at the line that is wrong, and nothing is written."""
    shell.world.seed.scoped_variable("shared")
    shell.world.seed.integration(DEFINITION)
    shell.world.seed.customer("FTL")
    shell.write("all.yaml", MANIFESTS)
    ran = shell.tenant(*command, "-f", "all.yaml")
    assert ran.code == 1
    lines = [line for line in ran.err.splitlines() if line.startswith("all.yaml:")]
    assert [int(line.split(":")[1]) for line in lines] == [line for line, _ in TOLD], ran.err
    assert all(part in line for line, (_, part) in zip(lines, TOLD, strict=True)), ran.err
    assert not shell.world.mutations


@pytest.mark.parametrize("command", [("validate", "--online"), ("plan",)], ids=["validate", "plan"])
def test_a_missing_value_is_a_warning_that_names_both_answers_of_the_api(
    command: tuple[str, ...], shell: Shell
) -> None:
    """Customers complete instances themselves: a required variable without a value stops no plan, and is reported."""
    shell.world.seed.scoped_variable("shared")
    shell.world.seed.integration(DEFINITION)
    shell.world.seed.customer("FTL")
    shell.write("all.yaml", MANIFESTS.partition("    Numbr")[0] + "    Number: 1\n")
    ran = shell.tenant(*command, "-f", "all.yaml")
    assert ran.code == 0, ran.err
    (line,) = [line for line in (ran.out + ran.err).splitlines() if "'Needed'" in line]
    assert "all.yaml:9:5" in line
    assert "may refuse to deploy the instance, or deploy it incomplete" in line
