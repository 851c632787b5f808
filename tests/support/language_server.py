"""The yaml-language-server that editors run, spoken to as an editor does: LSP over its standard input and output."""

from __future__ import annotations

import json
import os
import queue
import shutil
import subprocess
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

SERVER = (
    Path(__file__).resolve().parents[1]
    / "editors"
    / "node_modules"
    / "yaml-language-server"
    / "bin"
    / "yaml-language-server"
)
PATIENCE = 120.0
"""Seconds that an answer may take on a machine that does much else; nothing is told by how long it took."""
CAPABILITIES = {
    "textDocument": {
        "completion": {
            "completionItem": {"snippetSupport": True, "documentationFormat": ["markdown", "plaintext"]},
        },
        "hover": {"contentFormat": ["markdown", "plaintext"]},
        "publishDiagnostics": {},
    },
    "workspace": {"configuration": True, "workspaceFolders": True},
}


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """What is wrong with a text, and in which line (from 1) it stands."""

    line: int
    message: str


@dataclass(frozen=True, slots=True)
class Offer:
    """One completion: what is listed, what it would insert, and what the editor shows beside it."""

    label: str
    inserted: str
    documentation: str


@dataclass(slots=True)
class LanguageServer:
    """One running server; ``settings`` are the editor's, below ``yaml``."""

    process: subprocess.Popen[bytes]
    folder: Path
    settings: Mapping[str, Any]
    _answers: dict[int, queue.Queue[Any]] = field(default_factory=dict)
    _diagnostics: dict[str, queue.Queue[list[Diagnostic]]] = field(default_factory=dict)
    _count: int = 0
    _writing: threading.Lock = field(default_factory=threading.Lock)

    def start(self) -> None:
        """Introduce an editor that has the folder open."""
        threading.Thread(target=self._listen, daemon=True).start()
        root = self.folder.as_uri()
        folders = [{"uri": root, "name": "manifests"}]
        self.ask(
            "initialize",
            {"processId": os.getpid(), "rootUri": root, "workspaceFolders": folders, "capabilities": CAPABILITIES},
        )
        self.tell("initialized", {})
        self.tell("workspace/didChangeConfiguration", {"settings": {"yaml": self.settings}})

    def stop(self) -> None:
        self.ask("shutdown", None)
        self.tell("exit", None)
        self.process.wait(PATIENCE)

    def diagnostics(self, file: str, text: str) -> list[Diagnostic]:
        """Open a file that holds the text, and return what the server says is wrong with it."""
        uri = self._open(file, text)
        return self._diagnostics[uri].get(timeout=PATIENCE)

    def completions(self, file: str, text: str) -> dict[str, Offer]:
        """Return what is offered where ``‸`` stands in the text, by label."""
        uri, position = self._point(file, text)
        answer = self.ask("textDocument/completion", {"textDocument": {"uri": uri}, "position": position})
        items = answer["items"] if isinstance(answer, dict) else answer or []
        return {item["label"]: _offer(item) for item in items}

    def hover(self, file: str, text: str) -> str:
        """Return what is shown of the word where ``‸`` stands in the text."""
        uri, position = self._point(file, text)
        answer = self.ask("textDocument/hover", {"textDocument": {"uri": uri}, "position": position})
        contents = (answer or {}).get("contents", "")
        return str(contents["value"] if isinstance(contents, dict) else contents)

    def _point(self, file: str, text: str) -> tuple[str, dict[str, int]]:
        before, _, after = text.partition("‸")
        self.diagnostics(file, before + after)
        uri = (self.folder / file).as_uri()
        line = before.rpartition("\n")[2]
        return uri, {"line": before.count("\n"), "character": len(line.encode("utf-16-le")) // 2}

    def _open(self, file: str, text: str) -> str:
        uri = (self.folder / file).as_uri()
        if uri in self._diagnostics:
            self.tell("textDocument/didClose", {"textDocument": {"uri": uri}})
            self._diagnostics[uri].get(timeout=PATIENCE)
        self._diagnostics[uri] = queue.Queue()
        self._count += 1  # the server keeps what it read of a text by the version of it
        document = {"uri": uri, "languageId": "yaml", "version": self._count, "text": text}
        self.tell("textDocument/didOpen", {"textDocument": document})
        return uri

    def ask(self, method: str, params: Any) -> Any:
        """Return the answer to a request."""
        self._count += 1
        number = self._count
        self._answers[number] = queue.Queue()
        self._send({"id": number, "method": method, "params": params})
        answer = self._answers[number].get(timeout=PATIENCE)
        assert "error" not in answer, answer
        return answer.get("result")

    def tell(self, method: str, params: Any) -> None:
        self._send({"method": method, "params": params})

    def _send(self, message: dict[str, Any]) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        with self._writing:
            stream = _stream(self.process.stdin)
            stream.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
            stream.flush()

    def _listen(self) -> None:
        while message := _message(_stream(self.process.stdout)):
            if "method" not in message:
                self._answers[message["id"]].put(message)
            elif "id" in message:
                self._send({"id": message["id"], "result": self._answer(message)})
            elif message["method"] == "textDocument/publishDiagnostics":
                self._take_in(message["params"])

    def _take_in(self, published: dict[str, Any]) -> None:
        found = [Diagnostic(each["range"]["start"]["line"] + 1, each["message"]) for each in published["diagnostics"]]
        if published["uri"] in self._diagnostics:
            self._diagnostics[published["uri"]].put(found)

    def _answer(self, request: dict[str, Any]) -> Any:
        """Return what an editor says to what the server asks it."""
        if request["method"] == "workspace/configuration":
            return [self.settings if item.get("section") == "yaml" else {} for item in request["params"]["items"]]
        return None


def _stream(stream: IO[bytes] | None) -> IO[bytes]:
    assert stream is not None
    return stream


def _message(stream: IO[bytes]) -> dict[str, Any] | None:
    length = 0
    while line := stream.readline().strip():
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            length = int(value)
    message: dict[str, Any] | None = json.loads(stream.read(length)) if length else None
    return message


def _offer(item: dict[str, Any]) -> Offer:
    documentation = item.get("documentation") or ""
    shown = documentation["value"] if isinstance(documentation, dict) else documentation
    inserted = (item.get("textEdit") or {}).get("newText") or item.get("insertText") or item["label"]
    return Offer(item["label"], inserted, shown)


@contextmanager
def language_server(folder: Path, **settings: Any) -> Iterator[LanguageServer]:
    """Run the server for an editor that has the folder open; skips where it is not installed."""
    node = shutil.which("node")
    if node is None or not SERVER.is_file():
        pytest.skip("needs the yaml-language-server: Node.js, and npm install --prefix tests/editors")
    # What a server of an earlier release would look for in the network is not there.
    quiet = {"schemaStore": {"enable": False}, "validate": True, "completion": True, "hover": True}
    with subprocess.Popen(
        [node, str(SERVER), "--stdio"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=folder
    ) as process:
        server = LanguageServer(process, folder, {**quiet, **settings})
        try:
            server.start()
            yield server
            server.stop()
        finally:
            process.kill()
