"""Carrying a plan out: its steps in order, in batches, and a read-back. It decides nothing: the plan did."""
