"""What the probes of ``doctor --write`` ask the API for, and what they send."""
