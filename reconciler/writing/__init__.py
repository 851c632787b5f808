"""Writing files: as a whole or not at all, and in CI through no link of the checkout."""
