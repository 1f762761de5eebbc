"""Errors of the protocol: a registered code, and a sentence for the developer of the client."""

from __future__ import annotations

from typing import Final

INVALID_REQUEST: Final = "invalid_request"
INVALID_CLIENT: Final = "invalid_client"
INVALID_GRANT: Final = "invalid_grant"
INVALID_SCOPE: Final = "invalid_scope"
INVALID_TARGET: Final = "invalid_target"
INVALID_TOKEN: Final = "invalid_token"  # noqa: S105 - an error code
INSUFFICIENT_SCOPE: Final = "insufficient_scope"
UNAUTHORIZED_CLIENT: Final = "unauthorized_client"
UNSUPPORTED_GRANT_TYPE: Final = "unsupported_grant_type"
UNSUPPORTED_RESPONSE_TYPE: Final = "unsupported_response_type"
UNSUPPORTED_TOKEN_TYPE: Final = "unsupported_token_type"  # noqa: S105
REQUEST_NOT_SUPPORTED: Final = "request_not_supported"
REQUEST_URI_NOT_SUPPORTED: Final = "request_uri_not_supported"
ACCESS_DENIED: Final = "access_denied"
LOGIN_REQUIRED: Final = "login_required"
CONSENT_REQUIRED: Final = "consent_required"
INTERACTION_REQUIRED: Final = "interaction_required"
ACCOUNT_SELECTION_REQUIRED: Final = "account_selection_required"
UNMET_AUTHENTICATION_REQUIREMENTS: Final = "unmet_authentication_requirements"
TEMPORARILY_UNAVAILABLE: Final = "temporarily_unavailable"
AUTHORIZATION_PENDING: Final = "authorization_pending"
SLOW_DOWN: Final = "slow_down"
EXPIRED_TOKEN: Final = "expired_token"  # noqa: S105

#: The errors of the authorize endpoint that a client is told; all others are shown here, because
#: they are mistakes in the client that its user's browser should not carry around.
TOLD_TO_CLIENT: Final = frozenset(
    {
        ACCESS_DENIED,
        ACCOUNT_SELECTION_REQUIRED,
        LOGIN_REQUIRED,
        CONSENT_REQUIRED,
        INTERACTION_REQUIRED,
        TEMPORARILY_UNAVAILABLE,
        UNMET_AUTHENTICATION_REQUIREMENTS,
    }
)


class ProtocolError(Exception):
    """A request that is refused.

    ``error`` is the code of the RFC, ``description`` says what was found, and never a secret.
    """

    def __init__(self, error: str, description: str = "") -> None:
        self.error = error
        self.description = description
        super().__init__(f"{error}: {description}" if description else error)
