"""The profiles of Prismatic's own command line tool, in ``~/.config/prism/config.yml``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from reconciler.errors import UsageError
from reconciler.secrets.pasted_tokens import quoted
from reconciler.secrets.secret import Secret
from reconciler.text.suggest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_ONLY = "default"
LARGEST = 1024 * 1024
"""Bytes of a file that may be read; files of sign-ins have a few kilobytes."""


@dataclass(frozen=True, slots=True)
class Profile:
    """One sign-in, with the values of the file; only their types are checked."""

    name: str
    access_token: Secret | None
    refresh_token: Secret | None
    tenant_id: str | None
    url: str | None


def read_profile(path: Path, name: str | None) -> Profile:
    """Return the profile ``name`` of the file, or its default one.

    The file has one of two forms: ``version: 1`` with ``defaultProfile`` and ``profiles``, or the older one, a single
    sign-in at the top. Raises :class:`UsageError` for any other content, and ``FileNotFoundError``.
    """
    content = _load(path)
    if "profiles" not in content:
        return _single_profile(path, name, content)
    if content.get("version", 1) != 1:
        raise UsageError(f"{path}: version {content['version']!r} is not supported; expected version 1")
    profiles = content["profiles"]
    if not isinstance(profiles, dict) or not all(isinstance(each, dict) for each in profiles.values()):
        raise UsageError(f"{path}: profiles must be a mapping of names to sign-ins; run `prism login` again")
    wanted = name or content.get("defaultProfile") or _ONLY
    if not isinstance(wanted, str) or wanted not in profiles:
        known = did_you_mean(str(wanted), map(str, profiles))
        raise UsageError(f"{path}: has no profile {quoted(str(wanted))}; {known}")
    return _profile(path, str(wanted), profiles[wanted])


def _single_profile(path: Path, name: str | None, content: Mapping[str, Any]) -> Profile:
    if name not in (None, _ONLY):
        named = quoted(name or "")
        raise UsageError(f"{path}: has no profile {named}; the file has the older form with a single sign-in")
    if not {"accessToken", "refreshToken"} & content.keys():
        raise UsageError(f"{path}: contains no sign-in; run `prism login`")
    return _profile(path, _ONLY, content)


def _load(path: Path) -> dict[str, Any]:
    import yaml

    try:
        content = yaml.safe_load(_read(path))
    except (FileNotFoundError, NotADirectoryError):
        raise FileNotFoundError(path) from None
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise UsageError(f"{path}: is not UTF-8 text") from None
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        # The parser's own message quotes the line, and the line may contain a token.
        mark = getattr(error, "problem_mark", None)
        place = f":{mark.line + 1}" if mark else ""
        raise UsageError(f"{path}{place}: is not valid YAML; run `prism login` again") from None
    if not isinstance(content, dict):
        raise UsageError(f"{path}: must be a mapping; run `prism login` again")
    return content


def _read(path: Path) -> str:
    """Return the file's text. Raises ``UsageError`` for a device, and for a file too large to hold sign-ins."""
    if not path.is_file():
        if path.exists():
            raise UsageError(f"{path}: is not a file")
        raise FileNotFoundError(path)
    with path.open("rb") as file:
        data = file.read(LARGEST + 1)
    if len(data) > LARGEST:
        raise UsageError(f"{path}: is too large for a file of sign-ins")
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
