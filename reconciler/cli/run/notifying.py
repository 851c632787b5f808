"""``drift --notify URL``: tells a webhook what a drift came to, when that is not what was told last."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Self

import click

from reconciler.errors import Interrupted, UsageError
from reconciler.reports.ci.notification import NOTHING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import TracebackType

    from reconciler.cli.run.reporting import Reporting
    from reconciler.receipts.receipt import Receipt, Scope
    from reconciler.reports.ci.notification import Notice


def notify_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add where to tell of a drift, and whether also when nothing is new."""
    from reconciler.cli.run.webhook import Webhook

    for option in reversed((
        click.option(
            "--notify", type=Webhook(), metavar="URL", envvar="RECONCILER_NOTIFY_URL",
            help="Post the outcome to a webhook (Slack, Teams, any) when it is not what was told last. The address is "
            "a secret: RECONCILER_NOTIFY_URL keeps it off the command line.",
        ),
        click.option("--notify-always", is_flag=True, help="Post it also when it is the same as last time."),
    )):  # fmt: skip
        command = option(command)
    return command


class Notifying:
    """Tells how one drift ended; a context manager around that of the reports.

    What was told last is kept in the receipt, when there is one; ``scope`` is what a new one would be of. ``failed``
    says that a message did not arrive.
    """

    def __init__(self, given: Mapping[str, Any]) -> None:
        self.reporting: Reporting | None = None
        self.scope: Scope | None = None
        self.failed = False
        self._given = given

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        from reconciler.reports.ci.notification import notice_of

        outcome = self.reporting.outcome if self.reporting else None
        # Who stopped it, or wrote the command line wrongly, knows already.
        told = isinstance(error, (KeyboardInterrupt, Interrupted, click.Abort, click.ClickException))
        if self._given["notify"] is None or outcome is None or told:
            return
        notice = notice_of(outcome)
        if self._given["notify_always"] or self._is_new(notice):
            self._send(notice)
        if not self.failed:
            self._remember(notice)

    def _is_new(self, notice: Notice) -> bool:
        """Say whether this is not what was told last; where nothing was, a drift is, and none is not."""
        try:
            receipt = self._receipt()
        except UsageError:
            # The error that the drift ended with.
            return True
        last = receipt.told.digest if receipt and receipt.told else NOTHING
        return notice.digest != last

    def _receipt(self) -> Receipt | None:
        from reconciler.receipts.file import load_receipt

        path = self._given["receipt"]
        return load_receipt(path, self.scope) if path else None

    def _send(self, notice: Notice) -> None:
        from reconciler.cli.run.webhook import NotSent, host_of, post
        from reconciler.reports.ci.notification import payload

        webhook = self._given["notify"]
        try:
            post(webhook, payload(notice, host_of(webhook)))
        except NotSent as error:
            self.failed = True
            click.echo(f"error: --notify: the message did not arrive: {error}", err=True)

    def _remember(self, notice: Notice) -> None:
        """Keep what was told; the receipt is read anew, since an apply may have written it meanwhile."""
        from reconciler.receipts.file import save_receipt
        from reconciler.receipts.receipt import Notified, Receipt

        path = self._given["receipt"]
        try:
            receipt = self._receipt() or (Receipt(self.scope) if self.scope else None)
        except UsageError:
            return
        if path is None or receipt is None or (receipt.told and receipt.told.digest == notice.digest):
            return
        told = Notified(datetime.now(UTC).isoformat(timespec="seconds"), notice.digest, notice.differences)
        try:
            save_receipt(replace(receipt, told=told), path)
        except UsageError as error:
            self.failed = True
            click.echo(f"error: {error}", err=True)
