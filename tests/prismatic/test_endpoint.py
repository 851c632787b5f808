"""The sources of the address and the tokens."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from reconciler.errors import NotAuthenticated, UsageError
from reconciler.prismatic.settings.endpoint import Endpoint, find_endpoint
from reconciler.prismatic.settings.profile import LARGEST
from reconciler.secrets.secret import Secret

if TYPE_CHECKING:
    from reconciler.errors import ReconcilerError

EU = "https://app.eu-west-1.prismatic.io"
DEFAULT = "https://app.prismatic.io"

PROFILES = f"""
version: 1
defaultProfile: work
profiles:
  work: {{accessToken: work-access, refreshToken: work-refresh, expiresIn: 60, prismaticUrl: '{EU}', tenantId: t-1}}
  home: {{accessToken: home-access, refreshToken: '', scope: openid, tokenType: Bearer}}
  signed-out: {{accessToken: '', prismaticUrl: '{EU}'}}
"""
FLAT = "accessToken: flat-access\nrefreshToken: flat-refresh\nexpiresIn: 60\ntenantId: t-2\n"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / ".config" / "prism").mkdir(parents=True)
    return tmp_path


def config(home: Path) -> Path:
    return home / ".config" / "prism" / "config.yml"


def endpoint(url: str, access: str | None, refresh: str | None, source: str, tenant: str | None = None) -> Endpoint:
    return Endpoint(url, Secret(access) if access else None, Secret(refresh) if refresh else None, tenant, source)


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({"PRISM_ACCESS_TOKEN": "a"}, endpoint(DEFAULT, "a", None, "PRISM_ACCESS_TOKEN")),
        ({"PRISMATIC_API_KEY": "a"}, endpoint(DEFAULT, "a", None, "PRISMATIC_API_KEY")),
        ({"PRISM_REFRESH_TOKEN": "r"}, endpoint(DEFAULT, None, "r", "PRISM_REFRESH_TOKEN")),
        ({"PRISMATIC_REFRESH_TOKEN": "r"}, endpoint(DEFAULT, None, "r", "PRISMATIC_REFRESH_TOKEN")),
        (
            {"PRISM_ACCESS_TOKEN": "a", "PRISM_REFRESH_TOKEN": "r", "PRISMATIC_TENANT_ID": "t", "PRISMATIC_URL": EU},
            endpoint(EU, "a", "r", "PRISM_ACCESS_TOKEN and PRISM_REFRESH_TOKEN", "t"),
        ),
        (
            {"PRISM_ACCESS_TOKEN": "", "PRISMATIC_API_KEY": "k", "PRISMATIC_URL": ""},
            endpoint(DEFAULT, "k", None, "PRISMATIC_API_KEY"),
        ),
    ],
)
def test_the_environment_comes_first(environ: dict[str, str], expected: Endpoint, home: Path) -> None:
    """Tokens in the environment come before any profile, an empty variable counts as unset, the URL has a default."""
    config(home).write_text(PROFILES)
    assert find_endpoint(environ, home=home) == expected


@pytest.mark.parametrize(
    ("content", "environ", "options", "expected"),
    [
        (PROFILES, {}, {}, (EU, "work-access", "work-refresh", "work", "t-1")),
        (PROFILES, {"PRISM_PROFILE": "home"}, {}, (DEFAULT, "home-access", None, "home", None)),
        (PROFILES, {"PRISM_PROFILE": ""}, {}, (EU, "work-access", "work-refresh", "work", "t-1")),
        (PROFILES, {"PRISM_PROFILE": "x"}, {"profile": "home"}, (DEFAULT, "home-access", None, "home", None)),
        (PROFILES, {"PRISM_ACCESS_TOKEN": "a"}, {"profile": "home"}, (DEFAULT, "home-access", None, "home", None)),
        (PROFILES, {"PRISMATIC_URL": EU + "/"}, {}, (EU, "work-access", "work-refresh", "work", "t-1")),
        (PROFILES, {}, {"url": EU, "profile": "home"}, (EU, "home-access", None, "home", None)),
        (PROFILES, {"PRISMATIC_TENANT_ID": "t"}, {"profile": "home"}, (DEFAULT, "home-access", None, "home", "t")),
        (FLAT, {}, {}, (DEFAULT, "flat-access", "flat-refresh", "default", "t-2")),
        (FLAT, {"PRISMATIC_URL": EU}, {"profile": "default"}, (EU, "flat-access", "flat-refresh", "default", "t-2")),
    ],
)
def test_a_profile_of_the_official_tool_is_read(
    content: str, environ: dict[str, str], options: dict[str, Any], expected: tuple[Any, ...], home: Path
) -> None:
    """Both forms of the official tool's file are read; an option comes before the environment, that before the file."""
    config(home).write_text(content)
    url, access, refresh, name, tenant = expected
    found = find_endpoint(environ, home=home, **options)
    assert found == endpoint(url, access, refresh, f"profile {name!r} of {config(home)}", tenant)


