"""Rollouts: who is in which wave, which wave is open, and why a change waits. Pure: no I/O, and no kind is named."""
