"""Exporting: a live tenant as manifests that a person would have written."""
