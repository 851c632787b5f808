"""Secrets: the type that hides them, and how they are recognized. No file here shows a secret."""
