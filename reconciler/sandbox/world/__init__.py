"""World files: the tenant that a sandbox starts with."""
