"""The environment variables that manifests may take secrets from.

The author of a manifest chooses the variable and where its value goes. So variables with another purpose are refused,
set or not: the run's own tokens, those of the forge and its runner, of clouds and secret stores, and settings of
programs. A runner also sets variables to text by the author of a pull request, such as a branch name or a title: taken
as a secret it would be compared with the live secret, and an author could test guesses.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from reconciler.errors import UsageError
from reconciler.secrets.pasted_tokens import address

if TYPE_CHECKING:
    from collections.abc import Mapping

VARIABLE = "RECONCILER_SECRET_ENV"
_PATTERN = re.compile(r"[A-Za-z0-9_*?]+")

RESERVED: Mapping[str, tuple[str, ...]] = {
    "reconciler and Prismatic's own tools": ("PRISM_*", "PRISMATIC_*", "RECONCILER_*"),
    "GitHub": ("GITHUB_*", "GH_*", "ACTIONS_*", "INPUT_*"),
    "GitLab": ("GITLAB*", "GL_TOKEN", "TRIGGER_PAYLOAD", "CHAT_INPUT", "CHAT_CHANNEL", "CHAT_USER_ID"),
    "Jenkins": (
        *(
            "JENKINS_*",
            "HUDSON_*",
            "BUILD_*",
            "BRANCH_NAME",
            "BRANCH_IS_PRIMARY",
            "CHANGE_ID",
            "CHANGE_URL",
            "TAG_NAME",
        ),
        *(
            "CHANGE_TITLE",
            "CHANGE_AUTHOR",
            "CHANGE_AUTHOR_*",
            "CHANGE_TARGET",
            "CHANGE_BRANCH",
            "CHANGE_FORK",
            "TAG_DATE",
        ),
        *("TAG_TIMESTAMP", "TAG_UNIXTIME", "JOB_NAME", "JOB_BASE_NAME", "JOB_URL", "NODE_NAME", "NODE_LABELS"),
        *("WORKSPACE", "GHPRB*", "GERRIT_*"),
    ),
    "Azure Pipelines": (
        *("TF_BUILD", "AZP_*", "VSTS_*", "ENDPOINT_AUTH_*", "ENDPOINT_URL_*", "RELEASE_*", "SYSTEM_ACCESSTOKEN"),
        *("SYSTEM_PULLREQUEST_*", "SYSTEM_COLLECTION*", "SYSTEM_DEFINITION*", "SYSTEM_JOB*", "SYSTEM_STAGE*"),
        *("SYSTEM_PHASE*", "SYSTEM_TEAM*", "SYSTEM_OIDC*", "SYSTEM_PLANID", "SYSTEM_TIMELINEID", "SYSTEM_HOSTTYPE"),
        *("SYSTEM_DEFAULTWORKINGDIRECTORY", "SYSTEM_ARTIFACTSDIRECTORY", "SYSTEM_WORKFOLDER", "SYSTEM_SERVERTYPE"),
        *("SYSTEM_CULTURE", "SYSTEM_DEBUG", "SYSTEM_TASK*", "SYSTEM_ENABLEACCESSTOKEN", "AGENT_ID", "AGENT_NAME"),
        *("AGENT_MACHINENAME", "AGENT_JOBNAME", "AGENT_JOBSTATUS", "AGENT_OS", "AGENT_OSARCHITECTURE", "AGENT_VERSION"),
        *("AGENT_HOMEDIRECTORY", "AGENT_ROOTDIRECTORY", "AGENT_BUILDDIRECTORY", "AGENT_WORKFOLDER"),
        *("AGENT_TEMPDIRECTORY", "AGENT_TOOLSDIRECTORY", "AGENT_SERVEROMDIRECTORY", "AGENT_RELEASEDIRECTORY"),
    ),
    "the runner of a pipeline": (
        *("CI", "CI_*", "RUNNER_*", "APPVEYOR", "APPVEYOR_*", "ARGOCD_*", "ATLANTIS_*", "BAMBOO_*", "BITBUCKET_*"),
        *(
            "BITRISE_*",
            "BITRISEIO_*",
            "BUDDY_*",
            "BUILDKITE",
            "BUILDKITE_*",
            "CF_*",
            "CIRCLECI",
            "CIRCLE_*",
            "CIRRUS_*",
        ),
        *("CODEBUILD_*", "CM_BRANCH", "CM_BUILD_*", "CM_COMMIT", "CM_PULL_REQUEST*", "CM_TAG", "DRONE", "DRONE_*"),
        *("ENV0_*", "FORGEJO_*", "GITEA_*", "GO_FROM_REVISION*", "GO_JOB_*", "GO_MATERIAL_*", "GO_PIPELINE_*"),
        *("GO_REVISION*", "GO_SCM_*", "GO_STAGE_*", "GO_TO_REVISION*", "GO_TRIGGER_USER", "HARNESS_*", "JB_SPACE_*"),
        *("NETLIFY", "NETLIFY_*", "PROW_*", "RENOVATE_*", "SCREWDRIVER_*", "SEMAPHORE", "SEMAPHORE_*", "SPACELIFT_*"),
        *("TEAMCITY_*", "TFC_*", "TFE_*", "TRAVIS", "TRAVIS_*", "WOODPECKER_*"),
        # What several of them call the branch, the tag, the commit or the title.
        *("BRANCH", "HEAD", "HEAD_BRANCH_NAME", "BASE_BRANCH_NAME", "_HEAD_BRANCH", "_BASE_BRANCH", "_HEAD_REPO_URL"),
        *("_PR_NUMBER", "REF_NAME", "TRIGGER_NAME", "REPO_NAME", "REPO_FULL_NAME", "COMMIT_REF", "COMMIT_SHA"),
        *("SHORT_SHA", "COMMENT_ARGS", "JOB_SPEC", "PULL_REQUEST*", "PULL_AUTHOR", "PULL_BASE_*", "PULL_HEAD_*"),
        *("PULL_NUM", "PULL_NUMBER", "PULL_PULL_SHA", "PULL_REFS", "PULL_TITLE", "PULL_URL", "PR_TITLE", "PR_BODY"),
        *("PR_NUMBER", "PR_BRANCH", "PR_AUTHOR", "COMMIT_MESSAGE"),
    ),
    "a cloud": (
        *("AWS_*", "AZURE_*", "ARM_*", "MSI_SECRET", "MSI_ENDPOINT", "IDENTITY_HEADER", "IDENTITY_ENDPOINT"),
        *("GOOGLE_*", "GCP_*", "GCLOUD_*", "CLOUDSDK_*", "ALICLOUD_*", "ALIBABA_*", "CLOUDFLARE_*", "DIGITALOCEAN_*"),
        *("B2_*", "CIVO_*", "DO_API_TOKEN", "DO_PAT", "DO_TOKEN", "EXOSCALE_*", "FASTLY_*", "FLY_*", "HCLOUD_*"),
        *("HEROKU_*", "HETZNER_*", "HUAWEICLOUD_*", "IBMCLOUD_*", "LINODE_*", "METAL_AUTH_TOKEN", "NGROK_*", "OCI_*"),
        *("OPENSHIFT_*", "OS_*", "OVH_*", "PACKET_AUTH_TOKEN", "RAILWAY_*", "RANCHER_*", "RENDER_*", "SCALEWAY_*"),
        *("SCW_*", "TAILSCALE_*", "TENCENTCLOUD_*", "TS_AUTHKEY", "UPCLOUD_*", "VERCEL_*", "VULTR_*", "WRANGLER_*"),
        *("YC_*",),
    ),
    "a secret store": (
        *("VAULT_*", "OP_*", "SOPS_*", "BWS_*", "BW_*", "DOPPLER_*", "INFISICAL_*", "AKEYLESS_*", "CONJUR_*"),
        *("CONSUL_*", "NOMAD_*", "ONEPASSWORD_*", "PHASE_*"),
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
"""Patterns of names by owner; case is ignored, as on Windows."""
_OWNERS = tuple(
    (re.compile("|".join(pattern.replace("*", ".*") for pattern in patterns), re.IGNORECASE), owner)
    for owner, patterns in RESERVED.items()
)


@dataclass(frozen=True, slots=True)
class EnvNames:
    """The names that manifests may use: those of the operator's patterns, or without patterns all unreserved ones."""

    allowed: tuple[str, ...] = ()

    @classmethod
    def of(cls, environ: Mapping[str, str]) -> EnvNames:
        """Return the names that ``RECONCILER_SECRET_ENV`` allows; raises ``UsageError`` for invalid patterns.

        The patterns only narrow: reserved names stay refused. A value that is set but empty is an error, since a
        pipeline whose setting is missing would otherwise lift the restriction silently.
        """
        if VARIABLE not in environ:
            return cls()
        patterns = [each.strip() for each in environ[VARIABLE].split(",")]
        if not any(patterns):
            raise UsageError(
                f"{VARIABLE} is set and names nothing; expected names of environment variables separated by commas,"
                " with * for any characters, such as ACME_*,DB_*; * alone allows every name that is free"
            )
        wrong = next((each for each in patterns if each and not _PATTERN.fullmatch(each)), None)
        if wrong is not None:
            raise UsageError(
                f"{VARIABLE} holds {address(wrong)}; expected names of environment variables separated by commas, with"
                " * for any characters, such as ACME_*,DB_*"
            )
        return cls(tuple(each for each in patterns if each))

    def problem(self, name: str) -> str | None:
        """Return why manifests may not take a secret from the variable ``name``; ``None`` where they may."""
        owner = owner_of(name)
        if owner:
            return (
                f"the environment variable {name} belongs to {owner}, and manifests take no secret from it; set the"
                " secret under a name of its own, such as ACME_PASSWORD"
            )
        if self.allowed and not any(fnmatchcase(_folded(name), _folded(pattern)) for pattern in self.allowed):
            return (
                f"manifests may not take secrets from the environment variable {name}: {VARIABLE} allows only"
                f" {', '.join(self.allowed)}"
            )
        return None


def owner_of(name: str) -> str | None:
    """Return the owner of a reserved variable; ``None`` for any other."""
    return next((owner for pattern, owner in _OWNERS if pattern.fullmatch(name)), None)


def without_own(environ: Mapping[str, str]) -> dict[str, str]:
    """Return an environment without the variables of reconciler and Prismatic, for commands that manifests name."""
    own = _OWNERS[0][0]
    return {name: value for name, value in environ.items() if not own.fullmatch(name)}


def _folded(text: str) -> str:
    return text.upper() if os.name == "nt" else text
