"""The client of the Prismatic API.

It signs in, sends operations in batches with retries and a rate limit, reads every page of a list, and hides secrets
in text from the server. It does not know what the objects mean: that is for the kinds.
"""
