"""A ``curl`` for tests that speaks to GitLab: keeps notes, issues and merge requests. The token comes from a file."""

from __future__ import annotations

import json
import os
import re
import sys
from pathlib import Path
from typing import Any

STORE = Path(os.environ["FORGE_STORE"])
PROJECT = "https://gitlab.example.com/api/v4/projects/7"
REQUESTS = f"{PROJECT}/merge_requests"
ISSUES = f"{PROJECT}/issues"
NOTES = f"{REQUESTS}/3/notes"
BOT = 77
"""The ID of the bot token's user."""
ALONE = {"--silent", "--show-error", "--fail"}


def main() -> None:
    given: dict[str, str] = {}
    fields: dict[str, str] = {}
    waiting = sys.argv[1:]
    url = ""
    while waiting:
        name = waiting.pop(0)
        if name in ALONE:
            continue
        if name.startswith("-"):
            assert name in {"--config", "--output", "--request", "--data-urlencode"}, name
            given[name] = waiting.pop(0)
            if name == "--data-urlencode":
                fields |= dict([field(given[name])])
        else:
            url = name
    config = Path(given["--config"])
    assert config.stat().st_mode & 0o777 == 0o600
    assert config.read_text(encoding="utf-8") == 'header = "PRIVATE-TOKEN: bot-token"\n'
    assert not any("bot-token" in argument for argument in sys.argv)
    store = json.loads(STORE.read_text(encoding="utf-8"))
    answer = answered(store, given.get("--request", "GET"), url, fields)
    STORE.write_text(json.dumps(store), encoding="utf-8")
    if given.get("--output") != "/dev/null":
        sys.stdout.write(f"{json.dumps(answer)}\n")


def field(text: str) -> tuple[str, str]:
    """Return the name and value of a form's field: ``name=value``, or ``name@file``."""
    name, sign, value = re.split("([=@])", text, maxsplit=1)
    return name, Path(value).read_text(encoding="utf-8") if sign == "@" else value


def answered(store: dict[str, Any], method: str, url: str, fields: dict[str, str]) -> Any:
    """Carry a request out."""
    store["calls"].append([method, url])
    if url == "https://gitlab.example.com/api/v4/user":
        return {"id": BOT}
    if url.startswith(ISSUES):
        return issues(store, method, url, fields)
    if not url.startswith(NOTES):
        return requests(store["pulls"], method, url, fields)
    route = url.partition("?")[0].removeprefix(NOTES)
    if method == "GET":
        page = int(re.findall(r"&page=(\d+)&", url)[0])
        known = [{"id": int(key), **each} for key, each in store["comments"].items()]
        return known[100 * (page - 1) : 100 * page]
    assert set(fields) == {"body"}
    body = fields["body"]
    if method == "PUT":
        found = re.fullmatch(r"/(\d+)", route)
        assert found
        if found[1] in store.get("locked", []):
            sys.exit(22)
        store["comments"][found[1]]["body"] = body
    else:
        assert route == ""
        store["comments"][str(len(store["comments"]) + 1)] = {
            "body": body,
            "system": False,
            "author": {"id": BOT},
        }
    return {}


def issues(store: dict[str, Any], method: str, url: str, fields: dict[str, str]) -> Any:
    """Carry a request about issues and their notes out."""
    known = store["issues"]
    route, _, query = url.removeprefix(ISSUES).partition("?")
    if found := re.fullmatch(r"/(\d+)/notes", route):
        assert method == "POST"
        assert set(fields) == {"body"}
        store["comments"][str(len(store["comments"]) + 1)] = {"on": found[1], **fields}
        return {}
    if found := re.fullmatch(r"/(\d+)", route):
        assert method == "PUT"
        assert set(fields) in ({"description"}, {"state_event"})
        if fields.pop("state_event", "") == "close":
            fields["state"] = "closed"
        known[found[1]] |= fields
        return {}
    assert route == ""
    if method == "GET":
        asked = dict(part.split("=") for part in query.split("&"))
        assert set(asked) == {"state", "labels", "author_id", "per_page"}
        return [
            {"iid": int(key), **each}
            for key, each in known.items()
            if each["state"] == asked["state"]
            and asked["labels"] in each["labels"]
            and str(each["author"]["id"]) == asked["author_id"]
        ]
    assert set(fields) == {"title", "labels", "description"}
    labels = fields.pop("labels").split(",")
    known[str(len(known) + 1)] = {"state": "opened", "labels": labels, "author": {"id": BOT}, **fields}
    return {}


def requests(known: dict[str, Any], method: str, url: str, fields: dict[str, str]) -> Any:
    """Carry a request about merge requests out: one open at a time for a branch."""
    route, _, query = url.removeprefix(REQUESTS).partition("?")
    if found := re.fullmatch(r"/(\d+)", route):
        assert method == "PUT"
        known[found[1]] |= fields
        return {}
    assert route == ""
    if method == "GET":
        asked = dict(part.split("=") for part in query.split("&"))
        assert set(asked) == {"state", "source_branch"}
        return [{"iid": int(key), **each} for key, each in known.items() if asked.items() <= each.items()]
    assert set(fields) == {"title", "source_branch", "target_branch", "description"}
    known[str(len(known) + 1)] = {"state": "opened", **fields}
    return {}


if __name__ == "__main__":
    main()
