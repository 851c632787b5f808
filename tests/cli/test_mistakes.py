"""Bugs of our own: an unexpected exception ends in a traceback without secrets."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from reconciler.cli.main import main
from reconciler.errors import Interrupted
from reconciler.workflow import validating

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

MANIFEST = """
apiVersion: reconciler/v1
kind: Instance
metadata: {name: a}
spec:
  customer: {name: Acme}
  name: A
  integration: {name: Acme Inventory, version: 2}
  configVariables: {My String: {valueFrom: {env: ACME_VALUE}}}
"""


def test_a_traceback_shows_no_secret(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """An exception whose text quotes tokens and values ends the run with its traceback, and none of them."""

    def fail(*_: object) -> None:
        raise RuntimeError("illegal header b'Bearer canary-token-7Gk2pQ', canary-value-7Gk2pQ".upper())

    (tmp_path / "a.yaml").write_text(MANIFEST, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PRISM_ACCESS_TOKEN", "canary-token-7Gk2pQ")
    monkeypatch.setenv("ACME_VALUE", "canary-value-7Gk2pQ")
    monkeypatch.setattr(validating, "read_manifests", fail)
    monkeypatch.setattr(sys, "argv", ["reconciler", "validate", "-f", "a.yaml"])
    with pytest.raises(SystemExit) as ended:
        main()
    said = "".join(capsys.readouterr())
    assert ended.value.code == 1
    assert "error: a mistake in reconciler itself; please report it with these lines" in said
    assert "RuntimeError: ILLEGAL HEADER B'BEARER (sensitive)', (sensitive)" in said
    assert "canary" not in said.lower()


def in_a_class() -> None:
    """Interrupt the creation of a class: Python raises another error from the interruption."""

    class Interrupting:
        def __set_name__(self, *_: object) -> None:
            interrupt()

    type("Created", (), {"field": Interrupting()})


def in_a_library() -> None:
    """Interrupt what turns each exception into one of its own."""
    try:
        interrupt()
    except Exception:  # noqa: BLE001 - as such libraries do
        raise ValueError("cannot be read")  # noqa: B904 - as well


def interrupt() -> None:
    raise Interrupted("interrupted by SIGINT: nothing was changed", 130)


@pytest.mark.parametrize("interrupted", [in_a_class, in_a_library])
def test_an_interruption_in_another_error_is_no_mistake(
    interrupted: Callable[[], None],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A signal that Python or a library turns into another error ends the run in words."""
    (tmp_path / "a.yaml").write_text(MANIFEST, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(validating, "read_manifests", lambda *_: interrupted())
    monkeypatch.setattr(sys, "argv", ["reconciler", "validate", "-f", "a.yaml"])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 130
    assert "".join(capsys.readouterr()) == "error: interrupted by SIGINT: nothing was changed\n"
