"""A ``python`` for tests that installs nothing, but says what it was told to install; all else the real one does."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

STORE = Path(os.environ["FORGE_STORE"])


def main() -> int:
    arguments = sys.argv[1:]
    flags = [arguments.pop(0)] if arguments[:1] == ["-I"] else []
    if arguments[:2] in (["-m", "venv"], ["-m", "pip"]) and any(Path().glob("*.py")):
        # What the real one would import from the current folder is run here as well, where there is anything.
        subprocess.run([sys.executable, *flags, *arguments[:2], "--help"], check=True, capture_output=True)
    if arguments[:2] == ["-m", "venv"]:
        folder = Path(arguments[2]) / "bin"
        folder.mkdir(parents=True, exist_ok=True)
        for name in ("python", "reconciler"):
            shutil.copy2(Path(os.environ["FAKES"]) / name, folder / name)
        return 0
    if arguments[:2] == ["-m", "pip"]:
        store = json.loads(STORE.read_text(encoding="utf-8"))
        store["installed"].append(arguments[2:])
        STORE.write_text(json.dumps(store), encoding="utf-8")
        return 0
    if flags and arguments[:2] == ["-m", "reconciler"] and not any(Path().glob("*.py")):
        return subprocess.run([Path(os.environ["FAKES"]) / "reconciler", *arguments[2:]], check=False).returncode
    return subprocess.run([sys.executable, *flags, *arguments], check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
