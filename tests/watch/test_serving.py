"""What a watch serves over HTTP: metrics, whether it lives, and whether it is ready."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

import httpx
import pytest
from cli.conftest import serving, shell
from cli.shell import CUSTOMER, PROJECT, WORD
from prometheus_client.parser import text_string_to_metric_families
from watch.test_command import HEALS, WATCH, meddle, watch
from watch.watching import HEAL

from reconciler.cli.run import serving as module
from reconciler.cli.run.serving import Status
from reconciler.errors import UsageError

if TYPE_CHECKING:
    from cli.shell import Shell

__all__ = ["serving", "shell"]


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def get(port: int, path: str, method: str = "GET") -> tuple[int, str]:
    answer = httpx.request(method, f"http://127.0.0.1:{port}{path}", timeout=10, trust_env=False)
    return answer.status_code, answer.text


def samples(port: int) -> dict[tuple[str, str], float]:
    """Return each metric by its name and its label besides those of its origin."""
    status, text = get(port, "/metrics")
    assert status == 200
    scope = {"command", "project", "environment"}
    found = {}
    for family in text_string_to_metric_families(text):
        assert family.documentation
        for sample in family.samples:
            assert sample.labels["command"] == "watch"
            (label,) = [value for key, value in sample.labels.items() if key not in scope] or [""]
            found[sample.name.removeprefix("reconciler_"), label] = sample.value
    return found


def test_the_metrics_are_those_of_the_last_round_and_the_totals(shell: Shell) -> None:
    """A scrape between two rounds finds what the last one found, and what all of them did."""
    shell.write("reconciler.yaml", PROJECT)
    shell.write("all.yaml", CUSTOMER + HEAL + "\n")
    port, scraped = free_port(), []

    def scrape() -> None:
        scraped.append(samples(port))

    ran = watch(shell, scrape, scrape, lambda: meddle(shell), scrape, arguments=(*HEALS, "--metrics-port", str(port)))
    assert ran.code == 0
    assert f"; metrics on http://127.0.0.1:{port}/metrics" in ran.err
    first, second, third = scraped
    assert (first["drifted_objects", "Customer"], second["drifted_objects", "Customer"]) == (1, 0)
    assert (first["watch_differences", "healed"], second["watch_differences", "healed"]) == (1, 0)
    assert [found["watch_changes_total", "applied"] for found in scraped] == [1, 1, 2]
    assert [found["watch_rounds_total", "done"] for found in scraped] == [1, 2, 4]
    assert third["watch_rounds_total", "failed"] == 0
    assert third["watch_ready", ""] == third["last_run_success", ""] == 1
    assert third["last_run_api_requests", ""] > 0
    # The number of series does not depend on the number of objects.
    assert len(first) == len(second) == len(third)


def test_a_failed_round_is_not_ready_and_lives(shell: Shell) -> None:
    """Readiness fails with the reason, liveness holds, and nobody's count of differences turns to 0."""
    shell.write("reconciler.yaml", PROJECT)
    shell.write("all.yaml", CUSTOMER)
    port, probed = free_port(), []

    def spoil() -> None:
        shell.write("all.yaml", CUSTOMER.replace("description", "descripton"))

    def probe() -> None:
        probed.append([get(port, path) for path in ("/readyz", "/healthz")])
        probed.append(samples(port))

    watch(shell, probe, spoil, probe, arguments=(*WATCH, "--metrics-port", str(port)))
    good, figures, bad, failed = probed
    assert good == [(200, "ok\n"), (200, "ok\n")]
    assert bad[0][0] == 503
    assert "all.yaml:5:" in bad[0][1]
    assert "descripton" in bad[0][1]
    assert bad[1] == (200, "ok\n")
    assert figures["watch_ready", ""] == 1
    assert failed["watch_ready", ""] == failed["last_run_success", ""] == 0
    assert ("drifted_objects", "Customer") in figures
    assert ("drifted_objects", "Customer") not in failed
    assert failed["watch_rounds_total", "failed"] == 1


