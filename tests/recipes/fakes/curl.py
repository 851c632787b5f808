"""A ``curl`` for tests that speaks to GitLab's notes: keeps them in a file, and wants the token in a private file."""

from __future__ import annotations

import json
import os
import re
import sys
from pathlib import Path
from typing import Any

STORE = Path(os.environ["FORGE_STORE"])
NOTES = "https://gitlab.example.com/api/v4/projects/7/merge_requests/3/notes"
ALONE = {"--silent", "--show-error", "--fail"}


def main() -> None:
    given: dict[str, str] = {}
    waiting = sys.argv[1:]
    url = ""
    while waiting:
        name = waiting.pop(0)
        if name in ALONE:
            continue
        if name.startswith("-"):
            assert name in {"--config", "--output", "--request", "--data-urlencode"}, name
            given[name] = waiting.pop(0)
        else:
            url = name
    config = Path(given["--config"])
    assert config.stat().st_mode & 0o777 == 0o600
    assert config.read_text(encoding="utf-8") == 'header = "PRIVATE-TOKEN: bot-token"\n'
    assert not any("bot-token" in argument for argument in sys.argv)
    store = json.loads(STORE.read_text(encoding="utf-8"))
    answer = answered(store, given, url)
    STORE.write_text(json.dumps(store), encoding="utf-8")
    if given.get("--output") != "/dev/null":
        sys.stdout.write(f"{json.dumps(answer)}\n")


def answered(store: dict[str, Any], given: dict[str, str], url: str) -> Any:
    """Carry a request out."""
    method = given.get("--request", "GET")
    store["calls"].append([method, url])
    route = url.partition("?")[0].removeprefix(NOTES)
    assert route != url
    if method == "GET":
        return [{"id": int(key), **each} for key, each in store["comments"].items()]
    name, _, file = given["--data-urlencode"].partition("@")
    assert name == "body"
    body = Path(file).read_text(encoding="utf-8")
    if method == "PUT":
        found = re.fullmatch(r"/(\d+)", route)
        assert found
        store["comments"][found[1]]["body"] = body
    else:
        assert route == ""
        store["comments"][str(len(store["comments"]) + 1)] = {"body": body, "system": False}
    return {}


if __name__ == "__main__":
    main()
