"""Secrets: the type that hides them, and how they are recognized. Nothing in it shows one."""
