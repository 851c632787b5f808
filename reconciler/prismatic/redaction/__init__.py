"""Hiding secrets in text that a server sends."""
