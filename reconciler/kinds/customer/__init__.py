"""The kind Customer, and how other kinds refer to a customer."""
