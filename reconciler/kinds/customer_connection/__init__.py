"""The kind CustomerConnection: what one customer has in a connection."""