def test_the_profile_file_can_be_elsewhere(tmp_path: Path) -> None:
    """PRISM_CONFIG_FILE names another file."""
    (tmp_path / "other.yml").write_text(FLAT)
    found = find_endpoint({"PRISM_CONFIG_FILE": str(tmp_path / "other.yml")}, home=tmp_path)
    assert found.access_token == Secret("flat-access")


def test_the_profile_file_is_in_the_home_directory(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By default the profile file is looked for in the user's home directory."""
    config(home).write_text(FLAT)
    monkeypatch.setattr(Path, "home", lambda: home)
    assert find_endpoint({}).refresh_token == Secret("flat-refresh")


DIFFERENT = ": the token of one stack is not sent to another; use the same address in both, or remove one"


@pytest.mark.parametrize(
    ("content", "environ", "options", "kind", "message"),
    [
        (
            None,
            {},
            {},
            NotAuthenticated,
            (
                "no token in PRISM_ACCESS_TOKEN, PRISMATIC_API_KEY, PRISM_REFRESH_TOKEN, PRISMATIC_REFRESH_TOKEN "
                "and no file {file}; `prism me:token` prints a token for PRISM_ACCESS_TOKEN"
            ),
        ),
        (
            None,
            {"PRISM_ACCESS_TOKEN": "a"},
            {"profile": "work"},
            NotAuthenticated,
            (
                "profile 'work' cannot be read, {file} does not exist; `prism me:token` prints a token for "
                "PRISM_ACCESS_TOKEN"
            ),
        ),
        (
            PROFILES,
            {},
            {"profile": "wrk"},
            UsageError,
            "{file}: has no profile 'wrk'; did you mean 'work'? known: 'home', 'signed-out', 'work'",
        ),
        (
            "profiles: {work: {accessToken: x}}",
            {},
            {},
            UsageError,
            "{file}: has no profile 'default'; known: 'work'",
        ),
        (
            FLAT,
            {},
            {"profile": "work"},
            UsageError,
            "{file}: has no profile 'work'; the file has the older form with a single sign-in",
        ),
        (
            PROFILES,
            {},
            {"profile": "signed-out"},
            NotAuthenticated,
            "profile 'signed-out' of {file} holds no token; run `prism login`",
        ),
        ("scope: x", {}, {}, UsageError, "{file}: contains no sign-in; run `prism login`"),
        ("[1]", {}, {}, UsageError, "{file}: must be a mapping; run `prism login` again"),
        ("", {}, {}, UsageError, "{file}: must be a mapping; run `prism login` again"),
        (
            "accessToken: canary-token\nrefreshToken: 'canary",
            {},
            {},
            UsageError,
            "{file}:2: is not valid YAML; run `prism login` again",
        ),
        (
            "accessToken: \x00",
            {},
            {},
            UsageError,
            "{file}: is not valid YAML; run `prism login` again",
        ),
        (b"\xff\xfe\xff", {}, {}, UsageError, "{file}: is not UTF-8 text"),
        (
            "version: 2\nprofiles: {}",
            {},
            {},
            UsageError,
            "{file}: version 2 is not supported; expected version 1",
        ),
        (
            "profiles: {a: 1}",
            {},
            {},
            UsageError,
            "{file}: profiles must be a mapping of names to sign-ins; run `prism login` again",
        ),
        (
            "profiles: [a]",
            {},
            {},
            UsageError,
            "{file}: profiles must be a mapping of names to sign-ins; run `prism login` again",
        ),
        ("accessToken: 12", {}, {}, UsageError, "{file}: accessToken of profile 'default' must be text"),
        (
            PROFILES,
            {"PRISMATIC_URL": DEFAULT},
            {},
            UsageError,
            f"PRISMATIC_URL is {DEFAULT}, but profile 'work' of {{file}} is {EU}{DIFFERENT}",
        ),
        (
            PROFILES,
            {},
            {"url": DEFAULT},
            UsageError,
            f"the project's environment is {DEFAULT}, but profile 'work' of {{file}} is {EU}{DIFFERENT}",
        ),
        (
            None,
            {"PRISMATIC_URL": DEFAULT, "PRISM_ACCESS_TOKEN": "a"},
            {"url": EU},
            UsageError,
            f"the project's environment is {EU}, but PRISMATIC_URL is {DEFAULT}{DIFFERENT}",
        ),
        *(
            (
                None,
                {variable: token},
                {},
                NotAuthenticated,
                (
                    f"the {name} token from {variable} contains white space or a character outside ASCII; "
                    "copy it again, without a line break"
                ),
            )
            for variable, name, token in (
                ("PRISM_ACCESS_TOKEN", "access", "canary\n"),
                ("PRISM_ACCESS_TOKEN", "access", "can ary"),
                ("PRISMATIC_API_KEY", "access", "canary\u2014x"),
                ("PRISM_REFRESH_TOKEN", "refresh", "\tcanary"),
            )
        ),
    ],
)
def test_each_problem_is_one_line(
    content: str | bytes | None,
    environ: dict[str, str],
    options: dict[str, Any],
    kind: type[ReconcilerError],
    message: str,
    home: Path,
) -> None:
    """Every missing or broken sign-in has a message with the places searched and the remedy, and without a token."""
    if content is not None:
        config(home).write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(kind) as caught:
        find_endpoint(environ, home=home, **options)
    assert str(caught.value) == message.format(file=config(home))
    assert "canary" not in str(caught.value)


def test_a_directory_in_place_of_the_file_is_an_error(home: Path) -> None:
    """A profile file that is a directory is an error that says so."""
    config(home).mkdir()
    with pytest.raises(UsageError, match=r"config\.yml: is not a file"):
        find_endpoint({}, home=home)


def test_a_device_or_a_huge_profile_file_is_not_read(home: Path) -> None:
    """A device, and a file too large for sign-ins, are errors."""
    with pytest.raises(UsageError, match="/dev/zero: is not a file"):
        find_endpoint({"PRISM_CONFIG_FILE": "/dev/zero"}, home=home)
    with config(home).open("wb") as file:
        file.truncate(LARGEST + 1)
    with pytest.raises(UsageError, match="is too large for a file of sign-ins"):
        find_endpoint({}, home=home)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("https://app.prismatic.io", DEFAULT),
        ("https://app.prismatic.io/", DEFAULT),
        (" HTTPS://APP.Prismatic.io:443/ ", DEFAULT),
        ("https://app.prismatic.io:8443", "https://app.prismatic.io:8443"),
        ("http://localhost:8765", "http://localhost:8765"),
        ("http://127.0.0.1:80", "http://127.0.0.1"),
        ("http://127.9.9.9:8765/", "http://127.9.9.9:8765"),
        ("http://[::1]:8765", "http://[::1]:8765"),
    ],
)
def test_an_address_is_normalised(given: str, expected: str) -> None:
    """Every spelling of an address becomes one form; plain http is allowed to this machine."""
    assert find_endpoint({"PRISM_ACCESS_TOKEN": "a", "PRISMATIC_URL": given}).url == expected


