"""The errors that the sandbox answers with."""

from __future__ import annotations


class Refused(Exception):
    """A refused mutation: its payload has ``errors``, each a field and a message."""

    def __init__(self, *errors: tuple[str, str]) -> None:
        super().__init__("; ".join(f"{field}: {message}" for field, message in errors))
        self.errors = errors


class RecordNotFound(Exception):
    """An unknown ID: a top-level error in queries."""

    def __init__(self) -> None:
        super().__init__("Record not found")


class TooManyRuns(Exception):
    """A call of a flow while as many executions of the customer go on as may: the status 429."""

    def __init__(self, most: int) -> None:
        super().__init__(f"Too many executions: at most {most} of a customer may run at a time.")


OBJECT_LEVEL = "__all__"
"""The ``field`` of an error about the object as a whole."""
