"""The command line. Each command parses options, calls the workflow and reports; nothing here decides on resources."""

from reconciler.cli.main import main

__all__ = ["main"]