JWT = "eyJhbGciOiJIUzI1NiJ9.canary"


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("app.prismatic.io", "PRISMATIC_URL is not a URL: 'app.prismatic.io'; expected https://HOST"),
        ("ftp://app.prismatic.io", "PRISMATIC_URL is not a URL: 'ftp://app.prismatic.io'; expected https://HOST"),
        ("https://", "PRISMATIC_URL is not a URL: 'https://'; expected https://HOST"),
        ("https://a b", "PRISMATIC_URL is not a URL: 'https://a b'; expected https://HOST"),
        ("https://host:port", "PRISMATIC_URL is not a URL: 'https://host:port'; expected https://HOST"),
        (
            "https://xn--zzzzzz.example",
            "PRISMATIC_URL is not a URL: 'https://xn--zzzzzz.example'; expected https://HOST",
        ),
        ("https://a..b", "PRISMATIC_URL is not a URL: 'https://a..b'; expected https://HOST"),
        ("https://[::1", "PRISMATIC_URL is not a URL: 'https://[::1'; expected https://HOST"),
        (JWT, "PRISMATIC_URL is not a URL: (not shown); expected https://HOST"),
        ("x" * 200, "PRISMATIC_URL is not a URL: (not shown); expected https://HOST"),
        ("https://me:canary@host", "PRISMATIC_URL contains a user name or password; expected https://HOST alone"),
        (
            "https://app.prismatic.io/api",
            (
                "PRISMATIC_URL is more than the address of a server: 'https://app.prismatic.io/api'; "
                "expected https://app.prismatic.io"
            ),
        ),
        (
            "https://app.prismatic.io?token=canary",
            "PRISMATIC_URL is more than the address of a server: (not shown); expected https://app.prismatic.io",
        ),
        *(
            (
                given,
                f"PRISMATIC_URL is plain http ({given!r}): a token is sent only over https, or to this machine; use https://HOST",
            )
            for given in (
                "http://app.prismatic.io",
                "http://10.0.0.1:8765",
                "http://localhost.example",
                "http://[::ffff:127.0.0.1]",
                "http://0x7f.1",
            )
        ),
    ],
)
def test_a_wrong_address_is_refused(given: str, message: str) -> None:
    """Only a server's address is accepted, plain http only to this machine; possible secrets are not shown."""
    with pytest.raises(UsageError) as caught:
        find_endpoint({"PRISM_ACCESS_TOKEN": "a", "PRISMATIC_URL": given})
    assert str(caught.value) == message
    assert "canary" not in str(caught.value)
