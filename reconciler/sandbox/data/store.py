"""The sandbox's data: SQLite rows as dictionaries named like the schema's fields."""

from __future__ import annotations

import json
import os
import sqlite3
import threading
import weakref
from contextlib import contextmanager
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from reconciler.sandbox.data.refusals import RecordNotFound

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

Row = dict[str, Any]

# Every statement below is put together from the sandbox's own table and column names; values are bound.
# ruff: noqa: S608


@cache
def _tables() -> str:
    return resources.files(__package__).joinpath("tables.sql").read_text(encoding="utf-8")


def _fold(text: str | None) -> str | None:
    return text.casefold() if text is not None else None


def _make_private(path: Path) -> None:
    """Create the file, readable by its owner alone, before it holds the secrets of connections.

    SQLite gives its journal the same permissions.
    """
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        # The file may have existed, with other permissions.
        if path.is_file():
            path.chmod(0o600)
    except OSError as error:
        raise sqlite3.OperationalError(error.strerror or "unable to open database file") from error


class Store:
    """Rows in SQLite: in memory, or in a file that survives a restart."""

    def __init__(self, path: Path | None = None) -> None:
        """Open the store; ``path`` is created when it does not exist, readable by its owner alone.

        Raises ``sqlite3.Error`` when the file is no store of this version, or cannot be made one.
        """
        if path is not None:
            _make_private(path)
        self._connection = sqlite3.connect(
            ":memory:" if path is None else str(path),
            isolation_level=None,
            check_same_thread=False,
            cached_statements=512,
        )
        # Cached stores, and a sandbox of which only the application is used, are never closed.
        weakref.finalize(self, self._connection.close)
        self._lock = threading.RLock()
        self._depth = 0
        self._connection.create_function("fold", 1, _fold, deterministic=True)
        self._connection.execute("PRAGMA foreign_keys = ON")
        # The data must outlive this process, not a power failure.
        self._connection.execute("PRAGMA synchronous = OFF")

    @property
    def empty(self) -> bool:
        return not self.value("SELECT count(*) FROM sqlite_master")

    @property
    def version(self) -> int:
        """The version of the tables' layout, as ``tables.sql`` sets it."""
        return int(self.value("PRAGMA user_version"))

    def last_moment(self) -> str:
        """Return the latest time that any row holds, or an empty text."""
        columns = self.rows(
            "SELECT m.name AS held_in, c.name AS moment FROM sqlite_master m, pragma_table_info(m.name) c"
            " WHERE m.type = 'table' AND c.name IN ('updatedAt', 'startedAt', 'timestamp')"
        )
        moments = [self.value("SELECT max({moment}) FROM {held_in}".format(**each)) for each in columns]
        return max((moment for moment in moments if moment), default="")

    def create_tables(self) -> None:
        self._connection.executescript(_tables())

    def keep(self, name: str, value: Any) -> None:
        """Remember a value of the sandbox itself, as JSON."""
        self.execute("INSERT OR REPLACE INTO kept (name, value) VALUES (?, ?)", (name, json.dumps(value)))

    def kept(self, name: str, default: Any = None) -> Any:
        """Return what :meth:`keep` remembered, or ``default``."""
        value = self.value("SELECT value FROM kept WHERE name = ?", (name,))
        return default if value is None else json.loads(value)

    def copy_from(self, other: Store) -> None:
        """Replace all content with that of another store."""
        other._connection.backup(self._connection)

    def watch(self, listener: Callable[[str], None] | None) -> None:
        """Call a listener with each statement that runs, parameters included; ``None`` removes it."""
        self._connection.set_trace_callback(listener)

    def close(self) -> None:
        self._connection.close()

    def rows(self, sql: str, parameters: Sequence[Any] | Mapping[str, Any] = ()) -> list[Row]:
        cursor = self._connection.execute(sql, parameters)
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, values, strict=True)) for values in cursor.fetchall()]

    def row(self, sql: str, parameters: Sequence[Any] = ()) -> Row | None:
        found = self.rows(sql, parameters)
        return found[0] if found else None

    def value(self, sql: str, parameters: Sequence[Any] = ()) -> Any:
        """Return the first column of the first row, or ``None``."""
        found = self._connection.execute(sql, parameters).fetchone()
        return found[0] if found else None

    def find(self, table: str, identifier: str | None) -> Row | None:
        return self.row(f"SELECT * FROM {table} WHERE id = ?", (identifier,))

    def get(self, table: str, identifier: str | None) -> Row:
        """Return the row, or raise :class:`RecordNotFound`."""
        found = self.find(table, identifier)
        if found is None:
            raise RecordNotFound
        return found

    def where(self, table: str, **columns: Any) -> list[Row]:
        """Return the rows whose columns have these values, in the order of their creation."""
        conditions = " AND ".join(f"{name} IS ?" for name in columns)
        return self.rows(f"SELECT * FROM {table} WHERE {conditions} ORDER BY seq", tuple(columns.values()))

    def insert(self, table: str, **columns: Any) -> None:
        names = ", ".join(columns)
        marks = ", ".join("?" * len(columns))
        self._connection.execute(
            f"INSERT INTO {table} ({names}) VALUES ({marks})", [_bound(value) for value in columns.values()]
        )

    def update(self, table: str, identifier: str, **columns: Any) -> None:
        sets = ", ".join(f"{name} = ?" for name in columns)
        values = [_bound(value) for value in columns.values()]
        self._connection.execute(f"UPDATE {table} SET {sets} WHERE id = ?", (*values, identifier))

    def delete(self, table: str, identifier: str) -> None:
        self._connection.execute(f"DELETE FROM {table} WHERE id = ?", (identifier,))

    def execute(self, sql: str, parameters: Sequence[Any] = ()) -> None:
        self._connection.execute(sql, parameters)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Commit what happens inside; if it raises, roll all of it back."""
        with self._lock:
            name = f"level{self._depth}"
            self._connection.execute(f"SAVEPOINT {name}")
            self._depth += 1
            try:
                yield
            except BaseException:
                self._connection.execute(f"ROLLBACK TO {name}")
                raise
            finally:
                self._depth -= 1
                self._connection.execute(f"RELEASE {name}")


def _bound(value: Any) -> Any:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, (list, tuple, dict)) else value
