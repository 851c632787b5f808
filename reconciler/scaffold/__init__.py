"""A new repository from a tenant: its files, and putting them into a folder without touching what is there."""
