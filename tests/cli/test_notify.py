"""``drift --notify``: only new drift is posted, the address stays secret, and the exit code stays as it is."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from cli.shell import CUSTOMER
from support.receiver import receiving

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cli.shell import Shell
    from support.receiver import Receiver

TOKEN = "T0KEN-of-the-webhook"
ALL = ("-f", "all.yaml")


@pytest.fixture
def receiver(shell: Shell) -> Iterator[Receiver]:
    """A webhook, and a customer that is declared."""
    shell.write("all.yaml", CUSTOMER)
    with receiving(f"/services/{TOKEN}") as found:
        yield found


def drift(shell: Shell, receiver: Receiver, *more: str) -> int:
    """Run drift with a receipt and a webhook; the address shows nowhere."""
    ran = shell.tenant("drift", *ALL, "--receipt", "receipt.json", "--notify", receiver.url, "-vv", *more)
    assert TOKEN not in ran.out + ran.err
    return ran.code


def describe(shell: Shell, text: str) -> None:
    (row,) = shell.world.rows("customers", name="FTL Rockets")
    shell.world.sandbox.store.update("customers", row["id"], description=text)


def test_only_new_drift_is_notified(shell: Shell, receiver: Receiver) -> None:
    """The same drift is posted once, another one again, and its end as well."""
    assert shell.tenant("apply", *ALL, "--auto-approve", "--receipt", "receipt.json").code == 0
    assert drift(shell, receiver) == 0
    assert receiver.posts == []
    describe(shell, "Meddled")
    assert drift(shell, receiver) == 2
    (first,) = receiver.posts
    assert first == {
        "text": "Drift: 1 differs from the manifests (1 changed outside) – `Sandbox`\n"
        "- `Customer/ftl (FTL Rockets)`: differs, changed outside",
        "differences": 1,
        "where": "Sandbox",
        "objects": [{"name": "Customer/ftl (FTL Rockets)", "words": "differs, changed outside"}],
    }
    assert drift(shell, receiver) == 2
    assert len(receiver.posts) == 1
    describe(shell, "Meddled once more")
    assert drift(shell, receiver) == 2
    assert len(receiver.posts) == 2
    describe(shell, "Declared")
    assert drift(shell, receiver) == 0
    assert receiver.posts[2]["text"].startswith("No drift: 1 as declared – `Sandbox`")
    assert drift(shell, receiver) == 0
    assert len(receiver.posts) == 3


def test_every_drift_is_notified_on_demand(shell: Shell, receiver: Receiver) -> None:
    """--notify-always posts every outcome; so does a run without a receipt."""
    shell.world.seed.customer("FTL Rockets", description="Declared")
    for count in (1, 2):
        assert drift(shell, receiver, "--notify-always") == 0
        assert len(receiver.posts) == count
    describe(shell, "Meddled")
    for count in (3, 4):
        assert shell.tenant("drift", *ALL, "--notify", receiver.url).code == 2
        assert len(receiver.posts) == count


def test_a_drift_is_notified_without_a_receipt(shell: Shell, receiver: Receiver) -> None:
    """Without a receipt of an apply, drift begins one, and an apply continues it."""
    for _ in range(2):
        assert drift(shell, receiver) == 2
    assert len(receiver.posts) == 1
    assert receiver.posts[0]["objects"] == [{"name": "Customer/ftl (FTL Rockets)", "words": "missing"}]
    assert shell.tenant("apply", *ALL, "--auto-approve", "--receipt", "receipt.json").code == 0
    assert drift(shell, receiver) == 0
    assert len(receiver.posts) == 2


def test_an_error_is_notified_once(shell: Shell, receiver: Receiver) -> None:
    """A drift that could not be looked for is news as well, and so is the first one that could again."""
    assert shell.tenant("apply", *ALL, "--auto-approve", "--receipt", "receipt.json").code == 0
    shell.write("all.yaml", CUSTOMER.replace("description", "descripton"))
    for _ in range(2):
        assert drift(shell, receiver) == 1
    (told,) = receiver.posts
    assert told["text"].startswith("Drift could not be looked for\n- `all.yaml:5:27: ")
    assert told["differences"] == -1
    shell.write("all.yaml", CUSTOMER)
    assert drift(shell, receiver) == 0
    assert receiver.posts[1]["text"].startswith("No drift: 1 as declared")


@pytest.mark.parametrize("status", [302, 404, 410])
def test_a_failed_notification_is_reported_and_repeated(status: int, shell: Shell, receiver: Receiver) -> None:
    """If a webhook refuses, the exit code stays, and the next run posts again."""
    receiver.statuses = [status]
    ran = shell.tenant("drift", *ALL, "--receipt", "receipt.json", "--notify", receiver.url)
    assert ran.code == 2
    assert ran.err == f"error: --notify: the message did not arrive: it answered {status}\n"
    assert "Drift: 1 differs" in ran.out
    assert drift(shell, receiver) == 2
    assert len(receiver.posts) == 2


def test_a_failed_notification_without_drift_is_an_error(shell: Shell, receiver: Receiver) -> None:
    """Somebody waits for the news that all is well."""
    shell.world.seed.customer("FTL Rockets", description="Declared")
    receiver.statuses = [404]
    assert drift(shell, receiver, "--notify-always") == 1


def test_a_webhook_that_fails_for_a_moment_is_tried_again(shell: Shell, receiver: Receiver) -> None:
    """An answer of 5xx may pass."""
    receiver.statuses = [503, 500]
    assert drift(shell, receiver) == 2
    assert len(receiver.posts) == 3


@pytest.mark.parametrize(("name", "value"), [("SSL_CERT_FILE", "no/such.pem"), ("ALL_PROXY", "carrier-pigeon://x")])
def test_unusable_certificates_and_proxies_are_reported(
    name: str, value: str, shell: Shell, receiver: Receiver
) -> None:
    """Certificates or a proxy that cannot be used end in words, once for the tenant and once for the webhook."""
    shell.monkeypatch.setenv(name, value)
    shell.monkeypatch.setenv("NO_PROXY", "")
    ran = shell.tenant("drift", *ALL, "--notify", receiver.url)
    assert ran.code in {1, 2}
    assert "error: --notify: the message did not arrive: it cannot be reached (" in ran.err
    assert TOKEN not in ran.out + ran.err


def test_an_unreachable_webhook_is_reported_without_its_address(shell: Shell, receiver: Receiver) -> None:
    """An unreachable host is reported without its address."""
    ran = shell.tenant("drift", *ALL, "--notify", f"http://127.0.0.1:9/{TOKEN}")
    assert ran.code == 2
    assert "error: --notify: the message did not arrive: it cannot be reached (ConnectError)" in ran.err
    assert TOKEN not in ran.out + ran.err


@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.example.com/{}",
        "ftp://127.0.0.1/{}",
        "{}",
        "https:///{}",
        "http://[::1/{}",
        "http://10.0.0.1/{}",
        "https://xn--zz..example/{}",
    ],
)
def test_an_address_that_would_give_itself_away_is_refused(url: str, shell: Shell) -> None:
    """Only https leaves this machine, and what is wrong is said without the address."""
    for environ in (False, True):
        with shell.monkeypatch.context() as patch:
            if environ:
                patch.setenv("RECONCILER_NOTIFY_URL", url.format(TOKEN))
            ran = shell.tenant("drift", *ALL, *(() if environ else ("--notify", url.format(TOKEN))))
        assert (ran.code, ran.out) == (1, "")
        assert "expected the address of a webhook, https://" in ran.err
        assert TOKEN not in ran.err


def test_the_address_can_come_from_the_environment(shell: Shell, receiver: Receiver) -> None:
    """RECONCILER_NOTIFY_URL keeps it from whoever lists processes."""
    shell.monkeypatch.setenv("RECONCILER_NOTIFY_URL", receiver.url)
    assert shell.tenant("drift", *ALL).code == 2
    assert len(receiver.posts) == 1


def test_a_receipt_of_something_else_is_not_overwritten(shell: Shell, receiver: Receiver) -> None:
    """The outcome is not kept in another tenant's receipt."""
    assert shell.tenant("apply", *ALL, "--auto-approve", "--receipt", "receipt.json").code == 0
    path = shell.folder / "receipt.json"
    document = json.loads(path.read_text(encoding="utf-8"))
    document["tenant"]["organizationId"] = "another"
    path.write_text(json.dumps(document), encoding="utf-8")
    before = path.read_bytes()
    assert drift(shell, receiver) == 1
    assert len(receiver.posts) == 1
    assert path.read_bytes() == before


def test_an_apply_keeps_the_record_of_notifications(shell: Shell, receiver: Receiver) -> None:
    """An apply rewrites the receipt, and keeps the drift that was posted."""
    assert shell.tenant("apply", *ALL, "--auto-approve", "--receipt", "receipt.json").code == 0
    describe(shell, "Meddled")
    assert drift(shell, receiver) == 2
    assert shell.tenant("apply", *ALL, "--auto-approve", "--receipt", "receipt.json").code == 0
    assert drift(shell, receiver) == 0
    assert [post["differences"] for post in receiver.posts] == [1, 0]
