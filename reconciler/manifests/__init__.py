"""Manifest files to desired resources: found, read, merged and checked; every problem has its place."""
