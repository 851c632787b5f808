"""``drift --notify URL``: posts the outcome of a drift to a webhook, if it differs from the last one posted."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from reconciler.cli.process.terminal import say
from reconciler.cli.run.webhook import NotSent, host_of, post
from reconciler.errors import Interrupted, UsageError
from reconciler.receipts.file import load_receipt, save_receipt
from reconciler.receipts.receipt import Notified, Receipt
from reconciler.reports.ci.notification import NOTHING, notice_of, payload
from reconciler.workflow.receipts import receipt_scope

if TYPE_CHECKING:
    from pathlib import Path

    from reconciler.cli.run.reporting import Reporting
    from reconciler.receipts.receipt import Scope
    from reconciler.reports.ci.notification import Notice
    from reconciler.secrets.secret import Secret


class Notifying(AbstractContextManager[None]):
    """Posts the outcome of one run to a webhook, if there is one; a context manager, entered before its reporting.

    The last outcome is kept in the receipt, if there is one. ``failed`` is whether a message did not arrive.
    """

    def __init__(self, reporting: Reporting, webhook: Secret | None, receipt: Path | None, *, always: bool) -> None:
        self.failed = False
        self._reporting = reporting
        self._webhook = webhook
        self._path = receipt
        self._always = always

    def __exit__(self, kind: object, error: BaseException | None, traceback: object) -> None:
        outcome = self._reporting.outcome
        # The person at the command line knows already.
        known = isinstance(error, (KeyboardInterrupt, Interrupted, click.Abort, click.ClickException))
        if self._webhook is None or outcome is None or known:
            return
        notice = notice_of(outcome.for_people)
        if self._always or self._is_new(notice):
            self._send(self._webhook, notice)
        if not self.failed:
            self._remember(notice)

    def _is_new(self, notice: Notice) -> bool:
        """Return whether the outcome differs from the last one posted; the first is new unless nothing differs."""
        try:
            receipt = self._receipt()
        except UsageError:
            # The drift ended with this same error.
            return True
        last = receipt.notified.digest if receipt and receipt.notified else NOTHING
        return notice.digest != last

    def _receipt(self) -> Receipt | None:
        return load_receipt(self._path, self._scope()) if self._path else None

    def _scope(self) -> Scope | None:
        return receipt_scope(self._reporting.session) if self._reporting.session else None

    def _send(self, webhook: Secret, notice: Notice) -> None:
        try:
            post(webhook, payload(notice, host_of(webhook)))
        except NotSent as error:
            self.failed = True
            say(f"error: --notify: the message did not arrive: {error}")

    def _remember(self, notice: Notice) -> None:
        """Keep the outcome in the receipt. It is read again, because an apply may have written it meanwhile."""
        path, scope = self._path, self._scope()
        try:
            receipt = self._receipt() or (Receipt(scope) if scope else None)
        except UsageError:
            return
        if path is None or receipt is None or (receipt.notified and receipt.notified.digest == notice.digest):
            return
        notified = Notified(datetime.now(UTC).isoformat(timespec="seconds"), notice.digest, notice.differences)
        try:
            save_receipt(replace(receipt, notified=notified), path)
        except UsageError as error:
            self.failed = True
            say(f"error: {error}")
