"""The API: transport, signing in, batches, pages, and the picture of the tenant."""
