"""``--without-secrets``: what stands in the places of secrets is not compared, wherever it comes from.

A plan for people who must not know secrets may not even tell whether a guess that they wrote down is one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.kinds.instance.flow_configs import OFTEN_SECRET
from reconciler.kinds.shared.mismatch import Mismatch
from reconciler.kinds.variables.codec import CONNECTION, compare
from reconciler.kinds.variables.connections import input_text
from reconciler.secrets.hidden import has_secret_names
from reconciler.secrets.secret import Unresolved

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reconciler.kinds.variables.codec import Declaration


def withheld(spec: Mapping[str, Any], declarations: Mapping[str, Declaration]) -> dict[str, Any]:
    """Return an instance's spec with ``Unresolved`` in each place of a secret.

    >>> withheld({"flowConfigs": {"Flow": {"apiKeys": ["guess"], "testPayload": "x"}}}, {})
    {'flowConfigs': {'Flow': {'apiKeys': Unresolved(source=''), 'testPayload': 'x'}}}
    """
    kept = dict(spec)
    if spec.get("configVariables"):
        kept["configVariables"] = {
            key: _variable(declarations[key], value) if key in declarations else value
            for key, value in spec["configVariables"].items()
        }
    if spec.get("flowConfigs"):
        kept["flowConfigs"] = {
            name: {field: Unresolved() if field in OFTEN_SECRET else value for field, value in config.items()}
            for name, config in spec["flowConfigs"].items()
        }
    return kept


def _variable(declared: Declaration, value: Any) -> Any:
    if declared.data_type == CONNECTION:
        inputs = value.get("inputs") if isinstance(value, dict) else None
        if not isinstance(inputs, dict):
            return value
        return {**value, "inputs": {name: _input(each) for name, each in inputs.items()}}
    if not (declared.concealed or has_secret_names(value, declared.key)):
        return value
    try:
        compare(declared, value, None)
    except Mismatch:
        return value
    return _unresolved(value)


def _input(value: Any) -> Any:
    """Return what stands for an input; what no input can be stays, and is reported."""
    if isinstance(value, Unresolved):
        return value
    try:
        input_text(value)
    except Mismatch:
        return value
    return Unresolved()


def _unresolved(value: Any) -> Unresolved:
    """Return what stands for a value; one that is not resolved already knows from where it would be."""
    return value if isinstance(value, Unresolved) else Unresolved()
