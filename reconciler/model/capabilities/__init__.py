"""The capabilities of a kind, one a file; a kind without one has ``None``."""
