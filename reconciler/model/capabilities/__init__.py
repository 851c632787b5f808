"""What a kind can do, one small capability a file; a kind that cannot do something has ``None`` in its place."""
