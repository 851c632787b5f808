"""Helpers that several kinds share: attributes, labels, values of the wrong type. No file here names a kind."""
