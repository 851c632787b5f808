"""The Deployment that watches a tenant: careful, and run as a process with a link that turns like git-sync's."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import httpx
import pytest
import yaml
from recipes.bench import MANIFESTS, RECIPES, SECRET, Bench
from recipes.test_others import container_of
from support.serving import served
from support.world import World

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

WITHIN = 60.0
"""Seconds in which something has to happen."""


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    with World() as world, served(world.sandbox) as url:
        yield Bench(world, url, tmp_path)


def test_the_deployment_is_careful() -> None:
    """One replica that is replaced and not doubled, without rights, with both probes on the port that it serves."""
    (deployment,) = yaml.safe_load_all((RECIPES / "kubernetes" / "watch.yaml").read_text(encoding="utf-8"))
    spec = deployment["spec"]
    assert (spec["replicas"], spec["strategy"]["type"]) == (1, "Recreate")
    assert spec["selector"]["matchLabels"] == spec["template"]["metadata"]["labels"]
    pod = spec["template"]["spec"]
    assert pod["securityContext"]["runAsNonRoot"] is True
    volumes = {each["name"] for each in pod["volumes"]}
    for container in (*pod["initContainers"], *pod["containers"]):
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
            "seccompProfile": {"type": "RuntimeDefault"},
        }
        assert {each["name"] for each in container["volumeMounts"]} == volumes
    (container,) = pod["containers"]
    (port,) = container["ports"]
    annotations = spec["template"]["metadata"]["annotations"]
    assert annotations["prometheus.io/port"] == str(port["containerPort"])
    assert f"--metrics-port {port['containerPort']} " in container["args"][0]
    probes = {name: container[name]["httpGet"] for name in ("livenessProbe", "readinessProbe")}
    assert {probe["port"] for probe in probes.values()} == {port["name"]}
    assert [probe["path"] for probe in probes.values()] == ["/healthz", "/readyz"]
    environ = {each["name"]: each["value"] for each in container["env"]}
    assert (environ["DRIFT"], environ["ROLLOUTS"]) == ("report", "report")
    (sync,) = pod["initContainers"]
    assert {"--root=/git", "--link=current"} <= set(sync["args"])


def _script(bench: Bench, container: Mapping[str, Any], port: int) -> list[str]:
    """Return the container's command line, with its volume and its port on this machine."""
    (script,) = container["args"]
    script = script.replace("/git/", f"{bench.folder}/").replace("9090", str(port))
    script = script.replace("--metrics-address 0.0.0.0", "--metrics-address 127.0.0.1")
    return [*container["command"], script]


def _until(found: Callable[[], bool]) -> None:
    deadline = time.monotonic() + WITHIN
    while not found():
        assert time.monotonic() < deadline, "it took too long"
        time.sleep(0.1)


@pytest.mark.full
def test_the_container_watches_the_link_that_git_sync_turns(bench: Bench) -> None:
    """It reports, is ready, reads the newest tree after a turn, is not ready for a broken one, and ends with 0."""
    container = container_of("watch.yaml", "Deployment")
    link = bench.folder / "current"
    trees = {name: bench.folder / name for name in ("first", "second", "broken")}
    for name, tree in trees.items():
        tree.mkdir()
        (tree / "reconciler.yaml").write_text((bench.repository / "reconciler.yaml").read_text(encoding="utf-8"))
        text = MANIFESTS.replace("Declared", name)
        (tree / "all.yaml").write_text(text if name != "broken" else text.replace("description", "descripton"))

    def turn(name: str) -> None:
        new = bench.folder / "new"
        new.symlink_to(trees[name].name)
        os.replace(new, link)  # noqa: PTH105 - replaces the link itself

    turn("first")
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    environ = {each["name"]: each["value"] for each in container["env"]}
    environ |= {**bench.secrets, "HOME": str(bench.folder), "PRISMATIC_URL": bench.url}
    environ |= {"INTERVAL": "5s", "DRIFT": "heal", "PATH": f"{bench.programs}{os.pathsep}{os.environ['PATH']}"}
    # A process of its own, to which the signal goes.
    (bench.programs / "reconciler").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m reconciler "$@"\n')
    log = bench.folder / "log"
    with log.open("wb") as stream:
        process = subprocess.Popen(
            _script(bench, container, port), env=environ, cwd=bench.folder, stdout=stream, stderr=subprocess.STDOUT
        )

    def asked(path: str) -> tuple[int, str]:
        try:
            answer = httpx.get(f"http://127.0.0.1:{port}{path}", trust_env=False)
        except httpx.TransportError:
            return 0, ""
        return answer.status_code, answer.text

    try:
        _until(lambda: asked("/readyz") == (200, "ok\n"))
        assert re.search(r"2 differ: 2 reported; 0 unchanged", log.read_text(encoding="utf-8"))
        turn("broken")
        _until(lambda: asked("/readyz")[0] == 503)
        assert "descripton" in asked("/readyz")[1]
        assert asked("/healthz") == (200, "ok\n")
        turn("second")
        _until(lambda: asked("/readyz")[0] == 200)
        assert 'reconciler_watch_rounds_total{command="watch",environment="production"' in asked("/metrics")[1]
        process.send_signal(signal.SIGTERM)
        assert process.wait(WITHIN) == 0
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
    text = log.read_text(encoding="utf-8")
    assert "interrupted by SIGTERM" in text
    assert SECRET not in text
    assert bench.world.mutations == []  # no manifest declares that it is healed
