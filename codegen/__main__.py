"""Write the modules of all ``.graphql`` files and the man pages; with ``--check``, fail if one is not as it would be.

The schema is ``reconciler/prismatic/schema.graphql``: the part of the API's schema that the operations use.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from graphql import build_schema

from codegen.man_pages import man_pages
from codegen.module import module_of

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "reconciler"
MAN = ROOT / "man"
SCHEMA = PACKAGE / "prismatic" / "schema.graphql"


def documents() -> list[Path]:
    """Return the product's files with operations."""
    found = [*PACKAGE.rglob("*operations.graphql"), *PACKAGE.rglob("*fragments.graphql")]
    return sorted(path for path in found if "sandbox" not in path.parts)


def generated() -> dict[Path, str]:
    """Return the content of every module, formatted, and of every man page."""
    schema = build_schema(SCHEMA.read_text(encoding="utf-8"))
    modules = {path.with_suffix(".py"): _formatted(module_of(path, PACKAGE, schema)) for path in documents()}
    return modules | {MAN / name: page for name, page in man_pages().items()}


def main(*, check: bool) -> str:
    """Write the modules that are stale; with ``check``, return what is wrong with them instead."""
    stale = {path: text for path, text in generated().items() if not path.exists() or path.read_text("utf-8") != text}
    if check and stale:
        names = ", ".join(str(path.relative_to(ROOT)) for path in stale)
        return f"not what their .graphql files or commands say: {names}; run make generate"
    for path, text in stale.items():
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return ""


def _formatted(text: str) -> str:
    ruff = [sys.executable, "-m", "ruff"]
    for command in (["check", "--fix", "--quiet", "--select", "I,F401"], ["format", "--quiet"]):
        run = subprocess.run(  # noqa: S603 - the project's own formatter
            [*ruff, *command, "--stdin-filename", str(PACKAGE / "any.py"), "-"],
            input=text, capture_output=True, text=True, check=True,
        )  # fmt: skip
        text = run.stdout
    return text


if __name__ == "__main__":
    sys.exit(main(check="--check" in sys.argv[1:]) or 0)
