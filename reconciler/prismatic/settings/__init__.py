"""Where to connect, with which token, and which hosts may get it."""
