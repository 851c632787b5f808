"""Certificates for a sandbox that speaks HTTPS."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import trustme

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Certificates:
    """PEM files: the certificate of an authority, and one it gave to ``127.0.0.1``, with the private key."""

    authority: Path
    server: Path


def certificates(folder: Path) -> Certificates:
    """Make new certificates and write them into a folder."""
    authority = trustme.CA()
    made = Certificates(folder / "authority.pem", folder / "server.pem")
    authority.cert_pem.write_to_path(made.authority)
    authority.issue_cert("127.0.0.1").private_key_and_cert_chain_pem.write_to_path(made.server)
    return made
