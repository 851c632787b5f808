"""The page at ``/`` for people: the content of the tenant, and the latest requests."""
