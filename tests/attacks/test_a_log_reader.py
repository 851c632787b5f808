"""An attacker who reads a job's log and artifacts: no secret is in them, and no saved plan can be forged."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from typing import TYPE_CHECKING, Any

import pytest
from cli.shell import CUSTOMER, INSTANCE, PROJECT, signed_in

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from cli.shell import Shell

GUESS = "hunter2"
KEY = "a key that is long enough"
REPORTS = ("text", "json", "markdown", "html", "junit", "codequality")


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Shell]:
    """A project whose instance has a weak password, from the environment."""
    with signed_in(tmp_path, monkeypatch, capsys) as made:
        monkeypatch.setenv("WORD", GUESS)
        monkeypatch.setenv("RECONCILER_FINGERPRINT_KEY", KEY)
        made.write("reconciler.yaml", PROJECT)
        made.write("all.yaml", CUSTOMER + INSTANCE)
        yield made


def artifacts(shell: Shell) -> str:
    """Return all that the jobs of a pipeline put out: logs, reports, the saved plan, the receipt."""
    reports = [part for form in REPORTS for part in ("--report", f"{form}=out.{form}")]
    runs = [
        shell.tenant("plan", "-vv", "--out", "plan.json", *reports),
        shell.tenant("apply", "plan.json", "-vv", "--auto-approve", "--receipt", "receipt.json"),
        shell.tenant("drift", "-vv", "--receipt", "receipt.json"),
    ]
    assert [ran.code for ran in runs] == [0, 0, 0], runs
    files = [*(f"out.{form}" for form in REPORTS), "plan.json", "receipt.json"]
    texts = [(shell.folder / name).read_text(encoding="utf-8") for name in files]
    return "".join([*texts, *(ran.out + ran.err for ran in runs)])


def quick_digests(word: str) -> Iterator[str]:
    """Yield what a guess would be found by, if anything quick were kept of a secret."""
    raw = word.encode()
    for name in ("md5", "sha1", "sha256", "sha512", "blake2b"):
        digest = hashlib.new(name, raw)
        yield from (digest.hexdigest(), base64.b64encode(digest.digest()).decode())
    yield from (hmac.new(b"", raw, "sha256").hexdigest(), base64.b64encode(raw).decode(), raw.hex())


def test_a_job_leaves_nothing_to_check_a_guessed_secret_against(shell: Shell) -> None:
    """Neither a weak password nor a quick digest of it, whole or its first ten digits, is in anything put out."""
    everything = artifacts(shell)
    assert GUESS not in everything
    assert KEY not in everything
    assert [each for each in quick_digests(GUESS) if each[:10] in everything] == []


def leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the path of every value that is no collection."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else None
    if items is None:
        yield path
    else:
        for key, item in items:
            yield from leaves(item, (*path, key))


def changed(document: Any, path: tuple[Any, ...]) -> Any:
    """Return the document with another value at a path."""
    copy = json.loads(json.dumps(document))
    value = copy
    for part in path[:-1]:
        value = value[part]
    before = value[path[-1]]
    value[path[-1]] = {str: f"{before}x", bool: not before, int: 7}.get(type(before), "x")
    return copy


def test_a_plan_that_a_reader_changed_is_not_applied(shell: Shell) -> None:
    """Whoever can write the artifact, and has no key, changes no field of it unnoticed: every one is tried."""
    assert shell.tenant("plan", "--out", "plan.json").code == 0
    document = json.loads((shell.folder / "plan.json").read_text(encoding="utf-8"))
    paths = list(leaves(document))
    assert len(paths) > 40
    for path in paths[:: max(1, len(paths) // 12)]:
        shell.write("changed.json", json.dumps(changed(document, path)))
        ran = shell.tenant("apply", "changed.json", "--auto-approve")
        assert ran.code == 1, path
        assert "Traceback" not in ran.err
    assert shell.world.mutations == []
