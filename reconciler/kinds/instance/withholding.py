"""``--without-secrets``: values in the places of secrets are not compared, wherever they come from.

The plan is for people who must not know the secrets. It must not even show whether a guess in a manifest is right.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.kinds.instance.flow_configs import OFTEN_SECRET
from reconciler.kinds.shared.mismatch import Mismatch
from reconciler.kinds.variables.codec import CONNECTION, compare
from reconciler.kinds.variables.inputs import withheld_input
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
        return {**value, "inputs": {name: withheld_input(each) for name, each in inputs.items()}}
    if not (declared.concealed or has_secret_names(value, declared.key)):
        return value
    try:
        compare(declared, value, None)
    except Mismatch:
        return value
    return _unresolved(value)


def _unresolved(value: Any) -> Unresolved:
    """Return the replacement of a value; an ``Unresolved`` keeps its source."""
    return value if isinstance(value, Unresolved) else Unresolved()
