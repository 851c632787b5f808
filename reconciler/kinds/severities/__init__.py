"""The severities that logs can have: a catalogue of the API, which several kinds refer to by name."""
