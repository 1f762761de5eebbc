"""The default project with the OpenID provider."""

from __future__ import annotations

from identity_bridge.oidc.toolkit.recommended import OAUTH2_PROVIDER  # noqa: F401
from tests.projects.default.settings import *  # noqa: F403
from tests.projects.default.settings import INSTALLED_APPS as DEFAULT_APPS

INSTALLED_APPS = [*DEFAULT_APPS, "oauth2_provider", "identity_bridge.oidc"]
ROOT_URLCONF = "tests.projects.provider.urls"
IDENTITY_BRIDGE = {"OIDC_LOGOUT_DELIVERY": "command"}
