"""Verification: evidence is read, test flows are run and followed, and each object gets a verdict; no kind is named."""
