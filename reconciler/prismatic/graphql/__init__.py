"""GraphQL documents: batches, pages, and what a response says of each operation."""
