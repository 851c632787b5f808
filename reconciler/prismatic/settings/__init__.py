"""The address of the stack, the token, and the hosts that the token may be sent to."""
