"""Requests: transport, sign-in, retries, rate limit, time limit, errors. It knows no GraphQL document."""
