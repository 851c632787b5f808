"""The sandbox's tenant: its tables, and what mutations do to them."""
