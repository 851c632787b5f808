"""Receipts: records of the last apply, kept in a file to explain drift. They decide nothing."""
