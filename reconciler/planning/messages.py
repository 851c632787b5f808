"""What a plan says of objects that it leaves alone."""

from __future__ import annotations

from reconciler.model.diagnostic import Diagnostic
from reconciler.planning.ownership import PROTECTED

PROTECTION_HOLDS = (
    "the live object is protected against being deleted; apply the manifest with state: present and without "
    "preventDestroy first"
)
OTHERS_PROTECTION_HOLDS = (
    f"the live object is protected against being deleted; take its label {PROTECTED} off first, or apply the "
    "manifests of the project that put it on"
)
OF_ANOTHER = (
    "another project owns the live object ({}); leave it there, or move it to this project with --take-over if the "
    "other one no longer keeps it"
)
UNKEPT_PROTECTION = Diagnostic(
    "the protection lasts only as long as this manifest: it is kept as a label, and nothing of this is labelled",
    path=("lifecycle", "preventDestroy"),
    topic="protections last only as long as their manifests: they are kept as labels, and nothing of these is labelled",
)
RENAMED_FROM_NOTHING = (
    "no live object has a name of renamedFrom ({}): a new one is created; take renamedFrom out, or correct it"
)
NOT_LABELLED = (
    "RECONCILER_FINGERPRINT_KEY has no effect on it, since fingerprints are labels, and only objects that a Project "
    "owns carry labels"
)
