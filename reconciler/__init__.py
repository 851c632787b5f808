"""GitOps for Prismatic: manifests in git, the tenant made to match them."""

__version__ = "0.1.0"
