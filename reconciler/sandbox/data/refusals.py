"""How the sandbox says no."""

from __future__ import annotations


class Refused(Exception):
    """A mutation that is answered with errors in its payload, each a field and a message."""

    def __init__(self, *errors: tuple[str, str]) -> None:
        super().__init__("; ".join(f"{field}: {message}" for field, message in errors))
        self.errors = errors


class RecordNotFound(Exception):
    """An ID that names nothing: a top-level error in queries."""

    def __init__(self) -> None:
        super().__init__("Record not found")


OBJECT_LEVEL = "__all__"
"""The ``field`` of an error about the object as a whole."""
