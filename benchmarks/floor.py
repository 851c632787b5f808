"""The floor: a bare program that fetches the same bytes, decodes them, and loads the same YAML with the C loader.

``python -m benchmarks.floor URL REQUESTS FOLDER``: ``REQUESTS`` is a file with the bodies to send, as JSON.
"""

from __future__ import annotations

import http.client
import json
import sys
from pathlib import Path
from urllib.parse import urlsplit

import yaml


def main(url: str, requests: str, folder: str) -> None:
    manifests = []
    for file in sorted(Path(folder).rglob("*.yaml")):
        manifests += yaml.load_all(file.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    connection = http.client.HTTPConnection(str(urlsplit(url).netloc))
    answers = []
    for body in json.loads(Path(requests).read_text(encoding="utf-8")):
        connection.request("POST", "/api", body=body.encode(), headers={"Content-Type": "application/json"})
        answers.append(json.loads(connection.getresponse().read()))
    print(f"{len(manifests)} manifests, {len(answers)} answers")


if __name__ == "__main__":
    main(*sys.argv[1:])
