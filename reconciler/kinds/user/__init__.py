"""The kind User."""
