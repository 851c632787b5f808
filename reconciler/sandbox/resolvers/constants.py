"""Fields that the sandbox does not simulate, and their constant values.

``allow…`` fields are true, except those that :mod:`.permissions` denies.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

CONSTANTS: Mapping[str, Mapping[str, Any]] = {
    "Organization": {
        "concurrentExecutionLimit": 1000,
        "concurrentLreLimit": 100,
        "currentPlan": "Sandbox",
        "featureFlags": "{}",
        "marketplaceName": "Marketplace",
        "overExecutionLimit": False,
        "overdue": False,
        "systemSuspended": False,
        "usesBillingPortal": False,
    },
    "Customer": {"allowEmbeddedWorkflowBuilder": True},
    "User": {
        "appName": "Prismatic",
        "hideSensitiveCustomerDataEnabled": False,
        "marketplaceName": "Marketplace",
    },
    "Integration": {
        "allowMultipleMarketplaceInstances": False,
        "hasOutdatedComponents": False,
        "marketplaceConfiguration": "NOT_AVAILABLE_IN_MARKETPLACE",
    },
    "IntegrationFlow": {
        "retryDelayMinutes": 0,
        "retryMaxAttempts": 0,
        "retryUsesExponentialBackoff": False,
        "singletonExecutions": False,
        "usesFifoQueue": False,
    },
    "Instance": {"listeningMode": False},
    "InstanceExecutionResult": {"isLre": False},
    "InstanceStepResult": {"fromPreprocessFlow": False, "isLoopStep": False, "isRootResult": True},
    "Action": {
        "allowsBranching": False,
        "canCallComponentFunctions": False,
        "description": "",
        "dynamicBranchInput": "",
        "hasOnInstanceDelete": False,
        "hasOnInstanceDeploy": False,
        "hasWebhookCreateFunction": False,
        "hasWebhookDeleteFunction": False,
        "important": False,
        "isDataSource": False,
        "isDetailDataSource": False,
        "isPollingTrigger": False,
        "terminateExecution": False,
    },
    "IntegrationAction": {"description": ""},
    "Log": {"fromPreprocessFlow": False},
    "Component": {"forCodeNativeIntegration": False, "signature": ""},
    "Connection": {"default": True, "onPremiseAvailable": True},
}
