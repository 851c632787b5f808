"""The kind Instance."""
