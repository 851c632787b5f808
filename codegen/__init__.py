"""The generator of the typed operations: ``make generate`` runs it, and it is no part of the product."""
