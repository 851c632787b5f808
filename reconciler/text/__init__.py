"""Texts and numbers: suggestions, look-alike names, escapes. No file here knows the product's purpose."""
