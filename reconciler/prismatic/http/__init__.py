"""HTTP requests: transport, tokens, retries, rate limit, time limit and faults. It builds no GraphQL document."""
