"""A local API that behaves like Prismatic's, for trying things out and for tests.

It implements a strict subset of the real schema (``schema.graphql``) and imports nothing else of the package: a
mistake of the product must not be in its test double as well. So it has readers of its own for manifests, for
integration definitions, and for YAML with places. ``docs/sandbox.md`` describes what it simulates.
"""
