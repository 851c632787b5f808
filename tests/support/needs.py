"""Marks of tests that need what a machine may lack: skipped there by name and reason, and in CI a failure."""

from __future__ import annotations

import shutil

import pytest

needs_git = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
