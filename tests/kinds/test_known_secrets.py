"""Which secrets a run knows, and from where."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from support.world import INTEGRATIONS, World

from reconciler.secrets.known import KnownSecrets
from reconciler.secrets.secret import JsonText, Secret, secrets_in
from reconciler.workflow.planning import make_plan
from reconciler.workflow.validating import validate

if TYPE_CHECKING:
    from pathlib import Path

ENVIRON = {
    "PRISM_ACCESS_TOKEN": "the-access-token",
    "RECONCILER_FINGERPRINT_KEY": "the-fingerprint-key",
    "RECONCILER_NOTIFY_URL": "https://hooks.example/secret-path",
    "HTTPS_PROXY": "http://anna:the-proxy-password@proxy.example:3128",
    "ACME_PIN_OF_DOOR": "4Gk2pQ9x",
    "PATH": "/usr/local/bin:/usr/bin",
    "RECONCILER_ENVIRONMENT": "production-eu",
    "LANG": "C.UTF-8",
    "CI": "true",
    "LEVEL": "2",
    "EMPTY_PASSWORD": "",
}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("the-access-token", True),
        ("the-fingerprint-key", True),
        ("the-proxy-password", True),
        ("C.UTF-8", True),
        (" the-access-token\n", True),
        ("true", False),
        ("2", False),
        ("", False),
        ("the-access", False),
    ],
)
def test_a_value_of_the_environment_is_known(text: str, expected: bool) -> None:
    """What equals an environment variable's value is held, but for switches and nothing at all."""
    assert KnownSecrets(ENVIRON).holds(text) is expected


def test_only_variables_that_hold_secrets_are_hidden_in_messages() -> None:
    """Of an environment secrets are: what sounds or looks like one, webhooks, passwords in addresses; no words."""
    assert list(KnownSecrets(ENVIRON).own) == [
        "the-access-token",
        "the-fingerprint-key",
        "https://hooks.example/secret-path",
        "anna:the-proxy-password",
        "the-proxy-password",
        "4Gk2pQ9x",
    ]


def test_secrets_are_collected_from_any_depth() -> None:
    """Secrets in JSON that is still data, in lists and in mappings are known; empty ones and other values are not."""
    known = KnownSecrets()
    known.add(secrets_in({"a": [Secret("one"), {"b": (Secret("two"), "three")}], "c": JsonText([Secret("four")])}))
    known.add([None, "", Secret("")])
    assert list(known.own) == ["one", "two", "four"]
    known.add_live(["five", None, ""])
    assert list(known.live) == ["five"]
    assert not known.holds("five")


MANIFEST = """
apiVersion: reconciler/v1
kind: Instance
metadata: {name: inventory}
spec:
  customer: {externalId: acme}
  name: Inventory
  integration: {name: Acme Inventory, version: 2}
  configVariables:
    Acme Inventory User/Pass: {inputs: {password: {valueFrom: {env: ACME}}}}
"""


def test_a_run_knows_what_it_resolved(world: World) -> None:
    """Reading manifests makes every value that came from outside known to the whole run."""
    options = world.options(MANIFEST, environ={"ACME": "resolved-from-outside"})
    assert "resolved-from-outside" not in options.known_secrets.own
    validate(options)
    assert "resolved-from-outside" in options.known_secrets.own


HIDDEN = """
{apiVersion: reconciler/v1, kind: Customer, metadata: {name: acme}, spec: {name: Acme}}
---
apiVersion: reconciler/v1
kind: Instance
metadata: {name: types}
spec:
  customer: acme
  name: Types
  integration: {name: Every Data Type}
  configVariables: VARIABLES
"""


def test_a_run_knows_the_live_values_that_an_integration_hides(tmp_path: Path) -> None:
    """The live value of a variable that its integration marks as secret is known once it was read, declared or not."""
    text = (INTEGRATIONS / "data-types.yaml").read_text(encoding="utf-8")
    marked = text.replace("dataType: string, defaultValue: hello", "dataType: string, meta: {sensitive: true}")
    assert marked != text
    (tmp_path / "marked.yaml").write_text(marked, encoding="utf-8")
    with World(integrations=(tmp_path,)) as world:
        world.apply(HIDDEN.replace("VARIABLES", "{A String: live-and-hidden, A Number: 1234567890}"))
        with world.session(HIDDEN.replace("VARIABLES", "{A Number: 1234567890}")) as session:
            make_plan(session)
        assert "live-and-hidden" in session.options.known_secrets.live
        assert "1234567890" not in session.options.known_secrets.live
