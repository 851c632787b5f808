"""Bugs that users of other tools met, case by case, through the whole command line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from cli.shell import signed_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cli.shell import Shell
    from support.world import World

CASES: list[dict[str, Any]] = yaml.safe_load((Path(__file__).parent / "cases.yaml").read_text(encoding="utf-8"))
REPORTS = ("text", "json", "markdown", "html", "junit")
MANIFESTS = """apiVersion: reconciler/v1
kind: Customer
metadata: {{name: ftl}}
spec: {{name: FTL Rockets, externalId: ftl}}
---
apiVersion: reconciler/v1
kind: Instance
metadata: {{name: types}}
spec:
  customer: ftl
  name: Types
  integration: {{name: Every Data Type}}
  configVariables:
{config}
lifecycle: {lifecycle}
"""


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Shell]:
    """A folder to work in, a tenant behind a socket, and the command line."""
    with signed_in(tmp_path, monkeypatch, capsys) as shell:
        yield shell


def manifests(case: dict[str, Any], config: str) -> str:
    indented = "".join(f"    {line}\n" for line in config.strip().splitlines())
    return MANIFESTS.format(config=indented, lifecycle=case.get("lifecycle", "{}"))


def arrived(found: dict[str, Any], expected: dict[str, Any]) -> dict[str, Any]:
    """Return what arrived of what is expected; of a connection's inputs, those that are expected."""
    return {
        key: {name: found.get(key, {}).get(name) for name in value} if isinstance(value, dict) else found.get(key)
        for key, value in expected.items()
    }


def sent(world: World) -> dict[str, Any]:
    """Return what was sent for each config variable, a connection's as the values of its inputs."""
    found: dict[str, Any] = {}
    for entry in world.mutations:
        for each in entry.arguments.get("input", {}).get("configVariables") or ():
            values = each.get("values")
            inputs = {one["name"]: one["value"] for one in json.loads(values)} if values else None
            found[each["key"]] = inputs if inputs is not None else each.get("value")
    return found


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["case"])
def test_it_does_not_happen_here(shell: Shell, case: dict[str, Any]) -> None:
    """What is refused says why, at a place; what is not arrives as it was written, and no secret comes out."""
    for name, value in case.get("env", {}).items():
        shell.monkeypatch.setenv(name, value)
    for name, text in case.get("files", {}).items():
        shell.write(name, "").write_bytes(text.encode())
    if "before" in case:
        shell.write("it.yaml", manifests(case | {"lifecycle": "{}"}, case["before"]))
        done = shell.tenant("apply", "-f", "it.yaml", "--auto-approve")
        assert done.code == 0, done.err
        shell.world.forget()
    shell.write("it.yaml", manifests(case, case["config"]))
    reports = [part for form in REPORTS for part in ("--report", f"{form}=report.{form}")]
    planned = shell.tenant("plan", "-f", "it.yaml", *reports)
    applied = shell.tenant("apply", "-f", "it.yaml", "--auto-approve")
    written = "".join((shell.folder / f"report.{form}").read_text(encoding="utf-8") for form in REPORTS)
    everything = f"{planned.out}{planned.err}{applied.out}{applied.err}{written}"
    assert "Traceback" not in everything
    for text in case.get("hidden", ()):
        assert text not in everything
    for text in case.get("unsaid", ()):
        assert text not in everything
    if "errors" in case:
        assert (planned.code, applied.code) == (1, 1), planned.out
        assert "it.yaml:" in planned.err
        assert [text for text in case["errors"] if text not in planned.err] == [], planned.err
        assert sent(shell.world) == {}
        return
    assert (planned.code, applied.code) == (0, 0), planned.err + applied.err
    assert [text for text in case.get("shown", ()) if text not in planned.out] == []
    assert [text for text in case.get("warns", ()) if text not in planned.out + planned.err] == []
    assert arrived(sent(shell.world), case.get("wire", {})) == case.get("wire", {})
    again = shell.tenant("plan", "-f", "it.yaml", "--detailed-exitcode")
    assert again.code == 0, again.out


def test_each_case_expects_something() -> None:
    """Each case has a name of its own and expects something."""
    assert len({case["case"] for case in CASES}) == len(CASES)
    assert all({"errors", "wire", "hidden"} & case.keys() for case in CASES)
