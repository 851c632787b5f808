"""GraphQL documents: operations in batches, queries for further pages, and the answer to each operation."""
