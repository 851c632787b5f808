"""Rollouts: in which order a change reaches the members of a fleet, and when it stops; pure, and no kind is named."""
