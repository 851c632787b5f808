"""Which organization an environment stands for, compared with the one that a token belongs to."""

from __future__ import annotations

import base64
import re
import unicodedata
from typing import TYPE_CHECKING

from reconciler.model.diagnostic import Diagnostic

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconciler.manifests.project.project import Environment, Project
    from reconciler.manifests.result import Manifests
    from reconciler.model.place import Place
    from reconciler.model.tenant import Identity

_ID_OF = b"Organization:"
_BLANKS_AND_DASHES = re.compile(r"[\s\u00ad\u2010-\u2015\u2212_-]+")


def organization_problem(manifests: Manifests, identity: Identity, token: str) -> Diagnostic | None:
    """Return why a token is not of the environment's organization; ``None`` where it is, or none is declared.

    ``token`` says where the token was found. A declared ID is compared with IDs alone, so that no organization can
    pass by being called like another one's ID. A name is compared letter by letter.
    """
    project, chosen = manifests.project, manifests.environment
    if project is None or chosen is None or chosen.organization is None:
        return None
    place = _place(manifests, "spec", "environments", chosen.name, "organization")
    if not _stands_for(chosen, identity):
        return Diagnostic(_mismatch(project, chosen, identity, token), place)
    if chosen.organization == identity.organization_id:
        return None
    # Names are not unique: another environment says by its ID that this very organization is its own.
    for other in project.environments.values():
        if other.name != chosen.name and other.organization == identity.organization_id:
            message = (
                f"two environments could mean the organization {identity.organization!r}: {other.name!r} names its"
                f" ID ({identity.organization_id}), and {chosen.name!r} its name; write the ID of the one that"
                f" {chosen.name!r} stands for"
            )
            return Diagnostic(message, place)
    return None


def organization_warnings(manifests: Manifests, identity: Identity) -> Iterator[tuple[str, Place | None]]:
    """Yield what to say of a project that does not say, or not clearly, which organization is meant; at most once."""
    project, chosen = manifests.project, manifests.environment
    if project is None:
        return
    line = f"organization: {identity.organization_id}"
    unnoticed = "names no organization, so a token of another one would not be noticed"
    about = f"(the ID of {identity.organization!r}, which this token is for)"
    if chosen is None:
        pasted = f"environments: {{production: {{{line}}}}}"
        then = "and choose it with --environment production"
        yield f"this project {unnoticed}; paste under spec: {pasted} {about}, {then}", _place(manifests, "spec")
    elif chosen.organization is None:
        place = _place(manifests, "spec", "environments", chosen.name)
        yield f"the environment {chosen.name!r} {unnoticed}; paste into it: {line} {about}", place
    elif same := _named_alike(project, chosen, identity):
        place = _place(manifests, "spec", "environments", chosen.name, "organization")
        both = f"the environments {chosen.name!r} and {same!r} name the same organization, {chosen.organization!r}"
        yield f"{both}; a name does not distinguish them, so write the ID: {line}", place


def _named_alike(project: Project, chosen: Environment, identity: Identity) -> str | None:
    """Return another environment of the same stack that names the same organization by its name."""
    if chosen.organization in {None, identity.organization_id}:
        return None
    alike = (
        other.name
        for other in project.environments.values()
        if other.name != chosen.name and (other.organization, other.url) == (chosen.organization, chosen.url)
    )
    return next(alike, None)


def _stands_for(environment: Environment, identity: Identity) -> bool:
    declared = environment.organization
    if declared == identity.organization_id:
        return True
    return declared is not None and not _is_id(declared) and _composed(declared) == _composed(identity.organization)


def _mismatch(project: Project, chosen: Environment, identity: Identity, token: str) -> str:
    other = next((each.name for each in project.environments.values() if _stands_for(each, identity)), None)
    whose = f", the organization of the environment {other!r}" if other else ""
    declared = str(chosen.organization)
    near = mend = ""
    if not _is_id(declared) and _outline(declared) == _outline(identity.organization):
        near = "; the names look alike, and are compared letter by letter"
        mend = f", or correct the name in reconciler.yaml where {identity.organization!r} is meant"
    return (
        f"the environment {chosen.name!r} is for the organization {declared!r}, and the token of {token} is for"
        f" {identity.organization!r} ({identity.organization_id}){whose}{near}; use a token of {declared!r}, or choose"
        f" another environment{mend}"
    )


def _is_id(text: str) -> bool:
    """Say whether a text has the form of an organization's ID: base64 of its type and a UUID."""
    try:
        return base64.b64decode(text, validate=True).startswith(_ID_OF)
    except ValueError:
        return False


def _composed(text: str) -> str:
    """Return the one of a text's Unicode forms in which texts that read the same letter by letter are equal."""
    return unicodedata.normalize("NFC", text)


def _outline(text: str) -> str:
    """Return what is left of a name without what the eye passes over: case, width, blanks, dashes, accents."""
    plain = unicodedata.normalize("NFKD", text)
    letters = "".join(each for each in plain if unicodedata.category(each) not in {"Mn", "Cf"})
    return _BLANKS_AND_DASHES.sub(" ", letters).strip().casefold()


def _place(manifests: Manifests, *path: str) -> Place | None:
    return manifests.project_origin.place(path, key=path[-1] != "organization") if manifests.project_origin else None
