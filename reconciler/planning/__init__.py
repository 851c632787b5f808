"""Diff, ownership, guardrails, and the plan: its data and its file format."""
