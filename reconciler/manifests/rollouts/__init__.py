"""Documents of kind Rollout: read as policies, and checked against the resources that they govern."""
