"""A narrated walk through the product, on a sandbox; what the narration says is checked at every step."""
