"""Integrations and their versions, as instances refer to them. No kind of its own."""
