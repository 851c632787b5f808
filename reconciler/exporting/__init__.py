"""From a live tenant to manifests that a person would have written."""
