"""The endpoints at IdentityServer's paths: ``path("", include("identity_bridge.oidc.urls"))``.

Clients have these paths in their code, so they go to the root of the host (or of the path base that
IdentityServer had). As there, the case of letters does not matter; a slash at the end does not
either.
"""

from __future__ import annotations

import re
from typing import Any

from django.urls import URLPattern, path, re_path

from .endpoints import (
    authorize,
    check_session,
    device_authorization,
    discovery,
    end_session,
    introspection,
    revocation,
    token,
    userinfo,
)

app_name = "oidc"


def _paths(route: str, view: Any, name: str) -> list[URLPattern]:
    return [path(route, view, name=name), re_path(rf"^{_spelled(route)}/?$", view)]


def _spelled(route: str) -> str:
    # A flag inside of the expression would be simpler, and Django cannot reverse it.
    return "".join(
        f"[{letter}{letter.upper()}]" if letter.isalpha() else re.escape(letter) for letter in route
    )


OAUTH_METADATA = ".well-known/oauth-authorization-server"


urlpatterns = [
    *_paths("connect/authorize", authorize.authorize, "authorize"),
    *_paths("connect/authorize/callback", authorize.callback, "authorize-callback"),
    *_paths("connect/token", token.token, "token"),
    *_paths("connect/userinfo", userinfo.userinfo, "userinfo"),
    *_paths("connect/introspect", introspection.introspect, "introspection"),
    *_paths("connect/revocation", revocation.revoke, "revocation"),
    *_paths("connect/endsession", end_session.end_session, "end-session"),
    *_paths("connect/endsession/callback", end_session.callback, "end-session-callback"),
    *_paths("connect/checksession", check_session.check_session, "check-session"),
    *_paths(
        "connect/deviceauthorization",
        device_authorization.authorize_device,
        "device-authorization",
    ),
    *_paths(".well-known/openid-configuration", discovery.configuration, "discovery"),
    *_paths(".well-known/openid-configuration/jwks", discovery.key_set, "jwks"),
    *_paths(OAUTH_METADATA, discovery.configuration, "metadata"),
    re_path(rf"^{_spelled(OAUTH_METADATA)}/(?P<issuer_path>.+?)/?$", discovery.configuration_of),
]
