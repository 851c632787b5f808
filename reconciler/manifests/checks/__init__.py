"""Checks between manifests: each is valid by itself, together they may not be."""
