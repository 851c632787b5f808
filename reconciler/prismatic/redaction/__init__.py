"""Text from a server, without any secret in it."""
