"""Files that must be decrypted, unpacked or fetched first, recognized by their first bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

_BEGINNINGS: tuple[tuple[bytes, str], ...] = (
    (b"\0GITCRYPT\0", "is encrypted with git-crypt; unlock the repository first (git-crypt unlock)"),
    (b"$ANSIBLE_VAULT;", "is encrypted with Ansible Vault; decrypt it first (ansible-vault decrypt)"),
    (b"age-encryption.org/", "is encrypted with age; decrypt it first (age --decrypt)"),
    (b"-----BEGIN AGE ENCRYPTED FILE-----", "is encrypted with age; decrypt it first (age --decrypt)"),
    (b"-----BEGIN PGP MESSAGE-----", "is encrypted with PGP; decrypt it first (gpg --decrypt)"),
    (b"\x85\x01", "is encrypted with PGP; decrypt it first (gpg --decrypt)"),
    (b"\x85\x02", "is encrypted with PGP; decrypt it first (gpg --decrypt)"),
    (b"\x8c\x0d\x04", "is encrypted with PGP; decrypt it first (gpg --decrypt)"),
    (b"-----BEGIN PKCS7-----", "is encrypted (PKCS #7); decrypt it first"),
    (b"Salted__", "is encrypted with OpenSSL; decrypt it first (openssl enc -d)"),
    (b"\x1f\x8b", "is compressed with gzip; unpack it first (gunzip)"),
    (b"PK\x03\x04", "is a ZIP archive; unpack it first"),
    (b"\xfd7zXZ\0", "is compressed with xz; unpack it first"),
    (b"BZh", "is compressed with bzip2; unpack it first"),
    (b"\x28\xb5\x2f\xfd", "is compressed with Zstandard; unpack it first"),
    (b"version https://git-lfs.github.com/spec/", "is a pointer of Git LFS; fetch the file first (git lfs pull)"),
    (b"/annex/objects/", "is a pointer of git-annex; fetch the file first (git annex get)"),
)
SOPS = "is encrypted with SOPS; decrypt it first (sops --decrypt FILE | reconciler … -f -)"


def sealed_by(data: bytes) -> str | None:
    """Return why a file cannot be read yet and what to do, in words that follow its name; ``None`` for a plain file."""
    start = data.lstrip()[:64] if data[:1].isspace() else data[:64]
    return next((words for beginning, words in _BEGINNINGS if start.startswith(beginning)), None)


def is_sops(data: Mapping[str, Any]) -> bool:
    """Return whether SOPS wrote a document: its values are encrypted, its keys are not."""
    sops = data.get("sops")
    return isinstance(sops, dict) and "mac" in sops
