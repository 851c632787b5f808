"""Which environment variables manifests may take secrets from.

Whoever may change a manifest chooses the name, and where the value goes. So the variables that a run has for other
purposes are refused, set or not: its own tokens, those of the forge and its runner, of clouds and secret stores, and
those that programs read.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from reconciler.errors import UsageError
from reconciler.kinds.pasted import address

if TYPE_CHECKING:
    from collections.abc import Mapping

VARIABLE = "RECONCILER_SECRET_ENV"
_PATTERN = re.compile(r"[A-Za-z0-9_*?]+")

RESERVED: Mapping[str, tuple[str, ...]] = {
    "reconciler and Prismatic's own tools": ("PRISM_*", "PRISMATIC_*", "RECONCILER_*"),
    "GitHub": ("GITHUB_*", "GH_*", "ACTIONS_*"),
    "GitLab": ("GITLAB_*", "GL_TOKEN"),
    "the runner of a pipeline": (
        *("CI", "CI_*", "RUNNER_*", "BITBUCKET_*", "BUILDKITE", "BUILDKITE_*", "CIRCLECI", "CIRCLE_*", "CODEBUILD_*"),
        *("DRONE", "DRONE_*", "FORGEJO_*", "GITEA_*", "HUDSON_*", "JENKINS_*", "RENOVATE_*", "SEMAPHORE_*"),
        *("SYSTEM_ACCESSTOKEN", "TEAMCITY_*", "TRAVIS", "TRAVIS_*", "WOODPECKER_*"),
    ),
    "a cloud": (
        *("AWS_*", "AZURE_*", "ARM_*", "MSI_SECRET", "MSI_ENDPOINT", "IDENTITY_HEADER", "IDENTITY_ENDPOINT"),
        *("GOOGLE_*", "GCP_*", "GCLOUD_*", "CLOUDSDK_*", "ALICLOUD_*", "ALIBABA_*", "CLOUDFLARE_*", "DIGITALOCEAN_*"),
        *("HCLOUD_*", "IBMCLOUD_*", "OCI_*", "SCW_*"),
    ),
    "a secret store": (
        *("VAULT_*", "OP_*", "SOPS_*", "BWS_*", "BW_*", "DOPPLER_*", "INFISICAL_*", "AKEYLESS_*", "CONJUR_*"),
    ),
    "a program that is set up by it": (
        *("ANSIBLE_*", "CARGO_REGISTRY_*", "CARGO_REGISTRIES_*", "CODECOV_TOKEN", "COMPOSER_AUTH", "DOCKER_*"),
        *("GEM_HOST_API_KEY", "GIT_*", "GNUPGHOME", "GPG_*", "HELM_*", "KUBE_*", "KUBECONFIG", "KUBERNETES_*", "NETRC"),
        *("NODE_AUTH_TOKEN", "NODE_OPTIONS", "NPM_*", "NUGET_*", "PIP_*", "POETRY_*", "PULUMI_*", "PYPI_*"),
        *("SENTRY_AUTH_TOKEN", "SNYK_TOKEN", "SONAR_TOKEN", "SSH_*", "TERRAFORM_*", "TF_*", "TWINE_*", "UV_*"),
        *("YARN_NPM_AUTH_TOKEN", "PYTHONPATH", "PYTHONHOME", "SSL_CERT_*", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"),
    ),
    "the system": (
        *("*_PROXY", "PATH", "PATHEXT", "HOME", "HOMEPATH", "HOMEDRIVE", "USER", "USERNAME", "USERPROFILE", "LOGNAME"),
        *("SHELL", "COMSPEC", "HOSTNAME", "PWD", "OLDPWD", "SHLVL", "TERM", "TMPDIR", "TEMP", "TMP", "APPDATA"),
        *("LOCALAPPDATA", "PROGRAMDATA", "SYSTEMROOT", "WINDIR", "SUDO_*", "XDG_*", "DBUS_*", "LANG", "LC_*"),
        *("LD_PRELOAD", "LD_LIBRARY_PATH", "DYLD_*"),
    ),
}
"""By whose they are, patterns of names; case does not matter, since on Windows it does not."""
_OWNERS = tuple(
    (re.compile("|".join(pattern.replace("*", ".*") for pattern in patterns), re.IGNORECASE), owner)
    for owner, patterns in RESERVED.items()
)


@dataclass(frozen=True, slots=True)
class EnvNames:
    """The names that a run's manifests may use: those of the operator's patterns, without any all that are free."""

    allowed: tuple[str, ...] = ()

    @classmethod
    def of(cls, environ: Mapping[str, str]) -> EnvNames:
        """Return the names by ``RECONCILER_SECRET_ENV``; raises ``UsageError`` for patterns that are none.

        The list narrows: what belongs to others is refused whatever it says. An empty one is none.
        """
        patterns = [each.strip() for each in environ.get(VARIABLE, "").split(",")]
        wrong = next((each for each in patterns if each and not _PATTERN.fullmatch(each)), None)
        if wrong is not None:
            raise UsageError(
                f"{VARIABLE} holds {address(wrong)}; expected names of environment variables separated by commas, with"
                " * for any characters, such as ACME_*,DB_*"
            )
        return cls(tuple(each for each in patterns if each))

    def problem(self, name: str) -> str | None:
        """Return why manifests may not take a secret from a variable; ``None`` where they may."""
        owner = owner_of(name)
        if owner:
            return (
                f"manifests take no secret from the environment variable {name}: it belongs to {owner}; give the secret"
                " under a name of its own, such as ACME_PASSWORD"
            )
        if self.allowed and not any(fnmatchcase(_folded(name), _folded(pattern)) for pattern in self.allowed):
            return (
                f"manifests may not take secrets from the environment variable {name}: {VARIABLE} allows only"
                f" {', '.join(self.allowed)}"
            )
        return None


def owner_of(name: str) -> str | None:
    """Return whose variable this is, where it is not the manifests' own."""
    return next((owner for pattern, owner in _OWNERS if pattern.fullmatch(name)), None)


def without_own(environ: Mapping[str, str]) -> dict[str, str]:
    """Return an environment without what is reconciler's and Prismatic's: for a program that manifests name."""
    own = _OWNERS[0][0]
    return {name: value for name, value in environ.items() if not own.fullmatch(name)}


def _folded(text: str) -> str:
    return text.upper() if os.name == "nt" else text
