"""The JSON Schemas of manifests: checking, and messages for what fails."""
