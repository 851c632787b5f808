"""The kind LogStream."""
