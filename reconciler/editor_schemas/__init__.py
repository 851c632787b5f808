"""Schemas for editors that know a tenant."""
