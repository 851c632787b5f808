"""``reconciler.yaml`` of a new repository, and the name of its project."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reconciler.errors import UsageError
from reconciler.exporting.handles import LONGEST, slug
from reconciler.manifests.project.project import PROTECTED_LABEL
from reconciler.manifests.schema.schemas import API_VERSION, load_schema
from reconciler.manifests.yaml.quoting import quoted
from reconciler.model.reserved_labels import RESERVED
from reconciler.text.escape import safe

if TYPE_CHECKING:
    from reconciler.model.tenant import Identity

MANIFESTS = "manifests"
"""The name of the manifests' folder."""
OTHERWISE = "prismatic"
"""The project's name where the organization's name has no usable letter or digit."""
_ENVIRONMENT = re.compile(r"[a-z]([a-z0-9-]{0,62}[a-z0-9])?")


def project_name(asked: str | None, organization: str) -> str:
    """Return the asked name, or one made of the organization's; raises ``UsageError`` for an invalid name."""
    if asked is None:
        made = slug(organization)[:LONGEST].rstrip("-")
        return made if made and f"{RESERVED}{made}" != PROTECTED_LABEL else OTHERWISE
    rule = load_schema("Project")["properties"]["metadata"]["properties"]["name"]
    if len(asked) > rule["maxLength"] or not re.fullmatch(rule["pattern"], asked):
        raise UsageError(f"--name {asked!r}: {rule['patternErrorMessage']}")
    return asked


def check_environment(name: str) -> None:
    """Raise ``UsageError`` for an environment's name that a pipeline could misread."""
    if not _ENVIRONMENT.fullmatch(name) or quoted(name) != name:
        raise UsageError(
            f"--environment {name!r}: must be a word of lower-case letters, digits and '-', like production"
        )


def project_text(name: str, environment: str, identity: Identity) -> str:
    organization = safe(identity.organization)
    name_of = f"  # {organization}" if organization.strip() else ""
    return f"""\
# yaml-language-server: $schema=./schemas/manifest.schema.json
#
# What belongs together: {organization}, as it is in Prismatic.
apiVersion: {API_VERSION}
kind: Project
metadata: {{name: {quoted(name)}}}
spec:
  # Customers and instances that this project keeps are labelled gitops:{name} in Prismatic.
  manifests: [{MANIFESTS}]

  # Nothing is deleted for being in no manifest. "prune: true" deletes what carries the label and is in none.
  # prune: true

  environments:
    # "reconciler plan -e {environment}". The token has to be of this organization, on this stack; any other is refused.
    # A second environment has its own, and can have an overlay: "overlays: [environments/NAME]".
    {quoted(environment)}:
      organization: {quoted(identity.organization_id)}{name_of}
      url: {quoted(identity.url)}
"""
