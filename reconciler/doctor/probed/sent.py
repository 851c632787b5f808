"""The fields of inputs that the mutations of the probes send: fewer than those of a kind, which may send all."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_SENT: Mapping[str, Mapping[str, str]] = {
    "probeCreateCustomer": {"CreateCustomerInput": "name externalId labels"},
    "probeUpdateCustomer": {"UpdateCustomerInput": "id description externalId"},
    "probeDeleteCustomer": {"DeleteCustomerInput": "id"},
    "probeCreateInstance": {"CreateInstanceInput": "name customer integration labels"},
    "probeUpdateInstance": {
        "UpdateInstanceInput": "id name description enabled flowConfigs integration labels",
        "InputInstanceFlowConfig": "flowId testPayload",
    },
    "probeConfigureInstance": {
        "UpdateInstanceConfigVariablesInput": "id configVariables",
        "InputInstanceConfigVariable": "key customerConfigVariableId scheduleType value values",
    },
    "probeDeployInstance": {"DeployInstanceInput": "id"},
    "probeDeleteInstance": {"DeleteInstanceInput": "id"},
    "probeCreateEndpoint": {"CreateWebhookEndpointInput": "name description enabled eventTypes secret url"},
    "probeUpdateEndpoint": {"UpdateWebhookEndpointInput": "id name"},
    "probeDeleteEndpoint": {"DeleteWebhookEndpointInput": "id"},
    "probeCreateAlertWebhook": {"CreateAlertWebhookInput": "name headers payloadTemplate url"},
    "probeUpdateAlertWebhook": {"UpdateAlertWebhookInput": "id name"},
    "probeDeleteAlertWebhook": {"DeleteAlertWebhookInput": "id"},
    "probeCreateAlertGroup": {"CreateAlertGroupInput": "name users webhooks"},
    "probeUpdateAlertGroup": {"UpdateAlertGroupInput": "id users webhooks"},
    "probeDeleteAlertGroup": {"DeleteAlertGroupInput": "id"},
    "probeCreateMonitor": {
        "CreateAlertMonitorInput": "name durationSecondsCondition flowConfig groups triggers users webhooks"
    },
    "probeUpdateMonitor": {
        "UpdateAlertMonitorInput": "id durationSecondsCondition flowConfig groups triggers users webhooks"
    },
    "probeDeleteMonitor": {"DeleteAlertMonitorInput": "id"},
    "probeCreateConnection": {
        "CreateScopedConfigVariableInput": "key connection inputs managedBy stableKey variableScope",
        "InputExpression": "name meta type value",
    },
    "probeDeleteConnection": {"DeleteScopedConfigVariableInput": "id"},
    "probeCreateCustomerConnection": {
        "CreateCustomerConfigVariableInput": "key customer inputs scopedConfigVariable",
        "InputExpression": "name type value",
    },
    "probeUpdateCustomerConnection": {
        "UpdateCustomerConfigVariableInput": "id inputs",
        "InputExpression": "name type value",
    },
    "probeDeleteCustomerConnection": {"DeleteCustomerConfigVariableInput": "id"},
    "probeTestFlow": {"TestInstanceFlowConfigInput": "id contentType payload"},
}

SENT_BY_PROBES: Mapping[str, frozenset[str]] = {
    name: frozenset(f"{kind}.{field}" for kind, fields in inputs.items() for field in fields.split())
    for name, inputs in _SENT.items()
}
"""By the name of the mutation, each as in ``CreateCustomerInput.name``."""
