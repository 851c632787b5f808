"""How the schema's fields are answered from the store."""
