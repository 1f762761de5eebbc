"""``OAUTH2_PROVIDER`` for a project with this provider: django-oauth-toolkit as RFC 9700 wants it.

Imports nothing, so that a settings module can take it::

    from identity_bridge.oidc.toolkit.recommended import OAUTH2_PROVIDER
"""

from __future__ import annotations

from typing import Any

OAUTH2_PROVIDER: dict[str, Any] = {
    # Its decorators and REST framework classes then take our access tokens.
    "OAUTH2_VALIDATOR_CLASS": "identity_bridge.oidc.toolkit.validator.IdentityServerValidator",
    # Of its own endpoints, which are not mounted; whoever mounts them gets the strict ones.
    "COMPLIANT_BCP_RFC9700_IMPLICIT_GRANT": True,
    "COMPLIANT_BCP_RFC9700_PASSWORD_GRANT": True,
    "COMPLIANT_BCP_RFC9700_PKCE_METHOD": True,
    "COMPLIANT_BCP_RFC9700_ACCESS_TOKEN_TRANSPORT": True,
    "COMPLIANT_BCP_RFC9700_AUTHZ_RESPONSE_ISS": True,
    "COMPLIANT_BCP_RFC9700_TOKEN_STORAGE": True,
    "REFRESH_TOKEN_REUSE_PROTECTION": True,
    "ALLOWED_REDIRECT_URI_SCHEMES": ["https"],
}
