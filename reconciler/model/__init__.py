"""The ground: the types of resources, live objects, kinds and steps. It names no kind and does no I/O."""
