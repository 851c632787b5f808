"""Reading the tenant: every page of every query, in as few requests as possible."""
