"""``valueFrom``: secrets from the environment, files and commands."""
