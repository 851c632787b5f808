"""Mistakes in reconciler itself: the traceback is shown, to be reported, without secrets."""

from __future__ import annotations

import os
import traceback
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from reconciler.errors import Interrupted, Mistake, ReconcilerError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconciler.secrets.known import KnownSecrets

_KEY = "reconciler.known_secrets"


def known_secrets(context: click.Context | None = None) -> KnownSecrets:
    """Return the secrets of this run; all contexts of a command line share them."""
    from reconciler.secrets.known import KnownSecrets

    meta = (context or click.get_current_context()).meta
    if _KEY not in meta:
        meta[_KEY] = KnownSecrets(os.environ)
    known: KnownSecrets = meta[_KEY]
    return known


def forget_secrets() -> None:
    """Forget the secrets of this run, of which another one begins in the same process."""
    click.get_current_context().meta.pop(_KEY, None)


@contextmanager
def mistakes_shown_safely(context: click.Context) -> Iterator[None]:
    """Raise ``Mistake`` for an unexpected exception, without secrets: a library's message may quote one.

    One that an interruption was turned into is raised as that interruption: Python does so while it creates a class.
    """
    try:
        yield
    except (click.ClickException, click.Abort, click.exceptions.Exit, ReconcilerError, OSError):
        raise
    except Exception as error:  # noqa: BLE001 - the text of any exception may quote a secret
        interruption = _interruption_behind(error)
        if interruption:
            raise interruption from None
        from reconciler.prismatic.redaction.redact import Redactor

        (text,) = Redactor(known_secrets(context)).hide(["".join(traceback.format_exception(error))])
        raise Mistake(f"a mistake in reconciler itself; please report it with these lines\n{text}") from None


def _interruption_behind(error: BaseException) -> Interrupted | None:
    """Return the interruption that an error was raised from, however many errors lie between; ``None`` for another."""
    seen: BaseException | None = error
    while seen is not None and not isinstance(seen, Interrupted):
        seen = seen.__cause__ or seen.__context__
    return seen
