"""Receipts: what was applied last, kept in a file to explain drift by. They decide nothing."""
