"""What holds on a tenant: its schema, the token's permissions, clocks, sizes and limits."""
