"""``reconciler``, and ``python -m reconciler``: the command line in a process of its own."""

from __future__ import annotations

import gc
import signal

YOUNG_OBJECTS = 1_000_000
"""Objects that are made before Python looks among them for circular garbage; a plan of 10,000 instances makes fewer."""


def main() -> None:
    """Run the command line. While it is loaded, and while it ends, Ctrl-C just ends it, without a traceback."""
    # A run builds one large picture, keeps it, and ends. Looking for circular garbage in all that was read so far,
    # again and again, would be a third of a large run's processor time, and a tenth of loading a command.
    gc.set_threshold(YOUNG_OBJECTS, 50, 100)
    if signal.getsignal(signal.SIGINT) == signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    from reconciler.cli import main as run

    run()


if __name__ == "__main__":
    main()
