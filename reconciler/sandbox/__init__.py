"""A local API that behaves like Prismatic's, for trying things out and for tests.

It speaks a strict subset of the real schema (``schema.graphql``) and stands alone: it imports nothing
of the rest of the package. ``docs/sandbox.md`` says what it simulates and which assumptions it makes.
"""
