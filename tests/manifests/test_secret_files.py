"""``valueFrom: {file: F, key: a.b}``: one file of secrets for many, and what is said where it does not give one."""

from __future__ import annotations

import codecs
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from manifests.reading import INSTANCE, problems, read, write
from support.manifests import customer, instance

from reconciler.errors import ManifestErrors
from reconciler.secrets.secret import Secret, Unresolved

if TYPE_CHECKING:
    from support.world import World

CASES = yaml.safe_load(Path(__file__).with_name("secret_files.yaml").read_text(encoding="utf-8"))


def with_values(**values: str) -> str:
    """Return an instance with the config variables."""
    return f"{INSTANCE}  configVariables:\n" + "".join(f"    {key}: {value}\n" for key, value in values.items())


@pytest.mark.parametrize("case", CASES, ids=[case["case"] for case in CASES])
def test_a_key_leads_to_a_text_of_the_file_or_to_a_message_without_values(case: dict[str, str], tmp_path: Path) -> None:
    """The text at the key is the secret; anything else is a problem at the key's place that quotes no value."""
    write(tmp_path, {"a.yml": with_values(K=f'{{valueFrom: {{file: F, key: "{case["key"]}"}}}}'), "F": case["text"]})
    if "value" in case:
        (resource,) = read(tmp_path, "a.yml").resources
        assert resource.spec["configVariables"] == {"K": Secret(case["value"])}
        return
    (problem,) = problems(tmp_path, "a.yml")
    assert problem.partition(": ")[2] == case["error"]
    assert problem.startswith("a.yml:9:")
    assert "hunter2" not in problem
    assert "4711" not in problem


