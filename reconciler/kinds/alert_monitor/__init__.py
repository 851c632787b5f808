"""The kind AlertMonitor."""
