"""Formats that CI systems and monitoring read: JUnit, code quality, workflow commands, metrics, notifications."""
