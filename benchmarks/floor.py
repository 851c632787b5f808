"""The floor: a bare program that fetches the same bytes, decodes them, and loads the same YAML.

``python -m benchmarks.floor URL REQUESTS FOLDER [fast]``: ``REQUESTS`` is a file with the bodies to send, as JSON. The
floor uses Python's ``json`` and PyYAML's C loader, and with ``fast`` the quicker parsers of msgspec and yaml12.
"""

from __future__ import annotations

import http.client
import importlib.util
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable

    Load = Callable[[str], list[Any]]
    Decode = Callable[[bytes], Any]


def fast_installed() -> bool:
    return all(importlib.util.find_spec(name) for name in ("msgspec", "yaml12"))


def _plain() -> tuple[Load, Decode]:
    import yaml

    return lambda text: list(yaml.load_all(text, Loader=yaml.CSafeLoader)), json.loads


def _fast() -> tuple[Load, Decode]:
    import msgspec.json
    import yaml12

    return lambda text: list(yaml12.parse_yaml(text, multi=True)), msgspec.json.decode


def main(url: str, requests: str, folder: str, parsers: str = "plain") -> None:
    load, decode = _fast() if parsers == "fast" else _plain()
    manifests = []
    for file in sorted(Path(folder).rglob("*.yaml")):
        manifests += load(file.read_text(encoding="utf-8"))
    connection = http.client.HTTPConnection(str(urlsplit(url).netloc))
    answers = []
    for body in json.loads(Path(requests).read_text(encoding="utf-8")):
        connection.request("POST", "/api", body=body.encode(), headers={"Content-Type": "application/json"})
        answers.append(decode(connection.getresponse().read()))
    print(f"{len(manifests)} manifests, {len(answers)} answers")


if __name__ == "__main__":
    main(*sys.argv[1:])
