"""Secrets that a manifest leaves empty, or fills with what its author can hardly have meant."""

from __future__ import annotations

import pytest
from support.nodes import node

from reconciler.kinds.instance.flow_configs import compare_flows
from reconciler.kinds.instance.operations import InstanceFields
from reconciler.kinds.instance.spec import flow_credentials
from reconciler.kinds.instance.withholding import withheld
from reconciler.kinds.shared.clearing import blank_texts
from reconciler.kinds.shared.mismatch import Mismatch
from reconciler.kinds.variables.codec import Declaration, compare
from reconciler.kinds.variables.configuration import compare_configuration
from reconciler.kinds.variables.fragments import LiveVariable
from reconciler.secrets.doubtful_text import doubt
from reconciler.secrets.secret import Secret, Unresolved

SECRETS = (
    Declaration("API Token", "STRING"),
    Declaration("Private Key", "CODE"),
    Declaration("Word", "STRING", sensitive=True),
    Declaration("Login Data", "CREDENTIAL"),
)
LIVE = node(LiveVariable, value="live-secret")
LOGIN = Declaration("Login", "CONNECTION", inputs={"host": "", "password": ""})


@pytest.mark.parametrize("declaration", SECRETS, ids=lambda each: each.key)
@pytest.mark.parametrize("value", [None, "", " ", "\t\n", "\u200b"])
def test_an_empty_secret_is_refused(declaration: Declaration, value: str | None) -> None:
    """By its mark, its type or its name a secret: nothing and blanks are mistakes, which say how to empty it."""
    with pytest.raises(Mismatch) as mismatch:
        compare(declaration, value, LIVE)
    assert "write {clear: true} to empty it" in mismatch.value.message()


@pytest.mark.parametrize("declaration", SECRETS, ids=lambda each: each.key)
def test_clear_empties_a_secret(declaration: Declaration) -> None:
    """``{clear: true}`` empties each of them, and the plan warns."""
    live = node(LiveVariable, value="live-secret", required_config_variable={"key": declaration.key})
    instance = node(InstanceFields, config_variables={"nodes": [live]})
    found = compare_configuration({declaration.key: {"clear": True}}, {declaration.key: declaration}, instance)
    assert [each["key"] for each in found.wire] == [declaration.key]
    (warning,) = found.warnings
    assert warning.message == f"{declaration.key} is emptied; its live value cannot be brought back"


@pytest.mark.parametrize("value", [None, "", " "])
def test_null_resets_a_variable_that_is_no_text(value: str | None) -> None:
    """A variable that is called as secrets are and takes no free text is as any other."""
    declaration = Declaration("Token Count", "NUMBER", default="1")
    if value is None:
        assert compare(declaration, None, node(LiveVariable, value="2")).wire is not None
    else:
        with pytest.raises(Mismatch, match="a number"):
            compare(declaration, value, LIVE)


DOUBTFUL = {
    "secret ": "ends with a blank",
    "\ufeffsecret": "begins with a byte order mark",
    "${PW}": "placeholder",
    "$PW": "placeholder",
    "$(PW)": "placeholder",
    "{{ .Values.password }}": "placeholder",
    "<%= password %>": "placeholder",
    "%PASSWORD%": "placeholder",
    "<YOUR-PASSWORD>": "placeholder",
}


@pytest.mark.parametrize(("value", "said"), DOUBTFUL.items())
def test_a_placeholder_as_a_secret_is_warned_of(value: str, said: str) -> None:
    """Inputs, API keys, headers and secret variables alike: a reviewer sees none of them."""
    declarations = {each.key: each for each in (*SECRETS, LOGIN)}
    declared = {"Login": {"inputs": {"password": value}}, "API Token": value}
    outcome = compare_configuration(declared, declarations, None)
    flows = compare_flows({"Sync": {"apiKeys": [value], "testHeaders": {"X": value}}}, {"Sync": "id"}, None)
    messages = [each.message for each in (*outcome.warnings, *flows.warnings)]
    assert len([each for each in messages if said in each]) == 4
    assert not [each for each in messages if "secret" in each]


@pytest.mark.parametrize("value", ["secret", "p$w", "100%", "a{{b}}c", "<html>", "%41", "${", Secret("${PW}"), 5, None])
def test_ordinary_text_as_a_secret_is_not_warned_of(value: object) -> None:
    """Text with such signs in it is taken as it is, and so is what comes from outside."""
    assert doubt(value) is None


def test_blank_credentials_of_a_flow_are_refused() -> None:
    """An API key or a header with nothing to be seen would blank the live one."""
    config = {"apiKeys": ["a", " ", Unresolved(), "\u200b"], "testHeaders": {"X": "\t", "Y": "y", "Z": {"clear": True}}}
    credentials = flow_credentials({"Sync": config, "Other": {"apiKeys": {"clear": True}}})
    assert [each.path for each in blank_texts(credentials)] == [
        ("flowConfigs", "Sync", "apiKeys", 1),
        ("flowConfigs", "Sync", "apiKeys", 3),
        ("flowConfigs", "Sync", "testHeaders", "X"),
    ]


def test_without_secrets_impossible_secrets_are_still_refused() -> None:
    """A check that may not know secrets finds what is no secret's value; whether one is right it does not say."""
    declarations = {each.key: each for each in (*SECRETS, LOGIN)}
    declared = {"Login": {"inputs": {"host": 5, "password": "guess"}}, "API Token": "", "Word": "guess"}
    kept = withheld({"configVariables": declared}, declarations)["configVariables"]
    assert kept["Login"]["inputs"] == {"host": 5, "password": Unresolved()}
    assert (kept["API Token"], kept["Word"]) == ("", Unresolved())


@pytest.mark.parametrize("inputs", [["host"], "host", 5, None])
def test_without_secrets_invalid_inputs_are_still_refused(inputs: object) -> None:
    """They are found wrong by the comparison, as without the option."""
    declared = {"Login": {"inputs": inputs}}
    assert withheld({"configVariables": declared}, {"Login": LOGIN})["configVariables"] == declared