def test_a_file_is_read_once_however_many_keys_are_taken_out_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Six hundred values of one file read it once."""
    opened: list[Path] = []
    original = Path.open

    def watched(self: Path, *arguments: Any, **more: Any) -> Any:
        opened.append(self)
        return original(self, *arguments, **more)

    values = {f"K{number}": f"{{valueFrom: {{file: F, key: k.{number}}}}}" for number in range(600)}
    write(tmp_path, {"a.yml": with_values(**values), "F": f"k: [{', '.join(f'v{n}' for n in range(600))}]"})
    monkeypatch.setattr(Path, "open", watched)
    (resource,) = read(tmp_path, "a.yml").resources
    assert resource.spec["configVariables"]["K599"] == Secret("v599")
    assert [path.name for path in opened].count("F") == 1


def test_keep_secrets_covers_missing_keys(tmp_path: Path) -> None:
    """With ``keep_secrets`` a missing key leaves the live secret as it is."""
    write(tmp_path, {"a.yml": with_values(K="{valueFrom: {file: F, key: b}}"), "F": "a: x"})
    (resource,) = read(tmp_path, "a.yml", keep_secrets=True).resources
    assert resource.spec["configVariables"]["K"] == Unresolved("the value at the key 'b' of the file F")


@pytest.mark.parametrize("source", ["{key: a}", "{env: A, key: a}", "{exec: [a], key: a}", "{file: F, env: A}"])
def test_a_key_is_allowed_only_beside_a_file(source: str, tmp_path: Path) -> None:
    """``key`` beside anything but ``file`` is a problem before a file is read."""
    write(tmp_path, {"a.yml": with_values(K=f"{{valueFrom: {source}}}"), "F": "a: x"})
    assert problems(tmp_path, "a.yml")


BYTES: list[tuple[str, bytes, str | None, str]] = [
    ("a byte order mark", codecs.BOM_UTF8 + b"hush", "hush", ""),
    ("a byte order mark and a line end", codecs.BOM_UTF8 + b"hush\r\n", "hush", ""),
    ("a line end", b"hush\n", "hush", ""),
    ("two line ends", b"hush\n\n", "hush\n", "ends with a line break"),
    ("a carriage return", b"hush\r", "hush\r", "ends with a carriage return (CR)"),
    ("a blank", b"hush \n", "hush ", "ends with a blank"),
    ("a blank before", b" hush", " hush", "begins with a blank"),
    ("a tab", b"hush\t", "hush\t", "ends with a tab"),
    ("a no-break space", "\xa0hush\xa0".encode(), "\xa0hush\xa0",
     "begins with a no-break space and ends with a no-break space"),
    ("a zero-width space", "hush\u200b".encode(), "hush\u200b", "ends with a zero-width space"),
    ("a second byte order mark", codecs.BOM_UTF8 * 2 + b"hush", "\ufeffhush", "begins with a byte order mark"),
    ("a direction mark", "hush\u200e".encode(), "hush\u200e", "ends with the unseen character U+200E"),
    ("blanks within", b"hu sh", "hu sh", ""),
    ("UTF-16", codecs.BOM_UTF16_LE + "hush".encode("utf-16-le"), None, "is UTF-16 or holds NUL characters"),
    ("UTF-16, big end first", codecs.BOM_UTF16_BE + "hush".encode("utf-16-be"), None, "is UTF-16 or holds NUL"),
    ("UTF-16 without a mark", "hush".encode("utf-16-le"), None, "is UTF-16 or holds NUL characters"),
    ("git-crypt", b"\0GITCRYPT\0\1\2\3", None, "is encrypted with git-crypt"),
    ("a mark alone", codecs.BOM_UTF8, None, "is empty"),
    ("a line end alone", b"\r\n", None, "is empty"),
    ("blanks alone", b" \t \n", None, "holds nothing but blanks"),
    ("no-break spaces alone", "\xa0\u200b".encode(), None, "holds nothing but blanks"),
]  # fmt: skip


def _fits_a_variable(data: bytes) -> bool:
    """Say whether an environment variable can hold the bytes: text without a NUL."""
    return b"\0" not in data and data.decode(errors="replace").encode() == data


@pytest.mark.parametrize(
    ("way", "data", "secret", "said"),
    [
        pytest.param(way, *row[1:], id=f"{way}-{row[0]}")
        for way in ("file", "exec", "env")
        for row in BYTES
        if way != "env" or _fits_a_variable(row[1])
    ],
)
def test_whitespace_around_a_secret_is_handled(
    way: str, data: bytes, secret: str | None, said: str, tmp_path: Path
) -> None:
    """A byte order mark and one final line end are removed; other invisible characters are warned of.

    No warning and no error shows the secret.
    """
    sources = {
        "file": "{file: F}",
        "exec": f"{{exec: ['{sys.executable}', -c, \"import sys; sys.stdout.buffer.write(open('F','rb').read())\"]}}",
        "env": "{env: SECRET}",
    }
    environ = {}
    if way == "env":
        environ["SECRET"] = data.decode()
        if secret is not None and data.endswith(b"\n"):  # which nothing puts behind a variable by itself
            secret, said = environ["SECRET"].removeprefix("\ufeff"), "ends with a line break"
        if secret is None and data == b"\r\n":
            said = "holds nothing but blanks"
    write(tmp_path, {"a.yml": with_values(K=f"{{valueFrom: {sources[way]}}}")})
    (tmp_path / "F").write_bytes(data)
    options = {"environ": environ, "allow_exec": True}
    if secret is None:
        with pytest.raises(ManifestErrors, match=said) as caught:
            read(tmp_path, "a.yml", **options)
        assert "hush" not in str(caught.value)
        return
    manifests = read(tmp_path, "a.yml", **options)
    (resource,) = manifests.resources
    assert resource.spec["configVariables"] == {"K": Secret(secret)}
    warnings = [warning.message for warning in manifests.warnings]
    assert bool(warnings) == bool(said)
    assert all(said in message and "hush" not in message for message in warnings)


def test_an_odd_secret_is_a_warning_of_the_plan(world: World, tmp_path: Path) -> None:
    """A plan warns at the place of the ``valueFrom``, and of inputs that stand in a manifest at theirs."""
    text = (
        customer()
        + instance("Types", "name: Every Data Type, version: 1")
        + """\
  configVariables:
    A String: {valueFrom: {file: F}}
    A Connection:
      inputs:
        apiKey: |
          hush
        host: {valueFrom: {file: G, key: host}}
"""
    )
    write(tmp_path, {"it.yaml": text, "F": "hush \n", "G": "host: 'hush\u200b'"})
    plan = world.plan(tmp_path)
    found = {(each.place.line, each.message.partition(", which")[0]) for each in plan.warnings if each.place}
    assert found == {
        (14, "the file F ends with a blank"),
        (17, "A Connection: apiKey ends with a line break"),
        (19, "the value at the key 'host' of the file G ends with a zero-width space"),
    }
    assert not any("hush" in each.message for each in plan.warnings)
