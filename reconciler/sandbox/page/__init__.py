"""The page at ``/`` for people: what this is, what is in the tenant, and what was asked last."""
