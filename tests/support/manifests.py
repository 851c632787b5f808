"""Manifests that many tests begin with: a customer, one of its users, and the head of an instance."""

from __future__ import annotations


def customer(spec: str = "name: FTL") -> str:
    """Return the customer ``ftl``, with the end of its document."""
    return f"""\
apiVersion: reconciler/v1
kind: Customer
metadata: {{name: ftl}}
spec: {{{spec}}}
---
"""


USER = """\
apiVersion: reconciler/v1
kind: User
metadata: {name: jo}
spec: {customer: ftl, email: jo@ftl.example, role: Admin}
---
"""


def instance(name: str, integration: str, handle: str | None = None) -> str:
    """Return the head of an instance of ``ftl``: more keys of its spec, indented by two blanks, can follow.

    Its handle is the name in lower case, unless another is named.
    """
    return f"""\
apiVersion: reconciler/v1
kind: Instance
metadata: {{name: {handle or name.lower()}}}
spec:
  customer: ftl
  name: {name}
  integration: {{{integration}}}
"""


INVENTORY = """
apiVersion: reconciler/v1
kind: Customer
metadata: {name: acme}
spec: {name: Acme}
---
apiVersion: reconciler/v1
kind: Instance
metadata: {name: inventory}
spec:
  customer: acme
  name: Inventory
  integration: {name: Acme Inventory, version: 2}
"""
"""The customer ``acme`` with an instance, which can have more keys in its spec, indented by two blanks."""
