"""``reconciler``, and ``python -m reconciler``: the command line in a process of its own."""

from __future__ import annotations

import signal


def main() -> None:
    """Run the command line. While it is loaded, and while it ends, Ctrl-C just ends it, without a traceback."""
    if signal.getsignal(signal.SIGINT) == signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    from reconciler.cli import main as run

    run()


if __name__ == "__main__":
    main()
