"""Texts and numbers: suggestions, names that look alike, escapes. Nothing in it knows what the product does."""
