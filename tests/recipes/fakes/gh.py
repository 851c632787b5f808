"""A ``gh api`` for tests: keeps comments and issues in a file, and refuses whatever the real one would not take."""

from __future__ import annotations

import json
import os
import re
import sys
from pathlib import Path
from typing import Any

import jq

STORE = Path(os.environ["FORGE_STORE"])
LONGEST = 65_536
BOT = {"login": "github-actions[bot]", "type": "Bot"}


def main() -> None:
    command, *rest = sys.argv[1:]
    assert command == "api"
    assert os.environ["GH_TOKEN"] == "forge-token"
    flags, path = parse(rest)
    store = json.loads(STORE.read_text(encoding="utf-8"))
    fields = dict(value for name, value in flags if name in {"--field", "--raw-field"})
    method = dict(flags).get("--method") or ("POST" if fields else "GET")
    store["calls"].append([method, path])
    answer = (graphql if path == "graphql" else pulls if "/pulls" in path else issues)(store, method, path, fields)
    STORE.write_text(json.dumps(store), encoding="utf-8")
    query = dict(flags).get("--jq")
    if query:
        for found in jq.compile(query).input_value(answer).all():
            sys.stdout.write(f"{found if isinstance(found, str) else json.dumps(found)}\n")
    elif ("--silent", "") not in flags:
        sys.stdout.write(f"{json.dumps(answer)}\n")


def parse(arguments: list[str]) -> tuple[list[tuple[str, Any]], str]:
    """Return the flags, and the one path."""
    flags: list[tuple[str, Any]] = []
    paths = []
    waiting = list(arguments)
    while waiting:
        name = waiting.pop(0)
        if name in {"--silent", "--paginate"}:
            flags.append((name, ""))
        elif name in {"--method", "--jq"}:
            flags.append((name, waiting.pop(0)))
        elif name in {"--field", "--raw-field"}:
            key, _, value = waiting.pop(0).partition("=")
            if name == "--field" and value.startswith("@"):
                value = Path(value[1:]).read_text(encoding="utf-8")
            flags.append((name, (key, value)))
        else:
            assert not name.startswith("-"), name
            paths.append(name)
    (path,) = paths
    return flags, path


def graphql(store: dict[str, Any], method: str, _: str, fields: dict[str, str]) -> Any:
    """Answer the queries of the action: comments of a pull request, open issues with a label, folding a comment."""
    if "minimizeComment" in fields["query"]:
        assert "classifier: OUTDATED" in fields["query"]
        store["comments"][fields["id"].removeprefix("IC_")]["folded"] = True
        return {}
    assert (method, fields["owner"], fields["name"]) == ("POST", "acme", "manifests")
    assert "pageInfo { hasNextPage endCursor }" in fields["query"]
    if "pullRequest" in fields["query"]:
        nodes = [
            {
                "id": f"IC_{key}",
                "databaseId": int(key),
                "viewerDidAuthor": each["user"] == BOT,
                "isMinimized": each.get("folded", False),
                "body": each["body"],
            }
            for key, each in store["comments"].items()
            if each["on"] == fields["number"]
        ]
        return {"data": {"repository": {"pullRequest": {"comments": {"nodes": nodes}}}}}
    assert "states: OPEN, labels: [$label]" in fields["query"]
    nodes = [
        {"number": int(key), "viewerDidAuthor": each["user"] == BOT, "body": each["body"]}
        for key, each in store["issues"].items()
        if each["state"] == "open" and fields["label"] in each["labels"]
    ]
    return {"data": {"repository": {"issues": {"nodes": nodes}}}}


def issues(store: dict[str, Any], method: str, path: str, fields: dict[str, str]) -> Any:
    """Carry a request about issues and comments out."""
    assert len(fields.get("body", "")) <= LONGEST
    route = path.partition("?")[0].removeprefix("repos/acme/manifests/issues")
    assert route != path
    if found := re.fullmatch(r"/comments/(\d+)", route):
        assert method == "PATCH"
        if found[1] in store.get("locked", []):
            sys.exit("gh: Unable to edit this comment (HTTP 403)")
        store["comments"][found[1]]["body"] = fields["body"]
        return {}
    if found := re.fullmatch(r"/(\d+)/comments", route):
        assert method == "POST"
        store["comments"][str(len(store["comments"]) + 1)] = {"on": found[1], "body": fields["body"], "user": BOT}
        return {}
    if found := re.fullmatch(r"/(\d+)", route):
        assert method == "PATCH"
        store["issues"][found[1]] |= fields
        return {}
    assert (route, method) == ("", "POST")
    labels = [fields.pop("labels[]")]
    store["issues"][str(len(store["issues"]) + 1)] = {"state": "open", "labels": labels, "user": BOT, **fields}
    return {}


def pulls(store: dict[str, Any], method: str, path: str, fields: dict[str, str]) -> Any:
    """Carry a request about pull requests out: one open at a time for a branch."""
    assert len(fields.get("body", "")) <= LONGEST
    known = store["pulls"]
    route, _, query = path.removeprefix("repos/acme/manifests/pulls").partition("?")
    if found := re.fullmatch(r"/(\d+)", route):
        assert method == "PATCH"
        known[found[1]] |= fields
        return {}
    if re.fullmatch(r"/\d+/files", route):
        assert (method, query) == ("GET", "per_page=100")
        return store.get("files", [{"filename": "all.yaml"}])
    assert route == ""
    if method == "GET":
        asked = dict(part.split("=") for part in query.split("&"))
        assert set(asked) == {"state", "head"}
        return [
            {"number": int(key), **each}
            for key, each in known.items()
            if each["state"] == asked["state"] and f"acme:{each['head']}" == asked["head"]
        ]
    assert set(fields) == {"title", "head", "base", "body"}
    assert not any(each["state"] == "open" and each["head"] == fields["head"] for each in known.values())
    known[str(len(known) + 1)] = {"state": "open", **fields}
    return {}


if __name__ == "__main__":
    main()
