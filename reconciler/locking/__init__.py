"""The lock: which version ``latest`` is, and what a newer one would change."""
