"""Work that the product does anew in every run, done once for all the runs of a test process."""

from __future__ import annotations

import hashlib
import os
from functools import lru_cache, partial
from typing import Any

import httpx._transports.default as transports
import yaml
from httpx import create_ssl_context

from reconciler.planning import seals

SEAL_COST = seals.COST
"""What a seal costs outside of the tests."""


def install() -> None:
    """Keep stretched keys and the trusted certificates, and seal plans at a price that protects nothing."""
    hashlib.scrypt = lru_cache(hashlib.scrypt)
    seals.COST = {**SEAL_COST, "n": 2}
    transports.create_ssl_context = _create_ssl_context


def read_yaml_quickly() -> None:
    """Let the cases of tests be read by the parser that is written in C: a thousand files are read at each start."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    yaml.safe_load = partial(yaml.load, Loader=loader)
    yaml.safe_load_all = partial(yaml.load_all, Loader=loader)


def _create_ssl_context(verify: Any = True, cert: Any = None, trust_env: bool = True) -> Any:
    from_environment = tuple(map(os.environ.get, ("SSL_CERT_FILE", "SSL_CERT_DIR")))
    return _ssl_context_of(from_environment, verify=verify, cert=cert, trust_env=trust_env)


@lru_cache
def _ssl_context_of(_: Any, **how: Any) -> Any:
    return create_ssl_context(**how)
