"""Faults that the sandbox acts out on request."""
