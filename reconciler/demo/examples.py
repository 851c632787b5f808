"""The folder of the examples, and made-up values for their secrets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.shipped import shipped_folder

if TYPE_CHECKING:
    from pathlib import Path

SECRETS = (
    "BLUE_HARBOR_ACME_PASSWORD",
    "BLUE_HARBOR_LOW_STOCK_KEY",
    "BLUE_HARBOR_S3_ACCESS_KEY_ID",
    "BLUE_HARBOR_S3_SECRET_ACCESS_KEY",
    "DATADOG_API_KEY",
    "DATADOG_URL",
    "DEPLOYS_SECRET",
    "DEPLOYS_URL",
    "FTL_ACME_PASSWORD",
    "FTL_ROCKETS_ACME_PASSWORD",
    "FTL_S3_ACCESS_KEY_ID",
    "FTL_S3_SECRET_ACCESS_KEY",
    "FTL_WAREHOUSE_PASSWORD",
    "NORDLYS_ACME_PASSWORD",
    "NORDLYS_COLORS_API_KEY",
    "PAGERDUTY_TOKEN",
    "PAGERDUTY_URL",
)


def examples_folder() -> Path:
    """Return the folder of the examples: inside an installed package, or beside it in a checkout."""
    return shipped_folder("examples")


def made_up_secrets() -> dict[str, str]:
    """Return a made-up value for each environment variable that the examples take a secret from."""
    return {name: _made_up(name.lower()) for name in SECRETS}


def _made_up(name: str) -> str:
    # The API takes nothing but a URL there.
    return (
        f"https://{name.replace('_', '-')}.example/made-up"
        if name.endswith("_url")
        else f"made-up {name.replace('_', ' ')}"
    )
