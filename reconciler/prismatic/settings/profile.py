"""The profiles that Prismatic's own command line tool keeps in ``~/.config/prism/config.yml``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import yaml

from reconciler.errors import UsageError
from reconciler.secrets.pasted_tokens import quoted
from reconciler.secrets.secret import Secret
from reconciler.text.suggest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_ONLY = "default"
LARGEST = 1024 * 1024
"""Bytes that are read of the file."""


@dataclass(frozen=True, slots=True)
class Profile:
    """One sign-in: what the file says of it, unchecked but for the types."""

    name: str
    access_token: Secret | None
    refresh_token: Secret | None
    tenant_id: str | None
    url: str | None


def read_profile(path: Path, name: str | None) -> Profile:
    """Return the profile ``name`` of the file, or its default one.

    Two forms are known: ``version: 1`` with ``defaultProfile`` and ``profiles``, and the older one that
    holds a single sign-in at the top. :class:`UsageError` says what is wrong with any other content;
    ``FileNotFoundError`` passes.
    """
    content = _load(path)
    if "profiles" not in content:
        return _the_only_profile(path, name, content)
    if content.get("version", 1) != 1:
        raise UsageError(f"{path}: version {content['version']!r} of the file is not known; expected version 1")
    profiles = content["profiles"]
    if not isinstance(profiles, dict) or not all(isinstance(each, dict) for each in profiles.values()):
        raise UsageError(f"{path}: profiles must be a mapping of names to sign-ins; run `prism login` to write it anew")
    wanted = name or content.get("defaultProfile") or _ONLY
    if not isinstance(wanted, str) or wanted not in profiles:
        known = did_you_mean(str(wanted), map(str, profiles))
        raise UsageError(f"{path}: there is no profile {quoted(str(wanted))}; {known}")
    return _profile(path, str(wanted), profiles[wanted])


def _the_only_profile(path: Path, name: str | None, content: Mapping[str, Any]) -> Profile:
    if name not in (None, _ONLY):
        named = quoted(name or "")
        raise UsageError(f"{path}: there is no profile {named}; the file is of the older form with a single sign-in")
    if not {"accessToken", "refreshToken"} & content.keys():
        raise UsageError(f"{path}: there is no sign-in in the file; run `prism login`")
    return _profile(path, _ONLY, content)


def _load(path: Path) -> dict[str, Any]:
    try:
        content = yaml.safe_load(_read(path))
    except (FileNotFoundError, NotADirectoryError):
        raise FileNotFoundError(path) from None
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise UsageError(f"{path}: is not UTF-8 text") from None
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        # The parser's own message quotes the line, which may hold a token.
        mark = getattr(error, "problem_mark", None)
        place = f":{mark.line + 1}" if mark else ""
        raise UsageError(f"{path}{place}: is not valid YAML; run `prism login` to write it anew") from None
    if not isinstance(content, dict):
        raise UsageError(f"{path}: must be a mapping; run `prism login` to write it anew")
    return content


def _read(path: Path) -> str:
    """Return the file's text; nothing is read of what is no file, or far too large to be one of sign-ins."""
    if not path.is_file():
        if path.exists():
            raise UsageError(f"{path}: is not a file")
        raise FileNotFoundError(path)
    with path.open("rb") as file:
        data = file.read(LARGEST + 1)
    if len(data) > LARGEST:
        raise UsageError(f"{path}: is too large to be a file of sign-ins")
    return data.decode("utf-8")


def _profile(path: Path, name: str, content: Mapping[str, Any]) -> Profile:
    def text(key: str) -> str | None:
        value = content.get(key)
        if value is not None and not isinstance(value, str):
            raise UsageError(f"{path}: {key} of profile {name!r} must be text")
        return value or None

    def secret(key: str) -> Secret | None:
        value = text(key)
        return Secret(value) if value else None

    return Profile(name, secret("accessToken"), secret("refreshToken"), text("tenantId"), text("prismaticUrl"))
