"""The command line: one file a command; each parses options, calls the workflow, and chooses reports."""

from reconciler.cli.main import main

__all__ = ["main"]