def test_the_labels_of_a_failed_round_are_those_of_a_good_one(shell: Shell) -> None:
    """An alert on a project sees its failed rounds too, also while the manifests cannot be read."""
    shell.write("reconciler.yaml", PROJECT)
    shell.write("all.yaml", CUSTOMER.replace("description", "descripton"))
    port, scraped = free_port(), []
    watch(shell, lambda: scraped.append(get(port, "/metrics")[1]), arguments=(*WATCH, "--metrics-port", str(port)))
    assert 'reconciler_last_run_success{command="watch",environment="",project="acme"} 0.0' in scraped[0]


def test_other_paths_and_methods(shell: Shell) -> None:
    """An unknown path is 404, HEAD has no body, a query is ignored, and nothing but GET and HEAD is answered."""
    shell.write("all.yaml", CUSTOMER)
    port, found = free_port(), []

    def ask() -> None:
        found.append(get(port, "/"))
        found.append(get(port, "/healthz", "HEAD"))
        found.append(get(port, "/readyz?verbose"))
        found.append((get(port, "/metrics", "POST")[0], ""))

    watch(shell, ask, arguments=(*WATCH, "--metrics-port", str(port)))
    assert found == [(404, "not found; try /metrics, /healthz or /readyz\n"), (200, ""), (200, "ok\n"), (501, "")]


def test_no_secret_is_served(shell: Shell) -> None:
    """A reason is what the log has, in which secrets are hidden."""
    shell.write("all.yaml", CUSTOMER)
    shell.world.sandbox.faults.add("error", status=400, message=f"bad {WORD}", times=None)
    port, found = free_port(), []
    paths = ("/readyz", "/metrics", "/healthz")
    watch(
        shell,
        lambda: found.extend(get(port, path) for path in paths),
        arguments=(*WATCH, "--metrics-port", str(port)),
    )
    assert found[0][0] == 503
    assert WORD not in str(found)


@pytest.mark.parametrize("address", ["127.0.0.1", "::1"])
def test_a_port_in_use_ends_it_at_once(address: str, shell: Shell) -> None:
    """A watch that nobody could scrape does not begin."""
    shell.write("all.yaml", CUSTOMER)
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family) as taken:
        try:
            taken.bind((address, 0))
        except OSError:
            pytest.skip("this machine has no IPv6")
        taken.listen()
        port = str(taken.getsockname()[1])
        ran = watch(shell, arguments=(*WATCH, "--metrics-port", port, "--metrics-address", address))
    assert ran.code == 1
    assert f"cannot listen on {address}:{port}: " in ran.err
    assert ran.out == ""


def test_an_address_that_is_none_is_reported() -> None:
    """An address that is no address of this machine is an error with the system's reason."""
    with pytest.raises(UsageError, match=r"cannot listen on 192\.0\.2\.1:1"), module.serving(_status(), "192.0.2.1", 1):
        pass


def _status(patience: float = 100.0) -> Status:
    return Status(lambda: 0.0, patience)


def test_nothing_is_ready_before_the_first_round() -> None:
    """Until something was compared nobody knows whether anything differs; a probe says so."""
    assert _status().answer("/readyz") == (503, module.TEXT, b"no round has ended yet\n")


def test_a_watch_that_hangs_lives_no_more() -> None:
    """Liveness fails once no round has begun or ended for longer than the longest round and pause may take."""
    now = [0.0]
    status = Status(lambda: now[0], patience=100.0)
    now[0] = 100.0
    assert status.answer("/healthz")[0] == 200
    now[0] = 101.0
    assert status.answer("/healthz") == (503, module.TEXT, b"no round has begun or ended for 101 s\n")
    status.live()
    assert status.answer("/healthz")[0] == 200


def test_a_long_reason_is_cut() -> None:
    """A probe's body is short, however many problems there are."""
    status = _status()
    status.unready = "x" * 10_000
    assert len(status.answer("/readyz")[2]) == module.LONGEST_REASON + 1


def test_a_client_that_hangs_up_disturbs_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    """A connection that is cut in the middle prints nothing, and the next client is answered."""
    status = _status()
    with module.serving(status, "127.0.0.1", 0) as port:
        assert port
        with socket.create_connection(("127.0.0.1", port)) as client:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
            client.sendall(b"GET /healthz HT")
        assert get(port, "/healthz") == (200, "ok\n")
    assert capfd.readouterr() == ("", "")
