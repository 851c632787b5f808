"""The kind AlertGroup."""
